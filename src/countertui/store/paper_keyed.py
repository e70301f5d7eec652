"""Reading which paper receipts were keyed in here."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from countertui.domain.paper_books import Gap, Keyed, PaperBook, PaperNumber, gaps
from countertui.store.reference import Reference


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


def missing_papers(db: sqlite3.Connection, reference: Reference) -> list[tuple[PaperBook, list[Gap]]]:
    """Each book of this terminal's office, with its numbers that nobody keyed in, as far as is known here."""
    office = str(db.execute("SELECT office FROM identity").fetchone()[0])
    here = papers_keyed(db)
    found = []
    for book in reference.paper_books(office):
        keyed = reference.papers_keyed(book.series)
        keyed |= {row.paper_no: row.paper_date for row in here if row.series == book.series}
        found.append((book, gaps(book, keyed)))
    return found


def _row(row: tuple[str, int, int, str | None, str, str]) -> PaperKeyedRow:
    return PaperKeyedRow(row[0], row[1], row[2], row[3], Keyed(row[4]), row[5])
