"""Checks taken, deposits made, and how long money waited for the bank."""

from __future__ import annotations

import json
from datetime import date

from sqlalchemy import Connection

from countertui.domain import report_shapes
from countertui.domain.desk_records import DESK
from countertui.domain.report_table import Asked, Column, ColumnKind, Drill, Row, Table, summed
from countertui.domain.tenders import TenderKind
from countertui.ledger.reports.asking import day_in, fetched, in_range

_CENTS, _COUNT, _DATE = ColumnKind.CENTS, ColumnKind.COUNT, ColumnKind.DATE


def checks(connection: Connection, asked: Asked) -> Table:
    """Every check taken, in the order of business dates, terminals and receipts; or how many in each period."""
    where, values = in_range(asked, "c")
    if asked.by is not None:
        found = fetched(
            connection,
            f"""SELECT {day_in(asked, "c")}, COUNT(*), CAST(SUM(c.cents) AS BIGINT) FROM check_taken c
              WHERE {where} GROUP BY 1 ORDER BY 1""",  # noqa: S608 - constants
            values,
        )
        return report_shapes.checks_by_period(asked, found)
    rows = fetched(
        connection,
        f"""SELECT c.biz_date, c.terminal, c.receipt_no, c.reference, COALESCE(u.kind, ''), c.cents FROM check_taken c
          LEFT JOIN undone u ON u.id = c.id
          WHERE {where} ORDER BY c.biz_date, c.terminal, c.epoch, c.seq, c.n""",  # noqa: S608 - constants
        values,
    )
    return report_shapes.checks(asked, rows)


def deposits(connection: Connection, asked: Asked) -> Table:
    """Each deposit: its bag, what it is made of, and the day that the bank had it, with what that was off."""
    found = fetched(
        connection,
        """SELECT e.biz_date, b.bag, r.body, a.off_cents, b.seq,
            (SELECT MIN(l.dated) FROM bank_line l WHERE l.deposit = b.seq)
          FROM entry e JOIN bag b ON b.seq = e.seq JOIN record r ON r.terminal = e.terminal AND r.seq = e.seq
          LEFT JOIN at_bank a ON a.deposit = b.seq
          WHERE e.terminal = ? AND e.biz_date BETWEEN ? AND ? ORDER BY e.biz_date, b.seq""",
        [DESK, asked.range.since, asked.range.until],
    )
    rows: list[Row] = []
    for day, bag, raw, off, seq, dated in found:
        data = json.loads(bytes(raw))["data"]
        if asked.office and data["office"] != asked.office:
            continue
        sums = {each["tender"]: each["cents"] for each in data["composition"]}
        checks_too = sum(sums.get(kind.value, 0) for kind in (TenderKind.CHECK, TenderKind.MONEY_ORDER))
        rest = data["total_cents"], dated or "", off, seq
        rows.append((day, data["office"], bag, sums.get(TenderKind.CASH.value, 0), checks_too, *rest))
    columns = (
        *(Column("date", _DATE), Column("office"), Column("bag"), Column("cash", _CENTS)),
        *(Column("checks, orders", _CENTS), Column("total", _CENTS), Column("at the bank", _DATE)),
        *(Column("bank is off", _CENTS), Column("record", _COUNT, for_programs=True)),
    )
    waiting = sum(row[6] == "" for row in rows)
    note = (f"{waiting:,} of them not at the bank as far as its files say.",) if waiting else ()
    totals = summed(columns, rows)
    return Table(
        *("deposits", "Deposits", asked, columns, rows, None if totals is None else (*totals[:8], "")),
        notes=note,
        drill=Drill("deposited", (8,)),
    )


def deposited(connection: Connection, asked: Asked) -> Table:
    """The sessions of a deposit; key: the number of its record."""
    rows = fetched(
        connection,
        """SELECT s.biz_date, s.terminal, s.drawer, s.operator,
            CAST(COALESCE((SELECT SUM(k.receipts) FROM session_taken k WHERE k.terminal = s.terminal
              AND k.epoch = s.epoch AND k.session = s.id), 0) AS BIGINT), s.epoch, s.id
          FROM deposited d JOIN session s ON s.terminal = d.terminal AND s.epoch = d.epoch AND s.id = d.session
          WHERE d.seq = ? ORDER BY s.biz_date, s.terminal, s.open_seq""",
        [int(asked.key[0])],
    )
    columns = (
        *(Column("date", _DATE), Column("terminal"), Column("drawer"), Column("operator"), Column("receipts", _COUNT)),
        *(Column("epoch", _COUNT, for_programs=True), Column("session", for_programs=True)),
    )
    return Table("deposited", "Sessions of a deposit", asked, columns, rows, drill=Drill("receipts", (1, 5, 6)))


def lag(connection: Connection, asked: Asked) -> Table:
    """How many days passed from each closed session's business date to its deposit, and to the bank's own date."""
    where, values = in_range(asked, "s")
    found = fetched(
        connection,
        f"""SELECT s.biz_date, s.terminal, s.drawer, s.operator, d.seq,
            (SELECT e.biz_date FROM record r JOIN entry e ON e.id = r.entry
              WHERE r.terminal = '{DESK}' AND r.epoch = 1 AND r.seq = d.seq),
            (SELECT MIN(l.dated) FROM bank_line l WHERE l.deposit = d.seq)
          FROM session s
          LEFT JOIN deposited d ON d.terminal = s.terminal AND d.epoch = s.epoch AND d.session = s.id
          WHERE {where} AND s.close_seq IS NOT NULL ORDER BY s.biz_date, s.terminal, s.epoch, s.open_seq""",  # noqa: S608 - constants
        values,
    )
    rows: list[Row] = [
        (*row[:4], row[5] or "", _days(row[0], row[5]), row[6] or "", _days(row[0], row[6])) for row in found
    ]
    columns = (
        *(Column("date", _DATE), Column("terminal"), Column("drawer"), Column("operator"), Column("deposited", _DATE)),
        *(Column("days", _COUNT), Column("at the bank", _DATE), Column("days there", _COUNT)),
    )
    missing = sum(row[4] == "" for row in rows)
    longest = max((row[5] for row in rows if isinstance(row[5], int)), default=None)
    notes = (
        *(() if longest is None else (f"The longest wait for a deposit was {longest} days.",)),
        *((f"{missing:,} closed sessions are in no deposit.",) if missing else ()),
    )
    return Table("lag", "Deposit lag", asked, columns, rows, notes=notes)


def _days(since: str, until: str | None) -> int | None:
    return None if until is None else (date.fromisoformat(until) - date.fromisoformat(since)).days
