"""Half-filled forms: kept after every change, and offered back; no money figure comes from them."""

from __future__ import annotations

import json
import sqlite3
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from countertui.counter.accounts import account_here
from countertui.counter.station import Person, Station
from countertui.domain.card_guard import holds_card_number
from countertui.domain.expiry import last_good_day, minutes_since
from countertui.domain.text import same_person
from countertui.store import session_rows, working
from countertui.store.store import Within
from countertui.store.working import DraftRow

MOST_DIGITS = 8
"""Of one text; a card number's first eight digits name its issuer alone (ISO/IEC 7812-1), and no more may be kept."""


class Form(StrEnum):
    """What is filled in."""

    OPENING = "opening"
    CLOSING = "closing"
    APPLICANT = "applicant"
    NO_SALE = "no_sale"
    DROP = "drop"
    SURPRISE = "surprise"
    COURIER = "courier"
    FUND_CHANGE = "fund_change"
    DAY_CHECK = "day_check"
    VOID = "void"
    REFUND = "refund"
    PAPER = "paper"
    MAIL_BATCH = "mail_batch"
    MAIL_PIECE = "mail_piece"
    MAIL_DIFFERENCE = "mail_difference"
    TENDER = "tender"
    ACCOUNT_NOTE = "account_note"
    ACCOUNT_ADDRESS = "account_address"
    ACCOUNT_PHONE = "account_phone"
    RETURNED_CHECK = "returned_check"
    RETURNED_LIST = "returned_list"
    TRUST_REFUND = "trust_refund"
    CARD_SETTLING = "card_settling"
    REFUSAL = "refusal"
    APPLYING = "applying"
    LICENSE_ACT = "license_act"
    LICENSE = "license"
    UNAPPLYING = "unapplying"
    DEPOSIT = "deposit"
    HAND_OVER = "hand_over"
    LEDGER_WORK = "ledger_work"


_OF_A_RUNNING_DRAWER = (Form.CLOSING, Form.SURPRISE, Form.DROP, Form.FUND_CHANGE)
"""Forms about a drawer's session, of no use once it is closed."""
GOOD_DAYS = {Form.LICENSE: 30}
"""For how many days a form is good where that is not the city's number for what is parked: reviews take their time."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed, by the name of its field, and when it was kept, local time; expired: longer ago than is good."""

    texts: Mapping[str, str]
    saved_at: str
    expired: bool = False


@dataclass(frozen=True, slots=True)
class SavedForm:
    """A half-filled form as listed, without what is typed in it. about: a receipt, a cart, a drawer session or such.

    minutes: how long ago it was kept. expires: the last day (ISO) that it is good for; expired: that day is over.
    """

    form: Form
    about: str
    operator: str
    saved_at: str
    minutes: int
    expires: str
    expired: bool


def keep_draft(station: Station, person: Person, form: Form, about: str, texts: Mapping[str, str]) -> None:
    """Keep what is typed in a form by field name; nothing typed: forgotten.

    about is empty for a form of which a person fills in one at a time; of a cart that is recorded nothing is kept any
    more. A text that holds a card number, or might be the beginning of one, is left out unless it is an account's
    number. Raises StoreHalted, NotWritten.
    """
    kept = {
        name: text
        for name, text in texts.items()
        if text and (may_be_kept(text) or account_here(station, station.db, text) is not None)
    }
    if kept and not (about and station.store.holds(about)):
        row = DraftRow(form, about, person.id, station.clock.local_text(), json.dumps(kept))
        station.store.write_working(lambda db: working.save_draft(db, row))
    else:
        station.store.write_working(lambda db: working.drop_draft(db, form, about, person.id))


def draft_of(station: Station, person: Person, form: Form, about: str) -> Draft | None:
    """What this person last typed into a form and neither recorded nor emptied."""
    row = working.draft(station.reader, form, about, person.id)
    if row is None:
        return None
    return Draft(json.loads(row.body), row.saved_at, _as_listed(station, row).expired)


def newest_draft(station: Station, person: Person, form: Form) -> tuple[str, Draft] | None:
    """What this person typed last into a form that has an id of its own, and that id."""
    row = next((row for row in working.drafts(station.reader, form) if row.operator == person.id), None)
    if row is None:
        return None
    return row.about, Draft(json.loads(row.body), row.saved_at, _as_listed(station, row).expired)


def forms(station: Station) -> list[SavedForm]:
    """Every half-filled form of this terminal, newest first; what is asked about a saved cart comes with that."""
    carts = {row.id for row in working.carts(station.reader)}
    rows = working.drafts(station.reader)
    return [_as_listed(station, row) for row in rows if row.form != Form.TENDER or row.about not in carts]


def drop_form(station: Station, item: SavedForm) -> None:
    """Forget a half-filled form."""
    station.store.write_working(lambda db: working.drop_draft(db, item.form, item.about, item.operator))


def forgetting(form: Form, about: str, operator: str | None = None) -> Within:
    """A record's part: in its transaction the form is forgotten that it was typed into, one person's or everybody's."""
    return lambda db, _: working.drop_draft(db, form, about, operator)


def forget_session(db: sqlite3.Connection, session: str, drawer: str) -> None:
    """Forget, as a drawer is closed, what anybody began in it: its counts, drops, change, hand-overs."""
    for form in _OF_A_RUNNING_DRAWER:
        working.drop_draft(db, form, session)
    forget_hand_overs(db, drawer)


def forget_hand_overs(db: sqlite3.Connection, drawer: str, taker: str = "", biz_date: str = "") -> None:
    """Forget the hand-overs of a drawer that were cut off; those that taker and day (ISO) may go on with are kept.

    A hand-over that names nobody yet is anybody's to take over.
    """
    for row in working.drafts(db, Form.HAND_OVER):
        texts = json.loads(row.body)
        if texts.get("drawer") != drawer:
            continue
        given = session_rows.session(db, row.about)
        same_day = given is not None and given.biz_date == biz_date
        if not same_day or not same_person(texts.get("taker", "") or taker, taker):
            working.drop_draft(db, row.form, row.about)


def may_be_kept(text: str) -> bool:
    """Whether a text is no card number, and can't be the beginning of one."""
    digits = sum(map(str.isdigit, unicodedata.normalize("NFKC", text)))
    return digits <= MOST_DIGITS and not holds_card_number(text)


def good_days(station: Station, form: Form) -> int:
    """For how many days what is typed into a form is good."""
    return GOOD_DAYS.get(form, station.rules.parked_days)


def _as_listed(station: Station, row: DraftRow) -> SavedForm:
    now, expires = station.clock.local_text(), last_good_day(row.saved_at, good_days(station, Form(row.form)))
    return SavedForm(
        Form(row.form),
        row.about,
        row.operator,
        row.saved_at,
        minutes_since(row.saved_at, now),
        expires,
        expired=now[:10] > expires,
    )
