"""How the books stand: what each terminal sent, what is posted or held, what waits in suspense."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from countertui.domain.money import format_cents
from countertui.domain.words import number_of
from countertui.ledger import tables
from countertui.ledger.after_restore import awaited
from countertui.ledger.alarms import open_alarms
from countertui.ledger.backed_up import backed_up_at, hours_without
from countertui.ledger.books import Books
from countertui.ledger.gaps import Gap, open_gaps
from countertui.ledger.live import unsealed
from countertui.ledger.over_recovered import SET_ASIDE
from countertui.ledger.personal import awaited_before
from countertui.ledger.rejected import count_rejected
from countertui.ledger.resealing import is_wanted

_NEWEST_DAYS = 31
SILENT_HOURS = 24
"""From how many hours on a terminal that nothing is heard of is called silent."""
_SETTLED = ("posted", "received", "held", "same")


def status(books: Books, now: str | None = None) -> dict[str, Any]:
    """The state of the books, JSON-able; amounts in cents.

    Of a terminal, difference_cents is what its journal says was taken less what was posted of it. `inbox` is what was
    offered and not taken into custody, by verdict. out_of_balance lists funds whose debits and credits differ: it is
    empty, always. Of what an online terminal recorded since its last batch, unsealed_records and unsealed_cents tell
    what was witnessed and is not posted. silent_hours is how long nothing was heard of an active terminal, by `now`
    (ISO 8601 UTC), where that is a day or more. gap is None, or the batch that is missing before others that came
    (missing_no), since when (ISO 8601 UTC) and for how many seconds. rejected_uploads: what strangers sent and is kept
    (rejected.py). awaited: terminals that a restored ledger has to hear (after_restore.py); reseal_wanted: it heard
    them, and personal values have to be sealed anew (resealing.py). personal_awaited: values that did not come on the
    day of their batch. backed_up_at: of what moment the newest backup is (ISO 8601 UTC), None
    if there never was one; no_backup_hours: for how long there has been none, where that is a day and a half or more.
    """
    with books.reading() as connection:
        return {
            "ledger": books.ledger,
            "snapshot": connection.execute(select(func.max(tables.snapshot.c.version))).scalar(),
            "terminals": _terminals(connection, now),
            "awaited": [f"{terminal}/{epoch}" for terminal, epoch in awaited(connection)],
            "alarms": [asdict(each) for each in open_alarms(connection)],
            "held": _held(connection),
            "error_items": _error_items(connection),
            "days": _days(connection),
            "inbox": _inbox(connection),
            "rejected_uploads": count_rejected(connection),
            "out_of_balance": _out_of_balance(connection),
            "reseal_wanted": is_wanted(connection),
            "personal_awaited": awaited_before(connection, now[:10]) if now is not None else 0,
            "backed_up_at": backed_up_at(connection),
            "no_backup_hours": hours_without(connection, now) if now is not None else None,
        }


def as_lines(found: dict[str, Any]) -> list[str]:
    """The same for a person to read."""
    lines = [f"Ledger {found['ledger']}, snapshot {found['snapshot'] or 'none'}"]
    if found["awaited"]:
        names = ", ".join(found["awaited"])
        lines.append(f"  RESTORED: its register of keys takes no new entry before it hears {names}.")
        lines.append("    Let them sync. Where one can't: countertui ledger go-on TERMINAL, by two people.")
    if found["reseal_wanted"]:
        lines.append(
            "  UNSEALED: no office has its personal values since the restore. countertui ledger reseal, then publish."
        )
    for each in found["alarms"]:
        place = f"{each['terminal']}/{each['epoch']}: " if each["terminal"] else ""
        lines.append(f"  ALARM {each['id']} {each['made_at'][:16]} {each['kind']}: {place}{each['detail']}")
    for each in found["terminals"]:
        lines.append(
            f"  {each['terminal']}/{each['epoch']}  {each['state']:8} batches {each['batches']}, posted"
            f" {each['posted']}, held {each['held']}, records {each['records']}"
        )
        difference = format_cents(each["difference_cents"])
        lines.append(f"    posted {format_cents(each['posted_cents'])}, difference {difference}")
        if each["unsealed_records"]:
            told = f"{number_of(each['unsealed_records'], 'record')}, {format_cents(each['unsealed_cents'])}"
            lines.append(f"    not sealed yet: {told}")
        if (gap := each["gap"]) is not None:
            hours = "" if gap["seconds"] is None else f", {number_of(gap['seconds'] // 3600, 'hour')}"
            lines.append(f"    GAP: batch {gap['missing_no']} is missing since {gap['since'][:16]}{hours}")
        if each["silent_hours"] is not None:
            lines.append(f"    SILENT for {number_of(each['silent_hours'], 'hour')}")
    for each in found["days"]:
        net = format_cents(each["net_cents"])
        lines.append(f"  {each['biz_date']}  {each['terminal']}  {number_of(each['receipts'], 'receipt')}, net {net}")
    for each in found["held"]:
        name = f"{each['terminal']}/{each['epoch']} batch {each['no']}"
        waits = "another technician posts it" if each["state"] == "released" else "two technicians release and post it"
        lines.append(f"  {each['state'].upper()} {name}: {' '.join(each['reasons']) or waits}")
    for each in found["error_items"]:
        lines.append(f"  ERROR ITEM {each['id']}: {each['detail']} ({format_cents(each['cents'])} in suspense)")
    for verdict, number in found["inbox"].items():
        lines.append(f"  INBOX {number} {verdict}")
    if found["personal_awaited"]:
        lines.append(f"  {number_of(found['personal_awaited'], 'personal value')} did not come with the batch.")
    if found["rejected_uploads"]:
        lines.append(f"  {number_of(found['rejected_uploads'], 'upload')} of strangers refused")
    if found["no_backup_hours"] is not None:
        last = f"the last one is of {found['backed_up_at'][:16]}" if found["backed_up_at"] else "there never was one"
        lines.append(f"  NO BACKUP for {number_of(found['no_backup_hours'], 'hour')}: {last}")
    for fund, cents in found["out_of_balance"].items():
        lines.append(f"  OUT OF BALANCE fund {fund}: {format_cents(cents)}")
    return lines


def _terminals(connection: Connection, now: str | None) -> list[dict[str, Any]]:
    batch, item = tables.batch, tables.error_item
    posted = _by_terminal(
        connection,
        select(
            batch.c.terminal, batch.c.epoch, func.sum(batch.c.receipts).label("receipts"), func.sum(batch.c.net_cents)
        )
        .where(batch.c.state == "posted")
        .group_by(batch.c.terminal, batch.c.epoch),
    )
    waiting = _by_terminal(
        connection,
        select(item.c.terminal, item.c.epoch, func.count(), func.sum(item.c.cents))
        .where(item.c.state == "open")
        .group_by(item.c.terminal, item.c.epoch),
    )
    live = unsealed(connection)
    gaps = {(each.terminal, each.epoch): each for each in open_gaps(connection)}
    found = []
    for row in connection.execute(select(tables.terminal).order_by(tables.terminal.c.code, tables.terminal.c.epoch)):
        # What the desk records is posted with its record.
        receipts, net = posted.get((row.code, row.epoch), (0, row.cum_net if row.state == "desk" else 0))
        items, suspense = waiting.get((row.code, row.epoch), (0, 0))
        unsealed_records, unsealed_cents = live.get((row.code, row.epoch), (0, 0))
        found.append(
            {
                "terminal": row.code,
                "epoch": row.epoch,
                "office": row.office,
                "state": row.state,
                "batches": row.batch_no,
                "posted": row.posted_no,
                "held": row.batch_no - row.posted_no,
                "records": row.last_seq,
                "receipts": receipts,
                "posted_cents": net,
                "difference_cents": row.cum_net - net,
                "error_items": items,
                "suspense_cents": suspense,
                "heard_at": row.heard_at,
                "unsealed_records": unsealed_records,
                "unsealed_cents": unsealed_cents,
                "gap": _gap(gaps.get((row.code, row.epoch)), now),
                "silent_hours": _silent_hours(row.heard_at, now) if row.state == "active" else None,
            }
        )
    return found


def _gap(gap: Gap | None, now: str | None) -> dict[str, Any] | None:
    if gap is None:
        return None
    age = datetime.fromisoformat(now) - datetime.fromisoformat(gap.since) if now is not None else None
    seconds = None if age is None else max(0, int(age.total_seconds()))
    return {"missing_no": gap.missing_no, "since": gap.since, "seconds": seconds}


def _silent_hours(heard_at: str | None, now: str | None) -> int | None:
    if heard_at is None or now is None:
        return None
    hours = int((datetime.fromisoformat(now) - datetime.fromisoformat(heard_at)).total_seconds() // 3600)
    return hours if hours >= SILENT_HOURS else None


def _by_terminal(connection: Connection, query: Any) -> dict[tuple[str, int], tuple[int, int]]:
    """Two sums per (terminal, epoch); PostgreSQL adds whole numbers up to decimals."""
    rows: list[Any] = list(connection.execute(query))
    return {(terminal, epoch): (int(one), int(other)) for terminal, epoch, one, other in rows}


def _held(connection: Connection) -> list[dict[str, Any]]:
    batch = tables.batch
    rows = connection.execute(
        select(batch.c.terminal, batch.c.epoch, batch.c.no, batch.c.reasons, batch.c.state)
        .where(batch.c.state.not_in(("posted", SET_ASIDE)))
        .order_by(batch.c.terminal, batch.c.epoch, batch.c.no)
    )
    return [
        {"terminal": t, "epoch": e, "no": no, "reasons": json.loads(reasons), "state": state}
        for t, e, no, reasons, state in rows
    ]


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
        select(day.c.biz_date, day.c.terminal, func.sum(day.c.receipts), func.sum(day.c.net_cents))
        .group_by(day.c.biz_date, day.c.terminal)
        .order_by(day.c.biz_date.desc(), day.c.terminal)
        .limit(_NEWEST_DAYS)
    )
    return [{"biz_date": d, "terminal": t, "receipts": int(n), "net_cents": int(net)} for d, t, n, net in rows]


def _inbox(connection: Connection) -> dict[str, int]:
    verdict = tables.inbox.c.verdict
    rows = connection.execute(
        select(verdict, func.count().label("number"))
        .where(verdict.not_in(_SETTLED))
        .group_by(verdict)
        .order_by(verdict)
    )
    return {row.verdict: row.number for row in rows}


def _out_of_balance(connection: Connection) -> dict[str, int]:
    balance = tables.gl_balance
    rows = connection.execute(select(balance.c.fund, func.sum(balance.c.cents)).group_by(balance.c.fund))
    return {fund: int(cents) for fund, cents in rows if cents}
