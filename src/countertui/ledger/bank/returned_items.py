"""Returned items of a bank's file as rows of a bank's list: what `countertui.ledger.returned_list` matches."""

from __future__ import annotations

from collections.abc import Iterable

from countertui.domain.bank_statement import StatementLine
from countertui.ledger.importing.returns import ReturnRow

REASON = "Returned unpaid"


def as_rows(items: Iterable[StatementLine]) -> list[ReturnRow]:
    """Each returned item as a row; one without a check's number says why it can't be matched."""
    return [
        ReturnRow(item.row, item.check, -item.cents, item.text[:80] or REASON)
        if item.check
        else ReturnRow(item.row, cents=-item.cents, why_not="The bank names no check: look it up by its amount.")
        for item in items
    ]
