"""Applying a customer's money to invoices: Space marks them, F9 applies."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult

from countertui.counter.drafts import Form
from countertui.counter.receivables import Receivable, apply_credit, receivable_of
from countertui.domain.charges import OpenCharge
from countertui.domain.dates import us_date
from countertui.domain.money import format_cents
from countertui.domain.receivables import spread_credit
from countertui.domain.refusal import Refused
from countertui.screens.area import Command
from countertui.screens.kept_form import KeptTexts
from countertui.screens.listing import ListArea
from countertui.widgets.lines import Row, fit
from countertui.widgets.stroke import Stroke


class ApplyCreditArea(ListArea[OpenCharge]):
    """The invoices are paid in the order in which they were marked, as far as the credit reaches."""

    NAME = "apply_credit"
    TITLE = "Apply"
    HELP = (
        "The open invoices of a customer. Space marks one, or takes the mark off; they are paid in the order in which"
        " they were marked, as far as the money on the account reaches. F9 applies it. No money changes hands."
    )
    HINT = "  No invoice is open."

    def __init__(self) -> None:
        super().__init__()
        self._of: Receivable | None = None
        self._marked: list[str] = []

    def compose(self) -> ComposeResult:
        self.kept = KeptTexts(self.counter, Form.APPLYING, lambda: self._of.account if self._of else "", self._marks)
        yield from super().compose()

    async def open(self, of: Receivable) -> None:
        """Show a customer's open invoices."""
        self._of, self._marked = of, []
        await self.counter.go(self.NAME)

    async def go_on_applying(self, number: str) -> None:
        """Go on where marking invoices of an account was left. Raises Refused where it is no customer's."""
        await self.open(await self.counter.desk.look(receivable_of, number))

    async def arrive(self) -> None:
        if self._of is not None:
            self.list.show(self._of.invoices, cursor=0)
            await self._bring_back(self._of)
        self._say()

    async def put_away(self) -> None:
        await self.kept.saved()

    def _marks(self) -> dict[str, str]:
        """Ids of the marked invoices by name, as numbers of many digits are not kept else."""
        return {id_: str(n) for n, id_ in enumerate(self._marked)}

    async def _bring_back(self, of: Receivable) -> None:
        draft = await self.kept.kept()
        still_open = {invoice.id for invoice in of.invoices}
        if draft is not None and not self._marked:
            self._marked = sorted(still_open & draft.texts.keys(), key=lambda id_: int(draft.texts[id_]))
            self.list.redraw()
            self.kept.tell_back(draft, "See that it is still right; F9 applies it, Esc drops it.")

    def commands(self) -> Sequence[Command]:
        return [
            Command("space", "Mark", "Mark the invoice, or take its mark off.", self._mark, on_bar=True),
            Command("f9", "Apply", "Let the money on account pay what is marked.", self._apply, on_bar=True),
        ]

    async def press(self, stroke: Stroke) -> None:
        if stroke.key == "space" or stroke.letter == " ":
            await self._mark()
        else:
            await super().press(stroke)

    async def choose(self, item: OpenCharge) -> None:
        raise Refused("Nothing is applied yet.", "Nothing was recorded.", "Space marks an invoice, F9 applies.")

    async def back(self) -> None:
        self._marked = []
        self.kept.changed()
        await self.counter.go("trust_account")

    async def _mark(self) -> None:
        current = self.list.current
        if current is None:
            return
        if current.id in self._marked:
            self._marked.remove(current.id)
        else:
            self._marked.append(current.id)
        self.kept.changed()
        self.list.redraw()
        self._say()

    async def _apply(self) -> None:
        session, of = self.counter.session, self._of
        if session is None or of is None:
            raise Refused("No drawer is open.", "Nothing was recorded.", "F2 opens one.")
        await self.kept.saved()
        cents = await self.counter.desk.job(apply_credit, session, of.account, tuple(self._marked))
        await self.counter.go("trust_account")
        self.counter.tell(f"{format_cents(cents)} of {of.account} pays invoices now.", "No money changed hands.")

    def _say(self) -> None:
        of = self._of
        if of is None:
            return
        left = of.credit - sum(self._parts().values())
        self.title_line.say(
            (
                (f" {of.account} {of.name[:30]}", "strong"),
                (f"   on account {format_cents(of.credit)}", ""),
                (f"   left {format_cents(left)}", "warn"),
            )
        )

    def _parts(self) -> dict[str, int]:
        if self._of is None:
            return {}
        by_id = {each.id: each for each in self._of.invoices}
        return dict(spread_credit(self._of.credit, [by_id[id_] for id_ in self._marked]))

    def draw(self, item: OpenCharge, width: int) -> Row:
        part = self._parts().get(item.id, 0)
        mark = f"pays {format_cents(part)}" if part else "no money left for it"
        return (
            (" [x] " if item.id in self._marked else " [ ] ", "strong"),
            (fit(us_date(item.due.isoformat()), 11), "dim"),
            (fit(item.description, width - 5 - 11 - 22 - 12) + " ", ""),
            (fit(mark if item.id in self._marked else "", 21), "good"),
            (fit(format_cents(item.balance), 12, right=True), "strong"),
        )
