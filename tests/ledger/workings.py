"""Whether the working of every charge in the books leads to its balance."""

from __future__ import annotations

from typing import Any

from countertui.ledger.books import Books
from ledger.test_ingest import asked

_SUMS = """SELECT c.id, c.balance_cents, c.amount_cents, COALESCE(SUM(s.cents), 0) FROM charge c
  LEFT JOIN charge_step s ON s.charge = c.id AND s.source <> '' GROUP BY c.id, c.balance_cents, c.amount_cents"""


def unexplained(books: Books) -> list[tuple[Any, ...]]:
    """Charges whose lines don't lead from amount to balance; a credit is nothing but its lines."""
    return [
        (id_, balance, amount, moved)
        for id_, balance, amount, moved in asked(books, _SUMS)
        if balance != (0 if id_.startswith("CR-") else amount) + moved
    ]
