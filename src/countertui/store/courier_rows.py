"""Bags that went with a courier: written from their records, read for the log of bags."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from typing import Any

Db = sqlite3.Connection


def handed(db: Db, body: Mapping[str, Any], _h: bytes) -> None:
    """Project a `courier` record: each of its bags is with the courier."""
    rows = [(bag, body["seq"]) for bag in body["data"]["bags"]]
    db.executemany("INSERT INTO with_courier (bag, seq) VALUES (?, ?) ON CONFLICT (bag) DO NOTHING", rows)


def handed_over(db: Db, bag: str) -> dict[str, Any] | None:
    """The body of the record that a bag went with; None while it is here."""
    row = db.execute(
        "SELECT CAST(body AS TEXT) FROM journal WHERE seq = (SELECT seq FROM with_courier WHERE bag = ?)", (bag,)
    ).fetchone()
    return json.loads(row[0]) if row else None
