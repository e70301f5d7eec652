"""From records of drawer sessions to their tables: opened, counted, dropped from, closed."""

from __future__ import annotations

import sqlite3

from countertui.domain.drawers import drawer_moves
from countertui.domain.records import Kind
from countertui.store.projection.by_kind import Body, ByKind

_MOVE = """INSERT INTO drawer_move (seq, session, tender, what, count, cents) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (session, seq, tender, what)
  DO UPDATE SET count = count + excluded.count, cents = cents + excluded.cents"""


def _open(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    data = body["data"]
    connection.execute(
        "INSERT INTO session (id, drawer, operator, biz_date, fund_cents, opening_cents, open_seq)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            body["session"],
            data["drawer"],
            body["operator"],
            body["biz_date"],
            data["fund_cents"],
            data["counted_cents"],
            body["seq"],
        ),
    )
    move(connection, body)


def _drop(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    data = body["data"]
    row = (body["seq"], body["session"], data["bag"], data["cents"])
    connection.execute("INSERT INTO dropped (seq, session, bag, cents) VALUES (?, ?, ?, ?)", row)
    move(connection, body)


def _count(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    connection.executemany(
        "INSERT INTO drawer_count (seq, session, tender, count, cents) VALUES (?, ?, ?, ?, ?)",
        [(body["seq"], body["session"], c["tender"], c["count"], c["cents"]) for c in body["data"]["counted"]],
    )


def _close(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    data = body["data"]
    connection.execute(
        "UPDATE session SET close_seq = ?, closed_by = ? WHERE id = ?",
        (body["seq"], body["operator"], body["session"]),
    )
    counted = {c["tender"]: c for c in data["counted"]}
    connection.executemany(
        "INSERT INTO close_count (session, tender, counted, counted_cents, expected, expected_cents)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        [
            (
                body["session"],
                expected["tender"],
                counted[expected["tender"]]["count"],
                counted[expected["tender"]]["cents"],
                expected["count"],
                expected["cents"],
            )
            for expected in data["expected"]
        ],
    )


def move(connection: sqlite3.Connection, body: Body) -> None:
    """Keep what a record moves in its session's drawer."""
    seq, session = body["seq"], body["session"]
    connection.executemany(_MOVE, [(seq, session, *move) for move in drawer_moves(body["kind"], body["data"])])


DRAWERS: ByKind = {
    Kind.OPEN: _open,
    Kind.DROP: _drop,
    Kind.COUNT: _count,
    Kind.CLOSE: _close,
}
