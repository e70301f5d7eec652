"""Records as online terminals make them, and where their journals end: kept as witnesses, never posted.

What a batch later says must be what was witnessed: another record at the same place, or a journal that ends earlier
than it did, means two journals under one key or a store that went back. The terminal is frozen then, and an alarm
raised (failure matrix, rows 5, 9 and 10).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from countertui.ledger import tables
from countertui.ledger.alarms import FORK, ROLLBACK, keep_evidence, stop_terminal
from countertui.ledger.books import Books
from countertui.ledger.registry import key_at
from countertui.sync.canonical import canonical
from countertui.sync.chain import head_message, record_hash, signed_message
from countertui.sync.ed25519 import checked_public_key, verify
from countertui.sync.faults import MalformedBatchError
from countertui.sync.live import HeadSaid, LiveAnswer, LiveRecord, read_head, read_lines, record_lines, signed_answer
from countertui.sync.record_json import is_written_so

HEARD, DOES_NOT_FOLLOW, NOT_KNOWN, MALFORMED = 200, 409, 401, 422


@dataclass(frozen=True, slots=True)
class Said:
    """What the ledger says to what it heard: an HTTP status; a signed answer (200, 409) or a JSON object."""

    status: int
    body: bytes


def hear_records(books: Books, key: Ed25519PrivateKey, terminal: str, epoch: int, data: bytes, now: str) -> Said:
    """Keep records that follow what is here, each verified: 409 from the first that doesn't follow. Posts nothing."""
    try:
        offered = read_lines(data)
    except MalformedBatchError as fault:
        return _refused(MALFORMED, fault.happened)
    with books.writing() as connection:
        row = _terminal(connection, terminal, epoch)
        if row is None:
            return _refused(NOT_KNOWN, "This terminal's key is not known here.")
        status = HEARD
        if row["state"] == "active":
            status = _keep(connection, books, key, row, offered, now)
        return Said(status, _answer(connection, books, key, terminal, epoch, now))


def hear_head(books: Books, key: Ed25519PrivateKey, terminal: str, epoch: int, data: bytes, now: str) -> Said:
    """Judge a terminal's signed word where its journal ends; a fork or a rollback freezes it."""
    try:
        head = read_head(data)
    except MalformedBatchError as fault:
        return _refused(MALFORMED, fault.happened)
    h = bytes.fromhex(head.h)
    with books.writing() as connection:
        row = _terminal(connection, terminal, epoch)
        public_key = key_at(connection, terminal, epoch, head.seq) if row is not None else None
        message = head_message(books.ledger, terminal, epoch, head.known, head.seq, h)
        if (
            row is None
            or public_key is None
            or not verify(checked_public_key(public_key), bytes.fromhex(head.sig), message)
        ):
            return _refused(NOT_KNOWN, "That head is not signed by a key that is known here.")
        _judge(connection, books, key, row, head, data, now)
        _heard(connection, terminal, epoch, now)
        return Said(HEARD, _answer(connection, books, key, terminal, epoch, now))


def first_difference(
    connection: Connection, terminal: str, epoch: int, first_seq: int, hashes: Sequence[bytes]
) -> int | None:
    """The first record of a batch that is another than the one witnessed at its place; None if none is."""
    table = tables.provisional
    here = (table.c.terminal == terminal) & (table.c.epoch == epoch) & (table.c.seq >= first_seq)
    within = here & (table.c.seq < first_seq + len(hashes))
    seen = {seq: bytes(h) for seq, h in connection.execute(select(table.c.seq, table.c.h).where(within))}
    witness = _witness(connection, terminal, epoch)
    if witness is not None and first_seq <= witness[0] < first_seq + len(hashes):
        seen[witness[0]] = witness[1]
    return next((seq for seq in sorted(seen) if hashes[seq - first_seq] != seen[seq]), None)


def witness_beyond(
    connection: Connection, terminal: str, epoch: int, seq: int, h: bytes, line: bytes, now: str
) -> None:
    """Note a record that a store proved to be signed, past what could be taken of it, as the terminal's own word that
    its journal goes so far; `line` is the record as it came. A later word stands."""
    table = tables.witnessed
    here = (table.c.terminal == terminal) & (table.c.epoch == epoch)
    witness = _witness(connection, terminal, epoch)
    if witness is None or witness[0] < seq:
        connection.execute(delete(table).where(here))
        values = {"seq": seq, "h": h, "head": line, "at": now}
        connection.execute(insert(table).values(terminal=terminal, epoch=epoch, **values))


