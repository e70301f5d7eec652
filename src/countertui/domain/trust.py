"""Trust deposits: money held for a depositor's project. It is owed back, never revenue, and never below zero.

A deposit is an account of kind trust; what it holds is the account's credit, in a liability account of the general
ledger. It is received like any payment, drawn on by a line of a receipt that takes from it, and given back by an AP
check once two people said so and its day of release has come.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypedDict

from countertui.domain.money import LARGEST, ZERO, Cents, format_cents
from countertui.domain.reference import AccountKind
from countertui.domain.refusal import Refused


class TrustRefused(Refused):
    """The deposit can't be drawn on or given back like this."""


class Overdrawn(TrustRefused):
    """More is asked of a deposit than it holds."""


class NotReleased(TrustRefused):
    """The deposit is held until a day that has not come."""


class What(StrEnum):
    """What a record did to a deposit, as its statement says."""

    RECEIVED = "received"
    DRAWN = "drawn"
    REFUNDED = "refunded"
    VOIDED = "voided"
    RETURNED = "returned"
    CORRECTED = "corrected"


class TrustRefundRequestData(TypedDict):
    """`trust_refund_request`: cents (more than 0) of a deposit asked back for its depositor, by an AP check."""

    account: str
    name: str
    gl: str
    cents: int
    reason: str


class TrustRefundData(TypedDict):
    """`trust_refund`: what a request asked for, approved by a second person; the ledger owes it to the depositor."""

    account: str
    name: str
    gl: str
    cents: int
    reason: str
    request_seq: int


class TrustRefundRefusalData(TypedDict):
    """`trust_refund_refusal`: a request answered with no; the deposit stays as it is."""

    account: str
    cents: int
    reason: str
    request_seq: int


@dataclass(frozen=True, slots=True)
class Terms:
    """What a deposit is held for; what it shall not fall below, in cents; the first day it may be given back."""

    project: str = ""
    minimum: Cents = ZERO
    release_on: date | None = None


@dataclass(frozen=True, slots=True)
class Deposit:
    """A deposit as it stands: cents held, and cents of it that were asked back and not answered yet."""

    account: str
    name: str
    gl: str
    terms: Terms
    held: Cents
    asked: Cents = ZERO

    @property
    def available(self) -> Cents:
        """What of it may still be drawn or asked back, in cents; never below zero."""
        return Cents(max(0, self.held - self.asked))

    def top_up(self, drawn: Cents = ZERO) -> Cents:
        """What brings it back to its minimum, in cents, once `drawn` more is gone; zero where it is not below."""
        return Cents(max(0, self.terms.minimum - (self.held - drawn)))

    def is_due(self, on: date) -> bool:
        """Whether its day of release has come and money is still held."""
        return self.terms.release_on is not None and self.terms.release_on <= on and self.held > 0


def require_covered(deposit: Deposit, cents: Cents) -> None:
    """Raise Overdrawn unless a deposit has so many cents (more than 0) that nobody asked back."""
    if cents <= 0:
        raise TrustRefused("The amount is zero.", press="Type what shall be taken from the deposit.")
    if cents > deposit.available:
        asked = f"; {format_cents(deposit.asked)} more is asked back" if deposit.asked else ""
        raise Overdrawn(
            f"{deposit.account} has {format_cents(deposit.available)}{asked}, not {format_cents(cents)}.",
            press="Take less from it, or receive a top-up first.",
        )


def require_released(deposit: Deposit, on: date) -> None:
    """Raise NotReleased before a deposit's day of release."""
    until = deposit.terms.release_on
    if until is not None and on < until:
        raise NotReleased(
            f"{deposit.account} is held until {until:%m/%d/%Y}.", press="Ask again on that day; it may be drawn on."
        )


def deposited(data: Mapping[str, Any]) -> dict[str, int]:
    """What a receipt paid into deposits (above zero) or drew on them, in cents by account. data is PayData.

    What it paid of a deposit's charges, such as the fee for a returned check, is held nowhere.
    """
    sums: dict[str, int] = {}
    for line in data["lines"]:
        if line["account_kind"] == AccountKind.TRUST:
            held = sum(part["cents"] for part in line["allocations"] if part["charge"] is None)
            sums[line["account"]] = sums.get(line["account"], 0) + held
    return sums


def what_moved(kind: str, cents: int) -> What:
    """What a record of this kind did to a deposit that it moved cents on."""
    if kind in _UNDONE:
        return _UNDONE[kind]
    return What.RECEIVED if cents > 0 else What.DRAWN


_UNDONE = {
    "void": What.VOIDED,
    "refund": What.VOIDED,
    "decision": What.VOIDED,
    "trust_refund": What.REFUNDED,
    "returned_check": What.RETURNED,
    "checks_returned": What.RETURNED,
    "correction": What.CORRECTED,
}
"""Records that take back or give back, by kind, whichever way they move a deposit."""
_NUMBERS = {"trust_refund_request": ("cents",), "trust_refund": ("cents", "request_seq")}
_NUMBERS["trust_refund_refusal"] = _NUMBERS["trust_refund"]
_TEXTS = {
    "trust_refund_request": ("account", "name", "gl", "reason"),
    "trust_refund": ("account", "name", "gl", "reason"),
    "trust_refund_refusal": ("account", "reason"),
}


def is_sound(kind: str, data: object) -> bool:
    """Whether a record's data is a refund's of a deposit at all: who signs a record may sign anything."""
    return (
        isinstance(data, dict)
        and data.keys() == {*_NUMBERS[kind], *_TEXTS[kind]}
        and all(type(data[name]) is int and 0 < data[name] <= LARGEST for name in _NUMBERS[kind])
        and all(type(data[name]) is str for name in _TEXTS[kind])
    )
