"""From records of operators to their tables: who they are, and their PINs' tries."""

from __future__ import annotations

import sqlite3

from countertui.domain.operators import Change
from countertui.domain.records import Kind
from countertui.store.projection.by_kind import Body, ByKind


def _login(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    _pin_state(connection, body["operator"], 0, None)


def _pin_fail(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    _pin_state(connection, body["operator"], body["data"]["failures"], None)


def _pin_lock(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    _pin_state(connection, body["operator"], body["data"]["failures"], body["seq"])


def _unlock(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    _pin_state(connection, body["data"]["unlocked"], 0, None)


def _pin_state(connection: sqlite3.Connection, operator: str, failures: int, locked_seq: int | None) -> None:
    connection.execute(
        "INSERT INTO pin_state (operator, failures, locked_seq) VALUES (?, ?, ?)"
        " ON CONFLICT (operator) DO UPDATE SET failures = excluded.failures, locked_seq = excluded.locked_seq",
        (operator, failures, locked_seq),
    )


def _operator(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    data = body["data"]
    what = data.get("what")  # early records have none: they set a PIN
    if what in {Change.LEAVE, Change.REMOVED}:
        connection.execute(
            "INSERT INTO operator_leave (id, last_day, seq) VALUES (?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET last_day = excluded.last_day, seq = excluded.seq",
            (data["id"], data["active_to"], body["seq"]),
        )
    if what == Change.LEAVE:
        return
    connection.execute(
        "INSERT INTO operator_here (id, name, roles, verifier, seq) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET name = excluded.name, roles = excluded.roles, verifier = excluded.verifier,"
        " seq = excluded.seq",
        (data["id"], data["name"], data["roles"], data["verifier"], body["seq"]),
    )


OPERATORS: ByKind = {
    Kind.LOGIN: _login,
    Kind.PIN_FAIL: _pin_fail,
    Kind.PIN_LOCK: _pin_lock,
    Kind.UNLOCK: _unlock,
    Kind.OPERATOR: _operator,
}
