"""The training city's exercises: chosen from a list, scored as they stand, with what was wrong in words."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult

from countertui.counter.exercises import Offered, begin_exercise, end_exercise, offered
from countertui.domain.exercises import Verdict
from countertui.domain.refusal import Refused
from countertui.domain.words import number_of
from countertui.screens.area import Command
from countertui.screens.listing import ListArea
from countertui.widgets.lines import Row, fit
from countertui.widgets.task_lines import TaskLines


class ExercisesArea(ListArea[Offered]):
    """The list; below it what the last score was made of."""

    NAME = "exercises"
    TITLE = "Exercises"
    HINT = "There are no exercises."
    HELP = (
        "Enter begins the exercise under the cursor: its task stands below the status line until it is done. The"
        " records say whether it was done right; keys and time count once it was. What is typed as data, like a name,"
        " a number, an amount or a PIN, counts no key. F9 scores it as it stands and says what is wrong; another"
        " exercise may be begun at any time."
    )

    def __init__(self) -> None:
        super().__init__()
        self.outcome = TaskLines(dom_id="outcome")

    def compose(self) -> ComposeResult:
        yield from super().compose()
        yield self.outcome

    def commands(self) -> Sequence[Command]:
        if not self.counter.exercising.is_under_way:
            return ()
        return [Command("f9", "Score it", "Score the exercise as it stands.", self._score, on_bar=True)]

    async def arrive(self) -> None:
        person = self.counter.person
        if person is not None:
            found = await self.counter.desk.look(offered, person)
            self.list.show(found, cursor=next((n for n, one in enumerate(found) if not one.is_done), 0))
        self.counter.exercising.read()
        self.outcome.say(*verdict_lines(self.counter.exercising.last))

    async def choose(self, item: Offered) -> None:
        person = self.counter.person
        if person is None:
            raise Refused("Nobody is signed on.")
        begun = await self.counter.desk.job(begin_exercise, person, self.counter.session, item.exercise.code)
        self.counter.exercising.begin(begun)
        self.counter.message.clear()
        await self.counter.go_home()

    async def _score(self) -> None:
        person = self.counter.person
        if person is not None:
            verdict = await self.counter.desk.job(end_exercise, person, self.counter.exercising.keys)
            self.counter.exercising.end(verdict)
            await self.arrive()

    def draw(self, item: Offered, width: int) -> Row:
        best = "not tried" if item.best is None else f"{item.best} of 100"
        done = "done" if item.is_done else "not done" if item.tries else ""
        tries = number_of(item.tries, "try", "tries") if item.tries else ""
        return (
            ("  ", ""),
            (fit(item.exercise.title, 32), "strong"),
            (fit(f"{number_of(item.exercise.keys, 'key')}, {item.exercise.seconds} s", 18), "dim"),
            (fit(best, 12), "strong" if item.tries else "dim"),
            (fit(done, 10), "good" if item.is_done else "warn"),
            (fit(tries, width - 74), "dim"),
        )


def verdict_lines(verdict: Verdict | None) -> tuple[str, ...]:
    """A score and what was wrong, for a person; nothing where nothing was scored."""
    if verdict is None:
        return ()
    done = "Done as asked" if verdict.is_met else "Not done as asked"
    return f"{done}: {verdict.points} of 100 points.", *verdict.wrong
