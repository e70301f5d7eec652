"""What counters changed of accounts that imports bring."""

from __future__ import annotations

from countertui.ledger.tables.columns import table, text

superseded = table(
    "superseded",
    text("account", primary_key=True),
    text("detail", primary_key=True),  # address, phone
    text("value", primary_key=True),
    rowid=False,
)
"""What a detail was before counters changed it: an import that still has one of these does not undo the change."""
