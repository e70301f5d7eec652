"""The ledger's log: the hashes of its tree in tiles, and every checkpoint ever given out."""

from __future__ import annotations

from countertui.ledger.tables.columns import blob, table, text, whole

log_tile = table(
    "log_tile",
    whole("level", primary_key=True, autoincrement=False),
    whole("n", primary_key=True, autoincrement=False),
    blob("hashes"),  # 1 to 256, 32 bytes each; only the last of a level has fewer
)
"""Tile n of level L holds the roots of 256 subtrees of 256**L leaves each, from the 256n-th on (C2SP tlog-tiles)."""

checkpoint = table(
    "checkpoint",
    whole("size", primary_key=True, autoincrement=False),
    text("root"),
    text("made_at"),
    text("note"),  # signed, as given out
)
"""Whatever the ledger has ever said of its log; it must stay true."""
