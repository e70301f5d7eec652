"""Reading sessions, receipts and money from store.db. Every query has its index; every reader fetches all."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from countertui.domain.drawers import Expected
from countertui.domain.money import Cents
from countertui.domain.paper_books import parsed_number
from countertui.domain.records import Kind
from countertui.domain.tenders import TenderKind
from countertui.store.paper_keyed import paper_keyed
from countertui.store.store import read_body
from countertui.store.words import has_words, words_of

Db = sqlite3.Connection


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A drawer session as stored."""

    id: str
    drawer: str
    operator: str
    biz_date: str
    fund_cents: int
    opening_cents: int
    open_seq: int
    close_seq: int | None
    closed_by: str | None


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


_SESSION = (
    "SELECT id, drawer, operator, biz_date, fund_cents, opening_cents, open_seq, close_seq, closed_by FROM session"
)
_IN_SESSION = """seq BETWEEN (SELECT open_seq FROM session WHERE id = ?1)
  AND (SELECT COALESCE(close_seq, 9223372036854775807) FROM session WHERE id = ?1) AND session = ?1"""
"""A session's receipts by their place in the journal, between its opening and its close, and not another drawer's."""
_RECEIPT = """SELECT receipt_no, seq, id, h, session, biz_date, operator, payor, total_cents, change_cents, state,
  request_seq, end_seq, copies FROM receipt"""
_PAID_ON = """SELECT receipt_no FROM receipt WHERE seq IN
  (SELECT DISTINCT seq FROM allocation WHERE account = ? ORDER BY seq DESC LIMIT 200)"""
_MOST_OF_A_PAYOR = 200
"""Of so many receipts by payors with a word that was typed, those are looked for that have all of them."""
_decode = json.JSONDecoder().raw_decode


def session(db: Db, id_: str) -> SessionRow | None:
    """A session by id."""
    row = db.execute(f"{_SESSION} WHERE id = ?", (id_,)).fetchone()
    return SessionRow(*row) if row else None


def open_sessions(db: Db) -> list[SessionRow]:
    """The sessions that are open, in the order they were opened."""
    rows = db.execute(f"{_SESSION} WHERE close_seq IS NULL ORDER BY open_seq").fetchall()
    return [SessionRow(*row) for row in rows]


def latest_sessions(db: Db, limit: int) -> list[SessionRow]:
    """The last sessions, newest first."""
    return [SessionRow(*row) for row in db.execute(f"{_SESSION} ORDER BY open_seq DESC LIMIT ?", (limit,)).fetchall()]


def applied_here(db: Db, account: str) -> list[tuple[int, str, dict[str, Any]]]:
    """What was applied here of an account's credit and still is: number, hash (hex) and body, newest first."""
    query = (
        "SELECT seq, hex(h), body FROM journal WHERE kind IN (?, ?)"
        " AND seq IN (SELECT seq FROM allocation WHERE account = ?) ORDER BY seq DESC"
    )
    rows = db.execute(query, (Kind.APPLY, Kind.UNAPPLY, account)).fetchall()
    found = [(seq, h.lower(), json.loads(body)) for seq, h, body in rows]
    gone = {body["data"]["original"]["id"] for _, _, body in found if body["kind"] == Kind.UNAPPLY}
    return [one for one in found if one[2]["kind"] == Kind.APPLY and one[2]["id"] not in gone]


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


class DroppedRow(NamedTuple):
    """A bag of cash that went from a session's drawer to the safe."""

    seq: int
    bag: str
    cents: int


def drops_of(db: Db, session_id: str) -> list[DroppedRow]:
    """A session's drops, oldest first."""
    query = "SELECT seq, bag, cents FROM dropped WHERE session = ? ORDER BY seq"
    return [DroppedRow(*row) for row in db.execute(query, (session_id,)).fetchall()]


def bag_used(db: Db, bag: str) -> bool:
    """Whether a bag of that number was dropped here before."""
    return db.execute("SELECT 1 FROM dropped WHERE bag = ?", (bag,)).fetchone() is not None


