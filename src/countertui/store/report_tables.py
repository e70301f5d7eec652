"""A terminal's own journal as the reports that the ledger has of all: closed drawers' money, everybody's counts.

What an open drawer took is in none of them: whoever counts it counts blind. Each reads one store.db, no network.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from countertui.domain import report_shapes
from countertui.domain.records import Kind
from countertui.domain.report_period import By, months_of, part_of, range_of_period
from countertui.domain.report_table import Asked, Row, Table
from countertui.domain.tenders import TenderKind

Db = sqlite3.Connection
_RECEIPTS = "r.seq BETWEEN s.open_seq AND COALESCE(s.close_seq, 9223372036854775807) AND r.session = s.id"
_CLOSED = "s.biz_date BETWEEN :since AND :until AND s.close_seq IS NOT NULL"
_SLICE = 5_000
_PLACES = {kind.value: n for n, kind in enumerate(TenderKind)}
_MONEY = frozenset({Kind.PAY.value, Kind.VOID.value, Kind.REFUND.value})


def drawers(db: Db, asked: Asked) -> Table:
    """Each operator's closed drawers."""
    terminal, epoch = _place(db)
    rows = _sliced(
        *(db, asked),
        f"""SELECT s.operator, s.biz_date, :terminal, s.drawer, (SELECT COUNT(*) FROM receipt r WHERE {_RECEIPTS}),
          SUM(c.expected_cents), SUM(c.counted_cents), :epoch, s.id
          FROM session s JOIN close_count c ON c.session = s.id WHERE {_CLOSED}
          GROUP BY s.id ORDER BY s.biz_date, s.open_seq""",  # noqa: S608 - constants
        terminal=terminal,
        epoch=epoch,
    )
    return report_shapes.drawers(asked, sorted(rows, key=lambda row: row[0]))


def totals(db: Db, asked: Asked) -> Table:
    """Z of each closed drawer, tender by tender; key: a day of the period that is asked for, or nothing."""
    days = part_of(asked.range, asked.key[0], asked.by or By.DAY, asked.year_from) if asked.key else asked.range
    asked = replace(asked, range=days)
    terminal, epoch = _place(db)
    found = _sliced(
        *(db, asked),
        f"""SELECT s.biz_date, s.drawer, s.operator, c.tender, c.expected, c.expected_cents, c.counted_cents, s.id
          FROM session s JOIN close_count c ON c.session = s.id WHERE {_CLOSED} ORDER BY s.biz_date, s.open_seq""",  # noqa: S608 - constants
    )
    order = {id_: n for n, id_ in enumerate(dict.fromkeys(row[-1] for row in found))}
    found.sort(key=lambda row: (order[row[-1]], _PLACES.get(row[3], len(_PLACES))))
    rows = [
        (day, terminal, drawer, who, "Z", tender, None if tender == TenderKind.CASH else n, *cents, epoch, id_)
        for day, drawer, who, tender, n, *cents, id_ in found
    ]
    return report_shapes.session_totals(asked, rows)


def checks(db: Db, asked: Asked) -> Table:
    """Every check of closed drawers, or how many in each period."""
    terminal, _ = _place(db)
    found = _sliced(
        *(db, asked),
        f"""SELECT r.biz_date, :terminal, r.receipt_no, t.reference,
          CASE r.state WHEN 'void' THEN 'void' WHEN 'refunded' THEN 'refund' WHEN 'returned' THEN 'returned' ELSE '' END,
          t.cents FROM session s JOIN receipt r ON {_RECEIPTS} JOIN tender t ON t.receipt_no = r.receipt_no
          WHERE {_CLOSED} AND t.kind = 'check' ORDER BY r.biz_date, r.seq, t.n""",  # noqa: E501, S608 - constants
        terminal=terminal,
    )
    if asked.by is not None:
        return report_shapes.checks_by_period(asked, ((row[0], 1, row[-1]) for row in found))
    return report_shapes.checks(asked, found)


