"""Accounts receivable: money on a customer's account that pays no invoice yet, and applying it to invoices.

Applying moves no money: what stood as the account's credit pays its open charges instead, each in its own fund.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from countertui.domain.charges import OpenCharge, allocate_by_hand
from countertui.domain.money import LARGEST, Cents, format_cents
from countertui.domain.pay_record import AllocationData
from countertui.domain.reference import AccountKind
from countertui.domain.refusal import Refused

APPLIED_ON = frozenset({AccountKind.CUSTOMER.value, AccountKind.LICENSE.value})
"""Kinds of accounts whose credit pays what is chosen, where others' credit only lowers what is owed in all."""


class ApplyRefused(Refused):
    """The credit can't be applied like this; it stays on the account."""


class ApplyData(TypedDict):
    """`apply`: cents of an account's credit, which stands at `gl`, to charges of the same account."""

    account: str
    name: str
    gl: str
    cents: int
    allocations: list[AllocationData]


class AppliedRef(TypedDict):
    """The `apply` that is taken back: its number in this terminal's journal, its hash (hex) and its id."""

    seq: int
    h: str
    id: str


class UnapplyData(TypedDict):
    """`unapply`: an `apply` taken back whole, for a reason: its cents are the account's credit again."""

    account: str
    name: str
    gl: str
    cents: int
    allocations: list[AllocationData]
    original: AppliedRef
    reason: str


def applied(
    account: str, name: str, gl: str, credit: Cents, charges: Sequence[OpenCharge], chosen: Mapping[str, Cents]
) -> ApplyData:
    """What applies a credit in cents to chosen charges, charge id to cents.

    Raises ApplyRefused where nothing is chosen or the credit does not reach, AllocationRefused where a part is more
    than its charge owes.
    """
    cents = Cents(sum(chosen.values()))
    if cents <= 0:
        raise ApplyRefused("No invoice is chosen.", press="Space marks an invoice.")
    if cents > credit:
        raise ApplyRefused(
            f"{format_cents(cents)} is chosen; the credit is {format_cents(max(0, credit))}.", press="Choose less."
        )
    parts = allocate_by_hand(cents, charges, chosen)
    return ApplyData(
        account=account,
        name=name,
        gl=gl,
        cents=cents,
        allocations=[
            AllocationData(charge=part.charge, head=part.head, gl=part.gl, cents=part.cents, owed_after=part.owed_after)
            for part in parts
        ],
    )


def taken_back(data: ApplyData, original: AppliedRef, reason: str) -> UnapplyData:
    """What takes an `apply` back, whole."""
    return UnapplyData(
        account=data["account"],
        name=data["name"],
        gl=data["gl"],
        cents=data["cents"],
        allocations=data["allocations"],
        original=original,
        reason=reason,
    )


def takes_back(data: Mapping[str, Any], original: Mapping[str, Any]) -> bool:
    """Whether an `unapply`'s data is that `apply`'s, turned round; both are sound."""
    return all(data[name] == original[name] for name in ApplyData.__annotations__)


def spread_credit(credit: Cents, chosen: Sequence[OpenCharge]) -> dict[str, Cents]:
    """A credit in cents over chosen charges, each as far as it reaches, in the order given."""
    left, parts = int(credit), {}
    for charge in chosen:
        part = min(left, max(0, charge.balance))
        if part > 0:
            parts[charge.id] = Cents(part)
            left -= part
    return parts


def onto_credit(data: Mapping[str, Any]) -> dict[str, int]:
    """What a receipt put onto accounts whose credit is applied, without paying a charge: cents by account.

    data: PayData.
    """
    sums: dict[str, int] = {}
    for line in data["lines"]:
        if line["account_kind"] in APPLIED_ON:
            cents = sum(part["cents"] for part in line["allocations"] if part["charge"] is None)
            if cents:
                sums[line["account"]] = sums.get(line["account"], 0) + cents
    return sums


def is_sound_back(data: object) -> bool:
    """Whether a record's data takes an applied credit back at all."""
    if not isinstance(data, dict) or data.keys() != UnapplyData.__annotations__.keys():
        return False
    original = data["original"]
    return (
        type(data["reason"]) is str
        and isinstance(original, dict)
        and original.keys() == AppliedRef.__annotations__.keys()
        and type(original["seq"]) is int
        and type(original["h"]) is type(original["id"]) is str
        and is_sound({name: data[name] for name in ApplyData.__annotations__})
    )


def is_sound(data: object) -> bool:
    """Whether a record's data is an applied credit's at all, and its parts add up to it."""
    if not isinstance(data, dict) or data.keys() != {"account", "name", "gl", "cents", "allocations"}:
        return False
    if any(type(data[name]) is not str for name in ("account", "name", "gl")) or type(data["cents"]) is not int:
        return False
    parts = data["allocations"]
    return (
        isinstance(parts, list)
        and bool(parts)
        and all(_is_part(part) for part in parts)
        and 0 < data["cents"] <= LARGEST
        and sum(part["cents"] for part in parts) == data["cents"]
    )


def _is_part(part: object) -> bool:
    return (
        isinstance(part, dict)
        and all(type(part.get(name)) is str for name in ("charge", "head", "gl"))
        and type(part.get("cents")) is int
        and 0 < part["cents"] <= LARGEST
    )
