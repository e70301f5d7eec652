"""What a technician looks at first: alarms, missing batches, silent terminals, what waits for people."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from countertui.ledger import tables
from countertui.ledger.alarms import open_alarms
from countertui.ledger.backed_up import hours_without
from countertui.ledger.desk_calls import Looking
from countertui.ledger.desk_reads.journals import IN_CUSTODY
from countertui.ledger.gaps import open_gaps
from countertui.ledger.status import SILENT_HOURS

_MOST = 200
_MOST_TEXT = 500


def attention(look: Looking, _: object) -> dict[str, Any]:
    """{"alarms", "gaps", "silent", "batches", "error_items", "no_backup_hours"}.

    alarms: nobody saw to them yet, oldest first. gaps: batches that are missing before others that came. silent: active
    terminals that nothing was heard of for a day or more, with the hours. batches: how many wait for people.
    no_backup_hours: for how long there has been no backup, where that is a day and a half or more.
    """
    connection, batch, item = look.connection, tables.batch.c, tables.error_item.c
    waiting = select(func.count()).where(batch.state.in_(IN_CUSTODY))
    wrong = select(func.count()).where(item.state == "open")
    alarms = [asdict(alarm) | {"detail": alarm.detail[:_MOST_TEXT]} for alarm in open_alarms(connection)[:_MOST]]
    return {
        "alarms": alarms,
        "gaps": [asdict(gap) for gap in open_gaps(connection)[:_MOST]],
        "silent": _silent(look),
        "batches": int(connection.execute(waiting).scalar_one()),
        "error_items": int(connection.execute(wrong).scalar_one()),
        "no_backup_hours": hours_without(connection, look.now),
    }


def _silent(look: Looking) -> list[dict[str, Any]]:
    c = tables.terminal.c
    query = select(c.code, c.epoch, c.office, c.heard_at).where(c.state == "active", c.heard_at.is_not(None))
    now = datetime.fromisoformat(look.now)
    found = []
    for code, epoch, office, heard_at in look.connection.execute(query.order_by(c.code, c.epoch)):
        hours = int((now - datetime.fromisoformat(heard_at)).total_seconds() // 3600)
        if hours >= SILENT_HOURS:
            found.append({"terminal": code, "epoch": epoch, "office": office, "heard_at": heard_at, "hours": hours})
    return found[:_MOST]
