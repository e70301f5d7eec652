"""A closed session as its own records in the books say: what a deposit of it must be made of."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, select

from countertui.domain.deposit_making import ClosedSession, Paper
from countertui.domain.deposits import DEPOSITED, PAPERS, BagData
from countertui.domain.desk_records import TenderSum
from countertui.domain.records import Kind
from countertui.domain.rights import took_part
from countertui.domain.tenders import TenderKind
from countertui.ledger import tables
from countertui.ledger.stored import record_at

Body = Mapping[str, Any]


def closed_session(connection: Connection, terminal: str, epoch: int, id_: str) -> ClosedSession | None:
    """The session: counted at its close less at its opening, with its drops; None if it is not closed in the books.

    cash_off is what was counted less what its records add up to, whatever its close says.
    """
    c = tables.session.c
    here = (c.terminal == terminal) & (c.epoch == epoch) & (c.id == id_) & c.close_seq.is_not(None)
    row = connection.execute(select(tables.session).where(here)).mappings().first()
    if row is None:
        return None
    opened = record_at(connection, terminal, epoch, row["open_seq"])
    closed = record_at(connection, terminal, epoch, row["close_seq"])
    bags = _bags(connection, terminal, epoch, id_)
    off = -(opened.body["data"]["counted_cents"] if opened is not None else 0) + sum(each["cents"] for each in bags)
    counted = {each["tender"]: each for each in closed.body["data"]["counted"]} if closed is not None else {}
    sums = []
    for kind in DEPOSITED:
        if (each := counted.get(kind.value)) is None:
            continue
        is_cash = kind is TenderKind.CASH
        count, cents = 0 if is_cash else each["count"], each["cents"] + (off if is_cash else 0)
        if count or cents:
            sums.append(TenderSum(tender=kind.value, count=count, cents=cents))
    t = tables.session_tender.c
    cash = (t.terminal == terminal) & (t.epoch == epoch) & (t.session == id_) & (t.tender == TenderKind.CASH.value)
    expected = connection.execute(select(t.cents).where(cash)).scalar() or 0
    bodies = [record.body for record in (opened, closed) if record is not None]
    return ClosedSession(
        terminal=terminal,
        epoch=epoch,
        session=id_,
        batch_no=None,
        drawer=row["drawer"],
        operator=row["operator"],
        biz_date=row["biz_date"],
        sums=tuple(sums),
        cash_off=counted.get(TenderKind.CASH.value, {"cents": 0})["cents"] - expected,
        bags=tuple(bags),
        papers=tuple(_papers(connection, terminal, epoch, id_, row["open_seq"], row["close_seq"])),
        hands=tuple(dict.fromkeys([row["operator"], *took_part(*bodies)])),
    )


def _bags(connection: Connection, terminal: str, epoch: int, id_: str) -> list[BagData]:
    c = tables.dropped.c
    here = (c.terminal == terminal) & (c.epoch == epoch) & (c.session == id_)
    rows = connection.execute(select(c.bag, c.cents).where(here).order_by(c.seq))
    return [BagData(bag=bag, cents=cents) for bag, cents in rows]


def _papers(connection: Connection, terminal: str, epoch: int, id_: str, first: int, last: int) -> Iterator[Paper]:
    """Checks and money orders of the session's receipts that were not voided, in the receipts' order."""
    c = tables.record.c
    here = (c.terminal == terminal) & (c.epoch == epoch) & c.seq.between(first, last)
    query = select(c.body).where(here, c.kind.in_([Kind.PAY.value, Kind.VOID.value])).order_by(c.seq)
    bodies = [body for body in map(_parsed, connection.execute(query).scalars()) if body["session"] == id_]
    voided = {body["data"]["original"]["receipt_no"] for body in bodies if body["kind"] == Kind.VOID}
    for body in bodies:
        if body["kind"] == Kind.PAY and body["receipt_no"] not in voided:
            for n, tender in enumerate(body["data"]["tenders"], start=1):
                if tender["kind"] in PAPERS:
                    kind = TenderKind(tender["kind"])
                    yield Paper(body["receipt_no"], n, kind, tender["reference"], tender["cents"])


def _parsed(stored: bytes) -> Body:
    body: Body = json.loads(bytes(stored))
    return body
