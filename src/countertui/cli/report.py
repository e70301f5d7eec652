"""`countertui report NAME`: what a terminal's journal says, without opening the counter."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

from cyclopts import App

from countertui.cli.extras import require_extras
from countertui.cli.lines import tell
from countertui.cli.places import books_instead, terminal_folder
from countertui.domain.report_period import By
from countertui.domain.words import number_of
from countertui.errors import UsageError

# fmt: off
Name = Literal[
    "sessions", "gaps", "paper", "rights", "licenses", "license-deadlines", "license-growth",
    "drawers", "totals", "checks", "deposits", "gl", "voids", "lag", "over-short", "no-sales", "trust",
    "receipts", "voided", "opened", "gl-days", "gl-entries", "deposited", "trust-accounts",
]
# fmt: on
_NO_TABLES = ("sessions", "paper")


def add_to(app: App) -> None:
    """Add this module's commands."""
    app.command(report)


def report(
    name: Name,
    /,
    *,
    dir: Path | None = None,  # noqa: A002
    json_: bool = False,
    sign: bool = False,
    since: str | None = None,
    until: str | None = None,
    to: Path | None = None,
    by: By | None = None,
    office: str | None = None,
    of: tuple[str, ...] = (),
) -> int:
    """Print a report.

    Parameters
    ----------
    name
        sessions: drawer sessions with expected, counted and difference. gaps: receipt numbers missing (none, ever).
        paper: numbers of the office's paper receipt books that were used and keyed in nowhere, as far as is known here.
        rights: everybody's roles and days, who changed what of them here, what does not go together, reviews.
        licenses: month by month and class how many were issued, ended, in force, and what was taken for them.
        license-growth: the same of all classes, as bars. license-deadlines: what of licenses expires or falls due, and
        what waits. These three are the ledger's.
        drawers, by operator; totals, X and Z of each session by tender; checks; voids and refunds by cashier with
        rates; over-short; no-sales: of the ledger's books, or of the closed drawers of a terminal's own journal.
        gl, the distribution by fund and account; deposits; lag, from taking to deposit and bank; trust, deposits and
        their control accounts: of the ledger's books, and there gaps and rights as such tables too.
        receipts, voided, opened, gl-days, gl-entries, deposited, trust-accounts: what a row of those is made of.
    dir
        The terminal's folder; with rights also the ledger's, with licenses the ledger's.
    json_
        Answer as JSON; amounts in cents. sessions: [{"session", "drawer", "operator", "biz_date", "tender",
        "expected_cents", "counted_cents", "difference_cents"}], the last four null while open. gaps: [{"after",
        "before"}]. paper: [{"book", "first", "last", "count", "since", "age_days"}], the last two null where
        no later form says when. rights: {"snapshot", "sha256", "operators", "reviews"}. licenses: [{"month", "class",
        "class_name", "issued", "ended", "in_force", "not_stated", "taken_cents"}]; license-growth: [{"month", "issued",
        "ended", "in_force", "not_stated", "taken_cents"}]; license-deadlines: [{"day", "what", "license", "business",
        "class", "state", "detail", "cents"}]. All others: {"report", "title", "city", "ledger", "as_of", "since",
        "until", "by", "office", "columns", "rows", "totals", "notes"}, rates in basis points.
    sign
        With rights: sign the list off, as a lead, an auditor or an admin, whose id and PIN are asked for.
    since
        The first business date, like 2026-11-01; the first of the month if left out. With licenses and license-growth
        the first month, like 2026-01; twelve months before the last if left out.
    until
        The last business date, today if left out. With licenses and license-growth the last month, this one if left
        out; with license-deadlines the last day, in 60 days if left out.
    to
        A file to write instead: .csv, .xlsx or .pdf; of licenses and license-deadlines no .pdf. It must not be there.
    by
        Sums by day, week (from Monday), month, quarter or year, where a report has sums; quarters and years are those
        of the city's fiscal year. Without `since`, quarter and year begin with the one that `until` is in.
    office
        Of one office's terminals alone; the ledger knows all.
    of
        Which row of another report: what that has in its key, one --of for each part.
    """
    if name in ("licenses", "license-deadlines", "license-growth"):
        if (by, office, of) != (None, None, ()):
            raise UsageError(f"{name} is of all licenses, month by month.", "Nothing was reported.")
        require_extras("ledger")
        from countertui.cli.license_reports import license_report

        return license_report(name, dir, since=since, until=until, to=to, as_json=json_)
    asked = (since, until, to, by, office, of) != (None, None, None, None, None, ())
    if name in _NO_TABLES and asked:
        raise UsageError(f"{name} has no days, periods, offices or files.", "Nothing was reported.")
    if name not in ("sessions", "paper", "gaps", "rights") or asked or (name == "gaps" and books_instead(dir)):
        from countertui.cli.report_tables import Wanted, table_report

        return table_report(name, dir, Wanted(since, until, by, office, of, to, json_))
    if name == "rights":
        return _rights(dir, json_=json_, sign=sign)
    if name == "paper":
        return _paper(terminal_folder(dir), as_json=json_)
    from countertui.store.connection import open_for_reading
    from countertui.store.report_rows import gaps, sessions

    db = open_for_reading(terminal_folder(dir) / "store.db")
    try:
        rows = sessions(db) if name == "sessions" else gaps(db)
    finally:
        db.close()
    if json_:
        print(json.dumps(rows))
    else:
        for row in rows:
            print(_session(row) if name == "sessions" else f"missing between {row['after']} and {row['before']}")
        if not rows:
            tell("none")
    return 1 if name == "gaps" and rows else 0


