"""Operators: the snapshot's, with what was set at this terminal since, and the state of their PINs."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from countertui.domain.text import person_key
from countertui.store.reference import Operator, Reference


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
        if _works_on(row, today):
            found.append(OperatorHere(row.id, row.name, row.roles, set_here.verifier if set_here else row.verifier))
    return found + list(here.values())


def operator(db: sqlite3.Connection, reference: Reference, id_: str, today: str) -> OperatorHere | None:
    """One of them by id in any spelling, or None who may not work here on that date."""
    exactly = _by_id(db, reference, id_, today)
    if exactly is not None:
        return exactly
    found = operators(db, reference, today)
    wanted = person_key(id_)
    return next((row for row in found if person_key(row.id) == wanted), None)


def _by_id(db: sqlite3.Connection, reference: Reference, id_: str, today: str) -> OperatorHere | None:
    """The one of `operators` that is spelled so: every payment asks, and one row is read sooner than all."""
    known = reference.operator(id_)
    if known is not None and not _works_on(known, today):
        return None
    row = db.execute(
        "SELECT id, name, roles, verifier FROM operator_here WHERE id = ? AND seq > ?", (id_, reference.snapshot().seq)
    ).fetchone()
    if known is None:
        return OperatorHere(*row) if row else None
    return OperatorHere(known.id, known.name, known.roles, row[3] if row else known.verifier)


def _works_on(row: Operator, today: str) -> bool:
    return row.active_from <= today and (row.active_to is None or today <= row.active_to)


def pin_state(db: sqlite3.Connection, operator: str) -> PinState:
    """How an operator's PIN stands."""
    row = db.execute("SELECT failures, locked_seq FROM pin_state WHERE operator = ?", (operator,)).fetchone()
    return PinState(row[0], row[1] is not None) if row else PinState(0, locked=False)
