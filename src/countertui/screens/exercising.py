"""An exercise under way, beside whatever is worked in: its task stays in sight, keys are counted, records looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from countertui.domain.demo import TRAINING
from countertui.errors import CounterError
from countertui.screens.beside import OneAtATime
from countertui.widgets.stroke import Stroke
from countertui.widgets.task_lines import TaskLines

if TYPE_CHECKING:
    from countertui.counter.exercises import UnderWay
    from countertui.domain.exercises import Verdict
    from countertui.screens.app import CounterApp


class Exercising:
    """keys: pressed since the try began, what is typed into a field left out, a scan as one. last: the last score."""

    def __init__(self, counter: CounterApp) -> None:
        self._counter = counter
        self._begun: UnderWay | None = None
        self._look = OneAtATime(counter.run_worker, self._look_at_records)
        self.task = TaskLines(dom_id="task")
        self.keys = 0
        self.last: Verdict | None = None

    @property
    def is_offered(self) -> bool:
        """Whether this is the training city's counter."""
        return self._counter.desk.mark == TRAINING

    @property
    def is_under_way(self) -> bool:
        """Whether an exercise is under way."""
        return self._begun is not None

    async def resume(self) -> None:
        """Go on with what the person who signed on left under way."""
        person = self._counter.person
        if not self.is_offered or person is None:
            return
        from countertui.counter.exercises import under_way

        found = await self._counter.desk.look(under_way, person)
        if found is not None:
            self.begin(found)

    def begin(self, begun: UnderWay) -> None:
        """Show a task and count from now on."""
        self._begun, self.keys, self.last = begun, begun.keys, None
        self.task.say(f"EXERCISE {begun.exercise.title}: {begun.task}")

    def end(self, verdict: Verdict | None = None) -> None:
        """It is scored, or who did it signs off: its task is out of sight."""
        self._begun, self.last = None, verdict
        self.task.say()

    def read(self) -> None:
        """A score that stands where the task stood was read."""
        if self._begun is None:
            self.task.say()

    def pressed(self, stroke: Stroke, *, into_field: bool) -> None:
        """A key comes to be handled: count it, unless it types data."""
        if not stroke.letter or not into_field:
            self.keys += 1

    def scanned(self) -> None:
        """A scan was handled wholly: it counts as one key."""
        self.keys += 1
        self.look()

    def look(self) -> None:
        """See whether the records hold all that the task wants."""
        if self._begun is not None:
            self._look.ask()

    async def _look_at_records(self) -> None:
        from countertui.counter.exercises import look_at_exercise

        person, begun = self._counter.person, self._begun
        if person is None or begun is None or self._counter.store_is_lost:
            return
        try:
            verdict = await self._counter.desk.job(look_at_exercise, person, self.keys)
        except CounterError as error:
            self._counter.say(error)
            return
        if verdict is not None and self._begun is begun:
            self.end(verdict)
            # Not in the message bar: what the counter says of the work itself stands there.
            done = f"EXERCISE DONE {begun.exercise.title}: {verdict.points} of 100 points."
            self.task.say(" ".join((done, *verdict.wrong, self._counter.in_words("F10, H for the next."))))
            self._counter.show_keys()