def voids(db: Db, asked: Asked) -> Table:
    """Receipts of closed drawers, and how many of each cashier's were voided or refunded here."""
    rows = _sliced(
        *(db, asked),
        f"""SELECT s.biz_date, r.operator, COUNT(*), SUM(r.total_cents), 0, 0, 0, 0
          FROM session s JOIN receipt r ON {_RECEIPTS} WHERE {_CLOSED} GROUP BY s.biz_date, r.operator""",  # noqa: S608 - constants
    )
    for body, taken_by, cents in _undone(db, asked):
        sums = (1, cents, 0, 0) if body["kind"] == Kind.VOID else (0, 0, 1, cents)
        rows.append((body["biz_date"], taken_by, 0, 0, *sums))
    return report_shapes.voids(asked, rows)


def voided(db: Db, asked: Asked) -> Table:
    """Each void and refund here; key: the cashier who took the receipts, or nothing for all."""
    rows = [
        (
            *(body["biz_date"], body["data"]["original"]["receipt_no"], body["kind"], taken_by, body["operator"]),
            *(body["approver"] or "", body["data"]["reason"], cents),
        )
        for body, taken_by, cents in _undone(db, asked)
        if not asked.key or taken_by == asked.key[0]
    ]
    return report_shapes.voided(asked, rows)


def no_sales(db: Db, asked: Asked) -> Table:
    """How often each operator opened a drawer here without a sale."""
    rows = _sliced(
        *(db, asked),
        f"""SELECT s.biz_date, r.operator, 0, COUNT(*) FROM session s JOIN receipt r ON {_RECEIPTS}
          WHERE s.biz_date BETWEEN :since AND :until GROUP BY s.biz_date, r.operator""",  # noqa: S608 - constants
    )
    rows += [(row[0], row[3], 1, 0) for row in _openings(db, asked)]
    return report_shapes.no_sales(asked, rows)


def opened(db: Db, asked: Asked) -> Table:
    """Each time a drawer was opened here without a sale; key: the operator, or nothing for all."""
    return report_shapes.opened(asked, [row for row in _openings(db, asked) if not asked.key or row[3] == asked.key[0]])


def over_short(db: Db, asked: Asked) -> Table:
    """What was over and what short in closed drawers."""
    rows = _sliced(
        *(db, asked),
        f"""SELECT s.biz_date, COUNT(DISTINCT s.id), SUM(MAX(0, c.counted_cents - c.expected_cents)),
          SUM(MIN(0, c.counted_cents - c.expected_cents)), SUM(c.counted_cents - c.expected_cents)
          FROM session s JOIN close_count c ON c.session = s.id WHERE {_CLOSED}
          GROUP BY s.biz_date ORDER BY s.biz_date""",  # noqa: S608 - constants
    )
    return report_shapes.over_short(asked, rows)


def gaps(db: Db, asked: Asked) -> Table:
    """Receipt numbers missing between those of this journal: none, but those that a restored copy left out."""
    terminal, _ = _place(db)
    found: dict[tuple[int, int], tuple[str, str, str]] = {}
    last, after = 0, ""
    for number, day in _by_seq(db, "SELECT receipt_no, biz_date FROM receipt WHERE seq > ? AND seq <= ? ORDER BY seq"):
        n = int(number.rpartition("-")[2])
        if last and n != last + 1:
            found[last + 1, n - 1] = after, day, report_shapes.UNKNOWN_CAUSE
        last, after = n, day
    for (raw,) in db.execute("SELECT body FROM journal WHERE seq <= 10 AND kind = 'restore'").fetchall():
        left = json.loads(raw)["data"]
        if left["first_n"] != left["receipt_n"] + 1:
            numbers = left["receipt_n"] + 1, left["first_n"] - 1
            found[numbers] = *found.get(numbers, ("", ""))[:2], report_shapes.ON_PAPER_ALONE
    return report_shapes.gaps(asked, [(terminal, *numbers, *days) for numbers, days in sorted(found.items())])