def no_sales(db: Db, session: SessionRow) -> list[dict[str, Any]]:
    """The bodies of a session's records of its drawer opened without a sale, oldest first."""
    return bodies_of_kind(db, session, Kind.NO_SALE)


def bodies_of_kind(db: Db, session: SessionRow, kind: Kind) -> list[dict[str, Any]]:
    """The bodies of a session's records of a kind, oldest first."""
    query = "SELECT body FROM journal WHERE seq > ? AND seq < COALESCE(?, 9e18) AND kind = ? ORDER BY seq"
    rows = db.execute(query, (session.open_seq, session.close_seq, kind.value)).fetchall()
    return [body for body in (json.loads(row[0]) for row in rows) if body["session"] == session.id]


def requested(db: Db) -> list[ReceiptRecord]:
    """Receipts with an open void or refund request, oldest first."""
    rows = db.execute(f"{_RECEIPT} WHERE state IN ('void_requested', 'refund_requested') ORDER BY seq").fetchall()
    return [ReceiptRecord(*row) for row in rows]


def expected(db: Db, session_id: str) -> dict[TenderKind, Expected]:
    """What should be in the drawer per tender kind, fund included; pieces of paper for all but cash."""
    rows = db.execute(
        "SELECT tender, SUM(count), SUM(cents) FROM drawer_move WHERE session = ? GROUP BY tender", (session_id,)
    ).fetchall()
    result = {}
    for tender, count, cents in rows:
        kind = TenderKind(tender)
        result[kind] = Expected(kind, 0 if kind is TenderKind.CASH else count, Cents(cents))
    return result


def expected_parts(db: Db, session_id: str) -> dict[TenderKind, dict[str, int]]:
    """What the expected figures are made of: cents per tender kind and fund, tender, change, void and refund."""
    rows = db.execute(
        "SELECT tender, what, SUM(cents) FROM drawer_move WHERE session = ? GROUP BY tender, what", (session_id,)
    ).fetchall()
    parts: dict[TenderKind, dict[str, int]] = {}
    for tender, what, cents in rows:
        parts.setdefault(TenderKind(tender), {})[what] = cents
    return parts


def drawer_moves(db: Db, session_id: str) -> dict[tuple[int, str, str], tuple[int, int]]:
    """Pieces and cents by (seq, tender, what) of a session, as the derived table has them."""
    rows = db.execute(
        "SELECT seq, tender, what, count, cents FROM drawer_move WHERE session = ?", (session_id,)
    ).fetchall()
    return {(seq, tender, what): (count, cents) for seq, tender, what, count, cents in rows}


def bodies_since(db: Db, seq: int) -> Iterator[tuple[int, dict[str, Any]]]:
    """Seq and parsed body of each record from one on, by the bytes that were signed. Raises ValueError for no JSON.

    One at a time: thousands kept together would be gone through by the garbage collector again and again.
    """
    rows = db.execute("SELECT seq, CAST(body AS TEXT) FROM journal WHERE seq >= ? ORDER BY seq", (seq,)).fetchall()
    for found, text in rows:
        body, end = _decode(text)
        if end != len(text):
            raise ValueError(f"record {found} is not one JSON object")
        yield found, body


def last_utc(db: Db) -> str:
    """The latest time any record says, ISO; empty before the first."""
    row = db.execute("SELECT last_utc FROM counter").fetchone()
    return str(row[0]) if row else ""


def clock_changes(db: Db) -> list[dict[str, int]]:
    """What was recorded of the clock after the last drawer was opened, in milliseconds."""
    rows = db.execute(
        "SELECT seq FROM journal WHERE seq > (SELECT COALESCE(MAX(open_seq), 0) FROM session)"
        " AND kind = 'clock_change' ORDER BY seq"
    ).fetchall()
    return [read_body(db, seq)["data"] for (seq,) in rows]


