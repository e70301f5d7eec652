"""Reading closed sessions that wait for the bank, the deposits made here, and what they carried."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from countertui.domain.deposit_making import Carried, Paper
from countertui.domain.safe_bags import BagPlace
from countertui.domain.tenders import TenderKind
from countertui.store.session_rows import SessionRow

Db = sqlite3.Connection

_WAITING = """SELECT id, drawer, operator, biz_date, fund_cents, opening_cents, open_seq, close_seq, closed_by
  FROM session WHERE close_seq IS NOT NULL AND NOT EXISTS (SELECT 1 FROM deposit_session
    WHERE deposit_session.terminal = ? AND deposit_session.epoch = ? AND deposit_session.session = session.id)
  ORDER BY open_seq DESC LIMIT ?"""
_PAPERS = """SELECT receipt_no, n, kind, cents, reference FROM receipt JOIN tender USING (receipt_no)
  WHERE seq BETWEEN ? AND ? AND session = ? AND state <> 'void' AND kind IN ('check', 'money_order') ORDER BY seq, n"""
_BAGS_LEFT = """SELECT dropped.session, dropped.bag, dropped.cents
  FROM dropped JOIN session ON session.id = dropped.session
  WHERE NOT EXISTS (SELECT 1 FROM deposit_bag AS held WHERE (held.terminal, held.epoch, held.session, held.bag)
    = (:terminal, :epoch, dropped.session, dropped.bag))
  AND (session.close_seq IS NULL OR EXISTS (SELECT 1 FROM deposit_session AS done
    WHERE (done.terminal, done.epoch, done.session) = (:terminal, :epoch, dropped.session)))
  ORDER BY dropped.seq"""
_DEPOSIT = """SELECT seq, n, slip_no, bag, biz_date, total_cents, final_seq, back_seq,
  json_extract(CAST(body AS TEXT), '$.data.bank') FROM deposit JOIN journal USING (seq)"""


class DepositRow(NamedTuple):
    """A bank deposit made here; final_seq and back_seq: the records that made it the final, and took it back.

    bank: the account in the books that it goes to.
    """

    seq: int
    n: int
    slip_no: str
    bag: str
    biz_date: str
    total_cents: int
    final_seq: int | None
    back_seq: int | None
    bank: str


def waiting_sessions(db: Db, terminal: str, epoch: int, limit: int) -> list[SessionRow]:
    """The last closed sessions of this terminal that are in no deposit made here, oldest first."""
    rows = db.execute(_WAITING, (terminal, epoch, limit)).fetchall()
    return [SessionRow(*row) for row in reversed(rows)]


def deposited(db: Db) -> set[tuple[str, int, str]]:
    """Sessions (terminal, epoch, id) of any terminal that are in a deposit made here that stands."""
    return set(db.execute("SELECT terminal, epoch, session FROM deposit_session").fetchall())


def bags_deposited(db: Db) -> set[BagPlace]:
    """Dropped bags of any terminal that are in a deposit made here that stands, with their session or apart from it."""
    return set(db.execute("SELECT terminal, epoch, session, bag FROM deposit_bag").fetchall())


def deposit_of_dropped(db: Db, session: str, bag: str) -> int | None:
    """The record of the deposit made here that a session's bag is in; None where it is in none that stands."""
    row = db.execute("SELECT seq FROM deposit_bag WHERE (session, bag) = (?, ?)", (session, bag)).fetchone()
    return int(row[0]) if row else None


def bags_left(db: Db, terminal: str, epoch: int) -> list[tuple[str, str, int]]:
    """Bags of this terminal's sessions in the safe (session, bag, cents) that can be deposited apart, oldest first.

    Those of sessions that are open, and of those that were deposited here without them.
    """
    return db.execute(_BAGS_LEFT, {"terminal": terminal, "epoch": epoch}).fetchall()


def papers_of(db: Db, session: SessionRow) -> list[Paper]:
    """The checks and money orders of a closed session's receipts that were not voided, in the receipts' order."""
    rows = db.execute(_PAPERS, (session.open_seq, session.close_seq, session.id)).fetchall()
    return [Paper(no, n, TenderKind(kind), reference, cents) for no, n, kind, cents, reference in rows]


def batch_of(db: Db, seq: int) -> int | None:
    """The number of the sealed batch that a record is in; None while it is not sealed."""
    row = db.execute("SELECT batch_no FROM batch WHERE ? BETWEEN first_seq AND last_seq", (seq,)).fetchone()
    return int(row[0]) if row else None


def deposits(db: Db, limit: int) -> list[DepositRow]:
    """The last deposits made here, newest first."""
    return [DepositRow(*row) for row in db.execute(f"{_DEPOSIT} ORDER BY seq DESC LIMIT ?", (limit,)).fetchall()]


