"""The rights review at the ledger: everybody, every change by any terminal's record or the desk's, its signing off."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, insert, select

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
from countertui.domain.text import person_key
from countertui.errors import AnswerNo
from countertui.ledger import tables
from countertui.ledger.books import next_version
from countertui.ledger.desk import Ground, Made, record
from countertui.ledger.posting import Problem
from countertui.ledger.sign_in import SignedIn, locked
from countertui.ledger.staff import Body, People, allowed, people_of


class ReviewRefusedError(AnswerNo):
    """A review that nobody may sign, or of no list."""


def rights_list(connection: Connection) -> tuple[list[RightsRow], list[ReviewRow]]:
    """Every operator with rights, changes and last sign-on, by all records taken in; and all signed reviews."""
    change = tables.operator_change.c
    changes: dict[str, list[ChangeRow]] = {}
    for id_, what, by, second, at, terminal, seq in connection.execute(
        select(change.operator, change.what, change.by, change.second, change.at, change.terminal, change.seq).order_by(
            change.at, change.terminal, change.seq
        )
    ):
        row = ChangeRow(what=what, by=by, second=second, at=at, terminal=terminal, seq=seq)
        changes.setdefault(id_, []).append(row)
    login = tables.last_login.c
    logins: dict[str, str] = dict(connection.execute(select(login.operator, login.at)).all())
    shut = locked(connection)
    rows = [
        RightsRow(
            id=id_,
            name=person.name,
            roles=[role.value for role in Role if role in person.roles],
            active_from=person.active_from,
            active_to=person.active_to,
            proof=proof_words(person.verifier),
            locked=person_key(id_) in shut,
            changes=changes.get(id_, []),
            last_login=logins.get(id_),
            conflicts=conflicts(person.roles),
        )
        for id_, person in sorted(people_of(connection).items())
    ]
    return rows, _reviews(connection, list_hash(rows))


def sign_review(ground: Ground, person: SignedIn, id_: str) -> RightsReviewData:
    """Sign off the list as it is now, by who signed in for it. `id_`: a UUIDv7 for the record."""
    rows, _ = rights_list(ground.connection)
    version = next_version(ground.connection) - 1
    data = RightsReviewData(snapshot=version, sha256=list_hash(rows), operators=len(rows))
    fact = Fact(id=id_, kind=Kind.RIGHTS_REVIEW, operator=person.id, data=data)
    carry_out(ground, record(ground.connection, ground.books, ground.key, fact, ground.now))
    return data


def carry_out(ground: Ground, made: Made) -> None:
    """Note a review that the desk recorded. Raises ReviewRefusedError for one by somebody who may not."""
    if (problem := why_not_reviewed(made.body, people_of(ground.connection))) is not None:
        raise ReviewRefusedError(problem.detail, "Nothing was recorded.")
    note_reviews(ground.connection, [made.body])


def why_not_reviewed(body: Body, people: People) -> Problem | None:
    """Why a `rights_review` record is none; None if it is."""
    data = body["data"]
    if type(data.get("snapshot")) is not int or type(data.get("sha256")) is not str:
        return Problem("bad-operator", "The record does not say which list of rights was reviewed.", 0)
    if not allowed(people, body["operator"], Act.REVIEW_RIGHTS, body):
        return Problem("no-right", f"{body['operator']} may not review rights, or is not known here.", 0)
    return None


def note_reviews(connection: Connection, bodies: Iterable[Body]) -> None:
    """Note who reviewed which list, by the records that say so."""
    for body in bodies:
        place = {"terminal": body["terminal"], "epoch": body["epoch"], "seq": body["seq"]}
        said = {"snapshot": body["data"]["snapshot"], "sha256": body["data"]["sha256"]}
        connection.execute(insert(tables.rights_review).values(**place, by=body["operator"], at=body["utc"], **said))


def _reviews(connection: Connection, now: str) -> list[ReviewRow]:
    c = tables.rights_review.c
    found = connection.execute(select(c.by, c.at, c.snapshot, c.sha256).order_by(c.at, c.terminal, c.seq))
    return [
        ReviewRow(by=by, at=at, snapshot=snapshot, sha256=sha256, unchanged=sha256 == now)
        for by, at, snapshot, sha256 in found
    ]
