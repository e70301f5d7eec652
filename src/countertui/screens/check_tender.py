"""What a check reader does to the tender's row, and the question about a check that was taken today already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from countertui.counter.checks_taken import TakenCheck, laid_before, taken_today
from countertui.domain.check_line import CheckLine
from countertui.domain.refusal import Refused
from countertui.domain.tenders import Tender, TenderKind
from countertui.screens.asks import AskTender

if TYPE_CHECKING:
    from countertui.screens.payment import PaymentArea
    from countertui.widgets.field import Field
    from countertui.widgets.stroke import Stroke

_AGAIN = "Y takes it once more, N does not."


async def fill_tender(area: PaymentArea, line: CheckLine) -> None:
    """Fill the check's row, opened if something is due and nothing is asked. Raises Refused, and nothing was changed.

    Keys go to the amount, or to the number if the reader found none.
    """
    if area.taking.unread:
        raise area.taking.unread
    row, before = area.inline, area.asking
    if before is None and not area.splitting:
        await area.ask_tender(TenderKind.CHECK)
    elif not (isinstance(before, AskTender) and before.kind is TenderKind.CHECK):
        raise Refused("A check was read while something else is asked.", "Nothing of it was kept.", "Esc, then again.")
    elif row.micr.value.strip():
        raise Refused(
            "Another check was read before, or typed, and is not laid yet.",
            "It stands as it was.",
            "Enter lays it, Esc drops it; then put this one through.",
        )
    area.counter.check_in_printer.end()
    row.micr.fill(line.micr)
    if line.number:
        row.text.set(line.number)
    area.to(row.amount if row.text.value else row.text)
    taken = await area.counter.desk.look(taken_today, line.micr, line.number) if line.number else None
    if taken is not None:
        area.counter.tell(taken.words, "Nothing is taken yet.", "Esc drops it; Enter asks once more.")
    elif not row.text.value:
        area.counter.tell("The check was read; its number was not found.", press="Type the number, then Enter.")
    else:
        area.counter.tell("The check was read.", press="See that the amount is the check's; Enter lays it.")


class SameChecks:
    """Who asks before a check is laid that was taken today already; what was answered once is not asked again."""

    def __init__(self) -> None:
        self._meant: set[tuple[str, Tender]] = set()

    async def asks(self, area: PaymentArea, tender: Tender) -> bool:
        """Whether it must be asked about first; then it is."""
        cart_id = area.hand.held.cart.id
        if tender.kind is not TenderKind.CHECK or tender.micr is None or (cart_id, tender) in self._meant:
            return False
        recording = [one for held, _ in area.taking.checkout.recording.values() for one in held.tenders]
        taken = laid_before((*area.hand.held.tenders, *recording), tender)
        taken = taken or await area.counter.desk.look(taken_today, tender.micr, tender.reference)
        if taken is not None:
            area.ask(AskSameCheck(tender, taken))
        return taken is not None

    def mean(self, cart_id: str, tender: Tender) -> None:
        """A person says that this is another check, or the same one by right."""
        self._meant.add((cart_id, tender))


@dataclass(frozen=True, slots=True)
class AskSameCheck:
    """Whether to take a check a second time. Y does, N and Esc do not; no other key does anything."""

    tender: Tender
    taken: TakenCheck

    def open(self, area: PaymentArea) -> None:
        area.inline.ask("Take this check once more?  Y yes   N no")
        area.to(None)
        area.counter.tell(self.taken.words, "It is not laid.", _AGAIN)

    async def enter(self, area: PaymentArea, field: Field) -> None:
        """Nothing is typed here."""

    async def take(self, area: PaymentArea, stroke: Stroke) -> bool:
        if stroke.letter in {"y", "Y"}:
            area.taking.same_checks.mean(area.hand.held.cart.id, self.tender)
            area.close_row()
            await area.taking.tender(self.tender)
        elif stroke.letter in {"n", "N"} or stroke.key == "escape":
            area.close_row()
            area.counter.tell(
                "The check was not laid.", "It was taken before, once.", "Give it back, or F6 for another."
            )
        else:
            raise Refused(self.taken.words, "It is not laid.", _AGAIN)
        return True
