"""A deposit's checks, one by one: the number of one that is held, and why another is left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from countertui.domain.card_guard import refuse_card_numbers
from countertui.domain.deposit_making import Paper, paper_named
from countertui.domain.deposits import PaperState, ReasonNeeded
from countertui.domain.money import parse_amount
from countertui.widgets.field import Field


class CheckFields:
    """What is typed of a check: its number (and amount), or the reason for which the one at the cursor is left out."""

    def __init__(self) -> None:
        self.number = Field("Number, amount", dom_id="deposit-number", most=40, hint="of a check in your hand")
        self.why = Field("Why it is not there", dom_id="deposit-why", most=120)
        self.leaving: tuple[Paper, PaperState] | None = None

    def widgets(self) -> Iterator[Field]:
        """What is on the screen, from the top."""
        yield self.number
        yield self.why

    def show(self, *, papers: bool) -> None:
        """Ask for what is typed now; for nothing while no checks are looked at."""
        self.number.display = papers and self.leaving is None
        self.why.display = self.leaving is not None

    def clear(self) -> None:
        """Nothing is typed."""
        self.number.set("")
        self.why.set("")

    def typed(self, papers: Sequence[Paper]) -> Paper | None:
        """The check whose number is typed; None where none is. Raises DepositRefused, AmountRefused."""
        reference, _, amount = self.number.value.strip().partition(" ")
        if not reference:
            return None
        return paper_named(papers, reference, parse_amount(amount) if amount.strip() else None)

    def leave(self, paper: Paper, state: PaperState) -> None:
        """Ask why it is left out."""
        self.leaving = paper, state
        self.why.set("")

    def left_out(self) -> tuple[Paper, PaperState, str] | None:
        """What is left out and why, once a reason is typed. Raises ReasonNeeded, CardNumberRefused."""
        if self.leaving is None:
            return None
        reason = self.why.value.strip()
        refuse_card_numbers(reason, "The reason")
        if not reason:
            raise ReasonNeeded("A check is left out for a reason.", press="Say why; both of you sign it.")
        paper, state = self.leaving
        self.leaving = None
        return paper, state, reason
