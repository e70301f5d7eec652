"""Returned items of a bank's file: matched as rows of a bank's list, and taken back, each once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from countertui.domain.bank_statement import StatementLine
from countertui.ledger.bank.explaining import entries_like, explain_booked
from countertui.ledger.desk import Ground
from countertui.ledger.importing.returns import ReturnRow
from countertui.ledger.returned_list import Listed, return_list

REASON = "Returned unpaid"


def as_rows(items: Iterable[StatementLine]) -> list[ReturnRow]:
    """Each returned item as a row; one without a check's number says why it can't be matched."""
    return [
        ReturnRow(item.row, item.check, -item.cents, item.text[:80] or REASON)
        if item.check
        else ReturnRow(item.row, cents=-item.cents, why_not="The bank names no check: look it up by its amount.")
        for item in items
    ]


def take_back(
    ground: Ground, items: Sequence[tuple[Listed, str]], *, by: str, second: str, biz_date: str, ids: Callable[[], str]
) -> int:
    """Take back what returned items paid, each with the identity of its line, which is explained by it; how many.

    Both people have signed in. Raises as `return_list` and `explain_booked` do; nothing is changed then.
    """
    done = return_list(ground, [one for one, _ in items], by=by, second=second, biz_date=biz_date, ids=ids)
    for one, line in items:
        if len(entries_like(ground.connection, line)) != 1:
            continue  # the check's receipt is in no deposit: the line stays listed
        reason = f"{one.row.reason}, check {one.reference}"
        explain_booked(ground, line, by=by, second=second, reason=reason, biz_date=biz_date, id_=ids())
    return done
