"""A cart that was aside, made anew from what its accounts owe and its fees cost now."""

from __future__ import annotations

from dataclasses import dataclass, replace

from countertui.counter.account_line import account_line, is_like
from countertui.counter.accounts import account_here
from countertui.counter.cart import Held
from countertui.counter.station import Station
from countertui.counter.today import fee_date, working_date
from countertui.counter.trust import draw_now
from countertui.domain.charges import AllocationRefused, allocate_by_hand
from countertui.domain.money import Cents, format_cents
from countertui.domain.receipts import AccountLine, CartLine, DrawLine, FeeLine


@dataclass(frozen=True, slots=True)
class Renewed:
    """The cart as it can be taken now, and a sentence for each of its lines that changed meanwhile."""

    held: Held
    changes: tuple[str, ...]


def renewed(station: Station, held: Held, operator: str = "") -> Renewed:
    """The cart with its lines as they would be added now; a line whose account or fee is gone stays, and is named.

    operator: who takes it, as of whose drawer's date.
    """
    day = working_date(station, station.db, operator)
    lines, changes = [], []
    for line in held.cart.lines:
        now = _now(station, line, day, held.cart.postmarked)
        lines.append(now or line)
        if now != line:
            changes.append(_in_words(line, now))
    return Renewed(replace(held, cart=replace(held.cart, lines=tuple(lines))), tuple(changes))


def _now(station: Station, line: CartLine, day: str, postmarked: str) -> CartLine | None:
    if isinstance(line, FeeLine):
        return _fee_now(station, line)
    return draw_now(station, line) if isinstance(line, DrawLine) else _account_now(station, line, day, postmarked)


def renewed_account(line: AccountLine, fresh: AccountLine) -> AccountLine:
    """The line upon the charges of `fresh`, which is for all that is owed now.

    Who paid all pays all; who paid a part pays that, but no more than is owed now; parts by hand stay if they fit.
    """
    if line.on_account:
        return replace(fresh, amount=line.amount, on_account=True)
    before, now = line.owed, fresh.owed
    if line.by_hand:
        by_hand = replace(fresh, amount=line.amount, by_hand=line.by_hand, reason=line.reason)
        try:
            allocate_by_hand(line.amount, fresh.payable, dict(line.by_hand))
        except AllocationRefused:
            return replace(fresh, amount=Cents(min(line.amount, now)))
        return by_hand
    if line.amount == before:
        return fresh
    return replace(fresh, amount=line.amount if line.amount > before else Cents(min(line.amount, now)))


def _account_now(station: Station, line: AccountLine, day: str, postmarked: str) -> AccountLine | None:
    row = account_here(station, station.db, line.account)
    if row is None:
        return None
    fresh = account_line(station, station.db, row, day, postmarked)
    return line if is_like(line, fresh) else renewed_account(line, fresh)


def _fee_now(station: Station, line: FeeLine) -> FeeLine | None:
    fee = station.reference.fee(line.code, fee_date(station, station.db))
    if fee is None:
        return None
    price = line.unit_cents if fee.unit_cents is None else Cents(fee.unit_cents)
    return replace(line, description=fee.description, gl=fee.gl, unit_cents=price)


def _in_words(line: CartLine, now: CartLine | None) -> str:
    what = line.code if isinstance(line, FeeLine) else line.account
    if now is None:
        return f"{what} is not there any more: Del takes it off."
    if isinstance(now, FeeLine):
        return f"{what} changed, now costs {format_cents(now.unit_cents)} each."
    if isinstance(now, DrawLine):
        return f"{what} changed, now holds {format_cents(now.held)}."
    by_hand = isinstance(line, AccountLine) and line.by_hand and not now.by_hand
    again = " Its parts by hand no longer fit: F4, Tab." if by_hand else ""
    return f"{what} changed, now owes {format_cents(now.owed)}.{again}"
