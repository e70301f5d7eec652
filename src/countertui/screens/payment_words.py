"""What the payment says: its keys, its results, its totals, its help."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from countertui.counter.cart import Held
from countertui.counter.find import Found
from countertui.counter.take_payment import Taken
from countertui.domain.cash_rounding import CashRounding, left, rounded_by
from countertui.domain.dates import us_date
from countertui.domain.money import format_cents
from countertui.domain.receipts import AccountLine, Cart, CartLine, DrawLine
from countertui.domain.reference import AccountKind
from countertui.domain.tenders import Tender
from countertui.widgets.lines import Row, fit

if TYPE_CHECKING:
    from countertui.domain.license_raised import Raised

HELP = (
    "Type or scan into the box: an account number, part of a name or address, a license, a receipt number, or a fee"
    " code with quantity, like COPY*3. Enter takes what fits exactly into the cart; where several fit, choose with"
    " the arrows; ~ stands before what is only spelled nearly so. Then F9 for exact cash, or F5 to F8: type what"
    " was handed over, and Enter. As soon as the tenders cover what is due, the payment is taken and the next cart"
    " begins; the change stays on the line at the bottom. F7 saves what a card is asked for: key it on the card"
    " terminal, type its approval code, Enter; Esc where it was declined or gave no answer. A check put through a"
    " reader fills its row; one that was taken today already is asked about. A tender that the city's rules refuse,"
    " like a check for a cash-only account, is not laid, unless a lead lets it be with id and PIN. Ctrl+A shows all"
    " about an account: its flags, what else the same party owes, notes; Ctrl+E explains its balance. Esc closes"
    " what was asked last and never throws a cart away without asking."
)


def draw_found(found: Found, width: int) -> Row:
    """One result: kind, number, name, address, flags, amount due; ~ where it is only spelled nearly so.

    What is no account owes nothing: what is said of it has that room too.
    """
    due, due_room = ("", 0) if found.due_cents is None else (_owed(found.due_cents), 11)
    flags = f"!{found.flags} " if found.flags else ""
    room = width - 12 - 15 - 11 - len(flags)
    name = room * 6 // 10
    return (
        (fit(f" {'~' if found.near else ' '}{found.label}", 11) + " ", "dim"),
        (fit(found.number, 14) + " ", "strong"),
        (fit(found.name, name - 1) + " ", ""),
        (fit(found.address, room - name - 1 + 11 - due_room) + " ", "dim"),
        (flags, "warn"),
        (fit(due, due_room, right=True), "strong"),
    )


def nothing_owed(line: CartLine) -> str:
    """What is said of a line that was added with no amount."""
    credit = -sum(charge.balance for charge in line.charges) if isinstance(line, AccountLine) else 0
    if isinstance(line, AccountLine) and line.account_kind == AccountKind.TRUST:
        return f"It holds {format_cents(credit)} in trust."
    return f"Nothing is owed there: it has a credit of {format_cents(credit)}." if credit else "Nothing is owed there."


def raised_words(raised: Sequence[Raised]) -> str:
    """What a payment raises on a license, as its line in the cart says it."""
    return ", ".join(f"{one.description} {format_cents(one.cents)}" for one in raised)


def raised_told(raised: Sequence[Raised]) -> str:
    """The same with how it was worked out, as it is told when the line is added."""
    said = (
        f"{one.description} {format_cents(one.cents)}: {'; '.join(step.text for step in one.working)}."
        for one in raised
    )
    return " ".join(said)


def _owed(cents: int) -> str:
    return format_cents(cents) if cents >= 0 else f"{format_cents(-cents)} CR"


def totals_row(cart: Cart, tenders: Sequence[Tender], rounding: CashRounding | None = None) -> Row:
    """Due, tendered, and what remains, with what rounding adds or takes off."""
    still = left(cart.total, tenders, rounding)
    by = rounded_by(cart.total, tenders, rounding)
    tendered = sum(tender.cents for tender in tenders)
    return (
        ("  DUE ", ""),
        (fit(format_cents(cart.total), 14), "strong"),
        ("TENDERED ", ""),
        (fit(format_cents(tendered), 14), "strong"),
        ("REMAINING " if still >= 0 else "CHANGE ", ""),
        (format_cents(abs(still)), "strong"),
        *(((f"  ROUNDED BY {format_cents(by)}", "warn"),) if by else ()),
    )


def cart_title(held: Held) -> Row:
    """What stands above the cart: whose it is, and from which paper receipt it is keyed in."""
    paper = held.cart.paper
    keyed = () if paper is None else ((f"  paper {paper.text} of {us_date(paper.date)}", "warn"),)
    name = f"  from {held.payor}" if held.cart.lines else ""
    count = f"  {len(held.cart.lines)} lines" if len(held.cart.lines) > 1 else ""
    return (("── Cart", "strong"), *keyed, (name, ""), (f"{count} ", "dim"), ("─" * 200, "dim"))


def last_words(taken: Taken, cart: Cart) -> Row:
    """The last receipt, with the change that may still be in the cashier's hand."""
    paper = cart.paper
    drawn = sum(line.drawn for line in cart.lines if isinstance(line, DrawLine))
    words = f"{format_cents(taken.total_cents)} taken" if taken.total_cents or not drawn else ""
    words += f"{', ' if words else ''}{format_cents(drawn)} drawn" if drawn else ""
    # Both together would not fit on 80 columns beside a large sum.
    last = (f"  code {taken.short_hash}", "dim") if paper is None else (f"  {paper.text}  F10, N: the next", "")
    return (
        (f" {taken.receipt_no}  {words}  ", ""),
        (f" CHANGE {format_cents(taken.change_cents)} ", "change" if taken.change_cents else "strong"),
        last,
    )
