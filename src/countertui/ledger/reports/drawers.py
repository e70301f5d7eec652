"""Drawers: whose they were, what should have been in them and what was, session by session; over and short in time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import Connection

from countertui.domain import report_shapes
from countertui.domain.records import Kind
from countertui.domain.report_period import By, part_of
from countertui.domain.report_table import Asked, Row, Table
from countertui.domain.tenders import TenderKind
from countertui.ledger.reports.asking import fetched, in_range, session_named

_TENDERS = " UNION ALL ".join(f"SELECT '{kind.value}' AS tender, {n} AS place" for n, kind in enumerate(TenderKind))
_OF_SESSION = "terminal = s.terminal AND {0}.epoch = s.epoch AND {0}.session = s.id"
_BY_TENDER = f"""FROM session s CROSS JOIN ({_TENDERS}) t
  LEFT JOIN session_tender x ON x.{_OF_SESSION.format("x")} AND x.tender = t.tender
  LEFT JOIN counted c ON c.{_OF_SESSION.format("c")} AND c.tender = t.tender"""
_THERE = "(x.tender IS NOT NULL OR c.tender IS NOT NULL)"
_PIECES = f"CASE WHEN t.tender <> '{TenderKind.CASH.value}' THEN COALESCE(x.count, 0) END"
_EXPECTED = "COALESCE(x.cents, 0)"
_COUNTED = "CASE WHEN s.close_seq IS NOT NULL THEN COALESCE(c.cents, 0) END"
_MONEY = frozenset({Kind.PAY.value, Kind.VOID.value, Kind.REFUND.value})


def by_operator(connection: Connection, asked: Asked) -> Table:
    """Each operator's drawers, one session a row, or added up by period."""
    where, values = in_range(asked, "s")
    rows = fetched(
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
    return report_shapes.drawers(asked, rows)


def totals(connection: Connection, asked: Asked) -> Table:
    """X and Z, tender by tender; key: a day of the period that is asked for, or nothing."""
    days = part_of(asked.range, asked.key[0], asked.by or By.DAY, asked.year_from) if asked.key else asked.range
    where, values = in_range(Asked(days, asked.office), "s")
    rows = fetched(
        connection,
        f"""SELECT s.biz_date, s.terminal, s.drawer, s.operator, CASE WHEN s.close_seq IS NULL THEN 'X' ELSE 'Z' END,
          t.tender, {_PIECES}, {_EXPECTED}, {_COUNTED}, s.epoch, s.id {_BY_TENDER}
          WHERE {where} AND {_THERE} ORDER BY s.biz_date, s.terminal, s.epoch, s.open_seq, t.place""",
        values,
    )
    return report_shapes.session_totals(replace(asked, range=days), rows)


def over_short(connection: Connection, asked: Asked) -> Table:
    """What was over and what short, of closed sessions."""
    where, values = in_range(asked, "s")
    rows = fetched(
        connection,
        f"""SELECT o.biz_date, CAST(SUM(o.first) AS BIGINT),
          CAST(SUM(CASE WHEN o.off > 0 THEN o.off ELSE 0 END) AS BIGINT),
          CAST(SUM(CASE WHEN o.off < 0 THEN o.off ELSE 0 END) AS BIGINT), CAST(SUM(o.off) AS BIGINT)
          FROM (SELECT s.biz_date, CASE WHEN t.place = 0 THEN 1 ELSE 0 END AS first,
            COALESCE(c.cents, 0) - {_EXPECTED} AS off {_BY_TENDER}
            WHERE {where} AND s.close_seq IS NOT NULL) o
          GROUP BY o.biz_date ORDER BY o.biz_date""",  # noqa: S608 - constants
        values,
    )
    return report_shapes.over_short(asked, rows)


def receipts(connection: Connection, asked: Asked) -> Table:
    """What was taken and taken back in one session, in its order; key: terminal, epoch, session."""
    terminal, epoch, session = session_named(asked)
    found = fetched(
        connection,
        """SELECT r.kind, r.body, COALESCE(u.kind, '') FROM session s
          JOIN record r ON r.terminal = s.terminal AND r.epoch = s.epoch
            AND r.seq BETWEEN s.open_seq AND COALESCE(s.close_seq, 9223372036854775807)
          LEFT JOIN undone u ON u.id = r.id
          WHERE s.terminal = ? AND s.epoch = ? AND s.id = ? ORDER BY r.seq""",
        [terminal, epoch, session],
    )
    money = ((bytes(raw), undone) for kind, raw, undone in found if kind in _MONEY)
    return report_shapes.receipts(asked, _told(money, session))


def _told(records: Iterator[tuple[bytes, str]], session: str) -> Iterator[Row]:
    for raw, undone in records:
        body = json.loads(raw)
        data = body["data"]
        if body["session"] != session:
            continue
        is_pay = body["kind"] == Kind.PAY
        number = body["receipt_no"] if is_pay else data["original"]["receipt_no"]
        what = f"{body['kind']} ({undone})" if undone else body["kind"]
        tenders = ", ".join(dict.fromkeys(each["kind"] for each in data.get("tenders", ())))
        cents = data["total_cents"] if is_pay else -data["total_cents"]
        yield number, str(body["utc"])[11:16], what, str(data.get("payor", "")), tenders, cents
