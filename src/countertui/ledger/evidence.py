"""What the ledger keeps to be held to: checkpoints, answers and alarms, each against a signature of its own.

None of it is in the books, so recomputing them tells nothing of it. What names it is signed: a checkpoint and an answer
are, and the register's entry that froze a terminal names the alarm and the envelope that it was frozen for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, literal, select

from countertui.errors import CounterError
from countertui.ledger import registry, tables
from countertui.sync.ack import LEDGER_KEY_ID, MAX_ACK
from countertui.sync.canonical import parse_strict
from countertui.sync.dsse import ACK, open_envelope, parse_envelope
from countertui.sync.ed25519 import checked_public_key
from countertui.sync.faults import NoteRefusedError, RegistryRefusedError
from countertui.sync.notes import open_checkpoint, origin_of
from countertui.sync.registry_entries import Freeze, read_data, read_entry

_OUTSIDE = {
    "frozen": "This terminal is frozen:",
    "revoked": "This terminal's key is revoked:",
    "recovered": ", recovered from its store;",
    "fork": ": two journals under ",
}
"""Words that the reason of each verdict has and no other's, in this order; every other reason is of the chain."""
_KEPT_AS = re.compile(r" Its envelope: ([0-9a-f]{64})\.$")


def naming(why: str, sha256: str) -> str:
    """Why a terminal is frozen, with the name (hex) of the envelope in the inbox that shows it."""
    return f"{why} Its envelope: {sha256}."


def evidence_problems(connection: Connection, ledger: str) -> Iterator[str]:
    """In words, what was altered or is gone of checkpoints' signatures, answers outside the books, alarms."""
    try:
        keys = ledger_keys(connection, ledger)
        yield from _checkpoints(connection, origin_of(ledger), keys)
        yield from _answers(connection, keys)
        yield from _alarms(connection)
    except RegistryRefusedError:
        return  # the register's own faults are told where it is verified


def lost_of(connection: Connection, terminal: str, epoch: int) -> set[str]:
    """The SHA-256 (hex) of each envelope that a terminal was frozen for and that is not here: a restored ledger lost
    it, and was given the register's entry back."""
    named = {
        kept[1]
        for data in (read_data(read_entry(envelope)[0]) for envelope in registry.entries_after(connection, 0))
        if isinstance(data, Freeze) and (data.terminal, data.epoch) == (terminal, epoch)
        if (kept := _KEPT_AS.search(data.reason))
    }
    inbox = tables.inbox.c
    here = connection.execute(select(inbox.sha256).where(inbox.sha256.in_(named), inbox.ack.is_not(None)))
    return named - set(here.scalars())


def ledger_keys(connection: Connection, ledger: str) -> list[Ed25519PublicKey]:
    """All keys the ledger ever had, oldest first. Raises RegistryRefusedError."""
    return [checked_public_key(key) for key in registry.present(connection, ledger).ledger_keys]


def opened_ack(ack: bytes, keys: Sequence[Ed25519PublicKey]) -> Mapping[str, Any] | None:
    """What an answer says, if one of the ledger's keys signed it; None for others."""
    for key in reversed(keys):
        try:
            said: Mapping[str, Any] = parse_strict(
                open_envelope(parse_envelope(ack, MAX_ACK), ACK, {LEDGER_KEY_ID: key})
            )
        except CounterError:
            continue
        return said
    return None


def _checkpoints(connection: Connection, origin: str, keys: Sequence[Ed25519PublicKey]) -> Iterator[str]:
    for row in connection.execute(select(tables.checkpoint).order_by(tables.checkpoint.c.size)):
        if not any(_signed(row.note, origin, key, row.size, row.root) for key in keys):
            yield f"log: the checkpoint of {row.size:,} entries is not signed by the ledger, or says another root."


def _signed(note: str, origin: str, key: Ed25519PublicKey, size: int, root: str) -> bool:
    try:
        said = open_checkpoint(note, origin, key)
    except NoteRefusedError:
        return False
    return (said.size, said.root.hex()) == (size, root)


def _answers(connection: Connection, keys: Sequence[Ed25519PublicKey]) -> Iterator[str]:
    """What batches outside the books were answered: signed by the ledger, and what the inbox says beside it.

    Of a batch that was let in later, why it was not at first stands in that answer alone; what is said of it now is
    held to what recomputing makes of it.
    """
    c, again = tables.inbox.c, tables.offered_again.c
    let_in = tables.batch.c.no.is_not(None).label("let_in")
    place = c.sha256, c.terminal, c.epoch, c.no
    first = select(*place, c.detail, c.verdict, c.ack, let_in).outerjoin(
        tables.batch, tables.batch.c.sha256 == c.sha256
    )
    later = select(*place, again.detail, again.verdict, again.ack, literal(False).label("let_in")).join(
        tables.offered_again, again.sha256 == c.sha256
    )
    first, later = first.where(c.ack.is_not(None)), later.where(again.ack.is_not(None))
    for query in (first.order_by(c.sha256), later.order_by(c.sha256)):
        for row in connection.execute(query):
            said = opened_ack(bytes(row.ack), keys)
            if said is None:
                yield f"Inbox {row.sha256[:12]}: its answer is not signed by the ledger."
                continue
            signed = ("; ".join(said["reasons"]), verdict_of(said["reasons"]))
            why = (row.detail, row.verdict) if row.let_in else signed
            if (said["terminal"], said["epoch"], said["batch_no"], *why) != row[1:6]:
                yield f"Inbox {row.sha256[:12]}: what stands beside its answer is not what was signed."


def verdict_of(reasons: Sequence[str]) -> str:
    """Under what verdict the ledger kept a batch outside the books that it answered with these reasons."""
    told = reasons[0] if reasons else ""
    return next((verdict for verdict, words in _OUTSIDE.items() if words in told), "chain")


def _alarms(connection: Connection) -> Iterator[str]:
    """Each time a terminal was frozen: the alarm and the envelope that the register's entry names."""
    alarm, inbox = tables.alarm, tables.inbox
    for envelope in registry.entries_after(connection, 0):
        entry, _ = read_entry(envelope)
        data = read_data(entry)
        if entry.kind != "freeze" or not isinstance(data, Freeze):
            continue
        name = f"Terminal {data.terminal}, epoch {data.epoch}, frozen at {entry.at}"
        here = (alarm.c.terminal == data.terminal) & (alarm.c.epoch == data.epoch)
        details = connection.execute(select(alarm.c.detail).where(here)).scalars()
        if not any(detail[:300] == data.reason for detail in details):
            yield f"{name}: the alarm is gone or was altered."
        kept = _KEPT_AS.search(data.reason)
        if kept is None:
            continue
        # Offered again it may be judged otherwise, but what was answered once stays signed.
        row = connection.execute(select(inbox.c.ack).where(inbox.c.sha256 == kept[1])).first()
        if row is None or row.ack is None:
            yield f"{name}: the envelope that shows why is gone, or its answer."
