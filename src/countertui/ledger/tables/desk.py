"""What people do at the ledger: its own journal, the order in which everything came into the books, and what follows.

Bodies of the desk's records stand in table `record` beside everybody's, under the terminal code LEDGER.
"""

from __future__ import annotations

from sqlalchemy import Index

from countertui.ledger.tables.columns import blob, table, text, whole

desk_signature = table(
    "desk_signature",
    whole("seq", primary_key=True, autoincrement=False),
    blob("sig"),
    text("public_key"),  # hex: the ledger's key of that day
    text("at"),
)
"""Signatures of the desk's records: a terminal's come in its envelopes."""

turn = table(
    "turn",
    whole("n", primary_key=True, autoincrement=False),
    text("terminal"),
    whole("epoch"),
    whole("no"),  # of the batch; at the desk, the record's sequence number
    text("at"),
)
"""The order in which batches were taken and desk records made: what recomputes the books goes by it."""

kept_rows = table(
    "kept_rows",
    text("sha256", primary_key=True),  # of the bytes beside it
    blob(
        "bytes"
    ),  # a part: zlib, JSON list of how they are set, the table, the rows, their columns; a list of parts: JSON
)
"""Reference rows that imports and the founding set, in parts; a signed record or entry names each list of parts."""

paid_before = table("paid_before", text("charge", primary_key=True), whole("cents"), rowid=False)
"""What was paid on a charge before it came into the ledger, where that is anything."""

verifier_was = table(
    "verifier_was",
    text("operator", primary_key=True),
    whole("turn", primary_key=True, autoincrement=False),
    text("verifier"),
    rowid=False,
)
"""What proved an operator until after that turn, where a record changed it; see desk_proof.py."""

tie_out_signed = table(
    "tie_out_signed",
    whole("seq", primary_key=True, autoincrement=False),  # the desk record that says so
    text("month"),
    text("by"),
    text("second"),
    text("at"),
    text("sha256"),  # see domain.tie_out.rows_hash
    whole("different"),  # rows in which something differed
    text("reason"),
)
"""Tie-outs of months that two people signed."""

period = table(
    "period",
    text("month", primary_key=True),  # YYYY-MM
    text("state"),  # closed, open
    whole("seq"),  # the desk record that said so last
    rowid=False,
)
"""Months that were closed or opened again; every other month is open."""

corrected = table(
    "corrected",
    text("terminal", primary_key=True),
    whole("epoch", primary_key=True, autoincrement=False),
    whole("seq", primary_key=True, autoincrement=False),  # of the record that is corrected
    whole("by_seq", primary_key=True, autoincrement=False),  # of the desk's correction
    rowid=False,
)
"""Which corrections a record had: what undoes it undoes them too."""

deposited = table(
    "deposited",
    text("terminal", primary_key=True),
    whole("epoch", primary_key=True, autoincrement=False),
    text("session", primary_key=True),
    whole("seq"),
    rowid=False,
)
"""Sessions whose money is in a bank deposit, and in which: in one only."""

dropped = table(
    "dropped",
    text("terminal", primary_key=True),
    whole("epoch", primary_key=True, autoincrement=False),
    whole("seq", primary_key=True, autoincrement=False),
    text("session"),
    text("bag"),
    whole("cents"),
    rowid=False,
)
"""Cash that went from a running drawer to the safe: its session's, in a bag of its own."""
Index("dropped_of_session", dropped.c.terminal, dropped.c.epoch, dropped.c.session)
Index("dropped_in_bag", dropped.c.bag)

couriered = table(
    "couriered",
    text("terminal", primary_key=True),
    whole("epoch", primary_key=True, autoincrement=False),
    whole("seq", primary_key=True, autoincrement=False),
    text("bag", primary_key=True),
    rowid=False,
)
"""Bags that terminals gave to a courier, as their records say."""
Index("couriered_bag", couriered.c.bag)

bag = table("bag", text("bag", primary_key=True), whole("seq"), rowid=False)
"""Bags used, and for which deposit: each once."""

returned = table(
    "returned",
    text("id", primary_key=True),  # of the receipt's record
    text("reference", primary_key=True),  # of the check
    text("terminal"),  # whose record says so: the desk's, or a terminal's
    whole("epoch"),
    whole("seq"),
    whole("n"),  # its place in that record, from 0
    whole("entry", nullable=True),
    whole("cents"),
    text("account", nullable=True),
    text("shares"),  # JSON: what was taken back, as negative cents
    rowid=False,
)
"""Checks that came back unpaid: each once."""

