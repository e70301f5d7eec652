"""`countertui report NAME`: what a terminal's journal says, without opening the counter."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

from cyclopts import App

from countertui.cli.extras import require_extras
from countertui.cli.places import books_instead, terminal_folder

Name = Literal["sessions", "gaps", "rights"]


def add_to(app: App) -> None:
    """Add this module's commands."""
    app.command(report)


def report(name: Name, /, *, dir: Path | None = None, json_: bool = False, sign: bool = False) -> int:  # noqa: A002
    """Print a report.

    Parameters
    ----------
    name
        sessions: drawer sessions with expected, counted and difference. gaps: receipt numbers missing (none, ever).
        rights: everybody's roles and days, who changed what of them here, what does not go together, reviews.
    dir
        The terminal's folder; with rights also the ledger's.
    json_
        Answer as JSON; amounts in cents. sessions: [{"session", "drawer", "operator", "biz_date", "tender",
        "expected_cents", "counted_cents", "difference_cents"}], the last four null while open. gaps: [{"after",
        "before"}]. rights: {"snapshot", "sha256", "operators", "reviews"}.
    sign
        With rights: sign the list off, as a lead, an auditor or an admin, whose id and PIN are asked for.
    """
    if name == "rights":
        return _rights(dir, json_=json_, sign=sign)
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
            print("none")
    return 1 if name == "gaps" and rows else 0


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
