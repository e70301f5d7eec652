"""What posting adds to the working of charges: a line for each record that moved money on one, and one for its overpay.

Every line is kept with the record it follows from, so that a batch that is posted again adds the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection

from countertui.domain.balances import Movement, movement_words
from countertui.ledger import tables
from countertui.ledger.bulk import insert_many
from countertui.ledger.credits import CREDIT_PREFIX

Body = Mapping[str, Any]

OVERPAID_FROM = 1_001
"""Numbers of a record's lines of what was overpaid; those of what it moved itself begin at 1."""
_COLUMNS = ("charge", "source", "n", "account", "dated", "what", "cents", "ordinance", "changed_in")


class Step(NamedTuple):
    """A line before it has its number: on which charge of which account, by which record, cents added to the debt."""

    charge: str
    account: str
    source: str
    dated: str
    what: str
    cents: int


def steps_of(body: Body, moves: Iterable[Movement]) -> list[Step]:
    """The lines of what a record moved on charges and credits."""
    sums: Counter[tuple[str, str]] = Counter()
    for move in moves:
        if move.account is not None:
            sums[move.charge or CREDIT_PREFIX + move.account, move.account] -= move.cents
    if not sums:
        return []
    source, words = source_of(body), movement_words(body)
    return [Step(*on, source, body["biz_date"], words, cents) for on, cents in sums.items() if cents]


def overpaid_steps(source: str, dated: str, moved: Iterable[tuple[str, str, int]]) -> list[Step]:
    """The lines of what went from charges to credits: charge, account of the credit, cents (negative: back) each."""
    steps: list[Step] = []
    for charge, account, cents in moved:
        words = f"Overpaid: to the credit of {account}" if cents > 0 else f"Back from the credit of {account}"
        steps.append(Step(charge, account, source, dated, words, cents))
        steps.append(Step(CREDIT_PREFIX + account, account, source, dated, f"Overpaid on {charge}", -cents))
    return steps


def source_of(body: Body) -> str:
    """A record's name in a line's source."""
    return f"{body['terminal']}/{body['epoch']}/{body['seq']}"


def write_steps(connection: Connection, steps: Iterable[Step], version: int, first: int = 1) -> None:
    """Write lines, of one charge and record numbered from `first` on in their order."""
    drawn: Counter[tuple[str, str]] = Counter()
    rows = []
    for charge, account, source, dated, what, cents in steps:
        n = first + drawn[charge, source]
        drawn[charge, source] += 1
        rows.append((charge, source, n, account, dated, what, cents, "", version))
    insert_many(connection, tables.reference["charge_step"], _COLUMNS, rows)
