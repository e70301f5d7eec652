"""A batch in which a terminal changes its key, or that reaches past the record after which its key was revoked.

A stopped terminal's register takes no key any more, but the terminal may have changed it before it heard of that. Its
batches are judged by the key that its journal names then: by records in custody, or in batches that are kept apart.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, RowMapping, func, select

from countertui.domain.records import Kind
from countertui.domain.rights import Act
from countertui.ledger import tables
from countertui.ledger.books import Books
from countertui.ledger.keep_terminals import rotate_key
from countertui.ledger.registry import key_at, schedule
from countertui.ledger.staff import allowed, people_of
from countertui.sync.batch import MAX_ENVELOPE, Batch, key_id, parse_batch
from countertui.sync.dsse import BATCH, open_envelope, parse_envelope
from countertui.sync.ed25519 import checked_public_key
from countertui.sync.faults import EnvelopeRefusedError
from countertui.sync.own_journal import KeyNamed
from countertui.sync.recorder import rotation_fault
from countertui.sync.registry import TerminalKeys

Body = Mapping[str, Any]
APART = ("frozen", "revoked")
"""Verdicts of batches that are kept out of the chain of batches only because their terminal is stopped."""
_MOST_APART, _MOST_READ = 200, MAX_ENVELOPE
"""So many batches kept apart, and so many bytes of them, are looked through for each that comes with a key of its own:
who has a stopped terminal's must not keep the ledger busy with it, nor fill its memory."""
_CHANGE = b'"key_rotate"'
_MARKS = (Kind.KEY_ROTATE, Kind.SEAL)
_STAYED = (
    "The key stays as it was. If the terminal signs with another from now on, nothing more of it can be taken:"
    " countertui ledger revoke {0}, countertui ledger admit {0}, and there countertui restore, for a new epoch."
)
_CHANGED = (
    "The key was changed all the same, as the old one signed it and the terminal has no other now. If nobody there"
    " meant it: countertui ledger revoke {0}."
)

_UNHEARD = (
    "It is signed with a key that the register does not name: record {} changed to it, and came here after the"
    " terminal's key was revoked."
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
    records say under the key before counts. `row` is of table terminal, as it stands now; a key out of the register is
    named by record 0.
    """
    return _keys_after_register(connection, ledger, row)[-1]


def key_in_custody(connection: Connection, ledger: str, row: RowMapping, seq: int) -> bytes:
    """The key (raw 32 bytes) that signed a record in custody, or signs the next one; `row` is of table terminal.

    It is the register's, but for a revoked terminal, which may have changed its key and not been heard of before.
    """
    keys = [(1, key_at(connection, row["code"], row["epoch"], seq) or b"")]
    if row["state"] == "revoked":
        keys += [(key.from_seq or 1, key.public_key) for key in _keys_after_register(connection, ledger, row)[1:]]
    return TerminalKeys("", tuple(keys)).key_at(seq)


def keys_heard_of(connection: Connection, ledger: str, row: RowMapping) -> list[bytes]:
    """The keys that a terminal's journal changed to and its register does not name, by records in custody and in
    batches that are kept apart because it was frozen or revoked. Who signs with one of them is that terminal: when it
    may, `key_in_custody` says. `row` is of table terminal.
    """
    place = row["code"], row["epoch"]
    known = [key for _, key in schedule(connection, *place)]
    heard = [key.public_key for key in _keys_after_register(connection, ledger, row)[1:]]
    c = tables.inbox.c
    apart = (c.terminal == place[0]) & (c.epoch == place[1]) & c.verdict.in_(APART) & (c.no > row["batch_no"])
    kept = select(c.sha256, func.length(c.bytes)).where(apart).order_by(c.no, c.received_at).limit(_MOST_APART)
    read = 0
    for sha256, size in connection.execute(kept).all():
        if (read := read + size) > _MOST_READ:
            break
        # One at a time: PostgreSQL's are all held in memory as soon as they are asked for.
        envelope = bytes(connection.execute(select(c.bytes).where(c.sha256 == sha256)).scalar_one())
        with suppress(EnvelopeRefusedError):
            payload, signer = opened_by(envelope, key_id(*place), [*heard, *known])
            heard += _changed_to(connection, ledger, payload, signer) if _CHANGE in payload else []
    return heard


def opened_by(envelope: bytes, keyid: str, keys: Sequence[bytes]) -> tuple[bytes, bytes]:
    """A batch's payload, and which of a terminal's keys signed its envelope; of its records each is verified by itself.

    Raises MalformedEnvelopeError, EnvelopeRefusedError.
    """
    parsed = parse_envelope(envelope, MAX_ENVELOPE)
    for key in keys[:-1]:
        with suppress(EnvelopeRefusedError):
            return open_envelope(parsed, BATCH, {keyid: checked_public_key(key)}), key
    return open_envelope(parsed, BATCH, {keyid: checked_public_key(keys[-1])}), keys[-1]


def doubts_of_own(connection: Connection, ledger: str, batch: Batch, row: RowMapping) -> list[str]:
    """`doubts_about_keys`, of a batch that its terminal enveloped by itself."""
    named = key_after_custody(connection, ledger, row) if row["state"] == "revoked" else None
    unheard = [] if named is None or named.seq == 0 else [_UNHEARD.format(named.seq)]
    return [*unheard, *doubts_about_keys(connection, ledger, batch, row)]


def _changed_to(connection: Connection, ledger: str, payload: bytes, old: bytes) -> list[bytes]:
    """The key that a batch, enveloped with the key `old`, changes its terminal's to, if it may."""
    batch = parse_batch(payload)
    place = batch.terminal, batch.epoch
    return [
        bytes.fromhex(body["data"]["public_key"])
        for body in _changes(batch)[-1:]
        if fault_of_change(connection, ledger, place, old, body) is None
    ]


def _keys_after_register(connection: Connection, ledger: str, row: RowMapping) -> list[KeyNamed]:
    """The register's key that signs a terminal's next record, and what the journal in custody changed to since."""
    place, next_seq = (row["code"], row["epoch"]), row["last_seq"] + 1
    begun = [KeyNamed(0, key, seq) for seq, key in schedule(connection, *place) if seq <= next_seq]
    keys = begun[-1:]
    marks = _marks_in_custody(connection, *place, keys[0].from_seq or 1)
    follow_keys(connection, ledger, place, keys, marks)
    return keys


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
