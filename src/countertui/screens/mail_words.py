"""What the mail's batch says: its help, the piece in hand, how far it is."""

from __future__ import annotations

from collections.abc import Sequence

from countertui.counter.remittances import Running
from countertui.counter.take_payment import Taken
from countertui.domain.dates import us_date
from countertui.domain.drawers import business_date
from countertui.domain.money import Cents, format_cents
from countertui.domain.receipts import AccountLine, Cart
from countertui.domain.refusal import Refused
from countertui.domain.words import number_of
from countertui.errors import CounterError
from countertui.screens.payment_words import raised_words
from countertui.widgets.lines import Row

HELP = (
    "Count the checks and add them up before you begin: 1 for the mail or 2 for the dropbox, how many, what they come"
    " to. Then for each piece its account (or scan the stub), Enter, the check's number, Enter; the amount is what is"
    " owed, Tab goes there where the check says another. F4: the same check pays one more account. Esc drops the piece"
    " in hand. A lead may let a tender be that the city's rules refuse, with id and PIN. F9 closes the batch once"
    " pieces and total agree; if they don't, a lead accepts the difference with a reason, id and PIN. A batch stays"
    " open over a restart. Ctrl+O, of a license: its postmark, by which what is late is worked out. No receipts are"
    " printed; F3 prints one that is asked for."
)


def title_row(found: Running | None) -> Row:
    """What is done here, and what is typed first."""
    title = "Mail and dropbox" if found is None else f"{found.batch.origin.value.capitalize()} batch"
    asks = "Count first" if found is None else "account, Enter; check no., Enter"
    return ((f" {title}", "strong"), (f"   {asks}", ""))


def progress_row(found: Running) -> Row:
    """How much of the batch is taken, and what is left or over."""
    control, taken = found.batch.control, found.taken
    left = found.left
    over = left.pieces < 0 or left.cents < 0 or (not left.pieces and left.cents != 0)
    rest = ("AGREES: F9", "strong") if not found.off else (found.off, "warn") if over else (f"left {left.words}", "")
    pieces = f"{taken.pieces:,} of {number_of(control.pieces, 'piece')}"
    money = f"{format_cents(taken.cents)} of {format_cents(control.cents)}"
    return ((f" {found.batch.origin.value.upper()} ", "strong"), (f" {pieces}   {money}   ", ""), rest)


def postmark_typed(typed: str, biz_date: str) -> str:
    """The day (ISO) of a postmark as it was typed. Raises Refused for no day, or one after the business date."""
    day = business_date(typed).isoformat()
    if day > biz_date:
        raise Refused(
            f"A postmark of {us_date(day)} lies after the business date.", "Nothing was changed.", "Type it as stamped."
        )
    return day


def piece_row(line: AccountLine, kept: Sequence[AccountLine], postmarked: str = "") -> Row:
    """The account that is asked about, what paying it raises, and what the check pays beside it."""
    owed = line.owed if line.raised else Cents(sum(charge.balance for charge in line.charges))
    words = f"owes {format_cents(owed)}" if owed > 0 else "owes nothing"
    if line.raised:
        words += f", with {raised_words(line.raised)}"
    if postmarked:
        words += f", postmarked {us_date(postmarked)}"
    more = format_cents(sum(one.amount for one in kept))
    beside = ((f"   beside {number_of(len(kept), 'account')}, {more}", "warn"),) if kept else ()
    # Of a license the name comes last: 80 columns have no room for a long one before what is late of it.
    said = f" {words}   {line.name}" if line.raised or postmarked else f" {line.name}   {words}"
    return ((f" {line.account} ", "strong"), (said, ""), *beside)


def kept_row(kept: Sequence[AccountLine]) -> Row:
    """Accounts that the check in hand pays so far; nothing where there are none."""
    if not kept:
        return ()
    total = format_cents(sum(line.amount for line in kept))
    return ((f" The check pays {', '.join(line.account for line in kept)}: {total}, and", "warn"),)


def not_told(cart: Cart, error: CounterError, *, recorded: bool) -> Refused:
    """What somebody must read of a piece that is recorded all the same, or of which nobody knows."""
    who = ", ".join(line.account for line in cart.lines if isinstance(line, AccountLine))
    state = "RECORDED" if recorded else "NOT KNOWN whether it is recorded"
    happened = f"{state}, {who}, {format_cents(cart.total)}: {error.happened}"
    safe = "It is a piece of the batch." if recorded else "Don't key it in again."
    return Refused(happened, f"{safe} {error.safe}", f"Esc, then: {error.press}")


def last_row(taken: Taken, cart: Cart) -> Row:
    """The piece that was taken last."""
    who = ", ".join(line.account for line in cart.lines if isinstance(line, AccountLine))
    return ((f" {taken.receipt_no}  {format_cents(taken.total_cents)} for {who}", "dim"),)