def snapshot_applied(db: Db) -> int:
    """The version of the snapshot last recorded as in use, 0 for none."""
    row = db.execute("SELECT snapshot FROM counter").fetchone()
    return int(row[0]) if row else 0


def last_seq(db: Db) -> int:
    """The sequence number of the last record, 0 before the first."""
    (seq,) = db.execute("SELECT COALESCE(MAX(seq), 0) FROM journal").fetchone()
    return int(seq)


def last_move(db: Db, session_id: str) -> int:
    """The last record that moved money in the session's drawer."""
    row = db.execute("SELECT MAX(seq) FROM drawer_move WHERE session = ?", (session_id,)).fetchone()
    return int(row[0] or 0)


class RaisedRow(NamedTuple):
    """A charge raised here: its id, head, day (ISO) it is due, description, GL account, cents that stand; seq: of the
    record that raised it first.
    """

    charge: str
    head: str
    due: str
    description: str
    gl: str
    cents: int
    seq: int


def paid_here(db: Db, account: str, after_seq: int) -> dict[str | None, int]:
    """Cents taken here for an account after a record, per charge (None: onto its credit), less what was raised."""
    query = (
        "SELECT charge, SUM(cents) FROM (SELECT charge, cents FROM allocation WHERE account = ? AND seq > ?"
        " UNION ALL SELECT charge, -cents FROM charge_raised WHERE account = ? AND seq > ?) GROUP BY charge"
    )
    return dict(db.execute(query, (account, after_seq, account, after_seq)).fetchall())


def received_here(db: Db, account: str, after_seq: int) -> int:
    """Cents taken here for an account after a record, whatever was raised on it."""
    query = "SELECT COALESCE(SUM(cents), 0) FROM allocation WHERE account = ? AND seq > ?"
    return int(db.execute(query, (account, after_seq)).fetchone()[0])


def raised_here(db: Db, account: str, after_seq: int) -> list[RaisedRow]:
    """The charges that were raised on an account here after a record, each once, in the order they were; cents are
    what stands of them.
    """
    query = (
        "SELECT charge, head, due, description, gl, SUM(cents), MIN(seq) FROM charge_raised"
        " WHERE account = ? AND seq > ? GROUP BY charge ORDER BY MIN(seq), MIN(n)"
    )
    return list(map(RaisedRow._make, db.execute(query, (account, after_seq)).fetchall()))


def put_on_credit_here(db: Db, account: str, after_seq: int) -> list[tuple[int, int]]:
    """Each record here after one that moved money on an account's credit, and cents, oldest first."""
    return db.execute(
        "SELECT seq, SUM(cents) FROM allocation WHERE account = ? AND seq > ? AND charge IS NULL GROUP BY seq"
        " ORDER BY seq",
        (account, after_seq),
    ).fetchall()


def paid_accounts(db: Db, after_seq: int) -> dict[str, int]:
    """Cents taken here after a record, less what was raised, for every account that has any."""
    rows = db.execute(
        "SELECT account, SUM(cents) FROM (SELECT account, cents FROM allocation WHERE seq > ? AND account IS NOT NULL"
        " UNION ALL SELECT account, -cents FROM charge_raised WHERE seq > ?) GROUP BY account",
        (after_seq, after_seq),
    ).fetchall()
    return dict(rows)


def paid_sums(db: Db, accounts: list[str], after_seq: int) -> dict[str, int]:
    """Cents taken here after a record, less what was raised, for each of the accounts that has any."""
    if not accounts:
        return {}
    marks = ", ".join("?" * len(accounts))
    query = (
        f"SELECT account, SUM(cents) FROM (SELECT account, cents FROM allocation WHERE account IN ({marks}) AND seq > ?"  # noqa: S608 - marks alone
        f" UNION ALL SELECT account, -cents FROM charge_raised WHERE account IN ({marks}) AND seq > ?)"
        " GROUP BY account"
    )
    return dict(db.execute(query, (*accounts, after_seq, *accounts, after_seq)).fetchall())


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
