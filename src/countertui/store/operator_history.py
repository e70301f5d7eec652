"""What the journal says of operators: changes, last sign-ons, reviews; read in slices, so that nobody waits."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from typing import Any

from countertui.domain.records import Kind

_SLICE = 2000
_KINDS = (Kind.OPERATOR.value, Kind.LOGIN.value, Kind.RIGHTS_REVIEW.value)
_SQL = "SELECT body FROM journal WHERE seq > ? AND seq <= ? AND kind IN (?, ?, ?) ORDER BY seq"


def operator_records(db: sqlite3.Connection) -> Iterator[dict[str, Any]]:
    """The bodies of all records about operators, logins and reviews, in order."""
    (last,) = db.execute("SELECT COALESCE(MAX(seq), 0) FROM journal").fetchone()
    for first in range(0, last, _SLICE):
        for (body,) in db.execute(_SQL, (first, first + _SLICE, *_KINDS)).fetchall():
            yield json.loads(body)
