"""What posting adds to the working of charges: a line for each record that moved money on one, and one for its overpay.

Every line is kept with the record it follows from, so that a batch that is posted again adds the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection

from countertui.domain.balances import Movement, movement_words
from countertui.ledger import tables
from countertui.ledger.bulk import insert_many
from countertui.ledger.credits import CREDIT_PREFIX

Body = Mapping[str, Any]

OVERPAID_FROM = 1_001
"""Numbers of a record's lines of what was overpaid; those of what it moved itself begin at 1."""
_COLUMNS = ("charge", "source", "n", "account", "dated", "what", "cents", "ordinance", "changed_in")


Step = tuple[str, str, str, str, str, int]
"""A line before it has its number: charge, account, the record (source), day, words, cents added to what is owed."""


def steps_of(body: Body, moves: Iterable[Movement]) -> list[Step]:
    """The lines of what a record moved on charges and credits."""
    sums: dict[tuple[str, str], int] = {}  # no Counter: a night's receipts are a million
    for account, charge, _, _, cents in moves:
        if account is not None:
            on = (charge or CREDIT_PREFIX + account, account)
            sums[on] = sums.get(on, 0) - cents
    if not sums:
        return []
    source, dated, words = source_of(body), body["biz_date"], movement_words(body)
    return [(charge, account, source, dated, words, cents) for (charge, account), cents in sums.items() if cents]


def overpaid_steps(source: str, dated: str, moved: Iterable[tuple[str, str, int]]) -> list[Step]:
    """The lines of what went from charges to credits: charge, account of the credit, cents (negative: back) each."""
    steps: list[Step] = []
    for charge, account, cents in moved:
        words = f"Overpaid: to the credit of {account}" if cents > 0 else f"Back from the credit of {account}"
        steps.append((charge, account, source, dated, words, cents))
        steps.append((CREDIT_PREFIX + account, account, source, dated, f"Overpaid on {charge}", -cents))
    return steps


def source_of(body: Body) -> str:
    """A record's name in a line's source."""
    return f"{body['terminal']}/{body['epoch']}/{body['seq']}"


def write_steps(connection: Connection, steps: Iterable[Step], version: int, first: int = 1) -> None:
    """Write lines, of one charge and record numbered from `first` on in their order."""
    drawn: dict[tuple[str, str], int] = {}
    rows = []
    for charge, account, source, dated, what, cents in steps:
        n = drawn.get((charge, source), first)
        drawn[charge, source] = n + 1
        rows.append((charge, source, n, account, dated, what, cents, "", version))
    insert_many(connection, tables.reference["charge_step"], _COLUMNS, rows)
