"""The ticket: what a cart pays for, what remains owed, and what has been tendered for it."""

from __future__ import annotations

from dataclasses import dataclass

from countertui.domain.money import format_cents
from countertui.domain.receipts import AccountLine, CartLine, DrawLine
from countertui.domain.reference import AccountKind
from countertui.domain.tenders import Tender
from countertui.widgets.line_list import LineList
from countertui.widgets.lines import Row, fit

AMOUNT = 12
WIDE = 56


@dataclass(frozen=True, slots=True)
class TicketLine:
    """A tender, or a line with what its account still owes afterwards (None for a fee) or its credit, in cents.

    raised: what its payment raises on a license, in words.
    """

    line: CartLine | Tender
    owed_after: int | None = None
    credit: int = 0
    raised: str = ""


def draw_ticket_line(item: TicketLine, width: int) -> Row:
    """One line: what, then what remains owed, then the amount at the right edge."""
    line = item.line
    if isinstance(line, Tender):
        what = f"  {line.kind.label} {line.reference}".rstrip()
        return ((fit(what, width - AMOUNT), "good"), (fit(f"−{format_cents(line.cents)}", AMOUNT, right=True), "good"))
    amount = (fit(format_cents(line.amount), AMOUNT, right=True), "strong")
    after = _remains(item) if width >= WIDE or item.credit else ""
    room = width - AMOUNT - len(after)
    if isinstance(line, DrawLine):
        number = f"{line.account} "
        name = fit(f"drawn from {line.name}", room - len(number))
        return ((number, "strong"), (name, "good"), (after, "dim"), amount)
    if isinstance(line, AccountLine):
        number = f"{line.account} "
        name = fit(line.name + _by_what(line, item.raised), room - len(number))
        return ((number, "strong"), (name, ""), (after, "dim"), amount)
    each = f" {line.quantity} × {format_cents(line.unit_cents)}" if line.quantity != 1 else ""
    number = f"{line.code} "
    return ((number, "strong"), (fit(line.description + each, room - len(number)), ""), (after, "dim"), amount)


def _by_what(line: AccountLine, raised: str) -> str:
    how = " · by hand" if line.by_hand else " · on account" if line.on_account else ""
    return f"{how} · {raised}" if raised else how


def _remains(item: TicketLine) -> str:
    if item.owed_after is None:
        return ""
    if isinstance(item.line, DrawLine):
        return fit(f"left there {format_cents(item.line.held - item.line.drawn)}", 22, right=True)
    if isinstance(item.line, AccountLine) and item.line.account_kind == AccountKind.TRUST:
        return fit(f"held then {format_cents(-item.owed_after)}", 22, right=True)
    if item.credit:
        return fit(f"credit {format_cents(item.credit)}", 22, right=True)
    return fit(f"still owed {format_cents(item.owed_after)}", 22, right=True)


class Ticket(LineList[TicketLine]):
    """The lines of a cart; its cursor says which one F4 and Del mean."""

    def __init__(self) -> None:
        super().__init__(draw_ticket_line, dom_id="ticket", hint="  Nothing in the cart yet.")

    def _row(self, n: int, width: int) -> Row:
        row = draw_ticket_line(self.items[n], width - 2)
        return (("› ", "strong"), *row) if n == self.cursor else (("  ", ""), *row)
