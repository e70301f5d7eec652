"""Personal data that records commit to: never in the records, so that it can be erased and they stay as they are."""

from __future__ import annotations

from sqlalchemy import Index

from countertui.ledger.tables.columns import blob, table, text, whole

personal = table(
    "personal",
    text("terminal", primary_key=True),
    whole("epoch", primary_key=True, autoincrement=False),
    whole("seq", primary_key=True, autoincrement=False),
    text("field", primary_key=True),
    text("commitment"),  # hex, as the record has it
    blob("locked", nullable=True),  # salt and value under the ledger's key; NULL: not here yet, or erased
    text("blind", nullable=True),  # hex, HMAC: the same value is found by it without being read
    text("kept_at", nullable=True),
    whole("erased_seq", nullable=True),  # the desk's record that had it erased
    rowid=False,
)
"""What batches in custody commit to, and the values as far as they came."""

Index("personal_by_blind", personal.c.blind)
