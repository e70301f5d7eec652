"""`countertui ledger fsck`: the books recomputed and compared."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from cyclopts import App

from countertui.cli.ledger.at_desk import reading
from countertui.cli.lines import tell


def add_to(ledger: App) -> None:
    """Add this module's command to `countertui ledger`."""
    ledger.command(fsck)


def fsck(*, dir: Path | None = None, json_: bool = False) -> int:  # noqa: A002
    """Recompute everything from what came in, and compare; exit status 1 if anything differs. Changes nothing.

    It works from a copy (SQLite: as large as ledger.db, where temporary files go) and keeps no batch waiting.

    Parameters
    ----------
    dir
        The ledger's folder.
    json_
        Answer as JSON: {"came_in", "records", "lines", "differences"}.
    """
    with reading(dir) as books:
        from countertui.ledger.fsck import as_lines
        from countertui.ledger.fsck import fsck as check

        checked = check(books, _progress)
    if json_:
        told = {"came_in": checked.came_in, "records": checked.records, "lines": checked.lines}
        print(json.dumps(told | {"differences": list(checked.differences)}))
    else:
        tell("\n".join(as_lines(checked)))
    return 1 if checked.differences else 0


def _progress(came_in: int) -> None:
    if sys.stderr.isatty() and came_in % 10 == 0:
        sys.stderr.write(f"\r\x1b[K{came_in:,} recomputed\r")
