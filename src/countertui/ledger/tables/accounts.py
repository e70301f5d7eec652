"""What imports bring of accounts, and what counters changed of it."""

from __future__ import annotations

from countertui.ledger.tables.columns import table, text, whole

superseded = table(
    "superseded",
    text("account", primary_key=True),
    text("detail", primary_key=True),  # address, phone
    text("value", primary_key=True),
    rowid=False,
)
"""What a detail was before counters changed it: an import that still has one of these does not undo the change."""

brought_credit = table(
    "brought_credit",
    text("account", primary_key=True),
    text("gl", primary_key=True),
    whole("seq", primary_key=True, autoincrement=False),  # the desk's record of the import
    text("biz_date"),
    whole("cents"),  # below zero by what is held for the account
    whole("entry", nullable=True),  # that booked it; none while the rules name no opening account
    rowid=False,
)
"""By how much each import moved what accounts had to their credit before any of it went through these books."""
