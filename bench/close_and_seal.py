"""Closing a day of payments over one pass over its records; and the same with its seal over SELECTing its rows.

Timed are the counter's own three jobs: the blind count and the close with its Z report (the first row), then the seal
with its signed envelope (both together: the second), each committed. A pass reads every record of the day, as the store
keeps it, and adds up its tenders. Every round has a fresh copy of the same store, and a station that has read nothing.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from bench.figures import Row, row, seconds

from bench import till

GOAL = 3.0
SELECTS = (
    "SELECT * FROM journal",
    "SELECT * FROM receipt",
    "SELECT * FROM receipt_line",
    "SELECT * FROM allocation",
    "SELECT * FROM tender",
    "SELECT * FROM drawer_move",
)


def rows(payments: int = till.A_DAY, rounds: int = 7) -> list[Row]:
    source = till.day_folder(payments)
    passes: list[float] = []
    floors: list[float] = []
    closes: list[float] = []
    values: list[float] = []
    for n in range(rounds + 1):
        with till.scratch(source) as folder, till.opened(folder) as station:
            session = till.session_of_day(station)
            floor_first = n % 2 == 0
            if floor_first:
                passes.append(_timed(folder, _one_pass))
                floors.append(_timed(folder, _select))
            closes.append(seconds(lambda: till.close(station, session)) * 1000)  # noqa: B023 - called at once
            values.append(closes[-1] + seconds(lambda: till.seal(station)) * 1000)
            if not floor_first:
                passes.append(_timed(folder, _one_pass))
                floors.append(_timed(folder, _select))
    each = f"{rounds} rounds"
    return [
        row(f"close a day of {payments:,} receipts", passes[1:], closes[1:], GOAL, "ms", f"one pass over it; {each}"),
        row(f"close, sign and seal {payments:,} payments", floors[1:], values[1:], GOAL, "ms", each),
    ]


def _timed(folder: Path, work: Callable[[sqlite3.Connection], object]) -> float:
    """Milliseconds, on a connection of its own."""
    connection = sqlite3.connect(folder / "store.db")
    taken = seconds(lambda: work(connection)) * 1000
    connection.close()
    return taken


def _one_pass(connection: sqlite3.Connection) -> Counter[str]:
    """The least that tells what should be in a drawer: each record read once, its tenders added up."""
    sums: Counter[str] = Counter()
    for (body,) in connection.execute("SELECT body FROM journal ORDER BY seq"):
        data = json.loads(body)["data"]
        for tender in data.get("tenders", ()):
            sums[tender["kind"]] += tender["cents"]
        sums["cash"] -= data.get("change_cents", 0)
    return sums


def _select(connection: sqlite3.Connection) -> None:
    for statement in SELECTS:
        connection.execute(statement).fetchall()
