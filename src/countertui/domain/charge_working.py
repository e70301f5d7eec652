"""How the balance of a charge came about, line by line: as billed, what moved on it since, what is here and not posted.

The lines add up to the balance, always: what nothing explains has a line that says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from countertui.domain.charges import CREDIT_HEAD, OpenCharge
from countertui.domain.money import Cents


@dataclass(frozen=True, slots=True)
class Step:
    """One line: the day (ISO, may be empty), what, cents added to what is owed, the rule and ordinance if one says it.

    source: the record that moved the money, empty for how it was billed. here: of this terminal, not posted yet.
    """

    dated: str
    what: str
    cents: Cents
    ordinance: str = ""
    source: str = ""
    here: bool = False


@dataclass(frozen=True, slots=True)
class Working:
    """A charge with the lines that add up to its balance."""

    charge: OpenCharge
    steps: tuple[Step, ...]


def working(charge: OpenCharge, billed: Cents, published: Sequence[Step], here: Iterable[Step]) -> Working:
    """The working of a charge as it stands here.

    billed: its amount as the snapshot has it; published: its lines there, in any order; here: what moved on it at this
    terminal since. charge.balance is what all of it must add up to.
    """
    of_bill = [step for step in published if not step.source]
    moved = sorted((step for step in published if step.source), key=lambda step: (step.dated, step.source))
    if not of_bill and charge.head != CREDIT_HEAD:
        of_bill = [Step(charge.due.isoformat(), f"As billed: {charge.description}", billed)]
    since = list(here)
    unexplained = charge.balance - sum(step.cents for step in (*of_bill, *moved, *since))
    if unexplained:
        of_bill.append(Step("", _unexplained(charge, unexplained), Cents(unexplained)))
    return Working(charge, (*of_bill, *moved, *since))


def _unexplained(charge: OpenCharge, cents: int) -> str:
    if charge.head == CREDIT_HEAD:
        return "Credit from before" if cents < 0 else "Used before"
    return "Paid before this ledger's records" if cents < 0 else "Not explained by what is kept here"
