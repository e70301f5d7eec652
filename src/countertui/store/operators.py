"""Operators: the snapshot's, with what was set at this terminal since, and the state of their PINs."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from countertui.domain.text import person_key
from countertui.store.reference import Reference


@dataclass(frozen=True, slots=True)
class OperatorHere:
    """An operator as this terminal knows them; roles are space-separated words."""

    id: str
    name: str
    roles: str
    verifier: str


@dataclass(frozen=True, slots=True)
class PinState:
    """Wrong PINs since the last right one, and whether that locked the operator."""

    failures: int
    locked: bool


def operators(db: sqlite3.Connection, reference: Reference, today: str) -> list[OperatorHere]:
    """Who may work here on a date (ISO): the snapshot's active operators, and those added at this terminal.

    The snapshot says who somebody is, what they may and since when; only a PIN that was set here goes before its own,
    and that until a snapshot includes the record that set it: from then on the snapshot says all.
    """
    here = {
        row[0]: OperatorHere(*row)
        for row in db.execute(
            "SELECT id, name, roles, verifier FROM operator_here WHERE seq > ? ORDER BY id", (reference.snapshot().seq,)
        ).fetchall()
    }
    found = []
    for row in reference.operators():
        set_here = here.pop(row.id, None)
        if row.active_from <= today and (row.active_to is None or today <= row.active_to):
            found.append(OperatorHere(row.id, row.name, row.roles, set_here.verifier if set_here else row.verifier))
    return found + list(here.values())


def operator(db: sqlite3.Connection, reference: Reference, id_: str, today: str) -> OperatorHere | None:
    """One of them by id in any spelling, or None who may not work here on that date."""
    found = operators(db, reference, today)
    wanted = person_key(id_)
    return next((row for row in found if row.id == id_ or person_key(row.id) == wanted), None)


def pin_state(db: sqlite3.Connection, operator: str) -> PinState:
    """How an operator's PIN stands."""
    row = db.execute("SELECT failures, locked_seq FROM pin_state WHERE operator = ?", (operator,)).fetchone()
    return PinState(row[0], row[1] is not None) if row else PinState(0, locked=False)
