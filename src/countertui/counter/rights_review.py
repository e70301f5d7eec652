"""The rights review at a terminal: the list as this terminal knows it, and its signing off."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from countertui.counter.require_now import require_now
from countertui.counter.station import Person, Station
from countertui.domain.records import Fact, Kind
from countertui.domain.rights import Act, Role
from countertui.domain.rights_review import (
    ChangeRow,
    ReviewRow,
    RightsReviewData,
    RightsRow,
    conflicts,
    list_hash,
    proof_words,
)
from countertui.store import operators as stored
from countertui.store.operator_history import operator_records

if TYPE_CHECKING:
    from countertui.store.reference import Reference


def rights_list(db: sqlite3.Connection, reference: Reference) -> tuple[list[RightsRow], list[ReviewRow]]:
    """Every operator with rights, changes made here and last sign-on here; and the reviews signed here."""
    changes: dict[str, list[ChangeRow]] = {}
    logins: dict[str, str] = {}
    signed: list[tuple[str, str, RightsReviewData]] = []
    for body in operator_records(db):
        data = body["data"]
        if body["kind"] == Kind.LOGIN:
            logins[body["operator"]] = body["utc"]
        elif body["kind"] == Kind.OPERATOR:
            changes.setdefault(data["id"], []).append(
                ChangeRow(
                    what=data.get("what", "PIN set"),
                    by=body["operator"],
                    second=body["approver"],
                    at=body["utc"],
                    terminal=body["terminal"],
                    seq=body["seq"],
                )
            )
        else:
            signed.append((body["operator"], body["utc"], data))
    rows = [
        RightsRow(
            id=row.id,
            name=row.name,
            roles=row.roles.split(),
            active_from=row.active_from,
            active_to=row.active_to,
            proof=proof_words(row.verifier),
            locked=stored.pin_state(db, row.id).locked,
            changes=changes.get(row.id, []),
            last_login=logins.get(row.id),
            conflicts=conflicts(map(Role, row.roles.split())),
        )
        for row in sorted(stored.everybody(db, reference), key=lambda row: row.id)
    ]
    now = list_hash(rows)
    reviews = [
        ReviewRow(by=by, at=at, snapshot=data["snapshot"], sha256=data["sha256"], unchanged=data["sha256"] == now)
        for by, at, data in signed
    ]
    return rows, reviews


def sign_review(station: Station, person: Person) -> RightsReviewData:
    """Sign off the list as it is now: a record that names the snapshot and the list's hash. Raises NotAllowed."""
    require_now(station, person.id, Act.REVIEW_RIGHTS)
    rows, _ = rights_list(station.db, station.reference)
    data = RightsReviewData(snapshot=station.reference.snapshot().version, sha256=list_hash(rows), operators=len(rows))
    station.record(Fact(station.ids(), Kind.RIGHTS_REVIEW, person.id, data))
    return data
