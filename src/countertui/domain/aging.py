"""Aging: what is owed by how long it has been due, counted from the due date to the business date."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from countertui.domain.charges import OpenCharge
from countertui.domain.money import Cents

FIRST, SECOND, THIRD = 30, 60, 90
"""Days up to which a charge stands in the first, second and third column, the last day included."""


@dataclass(frozen=True, slots=True)
class Aging:
    """Cents owed that are not due yet, due for 0-30, 31-60, 61-90 days, for longer; and credits, below zero."""

    not_due: Cents = Cents(0)
    to_30: Cents = Cents(0)
    to_60: Cents = Cents(0)
    to_90: Cents = Cents(0)
    longer: Cents = Cents(0)
    credit: Cents = Cents(0)

    @property
    def total(self) -> Cents:
        """All of it, credits taken off."""
        return Cents(self.not_due + self.to_30 + self.to_60 + self.to_90 + self.longer + self.credit)


def days_due(due: date, on: date) -> int:
    """For how many days a charge has been due; below zero where it is not yet."""
    return (on - due).days


def aged(charges: Iterable[OpenCharge], on: date) -> Aging:
    """The balances of charges by their age on a business date."""
    sums = dict.fromkeys(Aging.__slots__, 0)
    for charge in charges:
        sums[_column(charge, on)] += charge.balance
    return Aging(**{name: Cents(cents) for name, cents in sums.items()})


def _column(charge: OpenCharge, on: date) -> str:
    days = days_due(charge.due, on)
    if charge.balance < 0:
        return "credit"
    if days < 0:
        return "not_due"
    return next(
        (name for name, last in (("to_30", FIRST), ("to_60", SECOND), ("to_90", THIRD)) if days <= last), "longer"
    )
