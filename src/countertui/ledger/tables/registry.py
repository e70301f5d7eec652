"""The register of keys, what follows from it, and terminals on their way in."""

from __future__ import annotations

from sqlalchemy import Index

from countertui.ledger.tables.columns import blob, table, text, whole

registry_entry = table(
    "registry_entry",
    whole("no", primary_key=True, autoincrement=False),
    text("kind"),
    text("hash", unique=True),
    text("at"),
    blob("envelope"),
)
"""The log of keys, entry by entry as signed. `terminal`'s key and state, and `terminal_key`, follow from it."""

Index("registry_entry_by_kind", registry_entry.c.kind)

terminal_key = table(
    "terminal_key",
    text("terminal", primary_key=True),
    whole("epoch", primary_key=True, autoincrement=False),
    whole("from_seq", primary_key=True, autoincrement=False),
    text("public_key", unique=True),
    text("sealing_key", nullable=True),  # X25519, of the terminal as enrolled
    rowid=False,
)
"""Which key signs a terminal's records from which one on."""

awaited = table(
    "awaited",
    text("terminal", primary_key=True),
    whole("epoch", primary_key=True, autoincrement=False),
    rowid=False,
)
"""Terminals that a restored ledger has not heard of its register yet; see after_restore.py."""

enrolment = table(
    "enrolment",
    text("terminal", primary_key=True),
    text("office"),
    whole("epoch"),
    text("code_key"),  # SHA-256 of the one-time code: what its holder proves to know
    text("nonce"),
    whole("tries"),
    text("begun_by"),
    text("expires_at"),
    text("fingerprint", nullable=True),  # of what the terminal asked for
    blob("request", nullable=True),
    blob("admission", nullable=True),
)
"""One terminal on its way in: a code given out, then its request, then its admission by a second person."""
