"""What a payment raised on a license otherwise than the city's rows give, put right at the desk by two people.

What stands of a row of the calendar is compared with what it gives on the day on which the term's fee was paid off. Too
much, as where two offices raised one penalty, is taken back from what the record raised itself, and its money becomes
the account's credit; too little, as where a bank's file paid late, is raised and owed. Nothing is raised or taken back
by itself: whoever says that it shall stay closes the error item instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from countertui.config.licenses import holding
from countertui.domain.charges import CREDIT_HEAD
from countertui.domain.desk_records import CorrectionData, ShareData, WithdrawnData
from countertui.domain.license_file import License
from countertui.domain.license_raised import (
    DueTerm,
    Raised,
    RaisedData,
    TermCharge,
    declared_for,
    is_raised_by,
    raised_by,
)
from countertui.domain.license_term_charges import code_of_charge, license_of_charge, raised_row
from countertui.domain.license_timing import Payment
from countertui.domain.money import Cents
from countertui.ledger import tables
from countertui.ledger.charges_raised import ChargesRaised, rows_of_term
from countertui.ledger.license_reads import charges_of
from countertui.ledger.licenses import license_in_books
from countertui.ledger.stored import StoredRecord, record_at, what_stands

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Off:
    """A row of the calendar that comes to something else than stands raised of it on a term, in cents.

    given: what the row gives, on the day (ISO) on which the term was paid off. own: what the record raised of it that
    stands, by charge. as_raised: what would be raised.
    """

    license: str
    begins: date
    code: str
    description: str
    stands: Cents
    given: Cents
    day: str
    own: tuple[tuple[str, Cents], ...]
    as_raised: Raised | None

    @property
    def withdrawn(self) -> tuple[WithdrawnData, ...]:
        """What is taken back of it, from the last charge on: no more than the record raised itself."""
        left, found = max(0, self.stands - self.given), []
        for charge, cents in reversed(self.own):
            if part := min(left, cents):
                found.append(WithdrawnData(charge=charge, license=self.license, cents=part))
                left -= part
        return tuple(found)

    def raised(self, record: str) -> RaisedData | None:
        """What the record of that id raises of it; None where nothing lacks."""
        lacks = self.given - self.stands
        if lacks <= 0 or self.as_raised is None:
            return None
        return replace(self.as_raised, cents=Cents(lacks)).said(record)


def off_rows(connection: Connection, about: StoredRecord) -> list[Off]:
    """The rows of the calendar that are off on the terms of licenses that a payment paid or raised on."""
    body, found = about.body, list[Off]()
    touched = _charges_of(body)
    for number in dict.fromkeys(filter(None, map(license_of_charge, touched))):
        license_ = license_in_books(connection, number, date.fromisoformat(body["biz_date"]))
        if license_ is not None:
            found += _of_license(connection, license_, body, touched)
    return found


def correction_of(
    connection: Connection, about: StoredRecord, off: Sequence[Off], record: str, credit_gl: Mapping[str, str]
) -> tuple[list[ShareData], list[WithdrawnData], list[RaisedData]]:
    """What a correction says that puts rows right: shares that take money off what is withdrawn and put it onto the
    account's credit, what is withdrawn, and what is raised by the record of that id.
    """
    withdrawn = [one for each in off for one in each.withdrawn]
    raised = [one for each in off if (one := each.raised(record)) is not None]
    paid: dict[str, tuple[str, str, int]] = {}
    for move in what_stands(connection, about).moves if withdrawn else ():
        if move.charge is not None:
            paid[move.charge] = move.head, move.gl, paid.get(move.charge, ("", "", 0))[2] + move.cents
    shares: list[ShareData] = []
    for gone in withdrawn:
        head, gl, cents = paid.get(gone["charge"], ("", "", 0))
        left = _amount(connection, gone["charge"]) - gone["cents"]
        if (more := min(cents, gone["cents"], cents - left)) > 0:
            number = gone["license"]
            shares.append(ShareData(account=number, charge=gone["charge"], head=head, gl=gl, cents=-more))
            shares.append(ShareData(account=number, charge=None, head=CREDIT_HEAD, gl=credit_gl[number], cents=more))
    return shares, withdrawn, raised


def carry_out(connection: Connection, by: Body, version: int) -> list[str]:
    """Take back and raise what a correction says, before any money moves; gives the charges whose licenses stand
    otherwise by it.
    """
    data: CorrectionData = by["data"]
    charges = ChargesRaised(connection)
    for one in data.get("withdraws", ()):
        charges.lower(by, one["charge"], one["license"], one["cents"])
    for more in data.get("raises", ()):
        charges.add(by["biz_date"], more)
    charges.write(version)
    return [one["charge"] for one in (*data.get("withdraws", ()), *data.get("raises", ()))]


def _charges_of(body: Body) -> list[str]:
    """The charges that a payment paid, and those it raised."""
    lines = body["data"].get("lines", (body["data"],))  # of applied credit, it is its own line
    paid = [part["charge"] for line in lines for part in line["allocations"] if part["charge"]]
    return [*paid, *(one["charge"] for one in body["data"].get("raised", ()))]


def _of_license(connection: Connection, license_: License, body: Body, touched: Sequence[str]) -> Iterable[Off]:
    rows = {row["id"]: row for row in charges_of(connection, [license_.number])}
    for term in license_.terms:
        begins = term.begins.isoformat()
        if not any(each.startswith(f"{license_.number}/{begins}/") for each in touched):
            continue
        own_charges = tuple(
            TermCharge(code_of_charge(one["id"]), one["id"], Cents(one["cents"]), Cents(one["cents"]))
            for one in term.charges
        )
        due = DueTerm(license_.number, term.begins, term.due, own_charges, {})
        if (schedule := rows_of_term(connection, due.begins)) is None:
            continue
        declared = declared_for(license_, due)
        payment = _paid_off(connection, [one.charge for one in own_charges], term.cents, body, term.due)
        given = {
            one.code: one
            for one in raised_by(due, schedule, declared, payment, holding(schedule, declared))
            if not one.is_discount
        }
        stands: dict[str, list[tuple[str, Cents]]] = {}
        for id_, row in sorted(rows.items()):
            code = raised_row(id_, license_.number, begins)
            if code is not None and row["amount_cents"] > 0:
                stands.setdefault(code, []).append((id_, Cents(row["amount_cents"])))
        for code in dict.fromkeys((*given, *stands)):
            sum_ = Cents(sum(cents for _, cents in stands.get(code, ())))
            right = given[code].cents if code in given else Cents(0)
            if sum_ == right:
                continue
            words = given[code].description if code in given else rows[stands[code][0][0]]["description"]
            own = tuple(one for one in stands.get(code, ()) if is_raised_by(one[0], body["id"]))
            day = payment.received.isoformat()
            yield Off(license_.number, term.begins, code, words, sum_, right, day, own, given.get(code))


def _paid_off(connection: Connection, charges: Sequence[str], cents: int, body: Body, due: date) -> Payment:
    """The payment that paid a term's fee off: its day, and its postmark. The record's own where none did yet."""
    c = tables.reference["charge_step"].c
    query = select(c.dated, c.source, c.cents).where(c.charge.in_(charges) & (c.source != ""))
    left, last = cents, body
    for dated, source, moved in sorted(map(tuple, connection.execute(query).all())):
        left += moved
        if left <= 0 and moved < 0:
            terminal, epoch, seq = source.split("/")
            there = record_at(connection, terminal, int(epoch), int(seq))
            last = there.body if there is not None else {"biz_date": dated, "data": {}}
            break
    mark = last["data"].get("postmarked")
    return Payment(due, date.fromisoformat(last["biz_date"]), date.fromisoformat(mark) if mark else None)


def _amount(connection: Connection, charge: str) -> int:
    c = tables.reference["charge"].c
    return int(connection.execute(select(c.amount_cents).where(c.id == charge)).scalar() or 0)
