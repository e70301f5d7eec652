"""`countertui report NAME`, where the report is a table: of the ledger's books, or of one terminal's journal."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from countertui.cli.extras import require_extras
from countertui.cli.lines import tell
from countertui.cli.places import books_instead, default_folder, terminal_folder
from countertui.cli.sheet_file import require_new, write_new
from countertui.domain.city import rules_from_json
from countertui.domain.report_lines import text_lines
from countertui.domain.report_period import By, NoRange, begins, range_of
from countertui.domain.report_table import Asked, Heading, Table
from countertui.errors import UsageError
from countertui.machine import SystemClock

if TYPE_CHECKING:
    from countertui.ledger.books import Books

ENDINGS = (".csv", ".xlsx", ".pdf")
OF_A_TERMINAL = frozenset(
    {"drawers", "totals", "checks", "voids", "gaps", "over-short", "no-sales", "receipts", "voided", "opened"}
)
"""What a terminal's own journal can tell; all else is the ledger's."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was typed: days, periods, an office, the part of a report, and how it is given."""

    since: str | None = None
    until: str | None = None
    by: By | None = None
    office: str | None = None
    of: tuple[str, ...] = ()
    to: Path | None = None
    as_json: bool = False


def table_report(name: str, dir: Path | None, wanted: Wanted) -> int:  # noqa: A002
    """Print a report, or write it to a file; 1 where numbers are missing. Raises UsageError, NothingThere."""
    if wanted.to is not None:
        require_new(wanted.to, ENDINGS)
    ledger = books_instead(dir)
    is_terminal = ledger is None and name in OF_A_TERMINAL and (default_folder(dir) / "store.db").is_file()
    _say("Reading ...")
    table = _of_terminal(terminal_folder(dir), name, wanted) if is_terminal else _of_ledger(dir, name, wanted)
    if wanted.to is not None:
        _write(table, wanted.to)
    elif wanted.as_json:
        print(json.dumps(as_json(table)))
    else:
        print("\n".join(text_lines(table)))
    return 1 if name == "gaps" and table.rows else 0


def _write(table: Table, to: Path) -> None:
    """Write a report; a long PDF in parts, files beside the first. Raises UsageError for one that is there."""
    from countertui.documents.report_files import as_file, parts_of

    parts, now = parts_of(table, to.suffix.lower()), datetime.now(UTC)
    paths = [to, *(to.with_stem(f"{to.stem}-{n}") for n in range(2, len(parts) + 1))]
    for path in paths:
        require_new(path, ENDINGS)
    for part, path in zip(parts, paths, strict=True):
        _say(f"Writing {path.name}, {len(part.rows):,} rows ...")
        write_new(path, as_file(part, path.suffix.lower(), now))
        tell(f"{part.title}, {table.asked.days}, in {path}.")


def _say(what: str) -> None:
    """How far it is, to whoever looks on: a file or a pipe is told nothing."""
    if sys.stderr.isatty():
        tell(what, sys.stderr)


def as_json(table: Table) -> dict[str, Any]:
    """A report for programs: amounts in cents, rates in basis points."""
    names = [column.name for column in table.columns]
    return {
        "report": table.name,
        "title": table.title,
        "city": table.heading.city,
        "ledger": table.heading.ledger,
        "as_of": table.heading.as_of,
        "since": table.asked.range.since,
        "until": table.asked.range.until,
        "by": table.asked.by.value if table.asked.by else None,
        "office": table.asked.office or None,
        "columns": [{"name": column.name, "kind": column.kind.value} for column in table.columns],
        "rows": [dict(zip(names, row, strict=True)) for row in table.rows],
        "totals": None if table.totals is None else dict(zip(names, table.totals, strict=True)),
        "notes": list(table.notes),
    }


def _of_ledger(dir: Path | None, name: str, wanted: Wanted) -> Table:  # noqa: A002
    require_extras("ledger")
    from countertui.cli.ledger.at_desk import reading

    with reading(dir) as books:
        return _read(books, name, wanted)


def _read(books: Books, name: str, wanted: Wanted) -> Table:
    from countertui.cli.ledger.now import utc_now
    from countertui.ledger.city_day import city_day
    from countertui.ledger.reports import report
    from countertui.ledger.reports.asking import city_of

    with books.reading() as connection:
        asked = _asked(wanted, city_day(connection, utc_now()), city_of(connection)[1])
        if asked.office and not _is_office(connection, asked.office):
            raise UsageError(f"There is no office {asked.office}.", "Nothing was read.")
        return report(connection, books.ledger, name, asked, SystemClock().local_text())


def _of_terminal(folder: Path, name: str, wanted: Wanted) -> Table:
    from countertui.store.connection import open_for_reading
    from countertui.store.reference import Reference
    from countertui.store.report_tables import PARTS, TABLES

    if wanted.office is not None:
        raise UsageError("A terminal knows its own office alone.", "Nothing was read.", "Name the ledger with --dir.")
    now = SystemClock().local_text()
    if name not in TABLES:
        _require_key(name, wanted.of)
    with closing(open_for_reading(folder / "store.db")) as db, closing(Reference(folder / "reference.db")) as reference:
        rules = rules_from_json(reference.rules_json())
        asked = _asked(wanted, now[:10], rules.fiscal_year_begins)
        table = (TABLES.get(name) or PARTS[name])(db, asked)
        ledger, terminal = db.execute("SELECT ledger, terminal FROM identity").fetchone()
        heading = Heading(rules.name, ledger, now, f"by {terminal}'s own journal, of closed drawers")
    return replace(table, heading=heading)


def _require_key(name: str, key: Sequence[str]) -> None:
    wanted = {"receipts": 3}.get(name, 0)
    if len(key) < wanted:
        raise UsageError(
            f"{name} is of one row of another report.", "Nothing was read.", "Name it: --of TERMINAL EPOCH SESSION."
        )


def _asked(wanted: Wanted, today: str, year_from: int) -> Asked:
    """Without days, the month so far; with periods, from the first day of the one that today is in.

    Raises UsageError for what is no range of days.
    """
    until = wanted.until or max(today, wanted.since or today)
    try:
        since = wanted.since or begins(until, wanted.by if wanted.by in (By.QUARTER, By.YEAR) else By.MONTH, year_from)
        days = range_of(since, until)
    except NoRange as error:
        raise UsageError(error.happened, error.safe, error.press) from error
    return Asked(days, wanted.office or "", wanted.by, wanted.of, year_from)


def _is_office(connection: Any, office: str) -> bool:
    from countertui.ledger.reports.asking import fetched

    return bool(fetched(connection, "SELECT 1 FROM office WHERE code = ?", [office]))
