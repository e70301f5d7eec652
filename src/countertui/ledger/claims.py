"""How a receipt stands in the ledger, for whoever holds its paper: the record's hash, printed there, is the key."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from countertui.ledger import tables, tree
from countertui.sync.merkle import leaf_hash
from countertui.sync.notes import LogProof, proof_text


@dataclass(frozen=True, slots=True)
class Standing:
    """A receipt in the ledger's custody.

    `state` is posted or waiting (taken in, not in the books yet), `undone` how it was taken back (void, refund). `body`
    is its record once it is posted. `proof` is a C2SP tlog-proof of its record in the ledger's log.
    """

    state: str
    undone: str | None
    body: dict[str, Any] | None
    proof: str


def standing(connection: Connection, terminal: str, epoch: int, seq: int, h: bytes) -> Standing | None:
    """How the record of that place and hash (32 bytes) stands; None if the ledger does not have it."""
    index = leaf_of(connection, terminal, epoch, seq)
    if index is None or tree.Tiles(connection).leaf(index) != leaf_hash(h):
        return None
    proof = log_proof(connection, index)
    table = tables.record
    row = connection.execute(
        select(table.c.id, table.c.h, table.c.body).where(
            table.c.terminal == terminal, table.c.epoch == epoch, table.c.seq == seq
        )
    ).first()
    if row is None or bytes(row.h) != h:
        return Standing("waiting", None, None, proof)
    undone = connection.execute(select(tables.undone.c.kind).where(tables.undone.c.id == row.id)).scalar()
    return Standing("posted", undone, json.loads(bytes(row.body)), proof)


def leaf_of(connection: Connection, terminal: str, epoch: int, seq: int) -> int | None:
    """The place of a terminal's record in the log; None if no batch in custody has it."""
    table = tables.batch
    row = connection.execute(
        select(table.c.first_leaf, table.c.first_seq, table.c.last_seq)
        .where(table.c.terminal == terminal, table.c.epoch == epoch, table.c.first_seq <= seq)
        .order_by(table.c.no.desc())
        .limit(1)
    ).first()
    return None if row is None or seq > row.last_seq else int(row.first_leaf + seq - row.first_seq)


def log_proof(connection: Connection, index: int) -> str:
    """The C2SP tlog-proof that a leaf is in the newest checkpoint's log, which holds every batch in custody."""
    given = tree.newest(connection)
    if given is None:
        raise tree.LogBrokenError("The ledger's log has entries, but no checkpoint was ever given out.")
    return proof_text(LogProof(index, tuple(tree.inclusion(connection, index, given.size)), given.note))


def office_place(connection: Connection, terminal: str, epoch: int) -> tuple[str, str]:
    """The name and address of a terminal's office; empty for an unknown one."""
    register, offices = tables.terminal, tables.reference["office"]
    here = (register.c.code == terminal) & (register.c.epoch == epoch)
    query = select(offices.c.name, offices.c.address).join(register, register.c.office == offices.c.code).where(here)
    row = connection.execute(query).first()
    return (row.name, row.address) if row is not None else ("", "")


def office_of(connection: Connection, terminal: str, epoch: int) -> str:
    """The name of a terminal's office; its code where it has no name, empty for an unknown terminal."""
    register, offices = tables.terminal, tables.reference["office"]
    code = connection.execute(
        select(register.c.office).where(register.c.code == terminal, register.c.epoch == epoch)
    ).scalar()
    name = connection.execute(select(offices.c.name).where(offices.c.code == code)).scalar()
    return str(name or code or "")