def _paper(folder: Path, *, as_json: bool) -> int:
    """Missing paper numbers: of forms keyed in here, and of those that the ledger knew of at the last snapshot."""
    from countertui.domain.paper_books import gap_words
    from countertui.machine import SystemClock
    from countertui.store.connection import open_for_reading
    from countertui.store.paper_keyed import missing_papers
    from countertui.store.reference import Reference

    db, reference = open_for_reading(folder / "store.db"), Reference(folder / "reference.db")
    try:
        found = missing_papers(db, reference)
    finally:
        db.close()
        reference.close()
    today = SystemClock().local_text()[:10]
    rows = [
        {
            "book": book.name,
            "first": gap.first,
            "last": gap.last,
            "count": gap.count,
            "since": gap.since or None,
            "age_days": gap.age_days(today),
        }
        for book, gaps in found
        for gap in gaps
    ]
    if as_json:
        print(json.dumps(rows))
        return 1 if rows else 0
    for book, gaps in found:
        for gap in gaps:
            days = gap.age_days(today)
            age = "" if days is None else f", used by {gap.since}, {number_of(days, 'day')} ago"
            tell(f"{gap_words(book.series, gap)} of book {book.name}: keyed in by nobody{age}")
    if not rows:
        tell("none")
    return 1 if rows else 0


def _rights(named: Path | None, *, json_: bool, sign: bool) -> int:
    from countertui.cli import rights as at_terminal
    from countertui.cli.ledger import operators as at_ledger

    ledger = books_instead(named)
    require_extras("ledger" if ledger else "counter")
    folder, place = (ledger, at_ledger) if ledger else (terminal_folder(named), at_terminal)
    if sign:
        place.sign_rights(folder)
    else:
        place.show_rights(folder, as_json=json_)
    return 0


def _session(row: dict[str, Any]) -> str:
    from countertui.domain.money import format_cents

    who = f"{row['biz_date']}  {row['drawer']:4} {row['operator']:12}"
    if row["tender"] is None:
        return f"{who} open"
    figures = "  ".join(
        f"{name} {format_cents(row[f'{name}_cents']):>12}" for name in ("expected", "counted", "difference")
    )
    return f"{who} {row['tender']:12} {figures}"
