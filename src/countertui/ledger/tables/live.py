"""What online terminals said and asked for between batches, never posted; and alarms, for people to see."""

from __future__ import annotations

from countertui.ledger.tables.columns import blob, table, text, whole

provisional = table(
    "provisional",
    text("terminal", primary_key=True),
    whole("epoch", primary_key=True, autoincrement=False),
    whole("seq", primary_key=True, autoincrement=False),
    blob("h"),
    blob("sig"),
    blob("body"),
    text("received_at"),
    rowid=False,
)
"""Records as they were made, verified on arrival; dropped once the batch that holds them is in custody."""

witnessed = table(
    "witnessed",
    text("terminal", primary_key=True),
    whole("epoch", primary_key=True, autoincrement=False),
    whole("seq"),
    blob("h"),
    blob("head"),  # as it was signed
    text("at"),
    rowid=False,
)
"""Where each terminal's journal ended by its own signed word, at the highest that it said."""

reserved = table(
    "reserved",
    text("thing", primary_key=True),  # drawer, bag, session, safe_bag
    text("name", primary_key=True),
    text("terminal", primary_key=True),
    whole("epoch"),
    text("by"),  # the session or record that it is for
    text("operator"),
    text("biz_date"),
    whole("after_seq"),  # where its journal ended when it asked first
    text("at"),  # when it asked first
    rowid=False,
)
"""What terminals asked for before they use it: see reserving.py. Working state; records say what happened."""

alarm = table(
    "alarm",
    whole("id", primary_key=True, autoincrement=False),
    text("kind"),  # fork, rollback, chain, log, locked, recovered, paper
    text("terminal"),  # empty for the ledger's own
    whole("epoch"),
    whole("seq", nullable=True),
    text("detail"),
    text("made_at"),
    text("seen_by", nullable=True),
    text("seen_at", nullable=True),
)
"""What somebody must look at, until somebody did."""
