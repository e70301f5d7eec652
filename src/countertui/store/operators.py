"""Operators: the snapshot's, with what was set at this terminal since, and the state of their PINs."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from countertui.domain.operators import REMOVED
from countertui.domain.text import person_key
from countertui.store.reference import Reference
from countertui.store.reference_rows import Operator

_PINS = "SELECT id, name, roles, verifier FROM operator_here WHERE seq > ? ORDER BY id"
_LEAVES = "SELECT id, last_day FROM operator_leave WHERE seq > ?"
_ONE = """SELECT 1, name, roles, verifier FROM operator_here WHERE id = ? AND seq > ?
  UNION ALL SELECT 0, '', '', last_day FROM operator_leave WHERE id = ? AND seq > ?"""

_SetHere = tuple[str, str, str]
"""Name, roles and verifier as a record of this terminal has them."""


@dataclass(frozen=True, slots=True)
class OperatorHere:
    """An operator as this terminal knows them; roles are space-separated words, days ISO, active_to None for no end."""

    id: str
    name: str
    roles: str
    verifier: str
    active_from: str
    active_to: str | None

    def works_on(self, today: str) -> bool:
        """Whether they may work here on a date (ISO)."""
        within = self.active_from <= today and (self.active_to is None or today <= self.active_to)
        return within and self.verifier != REMOVED


@dataclass(frozen=True, slots=True)
class PinState:
    """Wrong PINs since the last right one, and whether that locked the operator."""

    failures: int
    locked: bool


def everybody(db: sqlite3.Connection, reference: Reference) -> list[OperatorHere]:
    """Every operator there is: the snapshot's, by id, whether they work here today or not, then those added here.

    The snapshot says who somebody is, what they may and since when; only a PIN, a one-time code or a last day that was
    set here goes before its own, and that until a snapshot includes the record that set it: from then on the snapshot
    says all.
    """
    included = reference.snapshot().seq
    here: dict[str, _SetHere] = {
        id_: (name, roles, verifier) for id_, name, roles, verifier in db.execute(_PINS, (included,)).fetchall()
    }
    leaves = dict(db.execute(_LEAVES, (included,)).fetchall())
    found = [_merged(row, here.pop(row.id, None), leaves) for row in reference.operators()]
    return found + [_added(id_, row, leaves) for id_, row in here.items()]


def operators(db: sqlite3.Connection, reference: Reference, today: str) -> list[OperatorHere]:
    """Who may work here on a date (ISO)."""
    return [row for row in everybody(db, reference) if row.works_on(today)]


def operator(db: sqlite3.Connection, reference: Reference, id_: str, today: str) -> OperatorHere | None:
    """One of them by id in any spelling, or None who may not work here on that date."""
    exactly = _by_id(db, reference, id_)
    if exactly is not None:
        return exactly if exactly.works_on(today) else None
    wanted = person_key(id_)
    return next((row for row in operators(db, reference, today) if person_key(row.id) == wanted), None)


def _by_id(db: sqlite3.Connection, reference: Reference, id_: str) -> OperatorHere | None:
    """The one of `everybody` that is spelled so: every payment asks, and one row is read sooner than all."""
    included = reference.snapshot().seq
    here: _SetHere | None = None
    leaves: dict[str, str | None] = {}
    for is_pin, name, roles, value in db.execute(_ONE, (id_, included, id_, included)).fetchall():
        if is_pin:
            here = (name, roles, value)
        else:
            leaves[id_] = value
    known = reference.operator(id_)
    if known is None:
        return _added(id_, here, leaves) if here else None
    return _merged(known, here, leaves)


def _added(id_: str, here: _SetHere, leaves: dict[str, str | None]) -> OperatorHere:
    name, roles, verifier = here
    return OperatorHere(id_, name, roles, verifier, "", leaves.get(id_))


def _merged(known: Operator, here: _SetHere | None, leaves: dict[str, str | None]) -> OperatorHere:
    verifier = here[2] if here else known.verifier
    return OperatorHere(
        known.id, known.name, known.roles, verifier, known.active_from, leaves.get(known.id, known.active_to)
    )


def pin_state(db: sqlite3.Connection, operator: str) -> PinState:
    """How an operator's PIN stands."""
    row = db.execute("SELECT failures, locked_seq FROM pin_state WHERE operator = ?", (operator,)).fetchone()
    return PinState(row[0], row[1] is not None) if row else PinState(0, locked=False)
