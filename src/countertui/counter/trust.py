"""Trust deposits at the counter: what each holds now, and lines of a cart that draw on one."""

from __future__ import annotations

import sqlite3
from datetime import date

from countertui.counter.balances import credit_of, open_charges
from countertui.counter.station import Station
from countertui.domain.money import Cents, format_cents
from countertui.domain.receipts import AccountLine, Cart, DrawLine, FeeLine
from countertui.domain.receivables import onto_credit
from countertui.domain.trust import Deposit, Overdrawn, Terms, TrustRefused, deposited, require_covered
from countertui.store.reference_rows import TrustRow
from countertui.store.store import read_body
from countertui.store.trust_requests import asked_back


def deposit_of(station: Station, db: sqlite3.Connection, number: str) -> Deposit:
    """A deposit as it stands here: the snapshot's less what was drawn and given back since. Raises TrustRefused."""
    row = station.reference.trust.deposit(number)
    if row is None:
        raise TrustRefused(f"{number[:24]} is no trust deposit.", press="Choose one of the deposits listed.")
    return _standing(station, db, row)


def find_deposit(station: Station, number: str) -> Deposit | None:
    """A deposit as it stands here; None for another kind of account."""
    row = station.reference.trust.deposit(number)
    return None if row is None else _standing(station, station.reader, row)


def deposits(station: Station) -> list[Deposit]:
    """All deposits, by number."""
    return [_standing(station, station.reader, row) for row in station.reference.trust.deposits()]


def drawable(station: Station, cart: Cart) -> list[Deposit]:
    """The deposits with money in them that may pay for a cart: those of the one party whose accounts are in it."""
    parties = {station.reference.party(line.account) for line in cart.lines if isinstance(line, AccountLine)}
    if len(parties) != 1 or None in parties:
        return []
    drawn = {line.account for line in cart.lines if not isinstance(line, FeeLine)}
    found = (_standing(station, station.reader, row) for row in station.reference.trust.deposits(parties.pop()))
    return [deposit for deposit in found if deposit.available and deposit.account not in drawn]


def draw_line(station: Station, cart: Cart, number: str, cents: Cents) -> DrawLine:
    """A line that lets a deposit pay cents of a cart. Raises TrustRefused, Overdrawn; nothing is drawn yet."""
    deposit = deposit_of(station, station.reader, number)
    if not deposit.available:
        raise TrustRefused(f"{deposit.account} holds nothing.", "Nothing was drawn.", "Take another tender.")
    if cents > cart.total:
        raise TrustRefused(
            f"{format_cents(cents)} is more than the {format_cents(cart.total)} that is due.",
            "Nothing was drawn.",
            "Type what is due, or less.",
        )
    require_covered(deposit, cents)
    line = DrawLine(deposit.account, deposit.name, deposit.held, cents, deposit.gl)
    require_same_party(station, cart, line)
    return line


def require_drawable(station: Station, db: sqlite3.Connection, cart: Cart, line: DrawLine) -> None:
    """Raise TrustRefused, Overdrawn unless a line's deposit still covers it and may pay for the cart."""
    deposit = deposit_of(station, db, line.account)
    require_covered(deposit, line.drawn)
    if (deposit.name, deposit.gl, deposit.held) != (line.name, line.gl, line.held):
        raise TrustRefused(
            f"{line.account} changed since it was put into the cart.", press="Take the line off; Ctrl+T draws again."
        )
    require_same_party(station, cart, line)


def require_same_party(station: Station, cart: Cart, line: DrawLine) -> None:
    """Raise TrustRefused where an account in the cart is another party's than the deposit."""
    depositor = station.reference.party(line.account)
    for other in cart.lines:
        if isinstance(other, AccountLine) and station.reference.party(other.account) != depositor:
            raise TrustRefused(
                f"{other.account} is not the depositor's of {line.account}.",
                press="Take one of them off: a deposit pays for its own depositor alone.",
            )


def require_still_held(station: Station, seq: int) -> None:
    """Raise Overdrawn where a receipt can't be taken back: what it paid into a deposit is drawn or asked back since.

    The same of a customer's money on account that pays invoices since.
    """
    data = read_body(station.db, seq)["data"]
    for account, cents in deposited(data).items():
        deposit = deposit_of(station, station.db, account)
        if cents > deposit.available:
            raise Overdrawn(
                f"{account} has {format_cents(deposit.available)} left of the {format_cents(cents)} it was paid.",
                "The receipt stands.",
                "Void what drew on it first, or refuse what is asked back of it.",
            )
    for account, cents in onto_credit(data).items():
        row = station.reference.account(account)
        left = Cents(0) if row is None else credit_of(open_charges(station, station.db, account, row.credit_gl))
        if cents > left:
            raise Overdrawn(
                f"{format_cents(Cents(cents - left))} of what it put on account of {account} pays invoices since.",
                "The receipt stands.",
                "Take that back first: menu, J, the account, B.",
            )


def draw_now(station: Station, line: DrawLine) -> DrawLine | None:
    """A line of a cart that was aside, upon what its deposit holds now; None where that no longer covers it."""
    try:
        deposit = deposit_of(station, station.db, line.account)
        require_covered(deposit, line.drawn)
    except TrustRefused:
        return None
    return DrawLine(deposit.account, deposit.name, deposit.held, line.drawn, deposit.gl)


def _standing(station: Station, db: sqlite3.Connection, row: TrustRow) -> Deposit:
    release_on = date.fromisoformat(row.release_on) if row.release_on else None
    held = credit_of(open_charges(station, db, row.number, row.gl))
    asked = asked_back(db, row.number)
    return Deposit(
        row.number, row.name, row.gl, Terms(row.project, Cents(row.minimum_cents), release_on), held, Cents(asked)
    )
