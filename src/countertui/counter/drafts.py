"""Half-typed counts and forms: kept after every change, and offered back; no money figure comes from them."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from countertui.counter.station import Person, Station
from countertui.domain.card_guard import holds_card_number
from countertui.store import working
from countertui.store.working import DraftRow

MOST_DIGITS = 8
"""Of one text; a card number's first eight digits name its issuer alone (ISO/IEC 7812-1), and no more may be kept."""


class Form(StrEnum):
    """What is counted, or filled in."""

    OPENING = "opening"
    CLOSING = "closing"
    APPLICANT = "applicant"


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed, by the name of its field, and when it was kept, local time."""

    texts: Mapping[str, str]
    saved_at: str


def keep_draft(station: Station, person: Person, form: Form, session_id: str, texts: Mapping[str, str]) -> None:
    """Keep what is typed in a form by field name; nothing typed: forgotten.

    session_id is empty for an opening count; an applicant has an id of its own. A text that holds a card number, or
    might be the beginning of one, is left out. Raises StoreHalted, NotWritten.
    """
    kept = {name: text for name, text in texts.items() if text and may_be_kept(text)}
    if kept:
        row = DraftRow(form, session_id, person.id, station.clock.local_text(), json.dumps(kept))
        station.store.write_working(lambda db: working.save_draft(db, row))
    else:
        station.store.write_working(lambda db: working.drop_draft(db, form, session_id, person.id))


def draft_of(station: Station, person: Person, form: Form, session_id: str) -> Draft | None:
    """What this person last typed into a form and neither recorded nor emptied."""
    row = working.draft(station.reader, form, session_id, person.id)
    return Draft(json.loads(row.body), row.saved_at) if row else None


def may_be_kept(text: str) -> bool:
    """Whether a text is no card number, and can't be the beginning of one."""
    digits = sum(map(str.isdigit, unicodedata.normalize("NFKC", text)))
    return digits <= MOST_DIGITS and not holds_card_number(text)
