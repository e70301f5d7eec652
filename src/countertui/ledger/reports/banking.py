"""Checks taken, deposits made, and how long money waited for the bank."""

from __future__ import annotations

import json
from datetime import date
from functools import lru_cache

from sqlalchemy import Connection

from countertui.domain import report_shapes
from countertui.domain.deposit_deadlines import DepositRules, deposit_rules_from, due
from countertui.domain.reference import CityKey
from countertui.domain.report_table import Asked, Column, ColumnKind, Drill, Row, Table, summed
from countertui.domain.tenders import TenderKind
from countertui.ledger.reports.asking import day_in, fetched, in_range, whole_number
from countertui.ledger.terminal_deposits import TAKEN_BACK

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
    """Each deposit: its bag, how it stands, what is in it, its account, when the bank had it, what that was off."""
    where, values = "d.biz_date BETWEEN ? AND ?", [asked.range.since, asked.range.until]
    if asked.office:
        where, values = f"{where} AND d.office = ?", [*values, asked.office]
    found = fetched(
        connection,
        f"""SELECT d.biz_date, d.office, d.bag, d.state, d.stage, d.total_cents, d.no, r.body, a.off_cents, d.account,
            (SELECT MIN(l.dated) FROM bank_line l WHERE l.deposit = d.no),
            (SELECT COUNT(*) FROM couriered c WHERE c.bag = d.bag)
          FROM deposit d
          LEFT JOIN record r ON r.terminal = d.terminal AND r.epoch = d.epoch AND r.seq = d.seq
          LEFT JOIN at_bank a ON a.deposit = d.no
          WHERE {where} ORDER BY d.biz_date, d.office, d.no""",  # noqa: S608 - constants
        values,
    )
    rows: list[Row] = []
    standing: list[Row] = []
    for day, office, bag, state, stage, total, no, raw, off, account, dated, couriers in found:
        cash, paper = _made_of(raw)
        stands = ", ".join(filter(None, (stage if state == "deposited" else state, "courier" if couriers else "")))
        rows.append((day, office, bag, stands.replace("_", " "), cash, paper, total, dated or "", off, account, no))
        if state != TAKEN_BACK:
            standing.append(rows[-1])
    columns = (
        *(Column("date", _DATE), Column("office"), Column("bag"), Column("state"), Column("cash", _CENTS)),
        *(Column("checks, orders", _CENTS), Column("total", _CENTS), Column("at the bank", _DATE)),
        *(Column("bank is off", _CENTS), Column("account"), Column("number", _COUNT, for_programs=True)),
    )
    waiting = sum(row[7] == "" for row in standing)
    notes = (
        *((f"{waiting:,} of them not at the bank as far as its files say.",) if waiting else ()),
        *(("What was taken back is in no total.",) if len(standing) < len(rows) else ()),
    )
    totals = summed(columns, standing)
    return Table(
        *("deposits", "Deposits", asked, columns, rows, None if totals is None else (*totals[:9], "", "")),
        notes=notes,
        drill=Drill("deposited", (10,)),
    )


def deposited(connection: Connection, asked: Asked) -> Table:
    """The sessions of a deposit; key: its number."""
    rows = fetched(
        connection,
        """SELECT s.biz_date, s.terminal, s.drawer, s.operator,
            CAST(COALESCE((SELECT SUM(k.receipts) FROM session_taken k WHERE k.terminal = s.terminal
              AND k.epoch = s.epoch AND k.session = s.id), 0) AS BIGINT), s.epoch, s.id
          FROM deposited d JOIN session s ON s.terminal = d.terminal AND s.epoch = d.epoch AND s.id = d.session
          WHERE d.seq = ? ORDER BY s.biz_date, s.terminal, s.open_seq""",
        [whole_number(asked.key[0])],
    )
    columns = (
        *(Column("date", _DATE), Column("terminal"), Column("drawer"), Column("operator"), Column("receipts", _COUNT)),
        *(Column("epoch", _COUNT, for_programs=True), Column("session", for_programs=True)),
    )
    return Table("deposited", "Sessions of a deposit", asked, columns, rows, drill=Drill("receipts", (1, 5, 6)))


