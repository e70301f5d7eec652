"""Reports as the desk reads them: the tables of `ledger/reports`, as long as they fit an answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from msgspec import Meta
from sqlalchemy import select

from countertui.domain.report_period import By, range_of
from countertui.domain.report_table import Asked, Table
from countertui.domain.rights import Act
from countertui.forms import Form
from countertui.ledger import tables
from countertui.ledger.books import StateKey
from countertui.ledger.desk_calls import DeskRead, Looking
from countertui.ledger.desk_reads.own import require_all_counted, require_counted
from countertui.ledger.reports import OF_SESSION, UnknownReportError, report
from countertui.ledger.reports.asking import fetched, session_named

MOST_ROWS = 2_000
_WITHOUT_MONEY = frozenset({"rights", "gaps"})
_Word = Annotated[str, Meta(max_length=200)]


class ReportAsked(Form, frozen=True, kw_only=True):
    """A report by name: of which days, by which periods (empty: none), of which office (empty: all), of which row."""

    name: _Word
    since: _Word
    until: _Word
    by: _Word = ""
    office: _Word = ""
    key: Annotated[list[_Word], Meta(max_length=8)]


def report_read(look: Looking, asked: ReportAsked) -> Mapping[str, Any]:
    """A report with its first MOST_ROWS rows, `left_out` how many more there are; its totals are of all.

    Raises UnknownReportError, NoRange, NotAllowed: amounts are for who may see what is expected in drawers, and for
    nobody from the day on from which they have a drawer that they have not counted.
    """
    by = By(asked.by) if asked.by in {each.value for each in By} else None
    wanted = Asked(range_of(asked.since, asked.until), asked.office, by, tuple(asked.key))
    if asked.office and not fetched(look.connection, "SELECT 1 FROM office WHERE code = ?", [asked.office]):
        raise UnknownReportError(f"There is no office {asked.office[:20]}.", "Nothing was read.", "Type another code.")
    if asked.name not in _WITHOUT_MONEY:
        require_all_counted(look, wanted.range.until)
    if asked.name == OF_SESSION:
        require_counted(look, *session_named(wanted))
    ledger = look.connection.execute(
        select(tables.state.c.value).where(tables.state.c.key == StateKey.LEDGER)
    ).scalar_one()
    return table_said(report(look.connection, ledger, asked.name, wanted, ""))


READS = {"report": DeskRead(Act.SEE_LEDGER, ReportAsked, report_read)}


def table_said(table: Table) -> dict[str, Any]:
    """A table for JSON: what `counter/ledger_reports.py` reads."""
    return {
        "name": table.name,
        "title": table.title,
        "since": table.asked.range.since,
        "until": table.asked.range.until,
        "by": table.asked.by.value if table.asked.by is not None else "",
        "office": table.asked.office,
        "key": list(table.asked.key),
        "columns": [[column.name, column.kind.value, column.for_programs] for column in table.columns],
        "rows": [list(row) for row in table.rows[:MOST_ROWS]],
        "left_out": max(0, len(table.rows) - MOST_ROWS),
        "totals": None if table.totals is None else list(table.totals),
        "notes": list(table.notes),
        "drill": None if table.drill is None else [table.drill.report, list(table.drill.key)],
        "bars": None if table.bars is None else [table.bars.title, table.bars.named, table.bars.drawn],
        "source": table.heading.source,
    }
