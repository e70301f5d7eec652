"""Whether a visit's tenders are ones that the city's rules let it be paid with, and who answers where they are not."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from countertui.counter.accounts import account_here
from countertui.counter.card_doubts import charges_in_doubt
from countertui.counter.require_now import require_now
from countertui.counter.station import Person, Session, Station
from countertui.domain.cash_rounding import left
from countertui.domain.money import Cents
from countertui.domain.receipts import (
    AccountLine,
    Cart,
    CartLine,
    DrawLine,
    FeeLine,
    kind_of,
    pays_fees_by_draw,
    settle_line,
)
from countertui.domain.refusal import Refused
from countertui.domain.returned_checks import FLAG
from countertui.domain.rights import Act, require_second_person
from countertui.domain.tender_rules import (
    Breach,
    PaidFor,
    asks_for_flags,
    asks_for_heads,
    asks_for_returns,
    breaches,
    concern,
)
from countertui.domain.tenders import Tender
from countertui.store import came_back_rows

_FEES_BY_DRAW = Breach("A deposit pays for fees, which name no party.", by_approval=True)


class TenderNotAllowed(Refused):
    """Tenders that the city's rules don't let this visit be paid with; `breaches` are what is broken of them."""

    def __init__(self, found: Sequence[Breach], safe: str = "Nothing was recorded.", press: str = "") -> None:
        self.breaches = tuple(found)
        super().__init__(in_words(found), safe, press)


def tenders_broken(station: Station, on: str, cart: Cart, tenders: Sequence[Tender]) -> tuple[Breach, ...]:
    """What tenders for a cart break of the rules on a business date (ISO); they may still fall short of its total.

    What a paper receipt says was taken already: a second person may let all of it be.
    """
    return _broken(station, station.reader, on, cart, tenders)


def _broken(
    station: Station, db: sqlite3.Connection, on: str, cart: Cart, tenders: Sequence[Tender]
) -> tuple[Breach, ...]:
    return (*charges_in_doubt(db, cart, tenders), *_by_rules(station, db, on, cart, tenders))


def _by_rules(
    station: Station, db: sqlite3.Connection, on: str, cart: Cart, tenders: Sequence[Tender]
) -> tuple[Breach, ...]:
    rules = station.rules.tenders
    drawn = (_FEES_BY_DRAW,) if pays_fees_by_draw(cart) else ()
    if not concern(rules, tenders):
        return drawn
    flags, heads, returns = asks_for_flags(rules, tenders), asks_for_heads(rules), asks_for_returns(rules, tenders)
    paid_for = [
        PaidFor(
            line.code if isinstance(line, FeeLine) else line.account,
            kind_of(line),
            _heads(station, line) if heads else frozenset(),
            _flags(station, db, line.account) if flags and isinstance(line, AccountLine) else frozenset(),
            returned_days(station, db, line.account) if returns and isinstance(line, AccountLine) else (),
        )
        for line in cart.lines
        if not isinstance(line, DrawLine)  # it pays, and is not paid for
    ]
    change = Cents(max(0, -left(cart.total, tenders, rules.rounding)))
    found = (*breaches(rules, station.place.office, date.fromisoformat(on), paid_for, tenders, change), *drawn)
    if cart.paper is None:
        return found
    return tuple(replace(breach, by_approval=True) for breach in found)


def returned_days(station: Station, db: sqlite3.Connection, account: str) -> tuple[str, ...]:
    """The business dates (ISO) on which checks for an account came back: by the snapshot, and said here since."""
    here = came_back_rows.days_back(db, account, station.reference.snapshot().seq)
    return (*station.reference.checks_returned(account), *here)


def in_words(found: Sequence[Breach]) -> str:
    """What is broken, those first that nobody may let be."""
    return " ".join(breach.words for breach in sorted(found, key=lambda breach: breach.by_approval))


def approvable(found: Sequence[Breach]) -> bool:
    """Whether a second person may let all of it be."""
    return all(breach.by_approval for breach in found)


def approver_of_tenders(
    station: Station, session: Session, cart: Cart, tenders: Sequence[Tender], approver: Person | None
) -> tuple[str | None, tuple[Breach, ...]]:
    """Who answers for tenders that break the city's rules, and what they break; None and nothing where they don't.

    Raises TenderNotAllowed where nobody does or may, NotAllowed for who may not or took the payment.
    """
    found = _broken(station, station.db, session.biz_date, cart, tenders)
    if not found:
        return None, ()
    if approver is None or not approvable(found):
        again = "Laid again, it asks for a lead; or take another." if approvable(found) else "Take another."
        raise TenderNotAllowed(found, press=f"Take the tender off (Del). {again}")
    require_second_person(approver.id, (session.operator,))
    require_now(station, approver.id, Act.APPROVE)
    return approver.id, found


def _heads(station: Station, line: CartLine) -> frozenset[str]:
    """The heads that a line pays; none while its amount can't be taken as it stands: settling says why."""
    try:
        return frozenset(part.head for part in settle_line(line, station.rules.order).allocations)
    except Refused:
        return frozenset()


def _flags(station: Station, db: sqlite3.Connection, number: str) -> frozenset[str]:
    row = account_here(station, db, number)
    here = {FLAG} if came_back_rows.days_back(db, number, station.reference.snapshot().seq) else set()
    return frozenset(here | set(row.flags.split())) if row is not None else frozenset()
