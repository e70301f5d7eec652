"""`countertui import KIND FILE`: a city's own CSV through a mapping file, into the ledger, which then publishes."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import App, Parameter

from countertui.cli.extras import require_extras
from countertui.cli.lines import tell
from countertui.cli.places import books_folder
from countertui.domain.words import number_of

if TYPE_CHECKING:
    from countertui.ledger.books import Books
    from countertui.ledger.imported import Answering
    from countertui.ledger.importing.run import ImportReport

KindName = Literal[
    "accounts", "charges", "licenses", "deposits", "numbers", "fees", "workings", "flags", "notes", "gl", "naics"
]
_WITHOUT_MAP = "naics"

_REPAIRS_SHOWN = 5
_TOLD_EVERY_ROWS = 2_000


def add_to(app: App) -> None:
    """Add this module's commands."""
    app.command(import_, name="import")


def import_(
    kind: KindName,
    file: Path,
    /,
    *,
    map_: Annotated[Path | None, Parameter(name="--map")] = None,
    dir: Path | None = None,  # noqa: A002
    rejects: Path | None = None,
    dry_run: bool = False,
    json_: bool = False,
) -> int:
    """Bring a city's own file into the ledger's tables, then publish the next snapshot. Again, it changes nothing.

    An admin or a technician signs in and answers for it in the ledger's journal; a dry run asks nobody.

    Parameters
    ----------
    kind
        accounts, charges, licenses, deposits, numbers, fees, workings, flags, notes or gl; or naics, an industry list.
    file
        A CSV file, or a workbook (.xlsx), of which the first sheet is read. An industry list: CSV, JSON or XLSX as it
        was handed out; a table of codes and titles takes the place of the one before, an index adds what people call
        them.
    map_
        The mapping file (TOML): which column is which field, and what a row must look like. None with naics.
    dir
        The ledger's folder, or a demo city's.
    rejects
        Where refused rows go, each with its row number and reason; by default into the ledger's folder.
    dry_run
        Say what would become of each row, and change nothing.
    json_
        Answer as JSON: {"rows", "created", "updated", "unchanged", "repaired", "rejected", "removed", "rejects",
        "version", "seq", "repairs": [{"row", "column", "before", "after"}], "told": [text]}.
    """
    require_extras("ledger")
    from countertui.cli.ledger.asking_who import answering
    from countertui.cli.ledger.now import utc_now
    from countertui.errors import UsageError
    from countertui.ledger.books import open_books

    if (map_ is None) is not (kind == _WITHOUT_MAP):
        says = "needs a mapping file" if map_ is None else "is read without a mapping file"
        raise UsageError(f"A file of {kind} {says}.", "Nothing was imported.", "See `countertui import --help`.")
    for path in (file, map_):
        if path is not None and not path.is_file():
            raise UsageError(f"There is no file {path}.", "Nothing was imported.")
    now = utc_now()
    books = open_books(books_folder(dir))
    try:
        who = None if dry_run else answering(books)
        report = _imported(books, kind, file, map_, who=who, now=now, rejects=rejects)
    finally:
        books.close()
    if json_:
        print(json.dumps(report.to_json()))
    else:
        _tell(report, dry_run=dry_run)
    return 0


def _imported(
    books: Books,
    kind: KindName,
    file: Path,
    map_: Path | None,
    *,
    who: Answering | None,
    now: str,
    rejects: Path | None,
) -> ImportReport:
    """The file imported and published, or only tried where nobody answers for it."""
    from countertui.ledger.importing.industries import import_industries, import_industries_published
    from countertui.ledger.importing.kinds import Kind
    from countertui.ledger.importing.run import import_file, import_published

    if map_ is None:
        if who is None:
            return import_industries(books, file, who=None, now=now, rejects=rejects)
        return import_industries_published(books, file, who=who, now=now, rejects=rejects)
    what = books, Kind(kind), file, map_
    if who is None:
        return import_file(*what, who=None, now=now, rejects=rejects, progress=_progress())
    return import_published(*what, who=who, now=now, rejects=rejects, progress=_progress())


def _tell(report: ImportReport, *, dry_run: bool) -> None:
    would = "would be " if dry_run else ""
    tell(
        f"{number_of(report.rows, 'row')}: {report.created:,} {would}created, {report.updated:,} {would}updated,"
        f" {report.unchanged:,} unchanged, {report.rejected:,} rejected; {report.repaired:,} of them repaired."
    )
    for repair in report.repairs[:_REPAIRS_SHOWN]:
        joined = next(text for text in repair.after if text not in repair.before)
        tell(f"  row {repair.row}: a comma had split {repair.column}; it is “{joined}” again")
    if len(report.repairs) > _REPAIRS_SHOWN:
        tell(f"  … and {len(report.repairs) - _REPAIRS_SHOWN:,} more; --json lists them all.")
    if report.removed:
        went = "would be" if dry_run else "were"
        tell(f"{number_of(report.removed, 'row')} that the file no longer has {went} taken out.")
    for told in report.told:
        tell(f"  {told}")
    if report.rejects:
        tell(f"The rejected rows, each with its number and reason: {report.rejects}")
    if report.version is not None:
        tell(f"Snapshot {report.version} is published.")


def _progress() -> Callable[[int], None]:
    if not sys.stderr.isatty():
        return lambda _: None

    def tell(rows: int) -> None:
        if rows % _TOLD_EVERY_ROWS == 0:
            sys.stderr.write(f"\r{rows:,} rows")

    return tell