def lag(connection: Connection, asked: Asked) -> Table:
    """How many days passed from each closed session's business date to its deposit, and to the bank's own date.

    Beside them the day by which the city's rules want it deposited, where it has such rules, and the days it is late:
    by the moment of the deposit's record, or by today's.
    """
    where, values = in_range(asked, "s")
    found = fetched(
        connection,
        f"""SELECT s.biz_date, s.terminal, s.drawer, s.operator, d.biz_date,
            (SELECT MIN(l.dated) FROM bank_line l WHERE l.deposit = d.no), t.office
          FROM session s JOIN terminal t ON t.code = s.terminal AND t.epoch = s.epoch
          LEFT JOIN deposited p ON p.terminal = s.terminal AND p.epoch = s.epoch AND p.session = s.id
          LEFT JOIN deposit d ON d.no = p.seq
          WHERE {where} AND s.close_seq IS NOT NULL ORDER BY s.biz_date, s.terminal, s.epoch, s.open_seq""",  # noqa: S608 - constants
        values,
    )
    due_by = _due_days(connection, asked)
    today = _last_heard(connection) or asked.range.until
    rows: list[Row] = []
    for day, terminal, drawer, operator, deposited_on, dated, office in found:
        due_on = due_by.get((office, day), "")
        late = max(0, _days(due_on, deposited_on or today) or 0) if due_on else None
        there = _days(day, dated)
        rows.append(
            (day, terminal, drawer, operator, deposited_on or "", _days(day, deposited_on), there, due_on, late)
        )
    columns = (
        *(Column("date", _DATE), Column("terminal"), Column("drawer"), Column("operator"), Column("deposited", _DATE)),
        *(Column("days", _COUNT), Column("days to bank", _COUNT), Column("due", _DATE), Column("days late", _COUNT)),
    )
    missing = sum(row[4] == "" for row in rows)
    longest = max((row[5] for row in rows if isinstance(row[5], int)), default=None)
    overdue = sum(bool(row[8]) for row in rows)
    notes = (
        *(() if longest is None else (f"The longest wait for a deposit was {longest} days.",)),
        *((f"{missing:,} closed sessions are in no deposit.",) if missing else ()),
        *((f"{overdue:,} of them late by the city's rules.",) if overdue else ()),
    )
    return Table("lag", "Deposit lag", asked, columns, rows, notes=notes)


def _made_of(raw: bytes | None) -> tuple[int | None, int | None]:
    """Cash, and checks and money orders, as a deposit's record says; None where it says none."""
    data = {} if raw is None else json.loads(bytes(raw))["data"]
    parts = data.get("composition")
    if not isinstance(parts, list):
        return None, None
    sums = {each["tender"]: each["cents"] for each in parts}
    paper = sum(sums.get(kind.value, 0) for kind in (TenderKind.CHECK, TenderKind.MONEY_ORDER))
    return sums.get(TenderKind.CASH.value, 0), paper


def _due_days(connection: Connection, asked: Asked) -> dict[tuple[str, str], str]:
    """By office and business date: the day by which the city's rules want its money deposited.

    A day's money is what was counted but for cards, less the funds of the drawers; it counts from the day's beginning,
    as when it was taken is not known here. Empty without rules.
    """
    text = fetched(connection, "SELECT value FROM city WHERE key = ?", [CityKey.RULES.value])
    # Not all of the city's rules are read for these few: that takes longer than the report.
    rules = deposit_rules_from(json.loads(text[0][0]).get("deposits", {})) if text else DepositRules()
    if not rules.deadlines:
        return {}
    where, values = in_range(asked, "s")
    found = fetched(
        connection,
        f"""SELECT t.office, s.biz_date, CAST(SUM(COALESCE((SELECT SUM(c.cents) FROM counted c
              WHERE c.terminal = s.terminal AND c.epoch = s.epoch AND c.session = s.id AND c.tender <> 'card'), 0)
            - COALESCE((SELECT d.fund_cents FROM drawer d WHERE d.code = s.drawer), 0)) AS BIGINT)
          FROM session s JOIN terminal t ON t.code = s.terminal AND t.epoch = s.epoch
          WHERE {where} AND s.close_seq IS NOT NULL GROUP BY t.office, s.biz_date""",  # noqa: S608 - constants
        values,
    )
    days: dict[tuple[str, str], str] = {}
    for office, day, cents in found:
        wanted = due(rules.of_office(office), date.fromisoformat(day), None, cents, rules.bank_days)
        if wanted is not None:
            days[office, day] = wanted.when.date().isoformat()
    return days


def _last_heard(connection: Connection) -> str:
    """The day on which anything was heard last."""
    rows = fetched(connection, "SELECT COALESCE(MAX(heard_at), '') FROM terminal")
    return str(rows[0][0])[:10]


@lru_cache(maxsize=4096)
def _days(since: str, until: str | None) -> int | None:
    """Days from one to another; a day has many drawers, and they went to the bank together."""
    return None if until is None else (date.fromisoformat(until) - date.fromisoformat(since)).days
