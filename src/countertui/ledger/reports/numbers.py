"""Receipt numbers that are missing: none should ever be; those that are have a reason that somebody must know."""

from __future__ import annotations

from sqlalchemy import Connection

from countertui.domain import report_shapes
from countertui.domain.report_table import Asked, Table
from countertui.ledger.gaps import open_gaps
from countertui.ledger.reports.asking import fetched
from countertui.ledger.reports.number_causes import Missing, cause_of


def gaps(connection: Connection, asked: Asked) -> Table:
    """Numbers between those posted that no posted receipt has, by terminal, whose days may touch the range."""
    runs = fetched(
        connection,
        "SELECT terminal, epoch, first_no, last_no, first_date, last_date FROM number_run ORDER BY 1, 3, 2",
    )
    places = fetched(connection, "SELECT code, epoch, office FROM terminal")
    not_come = open_gaps(connection)
    rows = []
    elsewhere = {(code, epoch) for code, epoch, office in places if asked.office not in ("", office)}
    last: dict[str, tuple[int, str, int]] = {}
    for terminal, epoch, first_no, last_no, first_date, last_date in runs:
        before, after, epoch_before = last.get(terminal, (0, "", 0))
        # Of both offices where a terminal was moved from one to the other meanwhile.
        if first_no > before + 1 and not {(terminal, epoch_before or epoch), (terminal, epoch)} <= elsewhere:
            days = after, first_date
            if report_shapes.touches(asked, *days):
                missing = Missing(terminal, before + 1, first_no - 1, epoch_before, epoch)
                rows.append((*missing[:3], *days, cause_of(connection, missing, not_come)))
        if last_no > before:
            last[terminal] = last_no, last_date, epoch
    batches = [gap for gap in not_come if (gap.terminal, gap.epoch) not in elsewhere]
    notes = tuple(
        f"Batch {gap.missing_no} of {gap.terminal} is missing since {gap.since[:10]}, while a later one came:"
        " its receipts are in none of these books."
        for gap in batches
    )
    return report_shapes.gaps(asked, rows, notes)
