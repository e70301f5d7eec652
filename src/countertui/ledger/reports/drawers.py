"""Drawers: whose they were, what should have been in them and what was, session by session; over and short in time."""

from __future__ import annotations

import json

from sqlalchemy import Connection

from countertui.domain.records import Kind
from countertui.domain.report_period import By, heading_of, period_of, range_of_period
from countertui.domain.report_table import Asked, Bars, Column, ColumnKind, Drill, Row, Table, summed
from countertui.domain.tenders import TenderKind
from countertui.ledger.reports.asking import Fetched, by_period, fetched, in_range

_CENTS, _COUNT, _DATE = ColumnKind.CENTS, ColumnKind.COUNT, ColumnKind.DATE
_TENDERS = " UNION ALL ".join(f"SELECT '{kind.value}' AS tender, {n} AS place" for n, kind in enumerate(TenderKind))
_OF_SESSION = "terminal = s.terminal AND {0}.epoch = s.epoch AND {0}.session = s.id"
_BY_TENDER = f"""FROM session s CROSS JOIN ({_TENDERS}) t
  LEFT JOIN session_tender x ON x.{_OF_SESSION.format("x")} AND x.tender = t.tender
  LEFT JOIN counted c ON c.{_OF_SESSION.format("c")} AND c.tender = t.tender"""
_THERE = "(x.tender IS NOT NULL OR c.tender IS NOT NULL)"
_PIECES = f"CASE WHEN t.tender <> '{TenderKind.CASH.value}' THEN COALESCE(x.count, 0) END"
_EXPECTED = "COALESCE(x.cents, 0)"
_COUNTED = "CASE WHEN s.close_seq IS NOT NULL THEN COALESCE(c.cents, 0) END"
_PLACE = (Column("epoch", _COUNT, for_programs=True), Column("session", for_programs=True))
_OPEN = "open"


def by_operator(connection: Connection, asked: Asked) -> Table:
    """Each operator's drawers, one session a row; with periods, each operator's in each of them."""
    rows = _sessions(connection, asked)
    if asked.by is None:
        columns = (
            *(Column("operator"), Column("date", _DATE), Column("terminal"), Column("drawer")),
            *(Column("receipts", _COUNT), Column("expected", _CENTS), Column("counted", _CENTS)),
            *(Column("over or short", _CENTS), *_PLACE),
        )
        notes = _open_note(sum(row[6] is None for row in rows))
        told: list[Row] = [(*row[:7], None if row[6] is None else row[6] - row[5], *row[7:]) for row in rows]
        totals = _of_closed(told, summed(columns, told))
        return Table(
            *("drawers", "Drawers by operator", asked, columns, told, totals),
            notes=notes,
            drill=Drill("receipts", (2, 8, 9)),
        )
    closed = [row for row in rows if row[6] is not None]
    sums = by_period(((row[1], row[0], 1, *row[4:7], row[6] - row[5]) for row in closed), 1, asked.by)
    by_periods = (
        *(Column(heading_of(asked.by)), Column("operator"), Column("sessions", _COUNT), Column("receipts", _COUNT)),
        *(Column("expected", _CENTS), Column("counted", _CENTS), Column("over or short", _CENTS)),
    )
    notes = _open_note(len(rows) - len(closed))
    return Table("drawers", "Drawers by operator", asked, by_periods, sums, summed(by_periods, sums), notes=notes)


def totals(connection: Connection, asked: Asked) -> Table:
    """X of the sessions that are open, Z of those that are closed, tender by tender; key: the first day of a period."""
    days = range_of_period(asked.key[0], asked.by or By.DAY) if asked.key else asked.range
    where, values = in_range(Asked(days, asked.office), "s")
    found = fetched(
        connection,
        f"""SELECT s.biz_date, s.terminal, s.drawer, s.operator, CASE WHEN s.close_seq IS NULL THEN 'X' ELSE 'Z' END,
          t.tender, {_PIECES}, {_EXPECTED}, {_COUNTED}, s.epoch, s.id {_BY_TENDER}
          WHERE {where} AND {_THERE} ORDER BY s.biz_date, s.terminal, s.epoch, s.open_seq, t.place""",
        values,
    )
    rows: list[Row] = [(*row[:9], None if row[8] is None else row[8] - row[7], *row[9:]) for row in found]
    columns = (
        *(Column("date", _DATE), Column("terminal"), Column("drawer"), Column("operator"), Column("X/Z")),
        *(Column("tender"), Column("count", _COUNT), Column("expected", _CENTS), Column("counted", _CENTS)),
        *(Column("over or short", _CENTS), *_PLACE),
    )
    told = Asked(days, asked.office, asked.by, asked.key)
    return Table(
        *("totals", "X and Z totals by session", told, columns, rows),
        notes=_open_note(len({(row[1], row[10], row[11]) for row in rows if row[4] == "X"})),
        drill=Drill("receipts", (1, 10, 11)),
    )