check_taken = table(
    "check_taken",
    text("reference", primary_key=True),  # its number, without the zeros that lead it
    text("terminal", primary_key=True),
    whole("epoch", primary_key=True, autoincrement=False),
    whole("seq", primary_key=True, autoincrement=False),
    whole("n", primary_key=True, autoincrement=False),  # of the receipt's tenders, from 0
    whole("cents"),
    text("biz_date"),
    text("receipt_no"),
    text("id"),  # of the receipt's record
    rowid=False,
)
"""Checks that receipts were paid with, and where: a bank's list names checks by their numbers alone."""
Index("check_taken_by_day", check_taken.c.biz_date, check_taken.c.terminal, check_taken.c.epoch, check_taken.c.seq)

payable = table(
    "payable",
    whole("no", primary_key=True, autoincrement=False),
    text("kind"),
    text("terminal"),  # the record that made it owed
    whole("epoch"),
    whole("seq"),
    text("biz_date"),
    text("reference"),  # a refund's receipt number, a trust refund's account
    text("account"),
    text("payee"),
    text("address"),
    text("reason"),
    whole("cents"),
    whole("export_no", nullable=True),  # in which file it went to accounts payable; NULL: in none yet
    rowid=False,
)
"""What the city owes somebody by check: approved refunds. Each goes to accounts payable once."""

payment_file = table(
    "payment_file",
    text("sha256", primary_key=True),
    whole("seq"),
    text("origin"),
    text("state"),  # posted, held
    rowid=False,
)
"""Lockbox, web and ACH files taken in; the same file again changes nothing."""

bank_file = table(
    "bank_file",
    text("sha256", primary_key=True),
    whole("seq"),
    text("name"),
    text("form"),  # BAI2, OFX
    text("biz_date"),  # on which it was taken in
    text("first_day"),  # the days it told something new of; empty: of none
    text("last_day"),
    whole("lines"),  # how many were new
    whole("seen"),  # how many were there
    rowid=False,
)
"""Banks' files taken in; the same file again is refused."""

bank_balance = table(
    "bank_balance",
    text("account", primary_key=True),
    text("dated", primary_key=True),
    whole("file_seq", primary_key=True, autoincrement=False),
    whole("opened", nullable=True),
    whole("closed", nullable=True),
    rowid=False,
)
"""What an account held at a day's beginning and end, in cents, by each file that tells it."""

bank_line = table(
    "bank_line",
    text("identity", primary_key=True),
    whole("file_seq"),
    whole("row"),
    text("account"),
    text("dated"),
    whole("cents"),  # negative: out of the account
    text("kind"),  # deposit, returned, credit, debit
    text("code"),
    text("reference"),
    text("bank_id"),
    text("check"),
    text("text"),
    whole("deposit", nullable=True),  # the deposit that it is; NULL: none, or none yet
    whole("explained", nullable=True),  # the desk's record that says what else it is; NULL: none does
    rowid=False,
)
"""Lines of the bank's files, each once however many files repeat it."""
Index("bank_line_by_day", bank_line.c.dated)
Index("bank_line_of_deposit", bank_line.c.deposit)

bank_entry = table(
    "bank_entry",
    whole("entry", primary_key=True, autoincrement=False),
    text("line"),
    rowid=False,
)
"""Entries of the books that a line of the bank is, other than a deposit's: each entry is one line's."""

at_bank = table(
    "at_bank",
    whole("deposit", primary_key=True, autoincrement=False),
    whole("match_seq"),
    whole("off_cents"),
    rowid=False,
)
"""Deposits that the bank has, and the record that says so."""

lead = table(
    "lead",
    whole("no", primary_key=True, autoincrement=False),
    text("known_by"),  # its name's words and its address: what it is known by from one list to the next
    text("list"),
    text("key"),  # the list's own name for it
    text("name"),
    text("address"),
    text("mailing"),
    text("about"),
    whole("alike"),  # percent, to the nearest license
    text("evidence"),  # JSON list
    whole("found_seq"),
    text("status"),
    text("since"),  # the day it stands so from
    text("note"),
    whole("status_seq"),
    whole("letters"),
    rowid=False,
)
"""Businesses that no license was found for, each once however many lists have it: a worklist, and what is put aside."""
Index("lead_known_by", lead.c.known_by, unique=True)
