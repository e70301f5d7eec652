"""Voids and refunds: by the cashier whose receipts were taken back, with rates, and one by one; drawers opened."""

from __future__ import annotations

import json
from collections.abc import Mapping

from sqlalchemy import Connection

from countertui.domain.records import Kind
from countertui.domain.report_period import heading_of
from countertui.domain.report_table import Asked, Column, ColumnKind, Drill, Row, Table, rate, summed
from countertui.ledger.reports.asking import by_period, fetched, in_range

_CENTS, _COUNT, _RATE, _DATE = ColumnKind.CENTS, ColumnKind.COUNT, ColumnKind.RATE, ColumnKind.DATE


def by_cashier(connection: Connection, asked: Asked) -> Table:
    """Receipts taken, and how many of each cashier's were voided or refunded in the range, whoever did it."""
    taken_in, taken_values = in_range(asked, "k")
    undone_in, undone_values = in_range(asked, "u", "taken_at")
    found = fetched(
        connection,
        f"""SELECT k.biz_date, k.operator, CAST(SUM(k.receipts) AS BIGINT), CAST(SUM(k.cents) AS BIGINT), 0, 0, 0, 0
            FROM session_taken k WHERE {taken_in} GROUP BY k.biz_date, k.operator
          UNION ALL SELECT u.biz_date, u.taken_by, 0, 0, {_counted("void")}, {_counted("refund")}
            FROM undone u WHERE {undone_in} AND u.kind IN ('void', 'refund') GROUP BY u.biz_date, u.taken_by""",  # noqa: S608 - constants
        [*taken_values, *undone_values],
    )
    at = 1 if asked.by is not None else 0
    rows = [_rated(row, at) for row in by_period(found, 1, asked.by)]
    columns = (
        *((Column(heading_of(asked.by)),) if asked.by is not None else ()),
        *(Column("cashier"), Column("receipts", _COUNT), Column("taken", _CENTS), Column("voids", _COUNT)),
        *(Column("voided", _CENTS), Column("voids rate", _RATE), Column("refunds", _COUNT)),
        *(Column("refunded", _CENTS), Column("refunds rate", _RATE)),
    )
    totals = summed(columns, rows)
    if totals is not None:
        whole = list(totals)
        whole[at + 5], whole[at + 8] = _rate(totals, at + 3, at + 1), _rate(totals, at + 6, at + 1)
        totals = whole
    return Table(
        *("voids", "Voids and refunds by cashier", asked, columns, rows, totals),
        notes=("Rates are voids and refunds to receipts taken in the same days, by number.",),
        drill=Drill("voided", (at,)),
    )


def one_by_one(connection: Connection, asked: Asked) -> Table:
    """Each void and refund with its reason and people; key: the cashier who took the receipts, or nothing for all."""
    where, values = in_range(asked, "u", "taken_at")
    if asked.key:
        where, values = f"{where} AND u.taken_by = ?", [*values, asked.key[0]]
    found = fetched(
        connection,
        f"""SELECT u.biz_date, u.receipt_no, u.kind, u.taken_by, u.cents, r.body FROM undone u
          LEFT JOIN record r ON r.terminal = u.terminal AND r.epoch = u.epoch AND r.seq = u.seq
          WHERE {where} AND u.kind IN ('void', 'refund') ORDER BY u.biz_date, u.terminal, u.epoch, u.seq""",  # noqa: S608 - constants
        values,
    )
    rows: list[Row] = []
    for *told, cents, raw in found:
        body: Mapping[str, object] = json.loads(bytes(raw)) if raw is not None else {}
        data = body.get("data")
        reason = str(data.get("reason", "")) if isinstance(data, dict) else ""
        rows.append((*told, str(body.get("operator") or ""), str(body.get("approver") or ""), reason, cents))
    columns = (
        *(Column("date", _DATE), Column("receipt"), Column("what"), Column("taken by"), Column("asked by")),
        *(Column("approved by"), Column("reason"), Column("amount", _CENTS)),
    )
    who = f" of {asked.key[0]}'s receipts" if asked.key else ""
    return Table("voided", f"Voids and refunds{who}", asked, columns, rows, summed(columns, rows))


