"""What the ledger keeps of the people who sign in at it."""

from __future__ import annotations

from countertui.ledger.tables.columns import table, text, whole

sign_in_state = table(
    "sign_in_state",
    text("operator", primary_key=True),  # in the spelling under which a person is one person: domain.text.person_key
    whole("failures"),  # wrong PINs since the last right one; one that is being checked counts as wrong
    text("locked_at", nullable=True),
    rowid=False,
)
"""Wrong PINs at the ledger itself: five lock, and a restart forgets none."""
