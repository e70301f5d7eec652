"""Operators as the ledger knows them: who they are, what they may and might on which day, and whether they may act."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from countertui.domain.rights import Act, Role, may
from countertui.ledger import tables

Body = Mapping[str, Any]

_WORDS = {role.value for role in Role}


@dataclass(frozen=True, slots=True)
class Person:
    """Who an operator is, and on which days they work: ISO dates, both included; active_to None for no end.

    `roles` is what they may now; `history` holds since which day they may or might what, oldest first, empty if that
    never changed.
    """

    name: str
    roles: frozenset[Role]
    active_from: str
    active_to: str | None
    verifier: str
    history: tuple[tuple[str, frozenset[Role]], ...] = ()

    def works_on(self, day: str) -> bool:
        """Whether that day (ISO) is one of theirs."""
        return self.active_from <= day <= (self.active_to or day)

    def roles_on(self, day: str) -> frozenset[Role]:
        """What they might on that day. On the day of a change both count: a record's date says no hour."""
        if not self.history:
            return self.roles
        at = max((n for n, (since, _) in enumerate(self.history) if since <= day), default=0)
        since, roles = self.history[at]
        return roles | self.history[at - 1][1] if since == day and at else roles


People = dict[str, Person]


def people_of(connection: Connection) -> People:
    """Every operator the ledger knows, by id."""
    past: dict[str, list[tuple[str, frozenset[Role]]]] = {}
    role = tables.operator_role.c
    for id_, since, words in connection.execute(
        select(role.operator, role.since, role.roles).order_by(role.operator, role.since)
    ):
        past.setdefault(id_, []).append((since, roles_of(words)))
    c = tables.reference["operator"].c
    rows = connection.execute(select(c.id, c.name, c.roles, c.active_from, c.active_to, c.verifier))
    return {
        id_: Person(name, roles_of(words), begin, end, verifier, tuple(past.get(id_, ())))
        for id_, name, words, begin, end, verifier in rows
    }


def allowed(people: Mapping[str, Person], id_: str, act: Act, body: Body) -> bool:
    """Whether that person is known, and might do this on the record's business date or on its own date.

    Either will do: a business date is chosen, and a clock is evidence, never a decider.
    """
    person = people.get(id_)
    return person is not None and any(person.works_on(day) and may(person.roles_on(day), act) for day in days_of(body))


def days_of(body: Body) -> list[str]:
    """A record's business date, if it has one, and its own date."""
    return [day for day in (body["biz_date"], body["utc"][:10]) if type(day) is str]


def roles_of(words: str) -> frozenset[Role]:
    """Roles as they are stored, space-separated; words that are no role give nothing."""
    return frozenset(Role(word) for word in words.split() if word in _WORDS)
