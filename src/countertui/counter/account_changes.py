"""Notes, addresses and telephone numbers typed at this counter: recorded, and in force here at once.

The ledger posts them and the next snapshot has them; until then they stand beside the snapshot in use.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping

from countertui.counter.accounts import account_here, born_here, changed_by_acts
from countertui.counter.drafts import Form, forgetting
from countertui.counter.require_now import require_now
from countertui.counter.station import Person, Session, Station
from countertui.counter.typed import checked_text
from countertui.domain.account_details import (
    LONGEST_DETAIL,
    LONGEST_NOTE,
    AccountChangeData,
    AccountNoteData,
    Detail,
    DetailRefused,
    require_change,
    require_note,
)
from countertui.domain.records import Fact, Kind
from countertui.domain.rights import Act
from countertui.store import account_rows
from countertui.store.reference_rows import AccountRow
from countertui.store.search import fits

FORMS = {Detail.ADDRESS: Form.ACCOUNT_ADDRESS, Detail.PHONE: Form.ACCOUNT_PHONE}
"""What a detail is typed into."""


def add_note(station: Station, person: Person, session: Session | None, account: str, typed: str) -> None:
    """Record a note about an account. Raises DetailRefused, NotAllowed, and what `checked_text` raises."""
    require_now(station, person.id, Act.KEEP_ACCOUNTS)
    note = checked_text(typed, "The note", LONGEST_NOTE)
    require_note(note)
    _account(station, account)
    data = AccountNoteData(account=account, note=note)
    _record(station, person, session, Kind.ACCOUNT_NOTE, data, Form.ACCOUNT_NOTE)


def change_detail(
    station: Station, person: Person, session: Session | None, account: str, detail: Detail, shown: str, typed: str
) -> None:
    """Record another address or telephone number of an account; shown: what stood there as it was typed.

    Raises DetailRefused, also where it is another by now, NotAllowed, and what `checked_text` raises.
    """
    require_now(station, person.id, Act.KEEP_ACCOUNTS)
    now = checked_text(typed, detail.label, LONGEST_DETAIL)
    was = _value(_account(station, account), detail)
    if was != shown:
        raise DetailRefused(
            f"{detail.label} has changed meanwhile: {was or 'none'}.", "Nothing was recorded.", "Look, then type again."
        )
    require_change(detail, was, now)
    data = AccountChangeData(account=account, detail=detail.value, was=was, now=now)
    _record(station, person, session, Kind.ACCOUNT_CHANGE, data, FORMS[detail])


def as_changed(station: Station, db: sqlite3.Connection, rows: Iterable[AccountRow]) -> list[AccountRow]:
    """Accounts as they are here: with the addresses and telephone numbers typed since the snapshot."""
    changed = changed_here(station, db)
    return [_with(row, changed.get(row.number, {})) for row in rows]


def found_by_change(station: Station, typed: str) -> list[AccountRow]:
    """Accounts that a text means by what was typed of them here since the snapshot, or that began here, as they are."""
    changed = changed_here(station, station.reader)
    known = (station.reference.account(number) for number in changed)
    rows = [*(row for row in known if row is not None), *born_here(station, station.reader)]
    here = (_with(row, changed.get(row.number, {})) for row in rows)
    return [row for row in here if fits(typed, row)]


def changed_here(station: Station, db: sqlite3.Connection) -> dict[str, dict[str, str]]:
    """What of which account was changed here since the snapshot: account number to detail to what it is now."""
    changed: dict[str, dict[str, str]] = {}
    changed |= changed_by_acts(station, db)
    for row in account_rows.changes_after(db, station.reference.snapshot().seq):
        changed.setdefault(row.account, {})[row.what] = row.said
    return changed


def _with(row: AccountRow, changed: Mapping[str, str]) -> AccountRow:
    if not changed:
        return row
    now = {"name": row.name, Detail.ADDRESS.value: row.address, Detail.PHONE.value: row.phone, **changed}
    return row._replace(name=now["name"], address=now[Detail.ADDRESS], phone=now[Detail.PHONE])


def _account(station: Station, number: str) -> AccountRow:
    row = account_here(station, station.db, number)
    if row is None:
        raise DetailRefused(f"There is no account {number[:24]}.", "Nothing was recorded.", "Find it again.")
    return as_changed(station, station.db, [row])[0]


def _value(row: AccountRow, detail: Detail) -> str:
    return row.phone if detail is Detail.PHONE else row.address


def _record(
    station: Station,
    person: Person,
    session: Session | None,
    kind: Kind,
    data: AccountNoteData | AccountChangeData,
    form: Form,
) -> None:
    fact = Fact(
        id=station.ids(),
        kind=kind,
        operator=person.id,
        session=session.id if session is not None else None,
        biz_date=session.biz_date if session is not None else None,
        data=data,
    )
    station.record(fact, forgetting(form, data["account"], person.id))