def forget_sealed(connection: Connection, terminal: str, epoch: int, last_seq: int) -> None:
    """Drop what was witnessed of records that are in custody now."""
    for table in (tables.provisional, tables.witnessed):
        here = (table.c.terminal == terminal) & (table.c.epoch == epoch) & (table.c.seq <= last_seq)
        connection.execute(delete(table).where(here))


def forget_witnessed(connection: Connection, terminal: str, epoch: int) -> None:
    """Drop all that was witnessed of a terminal and is not in custody: people looked, and its batches decide now."""
    for table in (tables.provisional, tables.witnessed):
        connection.execute(delete(table).where(table.c.terminal == terminal, table.c.epoch == epoch))


def unsealed(connection: Connection) -> dict[tuple[str, int], tuple[int, int]]:
    """By (terminal, epoch): how many records wait to be sealed, and the money taken by them less given back, cents."""
    table, terminal = tables.provisional, tables.terminal
    found = {}
    for row in connection.execute(select(terminal.c.code, terminal.c.epoch, terminal.c.last_seq, terminal.c.cum_net)):
        here = (table.c.terminal == row.code) & (table.c.epoch == row.epoch)
        last = connection.execute(
            select(table.c.seq, table.c.body).where(here).order_by(table.c.seq.desc()).limit(1)
        ).first()
        if last is not None:
            cum_net = json.loads(bytes(last.body)).get("cum_net")
            net = cum_net - row.cum_net if type(cum_net) is int else 0
            found[row.code, row.epoch] = last.seq - row.last_seq, net
    return found


def _keep(
    connection: Connection,
    books: Books,
    key: Ed25519PrivateKey,
    row: RowMapping,
    offered: Sequence[LiveRecord],
    now: str,
) -> int:
    """Keep what follows; the answer's status."""
    terminal, epoch = row["code"], row["epoch"]
    seq, prev = _end(connection, row)
    for record in offered:
        number = record.said.get("seq")
        if type(number) is not int or not is_written_so(record.body, record.said):
            return DOES_NOT_FOLLOW
        if number <= seq:
            if _is_another(connection, books, row, number, record):
                told = f"Record {number} came twice, not the same: two journals under one key."
                if not stop_terminal(connection, books, key, FORK, terminal, epoch, number, told, now):
                    line = record_lines([(record.body, record.sig)])
                    keep_evidence(connection, terminal, epoch, 0, line, told, now)
                return HEARD
            continue
        if number != seq + 1 or not _follows(connection, books, row, number, prev, record):
            return DOES_NOT_FOLLOW
        seq, prev = number, record_hash(number, prev, record.body)
        values = {"h": prev, "sig": record.sig, "body": record.body, "received_at": now}
        connection.execute(insert(tables.provisional).values(terminal=terminal, epoch=epoch, seq=number, **values))
    witness = _witness(connection, terminal, epoch)
    if witness is not None and _hash_at(connection, row, witness[0]) not in (None, witness[1]):
        told = f"Record {witness[0]} is another than its terminal said it is: two journals under one key."
        stop_terminal(connection, books, key, FORK, terminal, epoch, witness[0], told, now)
    _heard(connection, terminal, epoch, now)
    return HEARD


def _judge(
    connection: Connection,
    books: Books,
    key: Ed25519PrivateKey,
    row: RowMapping,
    head: HeadSaid,
    data: bytes,
    now: str,
) -> None:
    terminal, epoch, h = row["code"], row["epoch"], bytes.fromhex(head.h)
    known = _known(connection, row)
    witness = _witness(connection, terminal, epoch)
    at_place = _hash_at(connection, row, head.seq)
    if at_place is None and witness is not None and witness[0] == head.seq:
        at_place = witness[1]
    if at_place is not None and at_place != h:
        told = f"Record {head.seq} is another here than at its terminal: two journals under one key."
        if not stop_terminal(connection, books, key, FORK, terminal, epoch, head.seq, told, now):
            keep_evidence(connection, terminal, epoch, 0, data, told, now)
    elif head.known == known and head.seq < known:
        told = f"Its journal ends at record {head.seq}, and {known} were seen: its store is an older copy."
        if not stop_terminal(connection, books, key, ROLLBACK, terminal, epoch, head.seq, told, now):
            keep_evidence(connection, terminal, epoch, 0, data, told, now)
    elif head.seq > known:
        table = tables.witnessed
        connection.execute(delete(table).where(table.c.terminal == terminal, table.c.epoch == epoch))
        values = {"seq": head.seq, "h": h, "head": data, "at": now}
        connection.execute(insert(table).values(terminal=terminal, epoch=epoch, **values))


