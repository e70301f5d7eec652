"""Drawer sessions as their own records say, and what is expected in each drawer."""

from __future__ import annotations

from sqlalchemy import Index

from countertui.ledger.tables.columns import table, text, whole

session = table(
    "session",
    text("terminal", primary_key=True),
    whole("epoch", primary_key=True, autoincrement=False),
    text("id", primary_key=True),
    text("operator"),
    text("drawer"),
    text("biz_date"),
    whole("open_seq"),
    whole("close_seq", nullable=True),
)
"""Drawer sessions, as their own open and close records say."""
Index("session_by_day", session.c.biz_date)

session_tender = table(
    "session_tender",
    text("terminal", primary_key=True),
    whole("epoch", primary_key=True, autoincrement=False),
    text("session", primary_key=True),
    text("tender", primary_key=True),
    whole("count"),
    whole("cents"),
    rowid=False,
)
"""What is expected in each session's drawer, moved by every posted record of it: nothing of it is a terminal's word."""
