"""The terminal's store: one writer, one transaction a record, the anchor after the commit."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from countertui.domain.records import Fact, Head, body
from countertui.errors import CounterError, EnvironmentFault
from countertui.ports.clock import Clock
from countertui.ports.signing import Recorder
from countertui.store.anchor import Anchor, anchor_folder
from countertui.store.connection import StoreUnusable, damaged, hold_open, is_busy, open_store, roll_back, writing
from countertui.store.disk import DiskRoom, require_local
from countertui.store.projection.project import project
from countertui.store.verify import verify_anchor, verify_guards

Result = TypeVar("Result")


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
    """The disk didn't confirm a commit; the store takes no more.

    `recorded` tells what the reopened store holds, None if it can't be reopened.
    """

    def __init__(self, *, recorded: bool | None, cause: str) -> None:
        self.recorded = recorded
        held = {
            True: "The reopened store HOLDS the record",
            False: "The reopened store does NOT hold the record",
            None: "Whether the record is there can't be read now",
        }[recorded]
        super().__init__(
            f"The disk did not confirm the last entry ({cause}).",
            safe=f"{held}; do not key it again. Everything before it is safe.",
            press="Stop taking money. Restart the counter: it checks the journal first.",
        )


class NotWritten(EnvironmentFault):
    """The disk refused an entry before it was committed: nothing of it was recorded."""

    def __init__(self, error: sqlite3.Error) -> None:
        held = "another program held it for too long" if is_busy(error) else str(error)
        super().__init__(
            f"The entry could not be written to the store: {held}.",
            safe="Nothing of it was recorded; everything before it is safe.",
            press="Try once more. If it fails again, call a technician.",
        )


class StoreHalted(CounterError):  # noqa: N818 - a state of the store
    """The store takes no records until what is wrong is resolved."""


class RecordMissing(CounterError):  # noqa: N818 - a state of the store
    """A record that a derived table knows is not in the journal: its tail was cut."""


Within = Callable[[sqlite3.Connection, Recorded], None]
"""Changes to working tables that belong into a record's transaction."""


