"""Closing, sealing and signing a day of payments over SELECTing the day's rows.

Timed are the counter's own three jobs: the blind count, the close with its Z report, and the seal with its signed
envelope, each committed. Every round has a fresh copy of the same store.
"""

from __future__ import annotations

import sqlite3
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
    floors: list[float] = []
    values: list[float] = []
    for n in range(rounds + 1):
        with till.scratch(source) as folder, till.opened(folder) as station:
            session = till.session_of_day(station)
            floor_first = n % 2 == 0
            if floor_first:
                floors.append(_floor(folder) * 1000)
            values.append(seconds(lambda: till.close_and_seal(station, session)) * 1000)  # noqa: B023 - called at once
            if not floor_first:
                floors.append(_floor(folder) * 1000)
    name = f"close, sign and seal {payments:,} payments"
    return [row(name, floors[1:], values[1:], GOAL, "ms", f"{rounds} rounds")]


def _floor(folder: Path) -> float:
    connection = sqlite3.connect(folder / "store.db")

    def select() -> None:
        for statement in SELECTS:
            connection.execute(statement).fetchall()

    taken = seconds(select)
    connection.close()
    return taken
