"""The terminal's store: one writer, one transaction a record, the anchor after the commit."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from countertui.domain.records import Fact, Head, Kind, body
from countertui.errors import CounterError
from countertui.ports import Clock, Recorder
from countertui.store.anchor import Anchor, anchor_folder
from countertui.store.connection import open_store, writing
from countertui.store.disk import DiskRoom
from countertui.store.projection import project


@dataclass(frozen=True, slots=True)
class Identity:
    """Who this terminal is, as record 1 says; keys in hex."""

    ledger: str
    terminal: str
    epoch: int
    office: str
    public_key: str
    ledger_key: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """A record that was committed: parsed body, chain hash, and receipt number if it drew one."""

    seq: int
    id: str
    h: bytes
    body: dict[str, Any]
    receipt_no: str | None


class CommitUnknown(CounterError):  # noqa: N818 - a state of knowledge
    """The disk didn't confirm a commit; `recorded` tells what the reopened store holds. It takes no more."""

    def __init__(self, *, recorded: bool, cause: str) -> None:
        self.recorded = recorded
        held = "The reopened store HOLDS the record" if recorded else "The reopened store does NOT hold the record"
        super().__init__(
            f"The disk did not confirm the last entry ({cause}).",
            safe=f"{held}; do not key it again. Everything before it is safe.",
            press="Stop taking money. Restart the counter: it checks the journal first.",
        )


class StoreHalted(CounterError):  # noqa: N818 - a state of the store
    """The store takes no records until what is wrong is resolved."""


Within = Callable[[sqlite3.Connection, Recorded], None]
"""Changes to working tables that belong into a record's transaction."""


class Store:
    """store.db of one terminal, open for writing by one thread."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder = folder
        self.path = folder / "store.db"
        self.connection = open_store(self.path)
        self.anchor = Anchor(anchor_folder(folder))
        self.disk = DiskRoom(folder)
        self.halted: str | None = None

    def identity(self) -> Identity | None:
        """Who this terminal is; None for a store without record 1."""
        row = self.connection.execute(
            "SELECT ledger, terminal, epoch, office, public_key, ledger_key FROM identity"
        ).fetchone()
        return Identity(*row) if row else None

    def append(self, fact: Fact, recorder: Recorder, clock: Clock, within: Within | None = None) -> Recorded:
        """Make a fact a record: body, signature, derived tables and `within`, in one transaction; then the anchor.

        Raises StoreHalted, DiskNearlyFull, CommitUnknown (never retried). Raised before COMMIT, nothing is left behind.
        """
        self._refuse_if_halted()
        self.disk.require_room_for(fact.kind)
        connection = self.connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            recorded = self._write(fact, recorder, clock)
            if within is not None:
                within(connection, recorded)
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        self._commit(fact.id)
        self.anchor.advance(recorded.seq, recorded.h)
        return recorded

    def write_working(self, change: Callable[[sqlite3.Connection], None]) -> None:
        """Change working tables only. Raises StoreHalted."""
        self._refuse_if_halted()
        with writing(self.connection) as connection:
            change(connection)

    def tip(self) -> tuple[int, bytes]:
        """Sequence number and hash of the last record; (0, b"") for an empty journal."""
        row = self.connection.execute("SELECT seq, h FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
        return (row[0], row[1]) if row else (0, b"")

    def holds(self, id_: str) -> bool:
        """Whether a record with this id is in the journal."""
        return self.connection.execute("SELECT 1 FROM journal WHERE id = ?", (id_,)).fetchone() is not None

    def halt(self, reason: str) -> None:
        """Take no more records, for the reason given."""
        self.halted = reason

    def close(self) -> None:
        """Close the store and the anchor."""
        self.connection.close()
        self.anchor.close()

    def _refuse_if_halted(self) -> None:
        if self.halted:
            raise StoreHalted(
                f"This counter takes no money: {self.halted}",
                safe="Everything recorded is kept and can be read and exported.",
                press="Call a lead; keep the machine as it is.",
            )

    def _write(self, fact: Fact, recorder: Recorder, clock: Clock) -> Recorded:
        connection = self.connection
        seq, prev = self.tip()
        running = connection.execute("SELECT receipt_n, cum_net, cum_abs, snapshot, last_utc FROM counter").fetchone()
        receipt_n, cum_net, cum_abs, snapshot, last_utc = running or (0, 0, 0, 0, "")
        utc, flags = _clamped(clock.utc_ms(), last_utc)
        head = Head(
            ledger=recorder.ledger,
            terminal=recorder.terminal,
            epoch=recorder.epoch,
            seq=seq + 1,
            utc=utc,
            mono_ms=clock.mono_ms(),
            boot_id=clock.boot_id(),
            snapshot=snapshot,
            cum_net=cum_net + fact.net_cents,
            cum_abs=cum_abs + abs(fact.net_cents),
            clock=flags,
        )
        receipt_no = f"{head.terminal}-{receipt_n + 1}" if fact.draws_receipt_no else None
        content = body(head, fact, receipt_no)
        signed = recorder.seal_record(head.seq, prev or recorder.genesis, content)
        connection.execute(
            "INSERT INTO journal (seq, id, kind, prev, body, h, sig) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (signed.seq, fact.id, fact.kind.value, signed.prev, signed.body, signed.h, signed.sig),
        )
        project(connection, content, signed.h)
        return Recorded(signed.seq, fact.id, signed.h, content, receipt_no)

    def _commit(self, id_: str) -> None:
        try:
            self.connection.execute("COMMIT")
        except sqlite3.Error as error:
            recorded = self._reopen_and_look(id_)
            self.halt("the disk did not confirm an entry")
            raise CommitUnknown(recorded=recorded, cause=type(error).__name__) from error

    def _reopen_and_look(self, id_: str) -> bool:
        """A failed COMMIT may still have been stored (the ghost commit): only a fresh connection tells what is true."""
        self.connection.close()
        self.connection = open_store(self.path)
        return self.holds(id_)


def start_fact(id_: str, operator: str, data: dict[str, Any]) -> Fact:
    """Record 1 and every later start of the program."""
    return Fact(id=id_, kind=Kind.START, operator=operator, data=data)


def read_body(connection: sqlite3.Connection, seq: int) -> dict[str, Any]:
    """A record's parsed body. Raises KeyError if there is none."""
    row = connection.execute("SELECT body FROM journal WHERE seq = ?", (seq,)).fetchone()
    if row is None:
        raise KeyError(seq)
    content: dict[str, Any] = json.loads(row[0])
    return content


def _clamped(utc_ms: int, last_utc: str) -> tuple[str, dict[str, Any]]:
    """The record's time, never before an earlier record's, and what was wrong with the clock if it was."""
    text = _iso(utc_ms)
    if text >= last_utc:
        return text, {}
    behind_ms = round((datetime.fromisoformat(last_utc) - datetime.fromisoformat(text)).total_seconds() * 1000)
    return last_utc, {"behind_ms": behind_ms, "said": text}


def _iso(utc_ms: int) -> str:
    seconds, ms = divmod(utc_ms, 1000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{ms:03d}Z"
