"""From records of a terminal itself to its tables: its start, its keys, its snapshot, its batches."""

from __future__ import annotations

import sqlite3

from countertui.domain.records import Kind
from countertui.store.projection.by_kind import Body, ByKind


def _start(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    data = body["data"]
    if body["seq"] != 1:
        return
    connection.execute(
        "INSERT INTO identity (one, ledger, terminal, epoch, office, public_key, ledger_key)"
        " VALUES (1, ?, ?, ?, ?, ?, ?)",
        (body["ledger"], body["terminal"], body["epoch"], data["office"], data["public_key"], data["ledger_key"]),
    )
    connection.execute(
        "INSERT INTO counter (one, receipt_n, batch_no, batch_seq, cum_net, cum_abs, snapshot, last_utc)"
        " VALUES (1, ?, 0, 0, 0, 0, 0, '')",
        (data["receipt_n"],),
    )
    connection.execute("INSERT INTO own_key (seq, public_key, from_seq) VALUES (1, ?, 1)", (data["public_key"],))


def _key_rotate(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    """The new key signs from the record after the next seal: no batch is signed by two keys."""
    connection.execute("INSERT INTO own_key (seq, public_key) VALUES (?, ?)", (body["seq"], body["data"]["public_key"]))


def _snapshot_applied(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    connection.execute("UPDATE counter SET snapshot = ?", (body["data"]["version"],))


def _seal(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    data = body["data"]
    connection.execute(
        "INSERT INTO batch (batch_no, first_seq, last_seq, prev_batch_hash) VALUES (?, ?, ?, ?)",
        (data["batch_no"], data["first_seq"], data["last_seq"], data["prev_batch_hash"]),
    )
    connection.execute("UPDATE counter SET batch_no = ?, batch_seq = ?", (data["batch_no"], body["seq"]))
    connection.execute("UPDATE own_key SET from_seq = ? WHERE from_seq IS NULL", (body["seq"] + 1,))


TERMINAL: ByKind = {
    Kind.START: _start,
    Kind.KEY_ROTATE: _key_rotate,
    Kind.SNAPSHOT_APPLIED: _snapshot_applied,
    Kind.SEAL: _seal,
}
