"""What makes one account's difference in a month's tie-out: sources, causes, and what nothing explains."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from countertui.counter.ledger_tie_out import TieCauses, read_causes
from countertui.domain.tie_out import Section
from countertui.screens.area import Command
from countertui.screens.ledger_desk.at_ledger import Answer
from countertui.screens.ledger_desk.page import DeskPage
from countertui.screens.ledger_desk.rows import amount_row
from countertui.widgets.lines import Row


class LedgerTieCausesArea(DeskPage[Row]):
    """Esc goes back to the month."""

    NAME = "ledger_tie_causes"
    TITLE = "Tie-out"
    PAGE = False
    HELP = (
        "One account of the tie-out: what each source has, what the general ledger has, how much of the difference was"
        " there before the month, and what makes it: a record (terminal/epoch/number) that posted otherwise than it"
        " says, an entry that no drawer and no deposit made, a credit that an import brought along. Esc goes back."
    )

    def __init__(self) -> None:
        super().__init__()
        self._asked: tuple[str, str, str] = ("", "", "")
        self._said: TieCauses | None = None
        self._answer: Answer | None = None

    async def open(self, month: str, section: str, account: str) -> None:
        """Show what makes that row's difference."""
        self._asked, self._said = (month, section, account), None
        await self.appear()

    async def ask(self) -> None:
        month, section, account = self._asked
        answer = await self.answer("tie-out.causes", {"month": month, "section": section, "account": account})
        self._said, self._answer = await self.counter.desk.look(read_causes, answer.said), answer
        self._show()

    def commands(self) -> Sequence[Command]:
        return [Command("r", "Anew", "Ask the ledger again.", self.again, on_bar=True)] if not self.at else []

    async def back(self) -> None:
        if self.pin.display:
            await super().back()
        else:
            await self.counter.go("ledger_tie_out")

    def on_resize(self) -> None:
        self._show()

    def draw(self, item: Row, width: int) -> Row:
        return item

    def _show(self) -> None:
        if self._said is None or self._answer is None:
            return
        month, _, account = self._asked
        row = self._said.row
        self.title(f"{self.TITLE} {month}: {account} {row.name if row is not None else ''}".rstrip(), self._answer)
        rows = list(_rows(self._said, max(40, self.size.width - 4)))
        self.list.show(rows, cursor=0 if rows else None, hint="  Nothing of that account is compared any more.")


def _rows(said: TieCauses, room: int) -> Iterator[Row]:
    row = said.row
    if row is None:
        return
    yield ((f" {Section(row.section).label}", "dim"),)
    for source in row.sources:
        yield amount_row(f" {source.words}", row.shown(source.cents), room)
    yield amount_row(" General ledger", row.shown(row.gl_cents), room)
    if not row.difference_cents:
        yield (
            (" It agrees." if row.section != Section.MEMO else " The general ledger has no account for it.", "good"),
        )
        return
    yield amount_row(" Difference", row.shown(row.difference_cents), room, "bad")
    if row.before_cents:
        yield amount_row(" of it at the end of the month before", row.shown(row.before_cents), room)
    yield ((" What makes it:", "dim"),)
    for cause in said.causes:
        first, *rest = textwrap.wrap(f"{cause.words} {cause.record}".strip(), room - 18) or [""]
        yield amount_row(f"   {first}", row.shown(cause.cents), room)
        for line in rest:
            yield ((f"     {line}", ""),)
