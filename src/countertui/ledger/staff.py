"""Operators as the ledger knows them, and what a terminal's journal may add to that: a new one, or a new PIN."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from countertui.domain.refusal import Refused
from countertui.domain.rights import Act, Role, may, require_second_person
from countertui.domain.text import person_key
from countertui.ledger import tables
from countertui.ledger.bulk import insert_many, run_many
from countertui.ledger.posting import Problem

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Person:
    """What an operator may do, and on which days: ISO dates, both included; active_to None for no end."""

    roles: frozenset[Role]
    active_from: str
    active_to: str | None


People = dict[str, Person]

_COLUMNS = ("id", "name", "roles", "verifier", "active_from", "active_to", "changed_in")
_NEW_PIN = 'UPDATE "operator" SET "verifier" = ?, "changed_in" = ? WHERE "id" = ?'
_WORDS = {role.value for role in Role}


def people_of(connection: Connection) -> People:
    """Every operator the ledger knows."""
    c = tables.reference["operator"].c
    rows = connection.execute(select(c.id, c.roles, c.active_from, c.active_to))
    return {id_: Person(_roles(words), begin, end) for id_, words, begin, end in rows}


def allowed(people: Mapping[str, Person], id_: str, act: Act, body: Body) -> bool:
    """Whether that person is known, may do this, and was active on the record's business date or on its own date.

    Either will do: a business date is chosen, and a clock is evidence, never a decider.
    """
    person = people.get(id_)
    if person is None or not may(person.roles, act):
        return False
    begin, end = person.active_from, person.active_to
    return any(type(on) is str and begin <= on <= (end or on) for on in (body["biz_date"], body["utc"][:10]))


def why_not_kept(body: Body, people: Mapping[str, Person]) -> Problem | None:
    """Why an `operator` record may not be taken over: only an admin keeps operators, and never themselves."""
    data, admin = body["data"], body["operator"]
    if any(type(data.get(name)) is not str for name in ("id", "name", "roles", "verifier")):
        return Problem("bad-operator", "The record does not say who the operator is.", 0)
    if not allowed(people, admin, Act.KEEP_OPERATORS, body):
        return Problem("no-right", f"{admin} may not keep operators, or is not known here.", 0)
    try:
        require_second_person(admin, (data["id"],))
    except Refused:
        return Problem("self-approval", f"{admin} kept their own record.", 0)
    same = [id_ for id_ in people if person_key(id_) == person_key(data["id"]) and id_ != data["id"]]
    if same:
        return Problem("bad-operator", f"{data['id']} is another spelling of operator {same[0]}.", 0)
    return None


def kept(people: People, body: Body) -> None:
    """Let an operator added in the journal count from here on; who is known keeps their roles."""
    people.setdefault(body["data"]["id"], Person(_roles(body["data"]["roles"]), body["utc"][:10], None))


def write_operators(connection: Connection, bodies: Iterable[Body], version: int) -> None:
    """Add new operators; for those the ledger has, only the PIN's verifier is taken over."""
    there = set(people_of(connection))
    for body in bodies:
        data = body["data"]
        if data["id"] in there:
            run_many(connection, _NEW_PIN, [(data["verifier"], version, data["id"])])
            continue
        there.add(data["id"])
        roles = " ".join(word for word in data["roles"].split() if word in _WORDS)
        row = (data["id"], data["name"], roles, data["verifier"], body["utc"][:10], None, version)
        insert_many(connection, tables.reference["operator"], _COLUMNS, [row])


def _roles(words: str) -> frozenset[Role]:
    return frozenset(Role(word) for word in words.split() if word in _WORDS)
