"""X and Z reports on the screen. Where the city counts blind, a cashier's X tells no expected money."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult

from countertui.counter.reports import closed_sessions, x_report, z_report
from countertui.counter.sign_on import second_person
from countertui.counter.station import Person
from countertui.domain.rights import Act
from countertui.screens.area import Command
from countertui.screens.credential import second_credential
from countertui.screens.listing import ListArea, text_row
from countertui.widgets.field import Field
from countertui.widgets.lines import Row
from countertui.widgets.second_person import SecondPerson
from countertui.widgets.stroke import Stroke


class PaperArea(ListArea[str]):
    """A paper to read: the arrows scroll it."""

    def draw(self, item: str, width: int) -> Row:
        return text_row(item, width)

    async def press(self, stroke: Stroke) -> None:
        by = {"up": -1, "down": 1, "pageup": -8, "pagedown": 8}.get(stroke.key)
        if by is not None and self.at is None:
            self.list.scroll_by(by)
        else:
            await super().press(stroke)


class XReportArea(PaperArea):
    """The running drawer; V reveals expected money to a lead or technician, whose look is recorded."""

    NAME = "x_report"
    TITLE = "X report: V shows expected money, by a lead or technician"
    HELP = (
        "The drawer as it runs. Counts are blind: expected money is shown only with the id and PIN of a lead or"
        " technician, and that they looked is recorded."
    )

    def __init__(self) -> None:
        super().__init__()
        self.second = SecondPerson("x-second")

    def compose(self) -> ComposeResult:
        yield from super().compose()
        yield self.second

    async def arrive(self) -> None:
        self.second.clear()
        self.to(None)
        await self._show(None)

    def commands(self) -> Sequence[Command]:
        if self.at is not None:
            return ()
        return [Command("v", "Reveal", "Show expected money: a lead's or technician's PIN.", self._reveal, on_bar=True)]

    def ring(self) -> Sequence[Field]:
        return [self.second.operator, self.second.pin] if self.second.display else []

    async def enter(self, field: Field) -> None:
        if field is self.second.operator:
            self.to(self.second.pin)
            return
        with second_credential(self.second.operator, self.second.pin, self.to) as (operator, pin):
            seer = await self.counter.desk.job(second_person, operator, pin, Act.SEE_EXPECTED, ())
        self.second.clear()
        self.to(None)
        await self._show(seer)

    async def back(self) -> None:
        if self.at is None:
            await self.counter.go_home()
        else:
            self.second.clear()
            self.to(None)

    async def _reveal(self) -> None:
        self.second.ask("A lead or technician looks:")
        self.to(self.second.operator)

    async def _show(self, seer: Person | None) -> None:
        person, session = self.counter.person, self.counter.session
        if person is None or session is None:
            self.list.show([], hint="  No drawer is open.")
        else:
            self.list.show(await self.counter.desk.job(x_report, person, session, seer))


class ZReportArea(PaperArea):
    """The Z report of a closed drawer; with none asked for, that of the last one."""

    NAME = "z_report"
    TITLE = "Z report: N and B go to the next newer, the one before; S seals and sends"
    HELP = "A drawer as it was closed: counted, expected, over and short. S seals all that is recorded and sends it."

    def __init__(self) -> None:
        super().__init__()
        self._sessions: list[str] = []
        self._at = 0

    async def arrive(self) -> None:
        self._sessions = [row.id for row in await self.counter.desk.look(closed_sessions)]
        self._at = 0
        await self._show()

    def commands(self) -> Sequence[Command]:
        return [
            Command("n", "Newer", "The Z report after this one.", self._newer, on_bar=True),
            Command("b", "Before", "The Z report before this one.", self._before, on_bar=True),
            Command("s", "Seal, send", "Seal all that is recorded and send it to the ledger.", self._seal, on_bar=True),
        ]

    async def show_session(self, session_id: str) -> None:
        """Show one session's Z report. Raises ReportRefused."""
        self.list.show(await self.counter.desk.look(z_report, session_id))

    async def _newer(self) -> None:
        self._at = max(0, self._at - 1)
        await self._show()

    async def _before(self) -> None:
        self._at = min(len(self._sessions) - 1, self._at + 1)
        await self._show()

    async def _seal(self) -> None:
        from countertui.screens.batches import BatchesArea

        (await self.counter.visit(BatchesArea)).seal_and_send()

    async def _show(self) -> None:
        if self._sessions:
            await self.show_session(self._sessions[self._at])
        else:
            self.list.show([], hint="  No drawer was closed here yet.")