def _answer(connection: Connection, books: Books, key: Ed25519PrivateKey, terminal: str, epoch: int, now: str) -> bytes:
    row = _terminal(connection, terminal, epoch)
    if row is None:
        raise AssertionError("terminals are never taken off the register")
    seq, h = _end(connection, row)
    said = LiveAnswer(
        ledger=books.ledger,
        terminal=terminal,
        epoch=epoch,
        have_seq=seq,
        have_h=h.hex() if seq else "",
        known_seq=_known(connection, row),
        batch_no=row["batch_no"],
        state=row["state"],
        at=now,
    )
    return signed_answer(said, key)


def _follows(connection: Connection, books: Books, row: RowMapping, seq: int, prev: bytes, record: LiveRecord) -> bool:
    """Whether a record is this terminal's next one: its names, and its signature over the chain so far."""
    named = tuple(record.said.get(name) for name in ("ledger", "terminal", "epoch"))
    public_key = key_at(connection, row["code"], row["epoch"], seq)
    if named != (books.ledger, row["code"], row["epoch"]) or public_key is None:
        return False
    return verify(checked_public_key(public_key), record.sig, signed_message(record_hash(seq, prev, record.body)))


def _is_another(connection: Connection, books: Books, row: RowMapping, seq: int, record: LiveRecord) -> bool:
    """Whether it is proven to be another record than the one here: it follows the same one, and is signed."""
    before = bytes.fromhex(row["head"]) if seq == row["last_seq"] + 1 else _hash_at(connection, row, seq - 1)
    here = _hash_at(connection, row, seq)
    if before is None or here is None or record_hash(seq, before, record.body) == here:
        return False
    return _follows(connection, books, row, seq, before, record)


def _end(connection: Connection, row: RowMapping) -> tuple[int, bytes]:
    """Where the records here end: witnessed after what is in custody, else in custody."""
    table = tables.provisional
    here = (table.c.terminal == row["code"]) & (table.c.epoch == row["epoch"])
    last = connection.execute(select(table.c.seq, table.c.h).where(here).order_by(table.c.seq.desc()).limit(1)).first()
    return (last.seq, bytes(last.h)) if last is not None else (row["last_seq"], bytes.fromhex(row["head"]))


def _known(connection: Connection, row: RowMapping) -> int:
    """The highest record that the ledger heard of."""
    witness = _witness(connection, row["code"], row["epoch"])
    return max(_end(connection, row)[0], witness[0] if witness is not None else 0)


def _witness(connection: Connection, terminal: str, epoch: int) -> tuple[int, bytes] | None:
    table = tables.witnessed
    here = (table.c.terminal == terminal) & (table.c.epoch == epoch)
    found = connection.execute(select(table.c.seq, table.c.h).where(here)).first()
    return None if found is None else (found.seq, bytes(found.h))


def _hash_at(connection: Connection, row: RowMapping, seq: int) -> bytes | None:
    """The hash of a record as the ledger has it, in custody or witnessed; None where it can't tell."""
    if seq == row["last_seq"]:
        return bytes.fromhex(row["head"])
    for table in (tables.provisional, tables.record):
        here = (table.c.terminal == row["code"]) & (table.c.epoch == row["epoch"]) & (table.c.seq == seq)
        found = connection.execute(select(table.c.h).where(here)).scalar()
        if found is not None:
            return bytes(found)
    return None


def _heard(connection: Connection, terminal: str, epoch: int, now: str) -> None:
    table = tables.terminal
    connection.execute(update(table).where(table.c.code == terminal, table.c.epoch == epoch).values(heard_at=now))


def _terminal(connection: Connection, terminal: str, epoch: int) -> RowMapping | None:
    table = tables.terminal
    query = select(table).where(table.c.code == terminal, table.c.epoch == epoch, table.c.state != "desk")
    return connection.execute(query).mappings().first()


def _refused(status: int, text: str) -> Said:
    return Said(status, canonical({"reason": text}))
