"""What may still be put right of a receipt that was voided or refunded, or whose check came back: none of its money."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, RowMapping, select

from countertui.domain.desk_records import DeskKind, ShareData
from countertui.errors import AnswerNo
from countertui.ledger import tables
from countertui.ledger.stored import StoredRecord, came_back, record_of


class CorrectionRefusedError(AnswerNo):
    """A correction that can't be made: nothing waits there, or it would go nowhere known."""


def require_standing(connection: Connection, about: StoredRecord) -> None:
    """A receipt that was voided or refunded, or whose one check came back, has no money anywhere that could move.

    Raises CorrectionRefusedError.
    """
    kind = connection.execute(select(tables.undone.c.kind).where(tables.undone.c.id == about.body["id"])).scalar()
    if kind == DeskKind.RETURNED_CHECK:
        total = about.body["data"]["total_cents"]
        if all(back.cents != total for back in came_back(connection, about.body["id"])):
            return
    if kind is not None:
        by = kind.replace("_", " ")
        raise refused(f"Receipt {about.body['receipt_no']} was taken back, by a {by}: none of its money is there.")


def require_gone_to_gl(connection: Connection, about: StoredRecord, shares: Sequence[ShareData]) -> None:
    """What waits of a receipt that was taken back is nobody's payment. Raises CorrectionRefusedError."""
    table = tables.undone
    undone = connection.execute(select(table.c.seq).where(table.c.id == about.body.get("id"))).first()
    # A check that paid a part may have come back: the rest is still a payment.
    if undone is not None and not came_back(connection, about.body["id"]) and any(share["account"] for share in shares):
        raise refused("The receipt was taken back: what waits of it goes to a GL account only.")


def waiting_together(connection: Connection, row: RowMapping) -> list[int]:
    """The open items of a receipt and of what took it back, if this is one of them and they add up to nothing."""
    item, undone, record = tables.error_item.c, tables.undone.c, tables.record.c
    if row["cents"] == 0:
        return []
    receipt = (record.terminal == row["terminal"]) & (record.epoch == row["epoch"]) & (record.seq == row["seq"])
    id_ = connection.execute(select(record.id).where(receipt)).scalar()
    here = (undone.terminal == row["terminal"]) & (undone.epoch == row["epoch"]) & (undone.seq == row["seq"])
    taken_back = connection.execute(select(tables.undone).where((undone.id == id_) | here)).first()
    pay = record_of(connection, taken_back.id) if taken_back is not None else None
    if taken_back is None or pay is None:
        return []
    places = [
        (pay.body["terminal"], pay.body["epoch"], pay.body["seq"]),
        (taken_back.terminal, taken_back.epoch, taken_back.seq),
    ]
    found = [
        connection.execute(
            select(item.id, item.cents).where(
                (item.terminal == terminal) & (item.epoch == epoch) & (item.seq == seq),
                item.state == "open",
                item.cents != 0,
            )
        ).all()
        for terminal, epoch, seq in places
    ]
    waiting = sorted((id_, cents) for each in found for id_, cents in each)
    return [id_ for id_, _ in waiting] if all(found) and sum(cents for _, cents in waiting) == 0 else []


def refused(happened: str) -> CorrectionRefusedError:
    """The error, and what to press."""
    return CorrectionRefusedError(happened, "Nothing was changed.", "Look at the record and its error items again.")
