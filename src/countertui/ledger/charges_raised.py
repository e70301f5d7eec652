"""Charges that payments raise themselves on licenses: into the books with their payment, and out with it.

What a record says it raises is owed as it says, for its money is posted by it; it is worked out anew by the city's
rows and what the books know of the license, and told where that comes to something else. What names no license of the
books is not raised: the money waits in suspense, as for any charge that is not known.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache, partial
from typing import Any

from sqlalchemy import Connection, select

from countertui.config.licenses import LicensesRefused, holding, licenses_on
from countertui.domain.dates import us_date
from countertui.domain.license_file import License
from countertui.domain.license_raised import (
    Raised,
    declared_for,
    due_terms,
    raised_by,
    raised_charge,
)
from countertui.domain.license_schedule import LicenseSchedule
from countertui.domain.license_term_charges import license_of_charge, working_in_cents
from countertui.domain.license_timing import Payment
from countertui.domain.money import format_cents
from countertui.domain.reference import AccountKind, CityKey
from countertui.ledger import tables
from countertui.ledger.books import next_version
from countertui.ledger.bulk import insert_many, run_many
from countertui.ledger.charge_steps import source_of
from countertui.ledger.checks_back import Return
from countertui.ledger.licenses import license_in_books
from countertui.ledger.posting import Chart, Problem

Body = Mapping[str, Any]
LicenseOf = Callable[[str, date], License | None]
"""A license of the books by its number, as the records so far have it; None for none."""

OTHER_RAISED = "other-raised"
"""The reason of an error item of what a payment raised otherwise than the city's rows give."""
RAISED_FROM = 501
"""Numbers of a record's lines of what it took back of what another raised; those of what it moved begin at 1."""
_CHARGE = ("id", "account", "due", "head", "description", "gl", "amount_cents", "balance_cents", "changed_in")
_STEP = ("charge", "source", "n", "account", "dated", "what", "cents", "ordinance", "changed_in")
_LOWER = """UPDATE "charge" SET "amount_cents" = "amount_cents" - ?, "balance_cents" = "balance_cents" - ?,
  "changed_in" = ? WHERE "id" = ?"""


