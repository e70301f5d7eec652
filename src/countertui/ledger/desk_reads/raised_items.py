"""What putting a late license right would do, as the desk reads it: row by row of the city's calendar."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, RowMapping

from countertui.ledger.charges_raised import OTHER_RAISED
from countertui.ledger.corrections import ProposedRaised, propose_raised
from countertui.ledger.taken_back import CorrectionRefusedError

_NO_RECORD = ""
"""Stands for the record's id where nothing is recorded."""


def can_be_put_right(connection: Connection, row: RowMapping) -> bool:
    """Whether an error item is one of what was raised, and something would be put right by it."""
    if row["reason"] != OTHER_RAISED:
        return False
    try:
        propose_raised(connection, row["id"], _NO_RECORD)
    except CorrectionRefusedError:
        return False  # other payments raised it, or what stands is right by now
    return True


def raised_proposal(connection: Connection, item: int) -> tuple[ProposedRaised, list[dict[str, Any]]]:
    """What would be done, and the rows that are off: license, term's first day, words, what stands and what is given,
    the day that goes by, what is taken back and what is raised, cents. Raises CorrectionRefusedError.
    """
    found = propose_raised(connection, item, _NO_RECORD)
    rows = [
        {
            "license": each.license,
            "begins": each.begins.isoformat(),
            "description": each.description,
            "stands_cents": each.stands,
            "given_cents": each.given,
            "day": each.day,
            "withdrawn_cents": sum(one["cents"] for one in each.withdrawn),
            "raised_cents": max(0, each.given - each.stands) if each.as_raised is not None else 0,
        }
        for each in found.off
    ]
    return found, rows
