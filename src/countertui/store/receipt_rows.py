"""Receipts and their tenders read from store.db. Every query has its index; every reader fetches all."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any, NamedTuple

from countertui.domain.money import Cents
from countertui.domain.paper_books import parsed_number
from countertui.domain.tenders import TenderKind
from countertui.store.paper_keyed import paper_keyed
from countertui.store.store import read_body
from countertui.store.words import has_words, words_of

Db = sqlite3.Connection


@dataclass(frozen=True, slots=True)
class Receipts:
    """How many receipts there are, and the first and the last number; empty where there are none."""

    count: int
    first: str
    last: str


class ReceiptRecord(NamedTuple):
    """A receipt as stored."""

    receipt_no: str
    seq: int
    id: str
    h: str
    session: str
    biz_date: str
    operator: str
    payor: str
    total_cents: int
    change_cents: int
    state: str
    request_seq: int | None
    end_seq: int | None
    copies: int


_IN_SESSION = """seq BETWEEN (SELECT open_seq FROM session WHERE id = ?1)
  AND (SELECT COALESCE(close_seq, 9223372036854775807) FROM session WHERE id = ?1) AND session = ?1"""
"""A session's receipts by their place in the journal, between its opening and its close, and not another drawer's."""
_RECEIPT = """SELECT receipt_no, seq, id, h, session, biz_date, operator, payor, total_cents, change_cents, state,
  request_seq, end_seq, copies FROM receipt"""
_PAID_ON = """SELECT receipt_no FROM receipt WHERE seq IN
  (SELECT DISTINCT seq FROM allocation WHERE account = ? ORDER BY seq DESC LIMIT 200)"""
_MOST_OF_A_PAYOR = 200
"""Of so many receipts by payors with a word that was typed, those are looked for that have all of them."""


def receipt(db: Db, receipt_no: str) -> ReceiptRecord | None:
    """A receipt by number."""
    row = db.execute(f"{_RECEIPT} WHERE receipt_no = ?", (receipt_no,)).fetchone()
    return ReceiptRecord(*row) if row else None


def receipt_at(db: Db, seq: int) -> ReceiptRecord | None:
    """The receipt of a record."""
    row = db.execute(f"{_RECEIPT} WHERE seq = ?", (seq,)).fetchone()
    return ReceiptRecord(*row) if row else None


def receipt_typed(db: Db, typed: str) -> ReceiptRecord | None:
    """A receipt by its number as typed, or by that of the paper receipt it was keyed in from."""
    found, paper = receipt(db, typed.upper()), parsed_number(typed)
    if found is None and paper is not None and (keyed := paper_keyed(db, paper)) and keyed.receipt_no:
        return receipt(db, keyed.receipt_no)
    return found


def receipts(db: Db, text: str, session_id: str | None, limit: int) -> list[ReceiptRecord]:
    """Receipts, newest first: all, or those whose number, payor, account or tender reference fits the text."""
    if session_id is not None:
        query, values = f"{_RECEIPT} WHERE {_IN_SESSION} ORDER BY seq DESC LIMIT ?2", (session_id, limit)
    elif not text:
        query, values = f"{_RECEIPT} ORDER BY seq DESC LIMIT ?", (limit,)  # type: ignore[assignment]
    else:
        return _matching(db, text, limit)
    return list(map(ReceiptRecord._make, db.execute(query, values).fetchall()))


def _matching(db: Db, text: str, limit: int) -> list[ReceiptRecord]:
    typed = text.strip()
    upper = typed.upper()
    numbers = {
        row[0]
        for query, value in (
            ("SELECT receipt_no FROM tender WHERE reference = ? AND reference <> '' LIMIT 200", typed),
            (_PAID_ON, upper),
        )
        for row in db.execute(query, (value,)).fetchall()
    }
    if (by_number := receipt_typed(db, typed)) is not None:
        numbers.add(by_number.receipt_no)
    found = [row for row in (receipt(db, number) for number in numbers) if row is not None]
    found += [row for row in _paid_by(db, typed, limit) if row.receipt_no not in numbers]
    return sorted(found, key=lambda row: -row.seq)[:limit]


def _paid_by(db: Db, typed: str, limit: int) -> set[ReceiptRecord]:
    """Receipts whose payor begins as typed, or has these words, at least one of them as the first."""
    found = set(_payor_begins(db, typed, limit))
    begun = words_of(typed)
    for word in begun:
        found |= {row for row in _payor_begins(db, word, _MOST_OF_A_PAYOR) if has_words(row.payor, begun)}
    return found


def _payor_begins(db: Db, beginning: str, limit: int) -> list[ReceiptRecord]:
    rows = db.execute(
        f"{_RECEIPT} WHERE payor COLLATE NOCASE >= ? AND payor COLLATE NOCASE < ?"
        " ORDER BY payor COLLATE NOCASE LIMIT ?",
        (beginning, beginning + "\U0010ffff", limit),
    ).fetchall()
    return list(map(ReceiptRecord._make, rows))


def receipts_for(db: Db, account: str, after_seq: int, limit: int) -> list[tuple[ReceiptRecord, int]]:
    """Receipts taken for an account after a record, newest first, each with the cents that it took for that account."""
    rows = db.execute(
        "SELECT seq, SUM(cents) FROM allocation WHERE account = ? AND seq > ? GROUP BY seq HAVING SUM(cents) > 0"
        " ORDER BY seq DESC LIMIT ?",
        (account, after_seq, limit),
    ).fetchall()
    found = ((receipt_at(db, seq), cents) for seq, cents in rows)
    return [(receipt, cents) for receipt, cents in found if receipt is not None]


def receipts_over(db: Db, total_cents: int, after_seq: int, limit: int) -> list[ReceiptRecord]:
    """Receipts over a total in cents, taken after a record, newest first."""
    query = f"{_RECEIPT} WHERE seq > ? AND total_cents = ? ORDER BY seq DESC LIMIT ?"
    return list(map(ReceiptRecord._make, db.execute(query, (after_seq, total_cents, limit)).fetchall()))


def receipts_of(db: Db, session_id: str) -> Receipts:
    """How many receipts a session has, and its first and last number."""
    first, last, count = db.execute(
        f"SELECT MIN(seq), MAX(seq), COUNT(*) FROM receipt WHERE {_IN_SESSION}",  # noqa: S608 - a constant
        (session_id,),
    ).fetchone()
    numbers = dict(db.execute("SELECT seq, receipt_no FROM receipt WHERE seq IN (?, ?)", (first, last)).fetchall())
    return Receipts(count, numbers.get(first, ""), numbers.get(last, ""))


def receipts_in(db: Db, session_id: str, state: str) -> list[ReceiptRecord]:
    """A session's receipts that are in a state, oldest first."""
    rows = db.execute(f"{_RECEIPT} WHERE {_IN_SESSION} AND state = ?2 ORDER BY seq", (session_id, state)).fetchall()
    return list(map(ReceiptRecord._make, rows))


