"""What deposits lack, in the books: given up as lost by two people, or over once its check's payment is taken back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, delete, select, update

from countertui.domain.money import Cents, format_cents
from countertui.domain.postings import PostingRules, over_short_entry
from countertui.domain.tenders import TenderKind
from countertui.ledger import tables
from countertui.ledger.posting import Posting, Problem, by_place

Body = Mapping[str, Any]
RETURNED, LOST = "returned", "lost"


def is_lacking(connection: Connection, receipt_no: str, reference: str) -> bool:
    """Whether a deposit lacks the check of that number of a receipt, and nobody found it."""
    c = tables.deposit_carried.c
    here = (c.receipt_no == receipt_no) & (c.reference == reference) & (c.tender == TenderKind.CHECK.value)
    open_ = c.found_no.is_(None) & (c.ended == "")
    return connection.execute(select(c.item).where(here, open_)).first() is not None


def end_returned(connection: Connection) -> None:
    """Let what is open end whose check was taken back: it is among the checks no more."""
    table, back, taken = tables.deposit_carried, tables.returned.c, tables.check_taken.c
    c = table.c
    open_ = (c.tender == TenderKind.CHECK.value) & c.found_no.is_(None) & (c.ended == "")
    there = tables.returned.join(tables.check_taken, taken.id == back.id)
    for key in connection.execute(select(c.terminal, c.epoch, c.item, c.receipt_no, c.reference).where(open_)).all():
        by_number = (taken.reference == key.reference.lstrip("0")) & (taken.receipt_no == key.receipt_no)
        same = select(back.id).select_from(there).where(by_number, back.reference == key.reference)
        if connection.execute(same).first() is not None:
            own = (c.terminal == key.terminal) & (c.epoch == key.epoch) & (c.item == key.item)
            connection.execute(update(table).where(own).values(ended=RETURNED))


def forget_made_up(connection: Connection, no: int) -> str:
    """A deposit that waited is not what was received: nothing stands open by its word. In words what went by it."""
    table, deposit = tables.deposit_carried, tables.deposit.c
    c = table.c
    its_own = c.no == no
    later = select(c.item, c.ended, deposit.slip_no).outerjoin_from(table, tables.deposit, deposit.no == c.found_no)
    gone = its_own & (c.found_no.is_not(None) | (c.ended == LOST))
    told = [
        f" Deposit {row.slip_no} contains {row.item}, which it says it lacked."
        if row.slip_no is not None
        else f" {row.item}, which it says it lacked, was given up."
        for row in connection.execute(later.where(gone).order_by(c.item))
    ]
    connection.execute(delete(table).where(its_own, c.found_no.is_(None), c.ended == ""))
    return "".join(told)


def give_up(connection: Connection, body: Body, rules: PostingRules) -> tuple[Posting, Problem | None]:
    """What giving an item up posts: short of its tender. A problem instead where none like it is open."""
    data, table = body["data"], tables.deposit_carried
    c = table.c
    here = (c.terminal == body["terminal"]) & (c.epoch == body["epoch"]) & (c.item == data["item"])
    same = here & (c.tender == data["tender"]) & (c.cents == data["cents"]) & c.found_no.is_(None) & (c.ended == "")
    if connection.execute(select(c.item).where(same)).first() is None:
        amount = format_cents(Cents(data["cents"]))
        return Posting({}), Problem("item-not-open", f"{data['item']}, {amount}, was given up, and is not open.", 0)
    connection.execute(update(table).where(same).values(ended=LOST))
    return Posting(by_place(over_short_entry(TenderKind(data["tender"]), Cents(-data["cents"]), rules))), None
