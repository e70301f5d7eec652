"""As-you-type look-up: one question at a time, the newest text next, answers to older texts dropped."""

from __future__ import annotations

from collections.abc import Callable

from countertui.counter.find import Found, find
from countertui.domain.refusal import Refused
from countertui.screens.beside import Start
from countertui.screens.desk import Desk

Answer = list[Found]


class Lookup:
    """Asks away from the UI thread; `shown(text, found)` gets only what answers the newest text."""

    def __init__(self, desk: Desk, start: Start, shown: Callable[[str, Answer], None]) -> None:
        self._desk = desk
        self._start = start
        self._shown = shown
        self._wanted = ""
        self._asking = False
        self.answered: tuple[str, Answer] = ("", [])

    def want(self, text: str) -> None:
        """Look a text up; nothing is asked for an empty one."""
        self._wanted = text
        if not text:
            self._give("", [])
        elif not self._asking:
            self._asking = True
            self._start(self._ask())

    def knows(self, text: str) -> bool:
        """Whether the answer to a text is there."""
        return self.answered[0] == text

    def forget(self) -> None:
        """The box was emptied: whatever is still being asked answers nothing."""
        self._wanted = ""
        self.answered = ("", [])

    async def answer(self, text: str) -> Answer:
        """What a text means, asked anew unless just answered. Raises the guards' refusals."""
        if self.answered[0] != text:
            self.answered = (text, await self._desk.look(find, text))
        return self.answered[1]

    async def _ask(self) -> None:
        try:
            await self._ask_while_wanted()
        finally:
            self._asking = False

    async def _ask_while_wanted(self) -> None:
        while self._wanted and self._wanted != self.answered[0]:
            text = self._wanted
            try:
                found = await self._desk.look(find, text)
            except Refused:
                found = []
            if text == self._wanted != self.answered[0]:  # Enter may have got its answer first
                self._give(text, found)

    def _give(self, text: str, found: Answer) -> None:
        self.answered = (text, found)
        self._shown(text, found)
