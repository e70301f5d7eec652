"""How the bank and the books stand: deposits that wait, the likeliest pairs, lines of none, what came back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from countertui.domain.bank_matching import AtBank, Line, Pair, pairs
from countertui.domain.bank_statement import LineKind
from countertui.ledger.bank.booking import booked_bags, not_at_bank, open_lines, returned
from countertui.ledger.bank.returned_items import as_rows
from countertui.ledger.returned_list import Listed, match_list

SURE = 90
"""From which confidence on, in percent, a pair is booked without being named: bag and amount, or an amount that is the
only one of its days."""


class Standing(NamedTuple):
    """Deposits that wait for the bank, pairs surest first, all open lines, returned items each with its line."""

    waiting: list[AtBank]
    pairs: list[Pair]
    lines: list[Line]
    listed: list[tuple[Listed, str]]

    @property
    def in_transit(self) -> list[AtBank]:
        """The deposits that no line may be, oldest first."""
        paired = {pair.deposit.seq for pair in self.pairs}
        return [each for each in self.waiting if each.seq not in paired]

    @property
    def unmatched(self) -> list[Line]:
        """The open lines that no deposit may be, oldest first."""
        paired = {line.identity for pair in self.pairs for line in pair.lines}
        return [line for line in self.lines if line.identity not in paired]


def standing(connection: Connection, fresh: Sequence[Line] = ()) -> Standing:
    """How it stands now. fresh: lines of a file that is only looked at."""
    waiting, lines = not_at_bank(connection), [*open_lines(connection), *fresh]
    listed = match_list(connection, as_rows(returned(lines)))
    items = [line.identity for line in lines if line.says.kind is LineKind.RETURNED]
    found = pairs(waiting, lines, booked_bags(connection))
    return Standing(waiting, found, lines, list(zip(listed, items, strict=True)))
