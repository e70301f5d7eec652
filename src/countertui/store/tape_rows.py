"""Reading the journal backwards, from its newest record."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from typing import Any

CHUNK = 500
"""Records read at once."""


def bodies_back(db: sqlite3.Connection) -> Iterator[dict[str, Any]]:
    """The parsed body of every record, newest first, read as far as somebody asks."""
    before = 2**63 - 1
    while True:
        rows = db.execute(
            "SELECT seq, CAST(body AS TEXT) FROM journal WHERE seq < ? ORDER BY seq DESC LIMIT ?", (before, CHUNK)
        ).fetchall()
        if not rows:
            return
        yield from (json.loads(text) for _, text in rows)
        before = rows[-1][0]
