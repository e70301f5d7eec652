"""What later records need to undo or answer earlier ones."""

from __future__ import annotations

from sqlalchemy import Index

from countertui.ledger.tables.columns import table, text, whole

undone = table(
    "undone",
    text("id", primary_key=True),  # of the pay record
    text("kind"),  # void, refund
    text("terminal"),
    whole("epoch"),
    whole("seq"),
    text("biz_date"),  # of what took it back
    text("taken_at"),  # the terminal that the receipt was taken at
    text("taken_by"),  # who took it; empty where a bank says so
    whole("cents"),  # of the receipt
    text("receipt_no"),  # empty where it is none
)
"""Receipts taken back, and by which record: no receipt is taken back twice."""
Index("undone_by_day", undone.c.biz_date)

unposted = table(
    "unposted",
    text("terminal", primary_key=True),
    whole("epoch", primary_key=True, autoincrement=False),
    whole("seq", primary_key=True, autoincrement=False),
    whole("n", primary_key=True, autoincrement=False),  # of the record's movements, from 0
    rowid=False,
)
"""What a receipt said it moves on a charge or credit and did not, for none was known: undoing it must not either."""

rules_used = table(
    "rules_used",
    text("terminal", primary_key=True),
    whole("epoch", primary_key=True, autoincrement=False),
    whole("first_seq", primary_key=True, autoincrement=False),
    text("rules"),  # JSON, as in table city
)
"""By which rules a terminal's records were posted, from that one on until the next row: what undoes them needs it."""

answered = table(
    "answered",
    text("terminal", primary_key=True),
    whole("epoch", primary_key=True, autoincrement=False),
    whole("request_seq", primary_key=True, autoincrement=False),
    whole("seq"),
    rowid=False,
)
"""Requests for a void or refund that were carried out or refused, and by which record: each is answered once."""
