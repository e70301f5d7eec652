"""Bank deposits, made at the desk or at terminals, and what they carry from one to the next."""

from __future__ import annotations

from sqlalchemy import Index

from countertui.ledger.tables.columns import table, text, whole

deposit = table(
    "deposit",
    whole("no", primary_key=True, autoincrement=False),  # of the desk's: its record; of others see deposits.FIRST
    text("terminal"),
    whole("epoch"),
    whole("seq"),
    text("slip_no"),
    text("office"),
    text("account"),  # of the books, the bank account that it is at; empty where the city names none
    text("bag"),
    text("biz_date"),
    whole("total_cents"),
    text("stage"),  # interim, final
    text("state"),  # deposited, waiting (for sessions it names), suspended (all of it in suspense), taken_back
)
"""Every bank deposit, by the number that bank lines and `deposited` name it by."""
Index("deposit_of_record", deposit.c.terminal, deposit.c.epoch, deposit.c.seq)

deposit_waits = table(
    "deposit_waits",
    text("terminal", primary_key=True),
    whole("epoch", primary_key=True, autoincrement=False),
    text("session", primary_key=True),
    whole("no"),
    rowid=False,
)
"""Sessions that a deposit names and that are not closed in the books yet."""
Index("deposit_waits_of", deposit_waits.c.no)

deposited_bag = table(
    "deposited_bag",
    text("terminal", primary_key=True),
    whole("epoch", primary_key=True, autoincrement=False),
    text("session", primary_key=True),  # that dropped it
    text("bag", primary_key=True),
    whole("no"),
    rowid=False,
)
"""Dropped bags whose cash is in a deposit, with their session or apart from it: in one only."""
Index("deposited_bag_of", deposited_bag.c.no)

deposit_waits_bag = table(
    "deposit_waits_bag",
    text("terminal", primary_key=True),
    whole("epoch", primary_key=True, autoincrement=False),
    text("session", primary_key=True),
    text("bag", primary_key=True),
    whole("no"),
    rowid=False,
)
"""Bags that a deposit took apart from their session and whose drop is not in the books yet."""
Index("deposit_waits_bag_of", deposit_waits_bag.c.no)

deposit_carried = table(
    "deposit_carried",
    text("terminal", primary_key=True),
    whole("epoch", primary_key=True, autoincrement=False),
    text("item", primary_key=True),
    text("tender"),
    whole("cents"),
    text("receipt_no"),
    text("reference"),
    text("reason"),
    whole("no"),  # the deposit that lacked it
    whole("found_no", nullable=True),  # the one that contains it
    text("ended"),  # empty; returned (its payment was taken back), lost (given up, and posted as short)
    rowid=False,
)
"""What deposits lacked, open until a later one contains it: it stays in the account of its tender."""
Index("deposit_carried_open", deposit_carried.c.ended, deposit_carried.c.tender, deposit_carried.c.found_no)