@dataclass(slots=True)
class ChargesRaised:
    """What a batch's payments raise and what is taken back of it, gathered before anything is written."""

    connection: Connection
    license_of: LicenseOf | None = None
    _new: dict[str, tuple[str, Mapping[str, Any]]] = field(default_factory=dict)
    """Charge to its day and what its record says, of those raised here."""
    _standing: dict[str, int] = field(default_factory=dict)
    """Charge to the cents of it that stand, of those that were raised or taken back here."""
    _lowered: dict[str, int] = field(default_factory=dict)
    _steps: list[tuple[Any, ...]] = field(default_factory=list)

    def of_pay(self, body: Body, chart: Chart, paid: Mapping[tuple[str, str], int]) -> list[Problem]:
        """Take what a payment raises, onto the chart too; gives what a technician must look at.

        paid: net cents by charge and account of the records of the batch so far.
        """
        raised = body["data"].get("raised", ())
        problems = [self.doubt(body, number, raised, paid) for number in license_lines(body["data"])]
        for one in raised:
            if not self._is_license(one["license"], body, chart):
                told = f"{one['description']} was raised on {one['license']}, which is no license of the books."
                problems.append(Problem("unknown-license", told, 0))
                continue
            chart.charges[one["charge"]] = one["license"]
            self._new[one["charge"]] = body["biz_date"], one
            self._standing[one["charge"]] = one["cents"]
        return [problem for problem in problems if problem is not None]

    def of_apply(self, body: Body, paid: Mapping[tuple[str, str], int]) -> list[tuple[int, Problem]]:
        """What a technician must look at, with the record's number: credit that pays what is late raises nothing."""
        if not any(license_of_charge(part["charge"]) for part in body["data"]["allocations"]):
            return []
        doubt = self.doubt({**body, "data": {"lines": ()}}, body["data"]["account"], (), paid)
        return [] if doubt is None else [(body["seq"], doubt)]

    def taken_back(self, by: Body, receipt: Body, lost: AbstractSet[str] | None = None) -> list[tuple[str, str]]:
        """Take back what a receipt raised, by the record `by`; lost: these charges alone. Gives charge and account."""
        touched = []
        for one in receipt["data"].get("raised", ()):
            charge, number = one["charge"], one["license"]
            cents = 0 if lost is not None and charge not in lost else self._stands(charge)
            if cents:
                self._standing[charge] = 0
                self._lowered[charge] = cents
                words = f"Taken back with receipt {receipt['receipt_no']}"
                self._steps.append(
                    (charge, source_of(by), RAISED_FROM, number, by["biz_date"], words, -cents, "")
                )  # fmt: skip
                touched.append((charge, number))
        return touched

    def lower(self, by: Body, charge: str, number: str, cents: int) -> None:
        """Take cents of a raised charge back by the record `by` of the desk."""
        self._lowered[charge] = self._lowered.get(charge, 0) + cents
        words = "Raised otherwise than the city's rows give"
        self._steps.append((charge, source_of(by), RAISED_FROM, number, by["biz_date"], words, -cents, ""))

    def add(self, dated: str, one: Mapping[str, Any]) -> None:
        """Raise one charge, on that day (ISO)."""
        self._new[one["charge"]] = dated, one

    def write(self, version: int) -> None:
        """Put it into the tables: before any money moves on the charges."""
        new = self._new.items()
        rows = [
            (
                charge,
                one["license"],
                one["due"],
                one["head"],
                one["description"],
                one["gl"],
                *2 * (one["cents"],),
                version,
            )
            for charge, (_, one) in new
        ]
        insert_many(self.connection, tables.reference["charge"], _CHARGE, rows)
        run_many(
            self.connection,
            _LOWER,
            [(cents, cents, version, charge) for charge, cents in sorted(self._lowered.items())],
        )
        steps = [step for charge, (dated, one) in new for step in _bill(charge, dated, one)]
        insert_many(
            self.connection,
            tables.reference["charge_step"],
            _STEP,
            [(*step, version) for step in (*steps, *self._steps)],
        )

    def _is_license(self, number: str, body: Body, chart: Chart) -> bool:
        """Whether there is such a license, by the books or by the records so far."""
        c = tables.reference["account"].c
        kind = self.connection.execute(select(c.kind).where(c.number == number)).scalar()
        if kind is not None or number not in chart.accounts or self.license_of is None:
            return bool(kind == AccountKind.LICENSE)
        return self.license_of(number, date.fromisoformat(body["biz_date"])) is not None

    def _stands(self, charge: str) -> int:
        if charge in self._standing:
            return self._standing[charge]
        c = tables.reference["charge"].c
        return int(self.connection.execute(select(c.amount_cents).where(c.id == charge)).scalar() or 0)

    def doubt(
        self, body: Body, number: str, raised: Iterable[Mapping[str, Any]], paid: Mapping[tuple[str, str], int]
    ) -> Problem | None:
        """What a payment raised on a license that the city's rows do not, by what the books know of it."""
        here = [one for one in raised if one["license"] == number]
        said = {(one["begins"], one["code"]): one["cents"] for one in here}
        try:
            found = self._expected(body, number, paid)
        except ArithmeticError:  # as of a day so far off that no amount has that many digits
            told = f"what the city's rows give on {us_date(body['biz_date'])} can't be worked out"
            return Problem(OTHER_RAISED, f"On license {number}, {told}.", 0)
        expected = {
            (one.begins.isoformat(), one.code): one.cents
            for one in found
            if not one.is_discount or (one.begins.isoformat(), one.code) in said
        }
        if said == expected:
            return None
        more = sorted((key, said.get(key, 0), expected.get(key, 0)) for key in said.keys() | expected.keys())
        told = "; ".join(
            f"{code} of the term from {us_date(begins)}: {format_cents(was)} was raised, the city's rows give"
            f" {format_cents(would)}"
            for (begins, code), was, would in more
            if was != would
        )
        return Problem(OTHER_RAISED, f"On license {number}, {told}.", 0)

    def _expected(self, body: Body, number: str, paid: Mapping[tuple[str, str], int]) -> list[Raised]:
        day = date.fromisoformat(body["biz_date"])
        license_ = self.license_of(number, day) if self.license_of is not None else None
        if license_ is None:
            return []
        unpaid, before = self._charges(license_, paid)
        postmarked = body["data"].get("postmarked")
        found: list[Raised] = []
        for term in due_terms(license_, unpaid, before):
            schedule = rows_of_term(self.connection, term.begins)
            if schedule is not None:
                payment = Payment(term.due, day, date.fromisoformat(postmarked) if postmarked else None)
                declared = declared_for(license_, term)
                found += raised_by(term, schedule, declared, payment, holding(schedule, declared))
        return _that_hold(found, unpaid, body)

    def _charges(
        self, license_: License, paid: Mapping[tuple[str, str], int]
    ) -> tuple[dict[str, int], dict[str, tuple[int, int]]]:
        """Cents unpaid by charge of the license, and of those that were raised, cents that stand and cents unpaid."""
        c = tables.reference["charge"].c
        rows = self.connection.execute(
            select(c.id, c.amount_cents, c.balance_cents).where(c.account == license_.number)
        ).all()
        gone: dict[str, int] = {}
        for (charge, _), cents in paid.items():
            gone[charge] = gone.get(charge, 0) + cents
        of_terms = {one["id"]: one["cents"] for term in license_.terms for one in term.charges}
        unpaid = {charge: cents - gone.get(charge, 0) for charge, cents in of_terms.items()}
        unpaid |= {id_: balance - gone.get(id_, 0) for id_, _, balance in rows}
        starts = tuple(f"{raised_charge(license_.number, term.begins.isoformat(), '')}/" for term in license_.terms)
        raised = {
            id_: (amount, unpaid[id_]) for id_, amount, _ in rows if id_.startswith(starts) and id_ not in of_terms
        }
        for charge, cents in self._standing.items():
            if charge.startswith(starts):
                before = raised.get(charge, (0, 0))
                raised[charge] = (
                    cents,
                    before[1] + cents - before[0] - (gone.get(charge, 0) if charge in self._new else 0),
                )
        return unpaid, raised


