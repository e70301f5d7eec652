"""Operators: the snapshot's, with what was set at this terminal since, and the state of their PINs."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

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
    """Who may work here on a date (ISO): the snapshot's active operators, overlaid with those set at this terminal."""
    found = {
        row.id: OperatorHere(row.id, row.name, row.roles, row.verifier)
        for row in reference.operators()
        if row.active_from <= today and (row.active_to is None or today <= row.active_to)
    }
    for row in db.execute("SELECT id, name, roles, verifier FROM operator_here").fetchall():
        found[row[0]] = OperatorHere(*row)
    return list(found.values())


def pin_state(db: sqlite3.Connection, operator: str) -> PinState:
    """How an operator's PIN stands."""
    row = db.execute("SELECT failures, locked_seq FROM pin_state WHERE operator = ?", (operator,)).fetchone()
    return PinState(row[0], row[1] is not None) if row else PinState(0, locked=False)
