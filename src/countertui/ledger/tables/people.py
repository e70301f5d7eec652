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

operator_role = table(
    "operator_role",
    text("operator", primary_key=True),
    text("since", primary_key=True),  # ISO date
    text("roles"),  # space-separated words
    rowid=False,
)
"""What an operator may or might, since when. No row: what they may now they always might."""

operator_change = table(
    "operator_change",
    text("terminal", primary_key=True),
    whole("epoch", primary_key=True, autoincrement=False),
    whole("seq", primary_key=True, autoincrement=False),
    text("operator"),
    text("what"),  # see domain.operators.Change
    text("by"),
    text("second", nullable=True),
    text("at"),  # of the record
    rowid=False,
)
"""Every change of an operator that was taken over, and the record that made it."""

last_login = table("last_login", text("operator", primary_key=True), text("at"), text("terminal"), rowid=False)
"""When an operator signed on last, and where, by the records taken in."""

rights_review = table(
    "rights_review",
    text("terminal", primary_key=True),
    whole("epoch", primary_key=True, autoincrement=False),
    whole("seq", primary_key=True, autoincrement=False),
    text("by"),
    text("at"),
    whole("snapshot"),
    text("sha256"),  # see domain.rights_review.list_hash
    rowid=False,
)
"""Reviews of everybody's rights that were signed, and the records that say so."""
