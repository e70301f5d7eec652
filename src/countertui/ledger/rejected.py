"""Uploads of strangers, which no terminal's key signed: a little of each is kept, and no stranger fills the disk by it.

A ring: so many in all and so many of each source, oldest first out. Of each stand its time, where it came from, what
it was meant for and whom it named, its size, the SHA-256 and the first bytes of what was read of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Connection, delete, func, select

from countertui.ledger import tables
from countertui.ledger.books import Books
from countertui.ledger.bulk import run_many

MOST, MOST_OF_ONE = 1000, 50
"""How many are kept, and how many of one source."""
READ = 64 * 1024
"""What is read of each at most, bytes; its SHA-256 is of that."""
KEPT = 256
"""What is kept of each, bytes."""
_PERSONAL = "/personal"
"""The end of the route of side parts: a sealed value is shorter than that, and what is erased must be gone."""
_KEEP = """INSERT INTO "rejected" ("source", "sha256", "route", "at", "times", "size", "first")
  VALUES (?, ?, ?, ?, 1, ?, ?)
  ON CONFLICT ("source", "sha256", "route") DO UPDATE SET "at" = excluded."at", "times" = "rejected"."times" + 1"""


@dataclass(frozen=True, slots=True)
class Upload:
    """What a stranger sent: from which network, for which route, its size as announced or read, what was read."""

    source: str
    route: str
    size: int
    data: bytes


def keep_rejected(books: Books, upload: Upload, now: str) -> None:
    """Keep a little of an upload; the same again from there counts up. `now` is ISO 8601 UTC."""
    first = b"" if upload.route.endswith(_PERSONAL) else upload.data[:KEPT]
    row = (
        *(upload.source, sha256(upload.data).hexdigest(), upload.route, now),
        *(min(upload.size, 2**53), first),
    )
    with books.writing_beside() as connection:
        run_many(connection, _KEEP, [row])
        _drop_oldest(connection, MOST_OF_ONE, upload.source)
        _drop_oldest(connection, MOST)


def count_rejected(connection: Connection) -> int:
    """How many are kept."""
    return int(connection.execute(select(func.count()).select_from(tables.rejected)).scalar_one())


def _drop_oldest(connection: Connection, most: int, source: str | None = None) -> None:
    c = tables.rejected.c
    query = select(c.source, c.sha256, c.route).order_by(c.at.desc(), c.sha256, c.route).offset(most)
    found = query if source is None else query.where(c.source == source)
    for row in connection.execute(found).all():
        here = (c.source == row.source) & (c.sha256 == row.sha256) & (c.route == row.route)
        connection.execute(delete(tables.rejected).where(here))
