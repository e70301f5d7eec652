"""Open charges, and how a payment is spread over them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from countertui.domain.money import ZERO, Cents, format_cents
from countertui.domain.refusal import Refused

CREDIT_HEAD = "credit"
"""The head of money taken beyond what was owed."""
DRAWN_HEAD = "drawn"
"""The head of money taken from a trust deposit to pay with: its cents are below zero."""


class AllocationFirst(StrEnum):
    """What a city pays off first: by head (Lake Havasu AZ) or by age (Columbia Falls MT)."""

    HEAD = "head"
    OLDEST = "oldest"


@dataclass(frozen=True, slots=True)
class AllocationOrder:
    """A city's order: heads from first paid to last, and whether head or age leads."""

    heads: tuple[str, ...] = ("penalty", "tax", "trash", "sewer", "water")
    first: AllocationFirst = AllocationFirst.HEAD


@dataclass(frozen=True, slots=True)
class OpenCharge:
    """One open item on an account; balance in cents is what is still owed on it, negative for a credit."""

    id: str
    head: str
    due: date
    description: str
    gl: str
    balance: Cents


@dataclass(frozen=True, slots=True)
class Allocation:
    """The part of a payment that goes to one charge, or, with no charge, to the account's credit."""

    charge: str | None
    head: str
    gl: str
    cents: Cents
    owed_after: Cents


class AllocationRefused(Refused):
    """An allocation by hand that doesn't fit the charges or the amount."""


def total_owed(charges: Iterable[OpenCharge]) -> Cents:
    """What is owed over all charges, credits taken off; never below zero."""
    return Cents(max(0, sum(charge.balance for charge in charges)))


def in_order(charges: Iterable[OpenCharge], order: AllocationOrder) -> list[OpenCharge]:
    """The charges as the city pays them off; heads it doesn't name come last, equal ones by charge id."""
    rank = {head: place for place, head in enumerate(order.heads)}
    last = len(rank)

    def by_head(charge: OpenCharge) -> tuple[int, date, str]:
        return rank.get(charge.head, last), charge.due, charge.id

    def by_age(charge: OpenCharge) -> tuple[date, int, str]:
        return charge.due, rank.get(charge.head, last), charge.id

    if order.first is AllocationFirst.OLDEST:
        return sorted(charges, key=by_age)
    return sorted(charges, key=by_head)


def allocate(
    amount: Cents, charges: Sequence[OpenCharge], order: AllocationOrder, credit_gl: str
) -> tuple[Allocation, ...]:
    """Spread an amount (cents, not negative) over what is owed in the city's order.

    What is left over becomes a credit on credit_gl. Charges with a credit balance take nothing.
    """
    spread: list[Allocation] = []
    left = int(amount)
    for charge in in_order((charge for charge in charges if charge.balance > 0), order):
        if not left:
            break
        part = min(left, charge.balance)
        spread.append(_part(charge, part))
        left -= part
    if left:
        spread.append(Allocation(None, CREDIT_HEAD, credit_gl, Cents(left), ZERO))
    return tuple(spread)


def allocate_by_hand(
    amount: Cents, charges: Sequence[OpenCharge], chosen: Mapping[str, Cents]
) -> tuple[Allocation, ...]:
    """Spread an amount as a cashier chose it, charge id to cents.

    Raises AllocationRefused if a charge is not on the account, a part exceeds its balance, or the parts miss the
    amount.
    """
    known = {charge.id: charge for charge in charges}
    spread: list[Allocation] = []
    for id_, part in chosen.items():
        charge = known.get(id_)
        if charge is None:
            raise AllocationRefused("One of the charges chosen is not on this account.")
        if not 0 <= part <= max(0, charge.balance):
            raise AllocationRefused(
                f"{charge.description}: at most {format_cents(max(0, charge.balance))} is owed on it."
            )
        if part:
            spread.append(_part(charge, part))
    missing = amount - sum(allocation.cents for allocation in spread)
    if missing:
        raise AllocationRefused(
            f"The parts and the amount differ by {format_cents(abs(missing))}.", press="Change a part, or the amount."
        )
    return tuple(spread)


def _part(charge: OpenCharge, part: int) -> Allocation:
    return Allocation(charge.id, charge.head, charge.gl, Cents(part), Cents(charge.balance - part))
