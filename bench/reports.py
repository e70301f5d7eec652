"""Reports over two years of the ledger's books, 1,000 receipts a day, over the bare queries of the same rows.

The floor of each: one SELECT by plain sqlite3 with the index there is, all rows fetched, and the sums in SQL. The
books are made by plain inserts of the shape that posting leaves, with every table that a report reads. What is printed
beside: how long the same sums take over the journal's own lines.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from bench.figures import Row, row, seconds

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from countertui.domain.report_period import By, Range
from countertui.domain.report_table import Asked
from countertui.ledger.books import Books
from countertui.ledger.reports import report
from ledger.town import founded

GOAL = 1.5
FIRST = date(2024, 11, 24)
TERMINALS, ACCOUNTS, CHECKS_IN, VOIDS_IN = 10, 24, 5, 100
_TENDERS = ("cash", "check", "card", "money_order")
_TENDER_SQL = " UNION ALL ".join(f"SELECT '{kind}' AS tender" for kind in _TENDERS)
_MONTH = "substr(biz_date, 1, 7)"
_ON = "{0}.terminal = s.terminal AND {0}.epoch = s.epoch AND {0}.session = s.id"


@dataclass(frozen=True)
class Told:
    """A report and its bare query, which has the first and the last day as its parameters, so often."""

    name: str
    by: By | None
    query: str
    parameters: int = 1


TOLD = (
    Told("gl", None, "SELECT fund, account, SUM(cents) FROM gl_day WHERE biz_date BETWEEN ? AND ? GROUP BY 1, 2"),
    Told(
        *("gl", By.MONTH),
        f"SELECT {_MONTH}, fund, account, SUM(cents) FROM gl_day WHERE biz_date BETWEEN ? AND ? GROUP BY 1, 2, 3",  # noqa: S608 - constants
    ),
    Told(
        *("drawers", None),
        f"""SELECT s.operator, s.biz_date, s.terminal, s.drawer,
          (SELECT SUM(receipts) FROM session_taken k WHERE {_ON.format("k")}),
          (SELECT SUM(cents) FROM session_tender x WHERE {_ON.format("x")}),
          (SELECT SUM(cents) FROM counted c WHERE {_ON.format("c")}), s.epoch, s.id
          FROM session s WHERE s.biz_date BETWEEN ? AND ? ORDER BY 1, 2, 3""",  # noqa: S608 - constants
    ),
    Told(
        *("totals", None),
        f"""SELECT s.biz_date, s.terminal, s.drawer, s.operator, t.tender, x.count, x.cents, c.cents, s.epoch, s.id
          FROM session s CROSS JOIN ({_TENDER_SQL}) t
          LEFT JOIN session_tender x ON {_ON.format("x")} AND x.tender = t.tender
          LEFT JOIN counted c ON {_ON.format("c")} AND c.tender = t.tender
          WHERE s.biz_date BETWEEN ? AND ? ORDER BY s.biz_date, s.terminal, s.epoch, s.open_seq""",  # noqa: S608 - constants
    ),
    Told(
        *("checks", None),
        """SELECT c.biz_date, c.terminal, c.receipt_no, c.reference, u.kind, c.cents FROM check_taken c
          LEFT JOIN undone u ON u.id = c.id WHERE c.biz_date BETWEEN ? AND ?
          ORDER BY c.biz_date, c.terminal, c.epoch, c.seq, c.n""",
    ),
    Told(
        *("voids", By.MONTH),
        f"""SELECT {_MONTH}, operator, SUM(receipts), SUM(cents) FROM session_taken
            WHERE biz_date BETWEEN ? AND ? GROUP BY 1, 2
          UNION ALL SELECT {_MONTH}, taken_by, COUNT(*), SUM(cents) FROM undone
            WHERE biz_date BETWEEN ? AND ? GROUP BY 1, 2, kind""",  # noqa: S608 - constants
        2,
    ),
    Told(
        *("over-short", By.MONTH),
        f"""SELECT substr(s.biz_date, 1, 7), COUNT(DISTINCT s.rowid), SUM(MAX(0, c.cents - x.cents)),
          SUM(MIN(0, c.cents - x.cents)) FROM session s CROSS JOIN ({_TENDER_SQL}) t
          LEFT JOIN session_tender x ON {_ON.format("x")} AND x.tender = t.tender
          LEFT JOIN counted c ON {_ON.format("c")} AND c.tender = t.tender
          WHERE s.biz_date BETWEEN ? AND ? AND s.close_seq IS NOT NULL GROUP BY 1""",  # noqa: S608 - constants
    ),
    Told(
        *("no-sales", None),
        "SELECT operator, SUM(no_sales), SUM(receipts) FROM session_taken WHERE biz_date BETWEEN ? AND ? GROUP BY 1",
    ),
    Told(
        *("lag", None),
        """SELECT s.biz_date, s.terminal, s.drawer, s.operator, d.biz_date,
            (SELECT MIN(l.dated) FROM bank_line l WHERE l.deposit = d.no), t.office
          FROM session s JOIN terminal t ON t.code = s.terminal AND t.epoch = s.epoch
          LEFT JOIN deposited p ON p.terminal = s.terminal AND p.epoch = s.epoch AND p.session = s.id
          LEFT JOIN deposit d ON d.no = p.seq
          WHERE s.biz_date BETWEEN ? AND ? AND s.close_seq IS NOT NULL
          ORDER BY s.biz_date, s.terminal, s.epoch, s.open_seq""",
    ),
)
_JOURNAL = """SELECT fund, account, SUM(cents) FROM gl_line WHERE biz_date BETWEEN ? AND ? GROUP BY 1, 2"""


def rows(days: int = 730, receipts: int = 1000, rounds: int = 5) -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="countertui-reports-") as folder:
        books = founded(Path(folder) / "ledger")
        path = books.engine.url.database
        if path is None:
            raise RuntimeError("these books are no file")
        made = seconds(lambda: _fill(path, days, receipts))
        found = []
        whole = Range(FIRST.isoformat(), (FIRST + timedelta(days - 1)).isoformat())
        quarter = Range((FIRST + timedelta(max(0, days - 92))).isoformat(), whole.until)
        bare = sqlite3.connect(path)
        journal = seconds(lambda: bare.execute(_JOURNAL, (whole.since, whole.until)).fetchall())
        for told in TOLD:
            for range_, what in ((whole, f"{days:,} days"), (quarter, "a quarter")):
                found.append(_row(books, bare, told, range_, what, rounds))
        bare.close()
        books.close()
    found[0]["detail"] += (
        f"; over {days * receipts * 3:,} lines of the journal {journal * 1000:,.0f} ms; made in {made:.0f} s"
    )
    return found


def _row(books: Books, bare: sqlite3.Connection, told: Told, range_: Range, what: str, rounds: int) -> Row:
    floors, values, read = [], [], [0]
    parameters = (range_.since, range_.until) * told.parameters
    with books.reading() as connection:

        def ask() -> None:
            table = report(connection, books.ledger, told.name, Asked(range_, by=told.by), "2026-11-23T18:00:00")
            read[0] = len(table.rows)

        for n in range(rounds):
            for work in ("floor", "value") if n % 2 else ("value", "floor"):
                if work == "floor":
                    floors.append(seconds(lambda: bare.execute(told.query, parameters).fetchall()) * 1000)
                else:
                    values.append(seconds(ask) * 1000)
    by = f" by {told.by.value}" if told.by else ""
    return row(f"report {told.name}{by}, {what}", floors, values, GOAL, "ms", f"{read[0]:,} rows")


def _fill(path: str, days: int, receipts: int) -> None:
    """Two years of days: each terminal's drawer opened, counted, deposited, in three lines a receipt."""
    db = sqlite3.connect(path)
    db.execute("PRAGMA synchronous=OFF")
    db.execute("PRAGMA journal_mode=OFF")
    with db:
        offices = [(f"O{n}", f"Office {n}", "") for n in range(3)]
        db.executemany("INSERT INTO office (code, name, address, changed_in) VALUES (?, ?, ?, 1)", offices)
        for at in range(TERMINALS):
            zeros = dict.fromkeys(("batch_no", "last_seq", "cum_net", "cum_abs", "posted_no", "posted_seq"), 0)
            said = {"code": f"T{at}", "epoch": 1, "office": f"O{at % 3}", "state": "active", **zeros}
            said |= {"public_key": "", "batch_hash": "", "head": ""}
            marks = ", ".join(f":{name}" for name in said)
            db.execute(f"INSERT INTO terminal ({', '.join(said)}) VALUES ({marks})", said)  # noqa: S608 - constants
        entry, each = 0, receipts // TERMINALS
        for n in range(days):
            day = (FIRST + timedelta(n)).isoformat()
            for at in range(TERMINALS):
                _session(db, day, n, at, each, entry)
                entry += each
            entry += 1
            _deposit(db, day, n, entry)
    db.close()


