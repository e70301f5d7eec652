"""Applicants for a license, as far as they are typed: name and address, kept as drafts until somebody drops them.

Nothing else of a person is kept here: a birth date is on the screen alone, and so is all of a scanned card but these
fields.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from countertui.counter.drafts import Draft, Form
from countertui.counter.station import Person, Station
from countertui.domain.refusal import Refused
from countertui.store import working

NAME = "name"
KEPT = (NAME, "street", "city", "state", "zip")
"""All that is kept of an applicant."""
KEPT_DAYS = 30


class ApplicantGone(Refused):
    """Somebody dropped the applicant."""


@dataclass(frozen=True, slots=True)
class SavedApplicant:
    """One in the list; saved_at is local time."""

    id: str
    name: str
    operator: str
    saved_at: str


def new_applicant(station: Station) -> str:
    """An id for the next applicant; those that nobody touched for KEPT_DAYS are forgotten. Raises StoreHalted."""
    oldest = datetime.fromisoformat(station.clock.local_text()) - timedelta(days=KEPT_DAYS)
    before = f"{oldest:%Y-%m-%d %H:%M}"
    station.store.write_working(lambda db: working.drop_drafts_before(db, Form.APPLICANT, before))
    return station.ids()


def applicants(station: Station) -> list[SavedApplicant]:
    """The applicants that are kept at this terminal, newest first."""
    return [
        SavedApplicant(row.about, json.loads(row.body).get(NAME, ""), row.operator, row.saved_at)
        for row in working.drafts(station.reader, Form.APPLICANT)
    ]


def take_applicant(station: Station, person: Person, id_: str) -> Draft:
    """Go on with an applicant, who is this person's from now on. Raises ApplicantGone."""
    found = next((row for row in working.drafts(station.db, Form.APPLICANT) if row.about == id_), None)
    if found is None:
        raise ApplicantGone("That applicant was dropped.", press="Choose another, or F4 for a new one.")
    station.store.write_working(lambda db: working.take_over_draft(db, Form.APPLICANT, id_, person.id))
    return Draft(json.loads(found.body), found.saved_at)


def drop_applicant(station: Station, id_: str) -> None:
    """Forget an applicant."""
    station.store.write_working(lambda db: working.drop_draft(db, Form.APPLICANT, id_))
