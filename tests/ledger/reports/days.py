"""A small day by hand: two terminals, two cashiers, a void, a refund, checks, a shortage, a drawer left open."""

from __future__ import annotations

from sqlalchemy import Connection

from countertui.domain.records import Kind
from countertui.domain.report_period import Range
from countertui.domain.report_table import Asked, Table
from countertui.ledger.answers import NEW
from countertui.ledger.books import Books
from countertui.ledger.ingest import ingest
from countertui.ledger.keep_terminals import register_terminal
from countertui.ledger.reports import report
from ledger.town import NOW, Till, allocation, brought, ledger_key, line

FIRST, SECOND = "2026-11-20", "2026-11-23"
DAYS = Range(FIRST, SECOND)


def copies(cents: int):
    return line(None, allocation(None, "100-4410", cents))


def water(cents: int):
    return line("U1", allocation("C1", "510-4310", cents))


def sent(books: Books, till: Till) -> None:
    place = till.identity.terminal, till.identity.epoch
    assert ingest(books, ledger_key(books), till.seal(), *place, till.batch_no, NOW).status == NEW


def lived(books: Books) -> None:
    """T1 at HALL: Ann's closed drawer of the first day and her open one of the second. T2 at POOL: Cy's, 1.00 short."""
    brought(books, "office", [("POOL", "Pool", "9 Lake St")])
    tills = {}
    for code, office in (("T1", "HALL"), ("T2", "POOL")):
        tills[code] = till = Till(books, code)
        register_terminal(books, ledger_key(books), code, office, 1, till.identity.public_key, now=NOW)
    ann, cy = tills["T1"], tills["T2"]
    ann.open("S1", biz_date=FIRST)
    taken = ann.pay(copies(10_00), session="S1", biz_date=FIRST)
    ann.pay(water(30_00), session="S1", biz_date=FIRST, tenders=[("check", 30_00, "00417")])
    paid_twice = ann.pay(copies(5_00), session="S1", biz_date=FIRST, tenders=[("check", 5_00, "12")])
    ann.record(Kind.NO_SALE, {"drawer": "D1", "reason": "A roll of dimes"}, session="S1", biz_date=FIRST)
    ann.void(taken, session="S1", biz_date=FIRST)
    ann.close(200_00, 200_00, {"check": (2, 35_00)}, session="S1", biz_date=FIRST)
    ann.open("S2", biz_date=SECOND)
    ann.pay(copies(2_50), session="S2", biz_date=SECOND)
    asked = ann.ask(Kind.REFUND_REQUEST, paid_twice, session="S2", biz_date=SECOND)
    ann.refund(paid_twice, asked["seq"], session=None, biz_date=SECOND)
    sent(books, ann)
    cy.open("S3", biz_date=SECOND, operator="cy")
    cy.pay(copies(7_00), session="S3", biz_date=SECOND, operator="cy")
    cy.close(206_00, 207_00, session="S3", biz_date=SECOND, operator="cy")
    sent(books, cy)


def told(connection: Connection, name: str, asked: Asked = Asked(DAYS)) -> Table:  # noqa: B008 - frozen
    return report(connection, "DEMO-LITTLETON", name, asked, "2026-11-23T18:00:00")


def rows_of(table: Table):
    return [tuple(row[n] for n in table.shown) for row in table.rows]
