"""Reading which paper receipts were keyed in here."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from countertui.domain.paper_books import Keyed, PaperNumber


class PaperKeyedRow(NamedTuple):
    """A paper number keyed in here: its record, its receipt (None: spoiled), and the date (ISO) on its form."""

    series: str
    paper_no: int
    seq: int
    receipt_no: str | None
    state: Keyed
    paper_date: str


_ROW = "SELECT series, paper_no, seq, receipt_no, state, paper_date FROM paper_keyed"


def paper_keyed(db: sqlite3.Connection, paper: PaperNumber) -> PaperKeyedRow | None:
    """A paper number, if it was keyed in here."""
    row = db.execute(f"{_ROW} WHERE series = ? AND paper_no = ?", paper).fetchone()
    return _row(row) if row else None


def papers_keyed(db: sqlite3.Connection) -> list[PaperKeyedRow]:
    """All that were keyed in here, by number."""
    return [_row(row) for row in db.execute(f"{_ROW} ORDER BY series, paper_no").fetchall()]


def last_paper_keyed(db: sqlite3.Connection) -> PaperKeyedRow | None:
    """The one keyed in last."""
    row = db.execute(f"{_ROW} ORDER BY seq DESC LIMIT 1").fetchone()
    return _row(row) if row else None


def _row(row: tuple[str, int, int, str | None, str, str]) -> PaperKeyedRow:
    return PaperKeyedRow(row[0], row[1], row[2], row[3], Keyed(row[4]), row[5])
