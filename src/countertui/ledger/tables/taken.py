"""What reports are told from: sums that follow from records and lines, kept with every posting."""

from __future__ import annotations

from sqlalchemy import Index

from countertui.ledger.tables.columns import table, text, whole

gl_day = table(
    "gl_day",
    text("biz_date", primary_key=True),
    text("terminal", primary_key=True),
    whole("epoch", primary_key=True, autoincrement=False),
    text("fund", primary_key=True),
    text("account", primary_key=True),
    whole("cents"),
    rowid=False,
)
"""The sum of gl_line per business date of its entry, terminal and epoch whose record posted it, fund and account."""

session_taken = table(
    "session_taken",
    text("biz_date", primary_key=True),
    text("terminal", primary_key=True),
    whole("epoch", primary_key=True, autoincrement=False),
    text("session", primary_key=True),
    text("operator", primary_key=True),
    whole("receipts"),
    whole("cents"),
    whole("no_sales"),
    rowid=False,
)
"""What each operator took in a session on a business date, and how often they opened its drawer without a sale."""
Index("session_taken_of", session_taken.c.terminal, session_taken.c.epoch, session_taken.c.session)

counted = table(
    "counted",
    text("terminal", primary_key=True),
    whole("epoch", primary_key=True, autoincrement=False),
    text("session", primary_key=True),
    text("tender", primary_key=True),
    whole("count"),
    whole("cents"),
    rowid=False,
)
"""What was counted of each tender at a session's close; what should be there is in session_tender."""

number_run = table(
    "number_run",
    text("terminal", primary_key=True),
    whole("epoch", primary_key=True, autoincrement=False),
    whole("first_no", primary_key=True, autoincrement=False),
    whole("last_no"),
    text("first_date"),
    text("last_date"),
    rowid=False,
)
"""Receipt numbers posted, in runs of an epoch without a gap, and the business dates at both ends."""
