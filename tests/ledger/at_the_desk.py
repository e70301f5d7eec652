"""People at the ledger's desk, for tests: each act in a transaction of its own, with ids that count."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.domain.city import rules_to_json
from countertui.domain.desk_records import DeskKind
from countertui.domain.reference import CityKey
from countertui.ledger.batch_states import step
from countertui.ledger.books import Books
from countertui.ledger.desk import Ground, Made
from ledger.town import NOW, RULES, Till, brought

_numbers = count()


def new_id() -> str:
    return f"0190b2c4-0000-7000-9000-{next(_numbers):012}"


@contextmanager
def ground(books: Books, key: Ed25519PrivateKey, now: str = NOW) -> Iterator[Ground]:
    with books.writing() as connection:
        yield Ground(connection, books, key, now)


def act(books: Books, key: Ed25519PrivateKey, does: Callable[..., Any], *what: Any, **more: Any) -> Any:
    """Does it in a transaction of its own."""
    with ground(books, key) as here:
        return does(here, *what, **more)


def stepped(
    books: Books,
    key: Ed25519PrivateKey,
    till: Till,
    kind: DeskKind,
    no: int,
    by: str,
    reason: str = "",
    second: str | None = None,
) -> Made:
    place = till.identity.terminal, till.identity.epoch, no
    made: Made = act(books, key, step, kind, *place, by=by, second=second, reason=reason, id_=new_id())
    return made


def hire(books: Books, id_: str, roles: str) -> None:
    """Another operator, active since 2020."""
    brought(books, "operator", [(id_, id_, roles, "", "2020-01-01", None)])


def rules_are(books: Books, rules: str) -> None:
    """Set the city's rules (JSON)."""
    brought(books, "city", [(CityKey.RULES.value, rules)])


def people_post(books: Books) -> None:
    """The city has its batches released by one person and posted by another."""
    rules_are(books, rules_to_json(replace(RULES, batches_by_people=True)))
