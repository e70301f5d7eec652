"""Alarms: what somebody at the ledger must look at, shown until a person says that they saw it."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from countertui.errors import UsageError
from countertui.ledger import tables
from countertui.ledger.books import Books
from countertui.ledger.keep_terminals import freeze
from countertui.ledger.registry import key_at, schedule

FORK, ROLLBACK, CHAIN, LOG, LOCKED = "fork", "rollback", "chain", "log", "locked"
"""Two journals under one key; a store that went back; a batch that does not follow; the ledger's own log; a sign-in."""
RECOVERED = "recovered"
"""Records of a dead terminal wait for two people."""
ROOTS = "roots"
"""Two root keys were used: an admin's PIN was reset by them."""
PERSONAL = "personal"
"""A personal value is not the one its record commits to, as a terminal sent it or as it is kept here."""
REGISTER = "register"
"""Entries that this ledger had lost came back to its register, or could not."""


class NoSuchAlarmError(UsageError):
    """There is no alarm of that number, or somebody saw it before."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm that nobody has seen to yet; terminal is empty for one of the ledger's own."""

    id: int
    kind: str
    terminal: str
    epoch: int
    seq: int | None
    detail: str
    made_at: str


def raise_alarm(
    connection: Connection, kind: str, terminal: str, epoch: int, seq: int | None, detail: str, now: str
) -> int:
    """Raise an alarm in this transaction; its number. The same one again, not seen yet, is that one."""
    table = tables.alarm
    same = (table.c.kind == kind) & (table.c.terminal == terminal) & (table.c.epoch == epoch)
    waiting = select(table.c.id).where(same, table.c.detail == detail, table.c.seen_at.is_(None))
    before = connection.execute(waiting).scalar()
    if before is not None:
        return int(before)
    number = int(connection.execute(select(func.max(table.c.id))).scalar() or 0) + 1
    values = {"id": number, "kind": kind, "terminal": terminal, "epoch": epoch, "seq": seq, "detail": detail}
    connection.execute(insert(table).values(**values, made_at=now))
    return number


def take_back_alarm(connection: Connection, number: int, by: str, now: str) -> None:
    """Note that an alarm raised at this very moment was none, by who proved it; one that waited before stays."""
    table = tables.alarm
    mine = (table.c.id == number) & (table.c.made_at == now) & table.c.seen_at.is_(None)
    connection.execute(update(table).where(mine).values(seen_by=by, seen_at=now))


def stop_terminal(
    connection: Connection,
    books: Books,
    key: Ed25519PrivateKey,
    kind: str,
    terminal: str,
    epoch: int,
    seq: int | None,
    detail: str,
    now: str,
) -> bool:
    """Freeze a terminal and raise an alarm, in this transaction: whatever it sends waits until two people looked.

    Not where the word against it is signed with a key that it has no more, of record `seq`: that may be in anybody's
    hands, so there is an alarm and no more. Whether the terminal is stopped now.
    """
    keys = schedule(connection, terminal, epoch)
    if seq is not None and keys and key_at(connection, terminal, epoch, seq) != keys[-1][1]:
        raise_alarm(connection, kind, terminal, epoch, seq, f"{detail} {told_retired()}", now)
        return False
    freeze(connection, books, key, terminal, epoch, detail[:300], now)
    raise_alarm(connection, kind, terminal, epoch, seq, detail, now)
    return True


def told_retired() -> str:
    """What is said where a terminal is not stopped for that reason."""
    return "It is signed with a key that was retired since, which may be in other hands: the terminal goes on."


def keep_evidence(connection: Connection, terminal: str, epoch: int, no: int, data: bytes, what: str, now: str) -> str:
    """Keep bytes that speak against somebody in the inbox, once, apart from all batches; their SHA-256 in hex."""
    key = sha256(data).hexdigest()
    row = {"sha256": key, "terminal": terminal, "epoch": epoch, "no": no, "received_at": now}
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = make(tables.inbox).values(**row, verdict="fork", detail=what, bytes=data)
    connection.execute(statement.on_conflict_do_nothing())
    return key


def open_alarms(connection: Connection) -> list[Alarm]:
    """The alarms that nobody has seen to, oldest first."""
    c = tables.alarm.c
    columns = (c.id, c.kind, c.terminal, c.epoch, c.seq, c.detail, c.made_at)
    rows = connection.execute(select(*columns).where(c.seen_at.is_(None)).order_by(c.id))
    return [Alarm(*row) for row in rows]


def mark_seen(connection: Connection, number: int, by: str, now: str) -> None:
    """Note who saw to an alarm. Raises NoSuchAlarmError."""
    table = tables.alarm
    waiting = (table.c.id == number) & table.c.seen_at.is_(None)
    if not connection.execute(update(table).where(waiting).values(seen_by=by, seen_at=now)).rowcount:
        raise NoSuchAlarmError(
            f"No alarm {number} is waiting.", "Nothing was changed.", "countertui ledger status lists those that are."
        )
