"""How the books stand: what each terminal sent, what is posted or held, what waits in suspense."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, func, select

from countertui.domain.money import format_cents
from countertui.ledger import tables
from countertui.ledger.books import Books

_NEWEST_DAYS = 31


def status(books: Books) -> dict[str, Any]:
    """The state of the books, JSON-able; amounts in cents.

    out_of_balance lists funds whose debits and credits differ: it is empty, always.
    """
    with books.reading() as connection:
        return {
            "ledger": books.ledger,
            "snapshot": connection.execute(select(func.max(tables.snapshot.c.version))).scalar(),
            "terminals": _terminals(connection),
            "held": _held(connection),
            "error_items": _error_items(connection),
            "days": _days(connection),
            "out_of_balance": _out_of_balance(connection),
        }


def as_lines(found: dict[str, Any]) -> list[str]:
    """The same for a person to read."""
    lines = [f"Ledger {found['ledger']}, snapshot {found['snapshot'] or 'none'}"]
    for each in found["terminals"]:
        lines.append(
            f"  {each['terminal']}/{each['epoch']}  {each['state']:8} batches {each['batches']}, posted"
            f" {each['posted']}, records {each['records']}, net {format_cents(each['net_cents'])}"
        )
    for each in found["days"]:
        net = format_cents(each["net_cents"])
        lines.append(f"  {each['biz_date']}  {each['terminal']}  {each['receipts']} receipts, net {net}")
    for each in found["held"]:
        lines.append(f"  HELD {each['terminal']}/{each['epoch']} batch {each['no']}: {'; '.join(each['reasons'])}")
    for each in found["error_items"]:
        lines.append(f"  ERROR ITEM {each['id']}: {each['detail']} ({format_cents(each['cents'])} in suspense)")
    for fund, cents in found["out_of_balance"].items():
        lines.append(f"  OUT OF BALANCE fund {fund}: {format_cents(cents)}")
    return lines


def _terminals(connection: Connection) -> list[dict[str, Any]]:
    terminal, day = tables.terminal, tables.day
    net = dict(
        connection.execute(select(day.c.terminal, func.sum(day.c.net_cents)).group_by(day.c.terminal)).tuples().all()
    )
    rows = connection.execute(select(terminal).order_by(terminal.c.code, terminal.c.epoch)).mappings()
    return [
        {
            "terminal": row["code"],
            "epoch": row["epoch"],
            "state": row["state"],
            "batches": row["batch_no"],
            "posted": row["posted_no"],
            "records": row["last_seq"],
            "net_cents": int(net.get(row["code"], 0)),
            "heard_at": row["heard_at"],
        }
        for row in rows
    ]


def _held(connection: Connection) -> list[dict[str, Any]]:
    batch = tables.batch
    rows = connection.execute(
        select(batch.c.terminal, batch.c.epoch, batch.c.no, batch.c.reasons)
        .where(batch.c.state == "held")
        .order_by(batch.c.terminal, batch.c.epoch, batch.c.no)
    )
    return [{"terminal": t, "epoch": e, "no": no, "reasons": json.loads(reasons)} for t, e, no, reasons in rows]


def _error_items(connection: Connection) -> list[dict[str, Any]]:
    item = tables.error_item
    rows = connection.execute(select(item).where(item.c.state == "open").order_by(item.c.id)).mappings()
    return [
        {name: row[name] for name in ("id", "terminal", "epoch", "seq", "reason", "detail", "cents", "made_at")}
        for row in rows
    ]


def _days(connection: Connection) -> list[dict[str, Any]]:
    day = tables.day
    rows = connection.execute(
        select(day.c.biz_date, day.c.terminal, day.c.receipts, day.c.net_cents)
        .order_by(day.c.biz_date.desc(), day.c.terminal)
        .limit(_NEWEST_DAYS)
    )
    return [{"biz_date": d, "terminal": t, "receipts": n, "net_cents": net} for d, t, n, net in rows]


def _out_of_balance(connection: Connection) -> dict[str, int]:
    balance = tables.gl_balance
    rows = connection.execute(select(balance.c.fund, func.sum(balance.c.cents)).group_by(balance.c.fund))
    return {fund: int(cents) for fund, cents in rows if cents}
