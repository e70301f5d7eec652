"""The reports that can be asked for, by name, in the order of a list."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Named:
    """A report: its name, what it is called, whether its sums can be told by periods."""

    name: str
    title: str
    by_periods: bool = True


OF_LEDGER = (
    Named("drawers", "Drawers by operator"),
    Named("totals", "X and Z totals by session", by_periods=False),
    Named("checks", "Check list"),
    Named("deposits", "Deposits", by_periods=False),
    Named("gl", "GL distribution"),
    Named("voids", "Voids and refunds by cashier"),
    Named("gaps", "Receipt number gaps", by_periods=False),
    Named("lag", "Deposit lag", by_periods=False),
    Named("over-short", "Over and short"),
    Named("no-sales", "Drawers opened without a sale"),
    Named("rights", "Rights of operators", by_periods=False),
    Named("trust", "Trust deposits and control accounts", by_periods=False),
)
"""Of the ledger's books."""
OF_TERMINAL = (
    Named("drawers", "Drawers by operator"),
    Named("totals", "Z totals by session", by_periods=False),
    Named("checks", "Check list"),
    Named("voids", "Voids and refunds by cashier"),
    Named("gaps", "Receipt number gaps", by_periods=False),
    Named("over-short", "Over and short"),
    Named("no-sales", "Drawers opened without a sale"),
)
"""Of a terminal's own journal."""

DAY_IN_KEY = {"totals": 0, "gl-entries": 2}
"""Parts of one day: the place of that day in their key. Before and behind it are other days of the same."""
OF_ONE = frozenset({"receipts", "deposited"})
"""Parts of one thing, a session or a deposit, whatever days are asked for."""