def rows_of_term(connection: Connection, begins: date) -> LicenseSchedule | None:
    """The city's rows for a term, by its first day; None where there are none that can be used."""
    c = tables.reference["city"].c
    text = connection.execute(select(c.value).where(c.key == CityKey.LICENSES)).scalar()
    return schedule_for(text or '""', begins)


@lru_cache(8)
def schedule_for(kept: str, day: date) -> LicenseSchedule | None:
    """The schedule in force on a day, by what the city's row holds (JSON); None where none there can be used."""
    try:
        text = json.loads(kept)
        return licenses_on(text, day) if text else None
    except LicensesRefused:
        return None


def not_raised(connection: Connection, body: Body) -> list[Problem]:
    """What a payment of the desk's own, as of a bank's file, should have raised on the licenses whose terms it pays.

    body: before it moves anything. It raises nothing itself: what is late is told.
    """
    parts = (part["charge"] or "" for line in body["data"]["lines"] for part in line["allocations"])
    numbers = dict.fromkeys(license_of_charge(charge) for charge in parts)
    raised = ChargesRaised(connection, partial(license_in_books, connection))
    doubts = (raised.doubt(body, number, (), {}) for number in numbers if number)
    return [doubt for doubt in doubts if doubt is not None]


def _that_hold(found: Iterable[Raised], unpaid: Mapping[str, int], body: Body) -> list[Raised]:
    """What is raised, without the discounts whose charges the record does not pay off."""
    all_of_it = list(found)
    owed = {**unpaid, **{one.charge: one.cents for one in all_of_it}}
    paid: dict[str, int] = {}
    for line in body["data"]["lines"]:
        for part in line["allocations"]:
            if part["charge"] is not None:
                charge = part["charge"].removesuffix(f"/{body['id']}")
                paid[charge] = paid.get(charge, 0) + part["cents"]
    return [
        one
        for one in all_of_it
        if not one.is_discount or all(paid.get(id_, 0) >= owed.get(id_, 0) for id_ in one.whole)
    ]


def license_lines(data: Mapping[str, Any]) -> list[str]:
    """The licenses that a payment's lines pay charges of, and those it raises on."""
    lines = [
        line["account"]
        for line in data["lines"]
        if line["account"] is not None
        and line.get("account_kind") == AccountKind.LICENSE
        and any(part["charge"] for part in line["allocations"])
    ]
    return list(dict.fromkeys([*lines, *(one["license"] for one in data.get("raised", ()))]))


def lost_with(back: Return) -> AbstractSet[str] | None:
    """The charges that a receipt raised and loses with a check that came back; None: all, as nothing of it stands."""
    if back.is_last:
        return None
    return {share["charge"] for share in back.shares if share["charge"] is not None and share["cents"] > 0}


def take_back(connection: Connection, by: Body, receipt: Body, lost: AbstractSet[str] | None = None) -> None:
    """Take back at once what a receipt raised, by a record of the desk; lost: these charges alone."""
    raised = ChargesRaised(connection)
    raised.taken_back(by, receipt, lost)
    raised.write(next_version(connection))


def _bill(charge: str, dated: str, one: Mapping[str, Any]) -> Iterable[tuple[Any, ...]]:
    """How a raised charge was worked out, as lines of its working."""
    for n, (what, cents) in enumerate(working_in_cents(one), start=1):
        yield charge, "", n, one["license"], dated, what, cents, one["ordinance"]