def over_short(connection: Connection, asked: Asked) -> Table:
    """What was over and what short, added up apart, by period, days where none is asked for; with a chart."""
    by = asked.by or By.DAY
    where, values = in_range(asked, "s")
    found = fetched(
        connection,
        f"""SELECT o.biz_date, CAST(SUM(o.first) AS BIGINT), CAST(SUM(CASE WHEN o.off > 0 THEN o.off ELSE 0 END) AS BIGINT),
          CAST(SUM(CASE WHEN o.off < 0 THEN o.off ELSE 0 END) AS BIGINT), CAST(SUM(o.off) AS BIGINT)
          FROM (SELECT s.biz_date, CASE WHEN t.place = 0 THEN 1 ELSE 0 END AS first,
            COALESCE(c.cents, 0) - {_EXPECTED} AS off {_BY_TENDER}
            WHERE {where} AND s.close_seq IS NOT NULL) o
          GROUP BY o.biz_date ORDER BY o.biz_date""",  # noqa: E501, S608 - constants
        values,
    )
    first_days: dict[str, str] = {}
    for row in found:
        first_days.setdefault(period_of(row[0], by), row[0])
    rows: list[Row] = [(*row, first_days[row[0]]) for row in by_period(found, 0, by)]
    columns = (
        *(Column(heading_of(by)), Column("sessions", _COUNT), Column("over", _CENTS), Column("short", _CENTS)),
        *(Column("net", _CENTS), Column("from", _DATE, for_programs=True)),
    )
    asked = Asked(asked.range, asked.office, by, asked.key)
    return Table(
        *("over-short", "Over and short", asked, columns, rows, summed(columns, rows)),
        notes=("Over and short are of each tender of each closed session, added up apart; short is below zero.",),
        drill=Drill("totals", (5,)),
        bars=Bars("Net over (+) and short (-)", 0, 4),
    )


def receipts(connection: Connection, asked: Asked) -> Table:
    """What was taken and taken back in one session, in its order; key: terminal, epoch, session."""
    terminal, epoch, session = asked.key
    found = fetched(
        connection,
        """SELECT r.kind, r.body, COALESCE(u.kind, '') FROM session s
          JOIN record r ON r.terminal = s.terminal AND r.epoch = s.epoch
            AND r.seq BETWEEN s.open_seq AND COALESCE(s.close_seq, 9223372036854775807)
          LEFT JOIN undone u ON u.id = r.id
          WHERE s.terminal = ? AND s.epoch = ? AND s.id = ? ORDER BY r.seq""",
        [terminal, int(epoch), session],
    )
    rows: list[Row] = []
    for kind, raw, undone in found:
        if kind not in _MONEY:
            continue
        body = json.loads(bytes(raw))
        if body["session"] != session:
            continue
        data, is_pay = body["data"], kind == Kind.PAY
        number = body["receipt_no"] if is_pay else data["original"]["receipt_no"]
        what = " ".join(filter(None, (kind, f"({undone})" if undone else "")))
        tenders = ", ".join(dict.fromkeys(each["tender" if "tender" in each else "kind"] for each in _tenders(data)))
        cents = data["total_cents"] if is_pay else -data["total_cents"]
        rows.append((number, str(body["utc"])[11:16], what, str(data.get("payor", "")), tenders, cents))
    columns = (
        *(Column("receipt"), Column("UTC"), Column("what"), Column("payor"), Column("by")),
        Column("amount", _CENTS),
    )
    title = f"Receipts of a session at {terminal}"
    return Table("receipts", title, asked, columns, rows, summed(columns, rows))


_MONEY = frozenset({Kind.PAY.value, Kind.VOID.value, Kind.REFUND.value})


def _tenders(data: dict[str, object]) -> list[dict[str, str]]:
    found = data.get("tenders", [])
    return found if isinstance(found, list) else []


def _sessions(connection: Connection, asked: Asked) -> Fetched:
    """Operator, date, terminal, drawer, receipts, expected, counted (None while open), epoch, session; in order."""
    where, values = in_range(asked, "s")
    return fetched(
        connection,
        f"""SELECT s.operator, s.biz_date, s.terminal, s.drawer,
          CAST(COALESCE((SELECT SUM(k.receipts) FROM session_taken k WHERE k.{_OF_SESSION.format("k")}), 0) AS BIGINT),
          CAST(COALESCE((SELECT SUM(x.cents) FROM session_tender x WHERE x.{_OF_SESSION.format("x")}), 0) AS BIGINT),
          CASE WHEN s.close_seq IS NOT NULL THEN
            CAST(COALESCE((SELECT SUM(c.cents) FROM counted c WHERE c.{_OF_SESSION.format("c")}), 0) AS BIGINT) END,
          s.epoch, s.id FROM session s
          WHERE {where} ORDER BY s.operator, s.biz_date, s.terminal, s.epoch, s.open_seq""",  # noqa: S608 - constants
        values,
    )


def _of_closed(rows: list[Row], totals: Row | None) -> Row | None:
    """Totals in which what is expected is of the closed drawers alone, as what was counted is."""
    if totals is None:
        return None
    expected = sum(row[5] for row in rows if row[6] is not None and isinstance(row[5], int))
    return (*totals[:5], expected, *totals[6:8], "", "")


def _open_note(many: int) -> tuple[str, ...]:
    if not many:
        return ()
    what = "1 drawer is" if many == 1 else f"{many:,} drawers are"
    return (f"{what} still open as far as is heard here: not counted, and in no total of what is expected.",)
