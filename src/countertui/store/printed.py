"""What was printed of a receipt, as it was laid out when its money was taken."""

from __future__ import annotations

import sqlite3


def receipt_printed(db: sqlite3.Connection, receipt_no: str) -> str | None:
    """The print document (JSON) of a receipt's original; None where it is no longer kept, as in a restored store."""
    row = db.execute(
        "SELECT document FROM print_job WHERE receipt_no = ? AND kind = 'receipt' AND copy = 0 ORDER BY id LIMIT 1",
        (receipt_no,),
    ).fetchone()
    return None if row is None else str(row[0])
