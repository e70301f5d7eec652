"""Accounts as they are here: those of the snapshot, those that began at this counter since, and what acts changed.

A license is an account from its application on. Whoever looks an account up by its number asks here.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from countertui.store import license_rows
from countertui.store.reference_rows import AccountRow

if TYPE_CHECKING:
    from countertui.counter.station import Station
    from countertui.store.reference import Reference


def account_here(station: Station, db: sqlite3.Connection, number: str) -> AccountRow | None:
    """The account with exactly this number: the snapshot's, or one that began here since."""
    row = station.reference.account(number)
    if row is not None:
        return row
    return next((born for born in born_here(station, db) if born.number == number), None)


def party_here(station: Station, db: sqlite3.Connection, number: str) -> str:
    """Whose account it is; empty for one that is not known."""
    party = station.reference.party(number)
    if party is None:
        party = str(_by_acts(station, db).get(number, {}).get("party", ""))
    return party


def born_here(station: Station, db: sqlite3.Connection) -> list[AccountRow]:
    """The accounts that began here since the snapshot; what their charges come to counts as taken back, and is owed."""
    return [
        AccountRow(
            number=number,
            kind=row["kind"],
            name=row["name"],
            address=row["address"],
            phone=row["phone"],
            status=row["status"],
            flags=row["flags"],
            credit_gl=station.rules.license_credits,
            due_cents=0,
        )
        for number, row in _by_acts(station, db).items()
        if station.reference.account(number) is None
    ]


def changed_by_acts(station: Station, db: sqlite3.Connection) -> dict[str, dict[str, str]]:
    """What acts on licenses here changed of accounts since the snapshot: number to column to what it is now."""
    return {
        number: {column: row[column] for column in row["changed"]}
        for number, row in _by_acts(station, db).items()
        if row["changed"]
    }


def owners_said(station: Station, db: sqlite3.Connection) -> dict[str, str]:
    """Of licenses with which something was done here since the snapshot: which other one is of the same owner."""
    return {number: str(row["same_owner"]) for number, row in _by_acts(station, db).items()}


def _by_acts(station: Station, db: sqlite3.Connection) -> Mapping[str, Mapping[str, Any]]:
    """The account of each license with which something was done here since the snapshot, and the columns it changed."""
    last = license_rows.last_act(db)
    snapshot = station.reference.snapshot()
    if last <= snapshot.seq:
        return {}
    return _read(station.reference, db, snapshot.version, snapshot.seq, last)


@lru_cache(maxsize=4)
def _read(
    reference: Reference, db: sqlite3.Connection, _version: int, since: int, _last: int
) -> dict[str, dict[str, Any]]:
    """Read once for each act: every key of a search asks again."""
    from datetime import date

    from countertui.domain.license_acts import SAME_OWNER, act_of
    from countertui.domain.license_file import fold
    from countertui.domain.license_rows import account_row, changes_of_account

    found: dict[str, dict[str, Any]] = {}
    for number in license_rows.changed_after(db, since):
        before = reference.licenses.acts(number)
        license_ = fold(number, [*before, *map(act_of, license_rows.bodies_of(db, number, since))], {}, date.min)
        if license_.is_known:
            row = account_row(license_, "")
            changed = changes_of_account(license_.acts[len(before) :], row)
            found[number] = row | {"changed": changed, "same_owner": license_.says.get(SAME_OWNER, "")}
    return found
