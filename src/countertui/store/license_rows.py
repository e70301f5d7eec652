"""Reading what this terminal recorded of licenses: acts done here, numbers drawn."""

from __future__ import annotations

import sqlite3
from typing import Any

from countertui.store.store import read_body


def bodies_of(db: sqlite3.Connection, number: str, after_seq: int) -> list[dict[str, Any]]:
    """The bodies of the acts that were done with a license here after a record, in order."""
    rows = db.execute("SELECT seq FROM license_here WHERE license = ? AND seq > ? ORDER BY seq", (number, after_seq))
    return [read_body(db, seq) for (seq,) in rows.fetchall()]


def changed_after(db: sqlite3.Connection, after_seq: int) -> list[str]:
    """The licenses with which something was done here after a record, each once, in the order of their first act."""
    rows = db.execute("SELECT license FROM license_here WHERE seq > ? ORDER BY seq", (after_seq,)).fetchall()
    return list(dict.fromkeys(number for (number,) in rows))


def filed_with(db: sqlite3.Connection, blind: str) -> list[str]:
    """Licenses whose acts here hold the personal value of a keyed hash, the latest first; what is erased has none."""
    rows = db.execute(
        "SELECT license FROM license_here JOIN personal ON personal.seq = license_here.seq WHERE blind = ?"
        " ORDER BY license_here.seq DESC",
        (blind,),
    )
    return list(dict.fromkeys(number for (number,) in rows.fetchall()))


def last_act(db: sqlite3.Connection) -> int:
    """The last record here that is an act on a license; 0 for none."""
    (seq,) = db.execute("SELECT MAX(seq) FROM license_here").fetchone()
    return int(seq or 0)


def last_drawn(db: sqlite3.Connection) -> int:
    """The highest number drawn here of the series of licenses, epochs counted in; 0 for none."""
    (drawn,) = db.execute("SELECT MAX(drawn) FROM license_here WHERE drawn > 0").fetchone()
    return int(drawn or 0)