def no_sales(connection: Connection, asked: Asked) -> Table:
    """How often each operator opened a drawer without a sale, beside the receipts they took."""
    where, values = in_range(asked, "k")
    found = fetched(
        connection,
        f"""SELECT k.biz_date, k.operator, CAST(SUM(k.no_sales) AS BIGINT), CAST(SUM(k.receipts) AS BIGINT)
          FROM session_taken k WHERE {where} GROUP BY k.biz_date, k.operator""",  # noqa: S608 - constants
        values,
    )
    at = 1 if asked.by is not None else 0
    rows = [(*row, _rate(row, at + 1, at + 2)) for row in by_period(found, 1, asked.by) if row[at + 1]]
    columns = (
        *((Column(heading_of(asked.by)),) if asked.by is not None else ()),
        *(Column("operator"), Column("no-sales", _COUNT), Column("receipts", _COUNT), Column("to receipts", _RATE)),
    )
    totals = summed(columns, rows)
    if totals is not None:
        totals = (*totals[:-1], _rate(totals, at + 1, at + 2))
    return Table(
        *("no-sales", "Drawers opened without a sale", asked, columns, rows, totals), drill=Drill("opened", (at,))
    )


def opened(connection: Connection, asked: Asked) -> Table:
    """Each time a drawer was opened without a sale, and why; key: the operator, or nothing for all."""
    where, values = in_range(asked, "k")
    if asked.key:
        where, values = f"{where} AND k.operator = ?", [*values, asked.key[0]]
    found = fetched(
        connection,
        f"""SELECT k.biz_date, k.terminal, k.operator, k.session, r.body FROM session_taken k
          JOIN session s ON s.terminal = k.terminal AND s.epoch = k.epoch AND s.id = k.session
          JOIN record r ON r.terminal = s.terminal AND r.epoch = s.epoch AND r.kind = '{Kind.NO_SALE.value}'
            AND r.seq BETWEEN s.open_seq AND COALESCE(s.close_seq, 9223372036854775807)
          WHERE {where} AND k.no_sales > 0 ORDER BY k.biz_date, k.terminal, r.seq""",  # noqa: S608 - constants
        values,
    )
    rows: list[Row] = []
    for day, terminal, operator, session, raw in found:
        body = json.loads(bytes(raw))
        if body["session"] == session and body["operator"] == operator:
            data = body["data"]
            said = str(data.get("drawer", "")), operator, str(body["utc"])[11:16], str(data.get("reason", ""))
            rows.append((day, terminal, *said))
    columns = (
        *(Column("date", _DATE), Column("terminal"), Column("drawer"), Column("operator"), Column("UTC")),
        Column("reason"),
    )
    return Table("opened", "Drawers opened without a sale, one by one", asked, columns, rows)


def _counted(kind: str) -> str:
    return (
        f"CAST(SUM(CASE WHEN u.kind = '{kind}' THEN 1 ELSE 0 END) AS BIGINT),"
        f" CAST(SUM(CASE WHEN u.kind = '{kind}' THEN u.cents ELSE 0 END) AS BIGINT)"
    )


def _rated(row: Row, at: int) -> Row:
    """A cashier's sums (receipts, cents, voids, cents, refunds, cents) with the rates between them."""
    return (
        *row[: at + 5],
        _rate(row, at + 3, at + 1),
        *row[at + 5 :],
        _rate(row, at + 5, at + 1),
    )


def _rate(row: Row, part: int, whole: int) -> int | None:
    some, every = row[part], row[whole]
    return rate(some, every) if isinstance(some, int) and isinstance(every, int) else None