def _session(db: sqlite3.Connection, day: str, n: int, at: int, many: int, entry: int) -> None:
    terminal, session, first = f"T{at}", f"0190b2c4-{at:04}-7000-8000-{n:012}", n * (many + 10) + 1
    who, last = f"cashier{(at + n) % 12}", first + many + 5
    db.execute(
        "INSERT INTO session VALUES (?, 1, ?, ?, ?, ?, ?, ?)",
        (terminal, session, who, f"D{at}", day, first, last),
    )
    sums = [(kind, 0 if kind == "cash" else many // 4, many * 1000 + k) for k, kind in enumerate(_TENDERS)]
    tenders = [(terminal, 1, session, kind, count, cents) for kind, count, cents in sums]
    db.executemany("INSERT INTO session_tender VALUES (?, ?, ?, ?, ?, ?)", tenders)
    off = [(*tender[:5], tender[5] + (n % 7 - 3) * (tender[3] == "cash")) for tender in tenders]
    db.executemany("INSERT INTO counted VALUES (?, ?, ?, ?, ?, ?)", off)
    db.execute(
        "INSERT INTO session_taken VALUES (?, ?, 1, ?, ?, ?, ?, ?)",
        (day, terminal, session, who, many, many * 4000, n % 3),
    )
    numbers = range(many)
    receipts = [f"{terminal}-{n * many + k + 1}" for k in numbers]
    entries = [(entry + k + 1, terminal, 1, first + k + 1, "pay", day, receipts[k]) for k in numbers]
    db.executemany("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?)", entries)
    db.executemany("INSERT INTO gl_line VALUES (?, ?, ?, ?, ?, ?)", _lines(day, entry, many))
    sums_of = {}
    for _, _, _, fund, account, cents in _lines(day, entry, many):
        sums_of[fund, account] = sums_of.get((fund, account), 0) + cents
    db.executemany(
        "INSERT INTO gl_day VALUES (?, ?, 1, ?, ?, ?)",
        [(day, terminal, fund, account, cents) for (fund, account), cents in sorted(sums_of.items())],
    )
    ids = [f"0190b2c4-{at:04}-7001-8000-{n:06}{k:06}" for k in numbers]
    checks = [
        (str(1000 + k), terminal, 1, first + k + 1, 0, 4000 + k, day, receipts[k], ids[k]) for k in numbers[::CHECKS_IN]
    ]
    db.executemany("INSERT INTO check_taken VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", checks)
    undone = [
        (ids[k], "void" if k % 2 else "refund", terminal, 1, first + k + 2, day, terminal, who, 4000, f"{terminal}-{k}")
        for k in numbers[::VOIDS_IN]
    ]
    db.executemany("INSERT INTO undone VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", undone)


def _lines(day: str, entry: int, many: int) -> Iterator[tuple[int, int, str, str, str, int]]:
    for k in range(many):
        account = f"100-4{k % ACCOUNTS:03}"
        yield entry + k + 1, 0, day, "100", account, -4000 - k
        yield entry + k + 1, 1, day, "100", "100-4410", -25
        yield entry + k + 1, 2, day, "100", "100-1020", 4025 + k


def _deposit(db: sqlite3.Connection, day: str, n: int, entry: int) -> None:
    """The day's sessions in one bag, at the bank two days later."""
    body = json.dumps({"data": {"office": "O1", "composition": [], "total_cents": 1}}).encode()
    place = ("LEDGER", 1, n + 1)
    db.execute("INSERT INTO entry VALUES (?, ?, ?, ?, 'deposit', ?, NULL)", (entry, *place, day))
    db.execute("INSERT INTO record VALUES (?, ?, ?, ?, 'deposit', x'00', ?, ?)", (*place, f"deposit-{n}", entry, body))
    db.execute("INSERT INTO bag VALUES (?, ?)", (f"B-{n}", n + 1))
    said = (f"LEDGER-{n}", "O1", "100-1010", f"B-{n}", day, 1, "final", "deposited")
    db.execute("INSERT INTO deposit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (n + 1, *place, *said))
    sessions = [(f"T{at}", 1, f"0190b2c4-{at:04}-7000-8000-{n:012}", n + 1) for at in range(TERMINALS)]
    db.executemany("INSERT INTO deposited VALUES (?, ?, ?, ?)", sessions)
