"""`countertui verify`: the chain, the signatures, the anchor, and the derived tables rebuilt and compared row by row.

Everything found is reported; nothing is repaired. Works on a read-only connection, in slices, so that an open counter
is never kept waiting.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from countertui.store.anchor import Tip
from countertui.store.schema import marks_of, statements_of

SLICE = 500
_COMMENT = re.compile(r"--[^\n]*")
_WORDS = {
    "chain": "its bytes are not the ones that were hashed.",
    "signature": "its signature is not this terminal's.",
    "columns": "the columns beside its bytes say something else.",
    "torn": "parts of it are missing.",
}

Check = Callable[[int, bytes, bytes, bytes, bytes], str | None]
"""Checks one record (seq, prev, body, h, sig) by itself and names its fault, or None: hash and signature (`sync/`)."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: what kind of fault, where, and in words."""

    code: str
    seq: int | None
    words: str


@dataclass(frozen=True, slots=True)
class Row:
    """One journal row as stored."""

    seq: int
    id: str
    kind: str
    prev: bytes
    body: bytes
    h: bytes
    sig: bytes


def verify_chain(
    connection: sqlite3.Connection,
    check: Check,
    genesis: bytes,
    from_seq: int = 1,
    progress: Callable[[int], None] | None = None,
) -> list[Fault]:
    """Check sequence, chain, hashes and signatures from a record to the end; progress is told each seq reached."""
    faults: list[Fault] = []
    try:
        for fault in _chain_faults(connection, check, genesis, from_seq, progress):
            faults.append(fault)
    except sqlite3.DatabaseError as error:
        faults.append(_damage(error))
    return faults


def _chain_faults(
    connection: sqlite3.Connection,
    check: Check,
    genesis: bytes,
    from_seq: int,
    progress: Callable[[int], None] | None,
) -> Iterator[Fault]:
    expected_seq = from_seq
    prev = genesis if from_seq == 1 else _hash_before(connection, from_seq)
    for row in _rows(connection, from_seq):
        if row.seq != expected_seq:
            yield Fault("gap", row.seq, f"Record {expected_seq} is missing; the next one is {row.seq}.")
        elif row.prev != prev:
            yield Fault("chain", row.seq, f"Record {row.seq} does not continue record {row.seq - 1}.")
        fault = "torn" if _is_torn(row) else check(row.seq, row.prev, row.body, row.h, row.sig) or _columns(row)
        if fault:
            yield Fault(fault, row.seq, f"Record {row.seq}: {_WORDS.get(fault, fault)}")
        expected_seq, prev = row.seq + 1, row.h
        if progress is not None:
            progress(row.seq)


