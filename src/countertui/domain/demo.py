"""Demo cities: known by their ledger's id, so that nothing of theirs passes for a real city's."""

from __future__ import annotations

_PREFIX = "DEMO"


def is_demo(ledger_id: str) -> bool:
    """Whether a ledger id names a demo city; real ledgers refuse such an id."""
    return ledger_id.startswith(_PREFIX)
