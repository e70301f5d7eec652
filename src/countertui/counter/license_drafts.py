"""Applications for licenses that are not filed yet: kept from the first letter, parked, listed, gone after a while.

Social Security and EI numbers in them are encrypted under this terminal's key before they are kept.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from countertui.counter.drafts import Form, good_days
from countertui.counter.station import Person, Station
from countertui.domain.expiry import last_good_day
from countertui.domain.license_application import BUSINESS, CLASS, KIND, SECRET, may_be_kept_half_typed, owner_field
from countertui.domain.personal import Place
from countertui.domain.refusal import Refused
from countertui.errors import AnswerNo
from countertui.store import working
from countertui.store.working import DraftRow

KEPT_DAYS = 60
_LONGEST_NUMBER = 9
_OF_A_DRAFT = 0
"""No epoch and no record has this number."""


class ApplicationGone(Refused):
    """Somebody filed or dropped the application."""


@dataclass(frozen=True, slots=True)
class SavedApplication:
    """One in the list: the business as far as it is named, its class; saved_at local; expires the last good day."""

    id: str
    business: str
    license_class: str
    operator: str
    saved_at: str
    expires: str
    expired: bool


@dataclass(frozen=True, slots=True)
class TakenUp:
    """An application that is gone on with; lost: numbers in it that this terminal's key no longer opens."""

    texts: Mapping[str, str] = field(repr=False)
    lost: tuple[str, ...] = ()


def new_application(station: Station) -> str:
    """An id for the next application; those that nobody touched for KEPT_DAYS are forgotten. Raises StoreHalted."""
    oldest = datetime.fromisoformat(station.clock.local_text()) - timedelta(days=KEPT_DAYS)
    before = f"{oldest:%Y-%m-%d %H:%M}"
    station.store.write_working(lambda db: working.drop_drafts_before(db, Form.LICENSE, before))
    return station.ids()


def keep_application(station: Station, person: Person, id_: str, texts: Mapping[str, str]) -> None:
    """Keep what is typed, by field; nothing typed, or filed already: nothing is kept. Raises StoreHalted, NotWritten.

    A text that holds a card number, or might be the beginning of one, is left out.
    """
    stated = {name: text for name, text in texts.items() if text}
    plain = {name: text for name, text in stated.items() if name not in SECRET and may_be_kept_half_typed(name, text)}
    locked = {
        name: station.vault.lock(_place(station, id_, name), station.vault.salted(text)).hex()
        for name, text in stated.items()
        if name in SECRET and sum(map(str.isdigit, text)) <= _LONGEST_NUMBER
    }
    if (plain or locked) and not station.store.holds(id_):
        body = json.dumps({"texts": plain, "locked": locked})
        row = DraftRow(Form.LICENSE, id_, person.id, station.clock.local_text(), body)
        station.store.write_working(lambda db: working.save_draft(db, row))
    else:
        drop_application(station, id_)


def applications(station: Station) -> list[SavedApplication]:
    """The applications that are kept at this terminal, newest first."""
    today = station.clock.local_text()[:10]
    found = []
    for row in working.drafts(station.reader, Form.LICENSE):
        texts = json.loads(row.body)["texts"]
        name = next((texts[each] for each in (BUSINESS, owner_field(1, "name"), KIND) if texts.get(each)), "")
        expires = last_good_day(row.saved_at, good_days(station, Form.LICENSE))
        found.append(
            SavedApplication(
                row.about, name, texts.get(CLASS, ""), row.operator, row.saved_at, expires, expired=today > expires
            )
        )
    return found


def take_application(station: Station, person: Person, id_: str) -> TakenUp:
    """Go on with an application, which is this person's from now on. Raises ApplicationGone."""
    found = next((row for row in working.drafts(station.db, Form.LICENSE) if row.about == id_), None)
    if found is None:
        raise ApplicationGone("That application was filed or dropped.", press="Choose another, or F4 for a new one.")
    station.store.write_working(lambda db: working.take_over_draft(db, Form.LICENSE, id_, person.id))
    body = json.loads(found.body)
    texts, lost = dict(body["texts"]), []
    for name, locked in body["locked"].items():
        try:
            texts[name] = station.vault.unlock(_place(station, id_, name), bytes.fromhex(locked)).value
        except AnswerNo:
            lost.append(name)
    return TakenUp(texts, tuple(lost))


def drop_application(station: Station, id_: str) -> None:
    """Forget an application."""
    station.store.write_working(lambda db: working.drop_draft(db, Form.LICENSE, id_))


def _place(station: Station, id_: str, name: str) -> Place:
    return Place(station.place.terminal, _OF_A_DRAFT, _OF_A_DRAFT, f"draft.{id_}.{name}")
