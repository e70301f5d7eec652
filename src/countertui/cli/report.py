"""`countertui report NAME`: what a terminal's journal says, without opening the counter."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

from cyclopts import App

from countertui.cli.places import default_folder

Name = Literal["sessions", "gaps"]


def add_to(app: App) -> None:
    """Add this module's commands."""
    app.command(report)


def report(name: Name, *, dir: Path | None = None, json_: bool = False) -> int:  # noqa: A002
    """Print a report.

    Parameters
    ----------
    name
        sessions: drawer sessions with expected, counted and difference. gaps: receipt numbers missing (none, ever).
    dir
        The terminal's folder.
    json_
        Answer as JSON.
    """
    from countertui.store.connection import open_for_reading
    from countertui.store.report_rows import gaps, sessions

    db = open_for_reading(default_folder(dir) / "store.db")
    try:
        rows = sessions(db) if name == "sessions" else gaps(db)
    finally:
        db.close()
    if json_:
        print(json.dumps(rows))
    else:
        for row in rows:
            print("  ".join(f"{key} {value}" for key, value in row.items()))
        if not rows:
            print("none")
    return 1 if name == "gaps" and rows else 0
