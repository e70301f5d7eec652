"""A batch in which a terminal changes its key, or that reaches past the record after which its key was revoked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, RowMapping, select

from countertui.domain.records import Kind
from countertui.domain.rights import Act
from countertui.ledger import tables
from countertui.ledger.books import Books
from countertui.ledger.keep_terminals import rotate_key
from countertui.ledger.registry import key_at, schedule
from countertui.ledger.staff import allowed, people_of
from countertui.sync.batch import MAX_ENVELOPE, Batch, parse_batch
from countertui.sync.dsse import parse_envelope
from countertui.sync.own_journal import KeyNamed
from countertui.sync.recorder import rotation_fault

Body = Mapping[str, Any]
_MARKS = (Kind.KEY_ROTATE, Kind.SEAL)
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


def key_after_custody(connection: Connection, ledger: str, row: RowMapping) -> KeyNamed:
    """The key that signs a terminal's next record, by the register and by the journal in custody after its last entry.

    The register names no key for one that is revoked, nor one that a journal without its seal left open; so what its
    records say under the key before counts, for records that are read from its disk. `row` is of table terminal, as it
    stands now; a key out of the register is named by record 0.
    """
    place, next_seq = (row["code"], row["epoch"]), row["last_seq"] + 1
    begun = [KeyNamed(0, key, seq) for seq, key in schedule(connection, *place) if seq <= next_seq]
    keys = begun[-1:]
    marks = _marks_in_custody(connection, *place, keys[0].from_seq or 1)
    follow_keys(connection, ledger, place, keys, marks)
    return keys[-1]


def follow_keys(
    connection: Connection, ledger: str, place: tuple[str, int], keys: list[KeyNamed], marks: Iterable[Body]
) -> None:
    """Add to `keys` what a terminal's journal names: each key by its change, in force from the record after the seal.

    `keys` ends with the one in force before; `marks` are its key changes and seals in order, known to be signed by the
    key of their turn. A change that the register would not follow is not followed here.
    """
    change: Body | None = None
    for body in marks:
        if body["kind"] == Kind.KEY_ROTATE:
            change = body
        elif change is not None:
            if fault_of_change(connection, ledger, place, keys[-1].public_key, change) is None:
                keys.append(KeyNamed(change["seq"], bytes.fromhex(change["data"]["public_key"]), body["seq"] + 1))
            change = None


def is_mark(body: Body) -> bool:
    """Whether a record changes the key, or is a seal, after which the change holds."""
    return body.get("kind") in _MARKS


def fault_of_change(connection: Connection, ledger: str, place: tuple[str, int], old: bytes, body: Body) -> str | None:
    """What is wrong with a change of a terminal's key (terminal, epoch), whose key was `old`; None if nothing is."""
    fault = rotation_fault(ledger, *place, old, body["data"])
    if fault is not None:
        return fault
    table = tables.terminal_key
    taken = select(table.c.terminal).where(table.c.public_key == body["data"]["public_key"])
    return "The new key is another terminal's." if connection.execute(taken).first() is not None else None


def _marks_in_custody(connection: Connection, terminal: str, epoch: int, from_seq: int) -> list[Body]:
    """A terminal's key changes and seals in custody from a record on, in order, whether posted or not."""
    record, batch, inbox = tables.record.c, tables.batch.c, tables.inbox.c
    here = (record.terminal == terminal) & (record.epoch == epoch) & (record.seq >= from_seq)
    posted = select(record.body).where(here, record.kind.in_(_MARKS))
    marks: list[Body] = [json.loads(bytes(data)) for data in connection.execute(posted).scalars()]
    there = (batch.terminal == terminal) & (batch.epoch == epoch) & (batch.no > 0) & (batch.first_seq >= from_seq)
    waiting = select(inbox.bytes).join(tables.batch, batch.sha256 == inbox.sha256).where(there, batch.state != "posted")
    for envelope in connection.execute(waiting).scalars():
        marks += filter(is_mark, parse_batch(parse_envelope(bytes(envelope), MAX_ENVELOPE).payload).bodies)
    return sorted(marks, key=lambda body: int(body["seq"]))


def _changes(batch: Batch) -> list[Body]:
    return [body for body in batch.bodies if body.get("kind") == Kind.KEY_ROTATE]


def _is_followed(connection: Connection, batch: Batch, body: Body) -> bool:
    """Whether the register has this change already: the ledger lost the batch, and the entry came back before it."""
    c = tables.terminal_key.c
    here = (c.terminal == batch.terminal) & (c.epoch == batch.epoch) & (c.from_seq == batch.last_seq + 1)
    after: str | None = connection.execute(select(c.public_key).where(here)).scalar()
    return after is not None and after == body["data"].get("public_key")


def _fault(connection: Connection, ledger: str, body: Body, batch: Batch, row: RowMapping) -> str | None:
    if row["state"] == "revoked":
        old = key_after_custody(connection, ledger, row).public_key
    else:
        old = key_at(connection, batch.terminal, batch.epoch, batch.first_seq) or b""
    if _is_followed(connection, batch, body):
        return rotation_fault(ledger, row["code"], row["epoch"], old, body["data"])
    return fault_of_change(connection, ledger, (row["code"], row["epoch"]), old, body)
