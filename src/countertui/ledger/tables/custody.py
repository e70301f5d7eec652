"""What the ledger took into custody: envelopes as they came, terminals, batches, records."""

from __future__ import annotations

from sqlalchemy import Index, UniqueConstraint

from countertui.ledger.tables.columns import blob, table, text, whole

state = table("ledger_state", text("key", primary_key=True), text("value"), rowid=False)
"""What the ledger knows of itself; see `StateKey` in books.py."""

counter = table("number_drawn", text("name", primary_key=True), whole("value"), rowid=False)
"""Running numbers: the last one drawn of each name."""

inbox = table(
    "inbox",
    text("sha256", primary_key=True),  # of the envelope's bytes
    text("terminal"),
    whole("epoch"),
    whole("no"),
    text("received_at"),
    text("verdict"),  # stored, posted, held, or what was wrong: the first that was answered by an ack, until let in
    text("detail"),
    blob("ack", nullable=True),  # of a held one that has no row in batch: a fork
    blob("bytes"),
)
"""Every envelope ever offered, as it came, good or bad; committed before anything is judged."""
Index("inbox_by_verdict", inbox.c.verdict, inbox.c.terminal, inbox.c.epoch, inbox.c.no)

offered_again = table(
    "offered_again",
    text("sha256", primary_key=True),
    text("verdict", primary_key=True),
    text("at"),
    text("detail"),
    blob("ack", nullable=True),
)
"""What was said of an envelope that had a signed answer and was offered again, where that was something else."""

rejected = table(
    "rejected",
    text("source", primary_key=True),  # an address; of IPv6 its network of 64 bits
    text("sha256", primary_key=True),  # of what was read of it
    text("route", primary_key=True),  # as the program names it, never the path as it came
    text("at"),  # when it came last
    whole("times"),
    whole("size"),
    blob("first"),
    rowid=False,
)
"""A bounded ring of what strangers uploaded: see rejected.py."""

terminal = table(
    "terminal",
    text("code", primary_key=True),
    whole("epoch", primary_key=True, autoincrement=False),
    text("office"),
    text("public_key"),
    text("certificate", nullable=True),  # hex, the ledger's signature on that key; made when it is published
    text("state"),  # active, frozen (a fork was seen), revoked; desk: the ledger's own
    whole("revoked_after", nullable=True),  # the last record that a revoked key is believed for
    whole("batch_no"),  # the last one taken into custody, and where it ends
    text("batch_hash"),
    whole("last_seq"),
    text("head"),
    whole("cum_net"),
    whole("cum_abs"),
    whole("last_receipt", nullable=True),  # the n of the last receipt number taken
    whole("posted_no"),  # the last one posted, and where that ends
    whole("posted_seq"),
    text("heard_at", nullable=True),
)
"""The register of terminal keys, with how far each journal was taken and posted. Published as table `terminal`."""

batch = table(
    "batch",
    text("terminal", primary_key=True),
    whole("epoch", primary_key=True, autoincrement=False),
    whole("no", primary_key=True, autoincrement=False),
    text("batch_hash", unique=True),
    text("sha256"),  # of its envelope in the inbox
    whole("first_seq"),
    whole("last_seq"),
    text("head"),
    whole("first_leaf"),  # of its first record in the ledger's log; the others follow
    text("state"),  # received, held, released, posted, rejected, reopened
    text("reasons"),  # JSON list: why it is held
    whole("receipts"),
    whole("net_cents"),
    whole("error_items"),
    text("received_at"),
    text("released_by", nullable=True),
    text("posted_by", nullable=True),  # NULL: by the ledger itself
    blob("ack"),
)
"""Batches in custody: chain-valid, one per number."""
Index("batch_by_state", batch.c.state, batch.c.received_at)

record = table(
    "record",
    text("terminal"),
    whole("epoch"),
    whole("seq"),
    text("id"),
    text("kind"),
    blob("h"),
    whole("entry", nullable=True),  # what it posted
    blob("body"),
    UniqueConstraint("terminal", "epoch", "seq"),
    UniqueConstraint("id"),
)
"""The records of posted batches, bodies verbatim."""