def verify_anchor(
    connection: sqlite3.Connection, tip: Tip | None, again: Callable[[], Tip | None] | None = None
) -> list[Fault]:
    """Compare the journal's end with the anchor: equal, or one record ahead (the last commit before a cut).

    Beside an open counter the anchor moves on while a copy is taken: `tip` was read before, `again` reads it after,
    and the journal's end may lie between the two.
    """
    row = connection.execute("SELECT seq FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
    last = row[0] if row else 0
    anchored = tip.seq if tip else 0
    later = again() if again is not None else tip
    newest = max(anchored, later.seq if later else 0)
    if last < anchored:
        return [
            Fault(
                "behind_anchor",
                last,
                f"The journal ends at {last}, but record {anchored} was made here:"
                " its tail is cut or an old copy was put back.",
            )
        ]
    if last > newest + 1:
        return [Fault("ahead_of_anchor", last, f"The journal ends at {last}, the anchor at {newest}.")]
    if tip is not None and anchored:
        found = connection.execute("SELECT h FROM journal WHERE seq = ?", (anchored,)).fetchone()
        if found is None or found[0] is None or found[0].hex() != tip.h:
            return [Fault("other_than_anchor", anchored, f"Record {anchored} is not the one the anchor saw.")]
    return []


def verify_derived(connection: sqlite3.Connection) -> list[Fault]:
    """Rebuild the derived tables from the journal and compare every row."""
    from countertui.store.projection.project import project_bytes  # not for the check at every start

    rebuilt = sqlite3.connect(":memory:", isolation_level=None)
    try:
        for statement in statements_of("store.db"):
            rebuilt.execute(statement)
        try:
            for row in _rows(connection, 1):
                project_bytes(rebuilt, row.body, row.h)
        except (KeyError, ValueError, TypeError, sqlite3.Error) as error:
            return [Fault("unreadable", None, f"The journal can't be replayed: {type(error).__name__}.")]
        return [fault for table in derived_tables() for fault in _compare(table, connection, rebuilt)]
    except sqlite3.DatabaseError as error:
        return [_damage(error)]
    finally:
        rebuilt.close()


def verify_integrity(connection: sqlite3.Connection) -> list[Fault]:
    """SQLite's own check of the file, and that the journal's guards are in place."""
    try:
        answers = [row[0] for row in connection.execute("PRAGMA integrity_check(20)").fetchall()]
    except sqlite3.DatabaseError as error:
        answers = [str(error)]
    return [_damage(answer) for answer in answers if answer != "ok"] + verify_guards(connection)


def verify_guards(connection: sqlite3.Connection) -> list[Fault]:
    """Whether the triggers are those of schema.sql: none dropped, changed or added."""
    rows = connection.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    wanted = {_words(sql) for sql in statements_of("store.db") if _words(sql).startswith("CREATE TRIGGER")}
    if {_words(row[0]) for row in rows} == wanted:
        return []
    return [Fault("guards", None, "The triggers that guard the journal are not as they were made.")]


def derived_tables() -> list[str]:
    """The tables that are rebuilt and compared."""
    return [table for table, mark in marks_of("store.db").items() if mark == "derived"]


def _compare(table: str, stored: sqlite3.Connection, rebuilt: sqlite3.Connection) -> Iterator[Fault]:
    query = f"SELECT * FROM {table}"  # noqa: S608 - table names come from schema.sql
    have, should = set(stored.execute(query).fetchall()), set(rebuilt.execute(query).fetchall())
    for row in sorted(should - have, key=repr):
        yield Fault("derived", None, f"{table}: a row is missing or changed; it should be {row!r}.")
    for row in sorted(have - should, key=repr):
        yield Fault("derived", None, f"{table}: a row that no record explains: {row!r}.")


def _rows(connection: sqlite3.Connection, from_seq: int) -> Iterator[Row]:
    """Journal rows in slices; each slice's reader is finished before the next begins."""
    after = from_seq - 1
    while True:
        rows = connection.execute(
            "SELECT seq, id, kind, prev, body, h, sig FROM journal WHERE seq > ? ORDER BY seq LIMIT ?", (after, SLICE)
        ).fetchall()
        if not rows:
            return
        for row in rows:
            if row[0] <= after:  # a damaged file's pages can lead back, and a walk through them never ends
                raise sqlite3.DatabaseError("the journal's records are not in their order")
            after = row[0]
            yield Row(*row)


def _damage(what: object) -> Fault:
    return Fault("file", None, f"The file is damaged: {what}.")


def _is_torn(row: Row) -> bool:
    """Whether a column holds what no record ever wrote: pages of a damaged file can read as rows."""
    return not all(isinstance(part, bytes) for part in (row.prev, row.body, row.h, row.sig)) or row.seq < 1


def _columns(row: Row) -> str | None:
    """Whether seq, id and kind, which programs look records up by, are those of the signed bytes."""
    try:
        body = json.loads(row.body)
        return None if (body["seq"], body["id"], body["kind"]) == (row.seq, row.id, row.kind) else "columns"
    except (ValueError, KeyError, TypeError):
        return "columns"


def _hash_before(connection: sqlite3.Connection, seq: int) -> bytes:
    row = connection.execute("SELECT h FROM journal WHERE seq = ?", (seq - 1,)).fetchone()
    return bytes(row[0]) if row else b""


def _words(sql: str) -> str:
    """SQL without its comments and line breaks, so that explaining it better changes nothing."""
    return " ".join(_COMMENT.sub("", sql).rstrip(";").split())