def copies_of(db: Db, seq: int) -> int:
    """How often the slip of that deposit was printed again, by the records since."""
    (copies,) = db.execute(
        "SELECT COUNT(*) FROM journal WHERE seq > ? AND kind = 'deposit_copy'"
        " AND json_extract(CAST(body AS TEXT), '$.data.deposit.seq') = ?",
        (seq, seq),
    ).fetchone()
    return int(copies)


def deposit_at(db: Db, seq: int) -> DepositRow | None:
    """The deposit of a record."""
    row = db.execute(f"{_DEPOSIT} WHERE seq = ?", (seq,)).fetchone()
    return DepositRow(*row) if row else None


def last_slip(db: Db) -> int:
    """The number of the last slip drawn here, 0 before the first."""
    (n,) = db.execute("SELECT COALESCE(MAX(n), 0) FROM deposit").fetchone()
    return int(n)


def first_taken(db: Db, session: str) -> int | None:
    """The record that a session took its first money with, or was opened with where it took none."""
    query = "SELECT COALESCE((SELECT MIN(seq) FROM receipt WHERE session = ?1), open_seq) FROM session WHERE id = ?1"
    row = db.execute(query, (session,)).fetchone()
    return int(row[0]) if row else None


def deposit_of_bag(db: Db, bag: str) -> DepositRow | None:
    """The deposit in a bag, even one that was taken back: no bag is used twice."""
    row = db.execute(f"{_DEPOSIT} WHERE bag = ?", (bag,)).fetchone()
    return DepositRow(*row) if row else None


def bag_deposited(db: Db, bag: str) -> bool:
    """Whether a bag of that number was used for a deposit here, even one that was taken back."""
    return db.execute("SELECT 1 FROM deposit WHERE bag = ?", (bag,)).fetchone() is not None


def carried_open(db: Db) -> list[Carried]:
    """What deposits made here lacked and none found since, oldest first."""
    query = """SELECT item, tender, cents, receipt_no, reference, reason,
      json_extract(CAST(body AS TEXT), '$.data.bank') FROM deposit_carried
      JOIN journal USING (seq) WHERE found_seq IS NULL ORDER BY seq, item"""
    return [
        Carried(item, TenderKind(tender), cents, no, reference, reason, bank)
        for item, tender, cents, no, reference, reason, bank in db.execute(query).fetchall()
    ]


class LackedRow(NamedTuple):
    """What a deposit lacked and nobody found: its record, slip, its day (ISO), and what is not there."""

    item: str
    seq: int
    slip_no: str
    biz_date: str
    tender: str
    cents: int
    receipt_no: str
    reference: str
    reason: str


def lacked(db: Db) -> list[LackedRow]:
    """The same with the deposits that lacked it, oldest first."""
    query = """SELECT item, seq, slip_no, biz_date, tender, cents, receipt_no, reference, reason
      FROM deposit_carried JOIN deposit USING (seq) WHERE found_seq IS NULL ORDER BY seq, item"""
    return [LackedRow(*row) for row in db.execute(query).fetchall()]


def hash_of(db: Db, seq: int) -> str:
    """The chain hash of a record (hex)."""
    (h,) = db.execute("SELECT h FROM journal WHERE seq = ?", (seq,)).fetchone()
    return str(h.hex())


def found_later(db: Db, seq: int) -> bool:
    """Whether a later deposit that stands contains what this one carried: then it can't be taken back."""
    query = "SELECT 1 FROM deposit_carried WHERE seq = ? AND found_seq IS NOT NULL"
    return db.execute(query, (seq,)).fetchone() is not None


def deposited_on(db: Db, biz_date: str) -> bool:
    """Whether a session of a business date (ISO) is in a deposit made here."""
    query = "SELECT 1 FROM deposit_session WHERE biz_date = ? LIMIT 1"
    return db.execute(query, (biz_date,)).fetchone() is not None


def last_day_closed(db: Db) -> str:
    """The last business date (ISO) that a final deposit made here closed; empty where none did."""
    (biz_date,) = db.execute("SELECT COALESCE(MAX(biz_date), '') FROM deposit_day").fetchone()
    return str(biz_date)


def day_closed(db: Db, biz_date: str) -> int | None:
    """The final deposit that closed a business date (ISO), by its record; None if none did."""
    row = db.execute("SELECT seq FROM deposit_day WHERE biz_date = ?", (biz_date,)).fetchone()
    return int(row[0]) if row else None


def deposit_counts(db: Db) -> list[int]:
    """The records of the counts of cash that came after the last deposit made here, oldest first."""
    query = "SELECT seq FROM deposit_count WHERE seq > (SELECT COALESCE(MAX(seq), 0) FROM deposit) ORDER BY seq"
    return [row[0] for row in db.execute(query).fetchall()]
