"""A batch in which a terminal changes its key, or that reaches past the record after which its key was revoked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, RowMapping, select

from countertui.domain.records import Kind
from countertui.domain.rights import Act
from countertui.ledger import tables
from countertui.ledger.books import Books
from countertui.ledger.register import rotate_key
from countertui.ledger.registry import key_at
from countertui.ledger.staff import allowed, people_of
from countertui.sync.batch import Batch
from countertui.sync.recorder import rotation_fault

Body = Mapping[str, Any]
_STAYED = (
    "The key stays as it was. If the terminal signs with another from now on, nothing more of it can be taken:"
    " countertui ledger revoke {0}, countertui ledger admit {0}, and there countertui restore, for a new epoch."
)
_CHANGED = (
    "The key was changed all the same, as the old one signed it and the terminal has no other now. If nobody there"
    " meant it: countertui ledger revoke {0}."
)


def doubts_about_keys(connection: Connection, ledger: str, batch: Batch, row: RowMapping) -> list[str]:
    """Why a chain-valid batch must be looked at by people for the sake of its key, whatever its figures say.

    `row` is of table terminal, before the batch.
    """
    doubts = []
    after = row["revoked_after"]
    if after is not None and batch.last_seq > after:
        doubts.append(
            f"The key is revoked after record {after}: records {after + 1} to {batch.last_seq} were signed with it"
            " all the same."
        )
    changes = _changes(batch)
    if len(changes) > 1:
        doubts.append("It changes the terminal's key more than once.")
    for body in changes:
        fault = _fault(connection, ledger, body, batch, row)
        if fault is not None:
            doubts.append(f"Record {body['seq']}: {fault} {_STAYED.format(batch.terminal)}")
        if not allowed(people_of(connection), body["operator"], Act.KEEP_KEYS, body):
            told = f"Record {body['seq']}: {body['operator']} may not change keys, or is not known here."
            doubts.append(f"{told} {_CHANGED.format(batch.terminal) if fault is None else ''}".rstrip())
    return doubts


def take_key_change(
    connection: Connection,
    books: Books,
    key: Ed25519PrivateKey,
    batch: Batch,
    hashes: Sequence[bytes],
    row: RowMapping,
    now: str,
) -> None:
    """Put the key that a batch changes to on the register, from the record after its seal on."""
    for body in _changes(batch)[-1:]:
        if _is_followed(connection, batch, body):
            continue
        if row["state"] != "revoked" and _fault(connection, books.ledger, body, batch, row) is None:
            rotate_key(
                connection,
                books,
                key,
                batch.terminal,
                batch.epoch,
                from_seq=batch.last_seq + 1,
                public_key=bytes.fromhex(body["data"]["public_key"]),
                h=hashes[body["seq"] - batch.first_seq],
                now=now,
            )


def _changes(batch: Batch) -> list[Body]:
    return [body for body in batch.bodies if body.get("kind") == Kind.KEY_ROTATE]


def _is_followed(connection: Connection, batch: Batch, body: Body) -> bool:
    """Whether the register has this change already: the ledger lost the batch, and the entry came back before it."""
    c = tables.terminal_key.c
    here = (c.terminal == batch.terminal) & (c.epoch == batch.epoch) & (c.from_seq == batch.last_seq + 1)
    after: str | None = connection.execute(select(c.public_key).where(here)).scalar()
    return after is not None and after == body["data"].get("public_key")


def _fault(connection: Connection, ledger: str, body: Body, batch: Batch, row: RowMapping) -> str | None:
    old = key_at(connection, batch.terminal, batch.epoch, batch.first_seq) or b""
    fault = rotation_fault(ledger, row["code"], row["epoch"], old, body["data"])
    if fault is not None or _is_followed(connection, batch, body):
        return fault
    table = tables.terminal_key
    taken = select(table.c.terminal).where(table.c.public_key == body["data"]["public_key"])
    return "The new key is another terminal's." if connection.execute(taken).first() is not None else None
