"""What an account owes now: the snapshot's balances less the money taken here since."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import date

from countertui.counter.station import Station
from countertui.domain.charges import CREDIT_HEAD, OpenCharge
from countertui.domain.money import Cents
from countertui.domain.returned_checks import FEE_HEAD, fee_charge_of, fee_words, given_charge, given_words
from countertui.store import came_back_rows, money_here


def open_charges(station: Station, db: sqlite3.Connection, account: str, credit_gl: str) -> tuple[OpenCharge, ...]:
    """An account's charges as they stand here, oldest first; money on account shows as one credit charge."""
    paid = money_here.paid_here(db, account, station.reference.snapshot().seq)
    charges = [
        OpenCharge(row.id, row.head, date.fromisoformat(row.due), row.description, row.gl, Cents(row.balance_cents))
        for row in station.reference.charges(account)
    ]
    standing, known = charges, {charge.id for charge in charges}
    if paid:
        again = raised_again(station, db, account, known & paid.keys())
        gone = {id_: cents + again.get(id_, 0) for id_, cents in paid.items() if id_ is not None}
        standing = [replace(charge, balance=Cents(charge.balance - gone.get(charge.id, 0))) for charge in charges]
    if any(charge is not None and charge not in known for charge in paid):
        standing = [*standing, *_raised(station, db, account, paid, known), *_fees_raised(station, db, account, paid)]
    on_account = paid.get(None, 0)
    if on_account or sum(charge.head == CREDIT_HEAD for charge in standing) > 1:
        standing = _with_credit(standing, on_account, credit_gl)
    return tuple(charge for charge in standing if charge.balance)


def raised_again(station: Station, db: sqlite3.Connection, account: str, known: AbstractSet[str]) -> dict[str, int]:
    """Cents of charges of the snapshot (by id) that records here raised since, too: they are owed once.

    Two counters that assess one term of a license raise the same charges. What a payment raises is one record's alone:
    more than nothing of it since is a discount taken back.
    """
    if not any("/" in id_ for id_ in known):
        return {}
    from countertui.domain.license_term_charges import is_raised

    raised = money_here.raised_here(db, account, station.reference.snapshot().seq)
    twice = (row for row in raised if row.charge in known and not is_raised(row.charge))
    return {row.charge: row.cents for row in twice if row.cents > 0}  # else withdrawn


def _raised(
    station: Station, db: sqlite3.Connection, account: str, paid: Mapping[str | None, int], known: AbstractSet[str]
) -> Iterator[OpenCharge]:
    """What records here raised themselves since the snapshot, less what was paid on it."""
    for row in money_here.raised_here(db, account, station.reference.snapshot().seq):
        if row.charge not in known:
            due, left = date.fromisoformat(row.due), Cents(-paid.get(row.charge, 0))
            yield OpenCharge(row.charge, row.head, due, row.description, row.gl, left)


def _fees_raised(
    station: Station, db: sqlite3.Connection, account: str, paid: Mapping[str | None, int]
) -> Iterator[OpenCharge]:
    """What was charged here since the snapshot for returned checks, less what was paid on it: fees and cash back."""
    place, since = station.place, station.reference.snapshot().seq
    for back in came_back_rows.checks_back(db, account, since):
        fee = fee_charge_of(place.terminal, place.epoch, back.seq, back.n)
        due = date.fromisoformat(back.biz_date)
        gl = station.rules.returned_check_gl
        for id_, words in ((fee, fee_words(back.reference)), (given_charge(fee), given_words(back.reference))):
            if id_ in paid:
                yield OpenCharge(id_, FEE_HEAD, due, words, gl, Cents(-paid[id_]))


def credit_of(charges: Iterable[OpenCharge]) -> Cents:
    """The money on an account that pays no charge yet, in cents; of a trust deposit, what it holds."""
    return Cents(-sum(charge.balance for charge in charges if charge.head == CREDIT_HEAD))


def _with_credit(charges: list[OpenCharge], taken: int, credit_gl: str) -> list[OpenCharge]:
    """The charges with cents taken onto the account (negative: taken back) in one credit with all the snapshot's.

    What was taken back beyond the credit is the ledger's to sort out: nobody is asked to pay for it.
    """
    before = [charge for charge in charges if charge.head == CREDIT_HEAD]
    if not before:
        due = max((charge.due for charge in charges), default=date(2000, 1, 1))
        before = [OpenCharge("", CREDIT_HEAD, due, "Credit on account", credit_gl, Cents(0))]
    after = replace(before[0], balance=Cents(min(0, sum(charge.balance for charge in before) - taken)))
    return [charge for charge in charges if charge.head != CREDIT_HEAD] + [after]