def receipts(db: Db, asked: Asked) -> Table:
    """What was taken and taken back in one closed session; key: terminal, epoch, session."""
    session = asked.key[2]
    found = db.execute(
        """SELECT j.body, COALESCE(r.state, '') FROM session s
          JOIN journal j ON j.seq BETWEEN s.open_seq AND s.close_seq
          LEFT JOIN receipt r ON r.seq = j.seq WHERE s.id = ? ORDER BY j.seq""",
        (session,),
    ).fetchall()
    return report_shapes.receipts(asked, _money_of(found, session))


TABLES: Mapping[str, Callable[[Db, Asked], Table]] = {
    "drawers": drawers,
    "totals": totals,
    "checks": checks,
    "voids": voids,
    "gaps": gaps,
    "over-short": over_short,
    "no-sales": no_sales,
}
"""By name, as `domain/report_names.py` lists them."""
PARTS: Mapping[str, Callable[[Db, Asked], Table]] = {"receipts": receipts, "voided": voided, "opened": opened}
"""What rows of those lead to."""


def _money_of(found: list[tuple[bytes, str]], session: str) -> Iterator[Row]:
    undone = {"void": " (void)", "refunded": " (refund)", "returned": " (returned)"}
    for raw, state in found:
        body = json.loads(raw)
        if body["kind"] not in _MONEY or body["session"] != session:
            continue
        data, is_pay = body["data"], body["kind"] == Kind.PAY
        number = body["receipt_no"] if is_pay else data["original"]["receipt_no"]
        tenders = ", ".join(dict.fromkeys(each["kind"] for each in data.get("tenders", ())))
        cents = data["total_cents"] if is_pay else -data["total_cents"]
        told = f"{body['kind']}{undone.get(state, '')}", data.get("payor", ""), tenders
        yield number, body["utc"][11:16], *told, cents


def _undone(db: Db, asked: Asked) -> list[tuple[dict[str, Any], str, int]]:
    """Bodies of voids and refunds of those days, with who took the receipt and its cents, in their order."""
    rows = _by_seq(
        db,
        """SELECT j.body, r.operator, r.total_cents FROM receipt r JOIN journal j ON j.seq = r.end_seq
          WHERE r.seq > ? AND r.seq <= ? AND r.state IN ('void', 'refunded')""",
    )
    found = ((json.loads(raw), operator, cents) for raw, operator, cents in rows)
    days = asked.range
    return sorted(
        (row for row in found if days.since <= (row[0]["biz_date"] or "") <= days.until), key=lambda row: row[0]["seq"]
    )


def _openings(db: Db, asked: Asked) -> list[Row]:
    terminal, _ = _place(db)
    rows = _sliced(
        *(db, asked),
        """SELECT s.biz_date, s.id, j.body FROM session s JOIN journal j
          ON j.seq BETWEEN s.open_seq AND COALESCE(s.close_seq, 9223372036854775807) AND j.kind = 'no_sale'
          WHERE s.biz_date BETWEEN :since AND :until ORDER BY j.seq""",
    )
    found = ((day, id_, json.loads(raw)) for day, id_, raw in rows)
    return [
        (day, terminal, body["data"]["drawer"], body["operator"], body["utc"][11:16], body["data"]["reason"])
        for day, id_, body in found
        if body["session"] == id_
    ]


def _sliced(db: Db, asked: Asked, query: str, **named: Any) -> list[Any]:
    """The rows of a query between :since and :until, a month of them at a time: a payment waits for one alone."""
    rows: list[Any] = []
    for first in months_of(asked.range):
        days = range_of_period(first, By.MONTH)
        since, until = max(days.since, asked.range.since), min(days.until, asked.range.until)
        rows += db.execute(query, {"since": since, "until": until, **named}).fetchall()
    return rows


def _by_seq(db: Db, query: str) -> Iterator[Any]:
    """The rows of a query between two sequence numbers, some thousand records at a time."""
    (last,) = db.execute("SELECT COALESCE(MAX(seq), 0) FROM receipt").fetchone()
    for first in range(0, last, _SLICE):
        yield from db.execute(query, (first, first + _SLICE)).fetchall()


def _place(db: Db) -> tuple[str, int]:
    """This terminal's code and epoch."""
    terminal, epoch = db.execute("SELECT terminal, epoch FROM identity").fetchone()
    return terminal, epoch
