"""What can be asked at the ledger's desk from a terminal: a read or an act, each with the rights it needs.

An act from a terminal is the same function, after the same signing in, as from the ledger's own command line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from countertui.domain.rights import Act, Role, may
from countertui.forms import Form
from countertui.ledger.desk import Ground


@dataclass(frozen=True, slots=True)
class Caller:
    """The terminal that asks, by its signed request."""

    terminal: str
    epoch: int


@dataclass(frozen=True, slots=True)
class Looking:
    """Who looks into which state of the books, at what time (ISO 8601 UTC)."""

    connection: Connection
    operator: str
    name: str
    roles: frozenset[Role]
    now: str

    def may(self, act: Act) -> bool:
        """Whether they may do that."""
        return may(self.roles, act)


@dataclass(frozen=True, slots=True)
class DeskRead:
    """A question: the right it needs, the form of what it names, and what answers it with a JSON object.

    Raises what a person reads (CounterError, Refused).
    """

    right: Act
    form: type[Form]
    read: Callable[[Looking, Any], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class DeskAct:
    """An act: what who does it must be allowed, and who agrees (None: it needs one person), its form, and what does it.

    `does(ground, args, by, second, id)` works in one transaction, `second` empty where nobody has to agree, `id` the
    record's (a UUIDv7); it gives a JSON object, and raises what a person reads.
    """

    by: Act
    second: Act | None
    form: type[Form]
    does: Callable[[Ground, Any, str, str, str], Mapping[str, Any]]


class Nothing(Form, frozen=True):
    """Of what needs no arguments."""
