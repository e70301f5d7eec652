"""Receipt numbers that are missing: none should ever be; those that are have a reason that somebody must know."""

from __future__ import annotations

from sqlalchemy import Connection

from countertui.domain import report_shapes
from countertui.domain.report_table import Asked, Table
from countertui.ledger.gaps import open_gaps
from countertui.ledger.reports.asking import fetched


def gaps(connection: Connection, asked: Asked) -> Table:
    """Numbers between those posted that no posted receipt has, by terminal, whose days may touch the range."""
    office = " WHERE terminal IN (SELECT code FROM terminal WHERE office = ?)" if asked.office else ""
    runs = fetched(
        connection,
        f"SELECT terminal, first_no, last_no, first_date, last_date FROM number_run{office} ORDER BY 1, 2",  # noqa: S608 - constants
        [asked.office] if asked.office else [],
    )
    rows = []
    last: dict[str, tuple[int, str]] = {}
    for terminal, first_no, last_no, first_date, last_date in runs:
        before, after = last.get(terminal, (0, ""))
        if first_no > before + 1:
            rows.append((terminal, before + 1, first_no - 1, after, first_date))
        last[terminal] = last_no, last_date
    missing = [
        gap for gap in open_gaps(connection) if not asked.office or _is_of(connection, gap.terminal, asked.office)
    ]
    notes = tuple(
        f"Batch {gap.missing_no} of {gap.terminal} is missing since {gap.since[:10]}, while a later one came:"
        " its receipts are in none of these books."
        for gap in missing
    )
    return report_shapes.gaps(asked, rows, notes)


def _is_of(connection: Connection, terminal: str, office: str) -> bool:
    return bool(fetched(connection, "SELECT 1 FROM terminal WHERE code = ? AND office = ?", [terminal, office]))
