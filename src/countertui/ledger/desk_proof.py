"""What proves a person at the ledger's desk: the PIN or one-time code that was set there, never one from a terminal.

Whoever holds a terminal's key can sign that anybody chose a PIN there. Such a PIN therefore counts at terminals only;
one chosen at the ledger counts at both. Until somebody has chosen one at the ledger, what they brought along from the
founding or the import counts there.
"""

from __future__ import annotations

from collections.abc import Set

from sqlalchemy import Connection, select

from countertui.domain.desk_records import DESK
from countertui.domain.operators import REMOVED, Change
from countertui.ledger import tables
from countertui.ledger.bulk import run_many
from countertui.ledger.stored import record_at
from countertui.ledger.turns import turns_taken

NONE = ""
"""Stands where a verifier would: nothing proves this person at the desk."""
SETS_PROOF = frozenset({Change.ADDED, Change.PIN, Change.RESET, Change.REMOVED})
"""The changes that set what proves somebody."""
_KEEP = """INSERT INTO "verifier_was" ("operator", "turn", "verifier") VALUES (?, ?, ?)
  ON CONFLICT ("operator", "turn") DO NOTHING"""


def desk_proof(connection: Connection, operator: str, verifier: str) -> str:
    """An operator's verifier at the desk (see domain.operators.proof_of), or NONE.

    operator: the id as it is stored. verifier: their present one, which terminals go by.
    """
    if verifier == REMOVED:
        return NONE
    c = tables.operator_change.c
    query = select(c.terminal, c.epoch, c.seq).where(c.operator == operator, c.what.in_(SETS_PROOF)).order_by(c.seq)
    changes = connection.execute(query).all()
    ours = [change for change in changes if change.terminal == DESK]
    if not ours:
        return _brought_along(connection, operator, verifier, {_set_by(connection, *change) for change in changes})
    return _set_by(connection, *ours[-1])


def keep_verifier(connection: Connection, operator: str, verifier: str) -> None:
    """Note what proves an operator before a record changes it."""
    run_many(connection, _KEEP, [(operator, turns_taken(connection), verifier)])


def _brought_along(connection: Connection, operator: str, verifier: str, from_terminals: Set[str]) -> str:
    """The newest verifier in the operator's row, now or before, that no terminal's record put there."""
    if verifier not in from_terminals:
        return verifier
    c = tables.verifier_was.c
    before = connection.execute(select(c.verifier).where(c.operator == operator).order_by(c.turn.desc())).scalars()
    return next((each for each in before if each not in from_terminals), NONE)


def _set_by(connection: Connection, terminal: str, epoch: int, seq: int) -> str:
    record = record_at(connection, terminal, epoch, seq)
    return NONE if record is None else str(record.body["data"]["verifier"])
