"""Renewal notices and their labels, by what the books say: in the order of the post, the same for the same books."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from countertui.documents.license_papers import Letterhead, Notice, labels_pdf, notices_pdf
from countertui.domain.license_acts import LICENSE_CLASS, MAILING, PREMISES
from countertui.domain.license_file import License
from countertui.domain.license_raised import (
    DueTerm,
    TermCharge,
    declared_for,
    raised_before,
    raised_by,
)
from countertui.domain.license_schedule import LicenseSchedule
from countertui.domain.license_term_charges import code_of_charge, raised_row
from countertui.domain.license_timing import Payment
from countertui.domain.money import Cents
from countertui.domain.postal import postal_key
from countertui.domain.renewals import HoldsFor, Renewal, Schedules, business_of, rises

FIRST, SECOND = "Business license renewal", "Second notice: business license renewal"


@dataclass(frozen=True, slots=True)
class Owed:
    """What a license's account owes: cents unpaid by charge id, and of each raised charge what stands, what is unpaid
    of it, and what it is called.
    """

    unpaid: Mapping[str, int]
    raised: Mapping[str, tuple[int, int, str]]


def notice_of(
    renewal: Renewal, owed: Owed, schedules: Schedules, holds: HoldsFor, second: date | None = None
) -> Notice:
    """The notice of a renewal. second: the day of a second notice, which says what is owed on it, penalties with it."""
    license_, data = renewal.license, renewal.term
    schedule = schedules(date.fromisoformat(data["begins"]))
    term = _due_term(renewal, owed)
    raised_on = _raised_on(license_, term, schedule, holds)
    left = [(one["description"], owed.unpaid.get(one["id"], one["cents"])) for one in data["charges"]]
    left += [(words, cents) for charge, (_, cents, words) in owed.raised.items() if charge in term.left]
    fees = [(words, Cents(cents)) for words, cents in left if cents > 0]
    total = sum(cents for _, cents in fees)
    told = term.due if second is None else second
    late = raised_on(told)
    by_day = cache(lambda day: total + sum(cents for _, cents in raised_on(day)))
    return Notice(
        number=license_.number,
        business=business_of(license_),
        to=(business_of(license_), *address_lines(str(license_.says.get(MAILING, "")))),
        premises=str(license_.says.get(PREMISES, "")) or "premises not stated",
        license_class=_class_name(schedule, str(license_.says.get(LICENSE_CLASS, ""))),
        begins=data["begins"],
        ends=data["ends"],
        lines=(*fees, *late),
        total=Cents(by_day(told)),
        due=told.isoformat(),
        scanned=license_.number,
        later=tuple((day.isoformat(), cents) for day, cents in rises(by_day, told)),
    )


def address_lines(address: str) -> tuple[str, ...]:
    """An address of one line as lines: what stands before its last comma but one is a street, the rest city and ZIP."""
    parts = [part.strip() for part in address.split(",") if part.strip()]
    if len(parts) < 3:
        return tuple(parts)
    return (*parts[:-2], ", ".join(parts[-2:]))


def in_postal_order(notices: Iterable[Notice]) -> list[Notice]:
    """In the order in which the post wants them; of one address, by number."""
    return sorted(notices, key=lambda notice: (postal_key(notice.to), notice.number))


def papers(letterhead: Letterhead, notices: Sequence[Notice], heading: str, made_at: int) -> tuple[bytes, bytes]:
    """The notices as one PDF and their labels as another, both in postal order. Raises PdfError."""
    ordered = in_postal_order(notices)
    labels = labels_pdf([notice.to for notice in ordered], heading, letterhead.ledger_id, made_at=made_at)
    return notices_pdf(letterhead, ordered, heading, made_at=made_at), labels


def _due_term(renewal: Renewal, owed: Owed) -> DueTerm:
    """The term as a payment would find it."""
    license_, data = renewal.license, renewal.term
    begins = data["begins"]
    charges = tuple(
        TermCharge(
            code_of_charge(one["id"]),
            one["id"],
            Cents(one["cents"]),
            Cents(owed.unpaid.get(one["id"], one["cents"])),
        )
        for one in data["charges"]
    )
    amounts = [(charge, Cents(stands)) for charge, (stands, *_) in owed.raised.items()]
    left = tuple(
        charge
        for charge, (_, unpaid, _) in owed.raised.items()
        if unpaid > 0 and raised_row(charge, license_.number, begins) is not None
    )
    before = raised_before(amounts, license_.number, begins)
    due = date.fromisoformat(data["due"])
    return DueTerm(license_.number, date.fromisoformat(begins), due, charges, before, left)


def _raised_on(
    license_: License, term: DueTerm, schedule: LicenseSchedule, holds: HoldsFor
) -> Callable[[date], list[tuple[str, Cents]]]:
    """What paying all of it on a day adds, by description; a discount is no part of what a notice asks for."""
    declared = declared_for(license_, term)
    judge = holds(schedule, declared)

    def on(day: date) -> list[tuple[str, Cents]]:
        raised = raised_by(term, schedule, declared, Payment(term.due, day), judge)
        return [(one.description, one.cents) for one in raised if not one.is_discount]

    return on


def _class_name(schedule: LicenseSchedule, code: str) -> str:
    return next((each.name for each in schedule.classes if each.code == code), code)
