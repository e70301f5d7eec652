"""Voids and refunds: by the cashier whose receipts were taken back, and one by one; drawers opened without a sale."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import Connection

from countertui.domain import report_shapes
from countertui.domain.records import Kind
from countertui.domain.report_table import Asked, Row, Table
from countertui.ledger.reports.asking import OF_OFFICE, day_in, fetched, grouped, in_range

_BEFORE = {"": (), "void": (0, 0), "refund": (0, 0, 0, 0)}
_BEHIND = {"": (0, 0, 0, 0), "void": (0, 0), "refund": ()}
"""What stands before and behind a sum in a row: of what was taken, voided, refunded."""


def by_cashier(connection: Connection, asked: Asked) -> Table:
    """Receipts taken, and how many of each cashier's were voided or refunded, whoever did it."""
    taken_in, taken_values = in_range(asked, "k")
    undone_in, undone_values = _taken_there(asked)
    places = grouped(asked, 1)
    found = fetched(
        connection,
        f"""SELECT {day_in(asked, "k")}, k.operator, CAST(SUM(k.receipts) AS BIGINT), CAST(SUM(k.cents) AS BIGINT), ''
            FROM session_taken k WHERE {taken_in} GROUP BY {places}
          UNION ALL SELECT {day_in(asked, "u")}, u.taken_by, COUNT(*), CAST(SUM(u.cents) AS BIGINT), u.kind
            FROM undone u WHERE {undone_in} AND u.kind IN ('void', 'refund') GROUP BY {places}, 5""",  # noqa: S608 - constants
        [*taken_values, *undone_values],
    )
    rows = [(day, who, *_BEFORE[kind], number, cents, *_BEHIND[kind]) for day, who, number, cents, kind in found]
    return report_shapes.voids(asked, rows)


def _taken_there(asked: Asked) -> tuple[str, list[str]]:
    """A condition on table undone, as u: taken back in the range, and taken at the office; and its parameters."""
    where, values = in_range(replace(asked, office=""), "u")
    if not asked.office:
        return where, values
    taken = "SELECT 1 FROM record o WHERE o.id = u.id AND (o.terminal, o.epoch) IN"
    return f"{where} AND EXISTS ({taken} {OF_OFFICE})", [*values, asked.office]


def one_by_one(connection: Connection, asked: Asked) -> Table:
    """Each void and refund with its reason and people; key: the cashier who took the receipts, or nothing for all."""
    where, values = _taken_there(asked)
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
    return report_shapes.voided(asked, rows)


def no_sales(connection: Connection, asked: Asked) -> Table:
    """How often each operator opened a drawer without a sale, beside the receipts they took."""
    where, values = in_range(asked, "k")
    rows = fetched(
        connection,
        f"""SELECT {day_in(asked, "k")}, k.operator, CAST(SUM(k.no_sales) AS BIGINT), CAST(SUM(k.receipts) AS BIGINT)
          FROM session_taken k WHERE {where} GROUP BY {grouped(asked, 1)}""",  # noqa: S608 - constants
        values,
    )
    return report_shapes.no_sales(asked, rows)


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
    return report_shapes.opened(asked, rows)
