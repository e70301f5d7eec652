"""From records to the derived tables: one function a kind, used when a record is made and when `verify` rebuilds them.

Derived tables hold nothing that isn't in the journal. Bodies are trusted here: they were made or verified before.
"""

from __future__ import annotations

import json
import sqlite3

from countertui.domain.records import Kind
from countertui.store.projection.accounts import ACCOUNTS
from countertui.store.projection.by_kind import Body, ByKind
from countertui.store.projection.charges import CHARGES
from countertui.store.projection.deposits import DEPOSITS
from countertui.store.projection.drawers import DRAWERS
from countertui.store.projection.operators import OPERATORS
from countertui.store.projection.receipts import RECEIPTS
from countertui.store.projection.returned_checks import RETURNED_CHECKS
from countertui.store.projection.terminal import TERMINAL

_ADVANCE = "UPDATE counter SET cum_net = ?, cum_abs = ?, last_utc = ?, receipt_n = COALESCE(?, receipt_n)"


def project(connection: sqlite3.Connection, body: Body, h: bytes) -> None:
    """Bring the derived tables up to a record. body is the parsed record, h its chain hash."""
    kind = Kind(body["kind"])
    apply = _BY_KIND.get(kind)
    if apply is not None:
        apply(connection, body, h)
    drawn = body["receipt_no"]
    receipt_n = None if drawn is None else int(drawn.rpartition("-")[2])
    connection.execute(_ADVANCE, (body["cum_net"], body["cum_abs"], body["utc"], receipt_n))


def project_bytes(connection: sqlite3.Connection, body: bytes, h: bytes) -> None:
    """The same from a record's canonical bytes."""
    project(connection, json.loads(body), h)


_BY_KIND: ByKind = {
    **TERMINAL,
    **OPERATORS,
    **DRAWERS,
    **RECEIPTS,
    **CHARGES,
    **ACCOUNTS,
    **RETURNED_CHECKS,
    **DEPOSITS,
}
