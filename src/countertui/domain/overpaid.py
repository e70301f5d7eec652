"""What came to a charge beyond what was owed on it, and whose it is: the account's whose receipt brought it.

A charge may become another account's, and be overpaid by both. Then each has a credit for its own money: a void takes
back its own account's first, and another's only where that one's payment is needed on the charge now.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Charge(NamedTuple):
    """A charge once money moved on it: whose it is now, what is owed on it, and what was owed at first, in cents."""

    account: str
    owed: int
    at_first: int


def settled(charge: Charge, over: Mapping[str, int], moved: Mapping[str, int]) -> tuple[int, dict[str, int]]:
    """What is owed on the charge, and by account what is on credits: never below nothing, or what it began with below.

    over: cents on credits so far, none of them 0; moved: cents that receipts of each account brought (positive) or
    took back since, `charge.owed` with them. What the charge's amount was changed by meanwhile is its account's own.
    """
    floor = min(0, charge.at_first)
    kept = dict(over)
    owed = _own(charge, charge.owed + sum(moved.values()), floor, kept)
    for account, cents in sorted(moved.items()):
        if cents < 0:
            owed, missing = _drawn(account, owed - cents, -cents, kept)
            for other in (charge.account, *sorted(kept)):
                owed, missing = _drawn(other, owed, min(missing, owed - floor), kept)
    for account, cents in sorted(moved.items()):
        if cents > 0:
            beyond = max(0, floor - (owed - cents))
            kept[account] = kept.get(account, 0) + beyond
            owed += beyond - cents
    owed = _own(charge, owed, floor, kept)
    return owed, {account: cents for account, cents in kept.items() if cents}


def _own(charge: Charge, owed: int, floor: int, kept: dict[str, int]) -> int:
    """Settle a charge with its own account's credit, either way."""
    if owed < floor:
        kept[charge.account] = kept.get(charge.account, 0) + floor - owed
        return floor
    return _drawn(charge.account, owed, owed - floor, kept)[0]


def _drawn(account: str, owed: int, most: int, kept: dict[str, int]) -> tuple[int, int]:
    """Take up to `most` cents from an account's credit to the charge; gives what is owed then, and what was missing."""
    taken = min(most, kept.get(account, 0))
    if taken:
        kept[account] -= taken
    return owed - taken, most - taken