class Store:
    """store.db of one terminal, open for writing by one thread.

    A journal without its guards, or one that its anchor doesn't know, opens halted: not one record may be added, as
    the next one would move the anchor and wipe out what it knows.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        require_local(folder)
        self.folder = folder
        self.path = folder / "store.db"
        with ExitStack() as undo:
            self._connection: sqlite3.Connection | None = open_store(self.path)
            undo.callback(self.connection.close)
            self.anchor = Anchor(anchor_folder(folder))
            undo.callback(self.anchor.close)
            self.disk = DiskRoom(folder)
            try:
                faults = verify_guards(self.connection) + verify_anchor(self.connection, self.anchor.tip())
            except sqlite3.DatabaseError as error:
                raise damaged(self.path, error) from error
            self._held: sqlite3.Cursor | None = hold_open(self.connection)
            undo.pop_all()
        self.halted: str | None = faults[0].words if faults else None

    @property
    def connection(self) -> sqlite3.Connection:
        """The writing connection. Raises StoreHalted once the file can't be opened any more."""
        if self._connection is None:
            raise StoreHalted(
                "The store's file can't be opened any more.",
                safe="What the disk holds is kept; the next start tells what that is.",
                press="Call a lead; keep the machine as it is.",
            )
        return self._connection

    @connection.setter
    def connection(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def identity(self) -> Identity | None:
        """Who this terminal is; None for a store without record 1."""
        row = self.connection.execute(
            "SELECT ledger, terminal, epoch, office, public_key, ledger_key FROM identity"
        ).fetchone()
        return Identity(*row) if row else None

    def append(
        self,
        fact: Fact,
        recorder: Recorder,
        clock: Clock,
        within: Within | None = None,
        before: Callable[[], None] | None = None,
    ) -> Recorded:
        """Make a fact a record: body, signature, derived tables and `within`, in one transaction; then the anchor.

        `before` looks in the same transaction whether the fact may be one, and raises if not.

        Raises StoreHalted, DiskNearlyFull, NotWritten, CommitUnknown (never retried). Raised before COMMIT, nothing is
        left behind.
        """
        self.refuse_if_halted()
        self.disk.require_room_for(fact.kind)
        try:
            self.connection.execute("BEGIN IMMEDIATE")
            if before is not None:
                before()
            recorded = self._write(fact, recorder, clock)
            if within is not None:
                within(self.connection, recorded)
        except BaseException as error:
            self._take_back()
            if isinstance(error, sqlite3.Error):
                raise NotWritten(error) from error
            raise
        self._commit(fact.id)
        self._anchor(recorded)
        return recorded

    def write_working(self, change: Callable[[sqlite3.Connection], Result]) -> Result:
        """Change working tables only; gives what the change gives. Raises StoreHalted, NotWritten."""
        self.refuse_if_halted()
        try:
            with writing(self.connection) as connection:
                return change(connection)
        except sqlite3.Error as error:
            raise NotWritten(error) from error

    def tip(self) -> tuple[int, bytes]:
        """Sequence number and hash of the last record; (0, b"") for an empty journal."""
        row = self.connection.execute("SELECT seq, h FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
        return (row[0], row[1]) if row else (0, b"")

    def holds(self, id_: str) -> bool:
        """Whether a record with this id is in the journal."""
        return self.connection.execute("SELECT 1 FROM journal WHERE id = ?", (id_,)).fetchone() is not None

    def halt(self, reason: str) -> None:
        """Take no more records, for the reason given; the first reason stands."""
        self.halted = self.halted or reason

    def close(self) -> None:
        """Close the store and the anchor."""
        self._let_go()
        if self._connection is not None:
            self._connection.close()
        self.anchor.close()

    def refuse_if_halted(self) -> None:
        """Raise StoreHalted if no more records may be taken."""
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
        utc, flags = _clamped(utc_text(clock.utc_ms()), last_utc)
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

    def _take_back(self) -> None:
        try:
            roll_back(self.connection)
        except sqlite3.Error:
            self.halt("the disk did not take an entry back.")

    def _commit(self, id_: str) -> None:
        try:
            self.connection.execute("COMMIT")
        except sqlite3.Error as error:
            if is_busy(error) and self.connection.in_transaction:
                # A reader held on for longer than busy_timeout. SQLite says so before the file itself is written.
                self._take_back()
                raise NotWritten(error) from error
            self.halt("the disk did not confirm an entry.")
            raise CommitUnknown(recorded=self._reopen_and_look(id_), cause=str(error)) from error

    def _reopen_and_look(self, id_: str) -> bool | None:
        """A failed COMMIT may still have been stored (the ghost commit): only a fresh connection tells what is true."""
        try:
            self._let_go()
            self.connection.close()
            self.connection = open_store(self.path)
            self._held = hold_open(self.connection)
            return self.holds(id_)
        except (sqlite3.Error, StoreUnusable):
            self._connection = None
            return None

    def _let_go(self) -> None:
        """Before the connection is closed, which would stay open for the reader."""
        if self._held is not None:
            self._held.close()
            self._held = None

    def _anchor(self, recorded: Recorded) -> None:
        try:
            self.anchor.advance(recorded.seq, recorded.h)
        except OSError as error:
            self.halt("the anchor, which proves where the journal ends, can't be written.")
            raise CommitUnknown(recorded=True, cause=f"the anchor: {error.strerror}") from error


def read_body(connection: sqlite3.Connection, seq: int) -> dict[str, Any]:
    """A record's parsed body. Raises RecordMissing."""
    row = connection.execute("SELECT body FROM journal WHERE seq = ?", (seq,)).fetchone()
    if row is None:
        raise RecordMissing(
            f"Record {seq} is missing from the journal.",
            safe="The records that are there stay as they are.",
            press="Call a technician; `countertui verify` says what else is missing.",
        )
    content: dict[str, Any] = json.loads(row[0])
    return content


def utc_text(utc_ms: int) -> str:
    """Milliseconds since 1970 UTC as records say time: `2026-11-23T09:41:07.123Z`."""
    seconds, ms = divmod(utc_ms, 1000)
    return f"{datetime.fromtimestamp(seconds, UTC).isoformat()[:19]}.{ms:03d}Z"


def _clamped(text: str, last_utc: str) -> tuple[str, dict[str, Any]]:
    """The record's time, never before an earlier record's, and what was wrong with the clock if it was."""
    if text >= last_utc:
        return text, {}
    behind_ms = round((datetime.fromisoformat(last_utc) - datetime.fromisoformat(text)).total_seconds() * 1000)
    return last_utc, {"behind_ms": behind_ms, "said": text}
