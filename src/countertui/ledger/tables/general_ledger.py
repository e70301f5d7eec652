"""What was posted: entries, lines, balances, days, and the worklist of what could not be posted as it stands."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index

from countertui.ledger.tables.columns import table, text, whole

entry = table(
    "entry",
    whole("id", primary_key=True, autoincrement=False),
    text("terminal"),
    whole("epoch"),
    whole("seq"),
    text("kind"),
    text("biz_date", primary_key=True),
    text("receipt_no", nullable=True),
    rowid=False,
    by_month=True,
)
"""One journal entry a record that moved money, and one of kind `credit` beside it where charges were paid beyond what
was owed: of a batch its last record's, dated as the newest entry of it. Each balances in total and per fund.

Its number alone is unique; the business date is in the key because PostgreSQL's partitions are by it.
"""
Index("entry_of_terminal", entry.c.terminal, entry.c.biz_date)

gl_line = table(
    "gl_line",
    whole("entry", primary_key=True, autoincrement=False),
    whole("n", primary_key=True, autoincrement=False),
    text("biz_date", primary_key=True),  # as its entry's
    text("fund"),
    text("account"),
    whole("cents"),
    CheckConstraint("cents <> 0", name="gl_line_moves"),
    rowid=False,
    by_month=True,
)

paid_over = table(
    "paid_over",
    text("charge", primary_key=True),
    text("account", primary_key=True),  # whose receipts they are of, and whose credit, whoever the charge is of since
    whole("cents"),
    text("gl"),  # where they were taken from
    text("credit_gl"),  # and went to
    rowid=False,
)
"""What came to charges beyond what was owed, and stands on their accounts' credits: see overpaid.py."""

gl_balance = table(
    "gl_balance", text("fund", primary_key=True), text("account", primary_key=True), whole("cents"), rowid=False
)
"""The sum of gl_line per fund and account, kept with every posting."""

day = table(
    "day",
    text("biz_date", primary_key=True),
    text("terminal", primary_key=True),
    whole("epoch", primary_key=True, autoincrement=False),
    whole("receipts"),
    whole("net_cents"),
    rowid=False,
)
"""What each terminal took on each business date: receipts, and money in less money given back."""

error_item = table(
    "error_item",
    whole("id", primary_key=True, autoincrement=False),
    text("terminal"),
    whole("epoch"),
    whole("seq"),
    text("reason"),  # a code: see posting.py
    text("detail"),
    whole("cents"),  # what waits in suspense for it
    text("state"),  # open, corrected; settled: by a terminal's own record
    text("made_at"),
    whole("corrected_seq", nullable=True),  # the desk record that closed it
)
"""The worklist: what a record said that could not be posted as it stands."""

Index("error_item_by_state", error_item.c.state, error_item.c.id)
Index("error_item_by_terminal", error_item.c.terminal, error_item.c.state)
