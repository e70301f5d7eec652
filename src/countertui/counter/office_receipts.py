"""Receipts of the office's other terminals, as far as their batches were brought here."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping
from typing import Any

from countertui.counter.station import Station
from countertui.domain.records import Kind
from countertui.store import office_rows


def receipts_of(
    station: Station, db: sqlite3.Connection, terminal: str, epoch: int, batch_no: int, wanted: Collection[str]
) -> dict[str, Mapping[str, Any]]:
    """The records of those receipts by number, of a terminal's batches up to that one; less those that are not here.

    Raises an AnswerNo for a batch that was altered since it was taken.
    """
    found: dict[str, Mapping[str, Any]] = {}
    for envelope in office_rows.envelopes_until(db, terminal, epoch, batch_no):
        for body in station.exchange.read_kept(terminal, epoch, envelope):
            if body.get("kind") == Kind.PAY and body.get("receipt_no") in wanted:
                found[body["receipt_no"]] = body
        if len(found) == len(wanted):
            break
    return found
