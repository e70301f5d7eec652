"""The inbox: the raw bytes of every batch that was offered, as they came, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, update

from countertui.ledger import tables
from countertui.ledger.answers import Answer
from countertui.ledger.books import Books
from countertui.ledger.bulk import run_many

_KEEP = """INSERT INTO "inbox" ("sha256", "terminal", "epoch", "no", "received_at", "verdict", "detail", "bytes")
  VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT ("sha256") DO NOTHING"""
_STORED = "stored"
"""The verdict of bytes that nothing was said of yet. As long as "posted", so that SQLite writes that word over this one
in its place: a row of another length is written whole again, its megabytes and all."""
_AGAIN = """INSERT INTO "offered_again" ("sha256", "verdict", "at", "detail", "ack") VALUES (?, ?, ?, ?, ?)
  ON CONFLICT ("sha256", "verdict") DO NOTHING"""
_SETTLED = ("posted", "received", "held")


@dataclass(frozen=True, slots=True)
class Offer:
    """A batch as offered: what its address says, and its bytes."""

    terminal: str
    epoch: int
    no: int
    sha256: str
    now: str


def keep(books: Books, offer: Offer, envelope: bytes) -> None:
    """The raw bytes, in their own commit; the same bytes are kept once."""
    row = (offer.sha256, offer.terminal, offer.epoch, offer.no, offer.now, _STORED, "", envelope)
    with books.writing_beside() as connection:
        run_many(connection, _KEEP, [row])


def set_verdict(connection: Connection, offer: Offer, verdict: str, detail: str, ack: bytes | None = None) -> None:
    """Note what became of the kept bytes; what was once taken into custody stays so, however it is offered again.

    The first verdict that was answered by a signed ack stands until the bytes are let in: what was said of them when
    they were offered again stands in a table of its own.
    """
    table = tables.inbox
    here = table.c.sha256 == offer.sha256
    row = connection.execute(select(table.c.verdict, table.c.ack).where(here)).one()
    if row.verdict in _SETTLED:
        return
    # What a terminal says may stand in it; a zero character is no text to PostgreSQL.
    values: dict[str, Any] = {"verdict": verdict, "detail": detail.replace("\0", "\ufffd")}
    if row.ack is None or verdict in _SETTLED:
        connection.execute(update(table).where(here).values(**values, **({} if ack is None else {"ack": ack})))
    elif row.verdict != verdict:
        again = (offer.sha256, verdict, offer.now, values["detail"], ack)
        run_many(connection, _AGAIN, [again])


def answered_before(connection: Connection, offer: Offer, verdict: str) -> bytes | None:
    """The ack by which these bytes were answered with this verdict before; None if they were not."""
    for table in (tables.inbox, tables.offered_again):
        here = (table.c.sha256 == offer.sha256) & (table.c.verdict == verdict)
        if ack := connection.execute(select(table.c.ack).where(here)).scalar():
            return bytes(ack)
    return None


def judged(books: Books, offer: Offer, answer: Answer, verdict: str) -> Answer:
    """Note what became of the kept bytes in a transaction of its own, and answer so."""
    with books.writing() as connection:
        set_verdict(connection, offer, verdict, answer.body.decode())
    return answer