class TenderRow(NamedTuple):
    """One tender of a receipt that stands; change_cents is the receipt's, on each of its tenders."""

    receipt_no: str
    kind: str
    cents: int
    change_cents: int


def tenders_of(db: Db, session_id: str) -> list[TenderRow]:
    """The tenders of a session's receipts that were not taken back, newest first."""
    query = f"""SELECT receipt_no, kind, cents, change_cents FROM receipt JOIN tender USING (receipt_no)
      WHERE {_IN_SESSION} AND state NOT IN ('void', 'refunded') ORDER BY seq DESC, n"""  # noqa: S608 - constants
    return [TenderRow(*row) for row in db.execute(query, (session_id,)).fetchall()]


def requested(db: Db) -> list[ReceiptRecord]:
    """Receipts with an open void or refund request, oldest first."""
    rows = db.execute(f"{_RECEIPT} WHERE state IN ('void_requested', 'refund_requested') ORDER BY seq").fetchall()
    return [ReceiptRecord(*row) for row in rows]


def tender_kinds(db: Db, receipt_no: str) -> list[TenderKind]:
    """What a receipt was paid with, in the order it was tendered."""
    rows = db.execute("SELECT kind FROM tender WHERE receipt_no = ? ORDER BY n", (receipt_no,)).fetchall()
    return [TenderKind(row[0]) for row in rows]


def tender(db: Db, receipt_no: str, n: int) -> tuple[str, Cents] | None:
    """The reference and cents of a receipt's nth tender, counted from 1."""
    row = db.execute("SELECT reference, cents FROM tender WHERE receipt_no = ? AND n = ?", (receipt_no, n)).fetchone()
    return (row[0], Cents(row[1])) if row else None


def body_of(db: Db, receipt_no: str) -> dict[str, Any]:
    """The body of the `pay` record behind a receipt. Raises KeyError for no receipt, RecordMissing for no record."""
    found = receipt(db, receipt_no)
    if found is None:
        raise KeyError(receipt_no)
    return read_body(db, found.seq)
