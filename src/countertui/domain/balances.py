"""What a record does to what accounts owe: one definition for the terminal's projection and the ledger's posting."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from countertui.domain.charges import CREDIT_HEAD
from countertui.domain.desk_records import DeskKind
from countertui.domain.records import Kind

_DIRECTION: dict[str, int] = {Kind.PAY: 1, Kind.VOID: -1, Kind.REFUND: -1, DeskKind.REMITTANCE: 1}
"""Taken, or given back. Requests and refusals move nothing: the receipt stands until it is voided or refunded."""


class Movement(NamedTuple):
    """Cents that went to (positive) or came back from (negative) a charge, an account's credit, or a fee.

    account is None for a fee; charge is None for a fee and for an account's credit.
    """

    account: str | None
    charge: str | None
    gl: str
    head: str
    cents: int


def charge_movements(kind: str, data: Mapping[str, Any]) -> Iterator[Movement]:
    """The movements of a record of this kind, in the order of its lines; none for kinds that move no money to charges.

    data is PayData, VoidData, RefundData, ApplyData, UnapplyData or TrustRefundData. Movements add up: a balance is the
    charge's amount less the sum of its movements, in whatever order they are added, so that a void takes back its own
    and later receipts keep theirs.
    """
    direction = _DIRECTION.get(kind)
    if direction is None:
        yield from _without_money(kind, data)
        return
    for line in data["lines"]:
        for part in line["allocations"]:
            yield Movement(line["account"], part["charge"], part["gl"], part["head"], direction * part["cents"])


def _without_money(kind: str, data: Mapping[str, Any]) -> Iterator[Movement]:
    """The movements of a record that no money at the counter goes with: credit applied, a deposit given back."""
    if kind == Kind.APPLY:
        yield Movement(data["account"], None, data["gl"], CREDIT_HEAD, -data["cents"])
        for part in data["allocations"]:
            yield Movement(data["account"], part["charge"], part["gl"], part["head"], part["cents"])
    elif kind == Kind.UNAPPLY:
        for move in _without_money(Kind.APPLY, data):
            yield move._replace(cents=-move.cents)
    elif kind == Kind.TRUST_REFUND:
        yield Movement(data["account"], None, data["gl"], CREDIT_HEAD, -data["cents"])


def movement_words(body: Mapping[str, Any]) -> str:
    """What moved money on a charge, as a person reads it in the charge's working; body: of the record."""
    kind, data = body["kind"], body["data"]
    if kind == Kind.PAY:  # by far the most: a night's receipts are a million
        return f"Receipt {body['receipt_no']}"
    if kind == Kind.CHECKS_RETURNED:
        return "Check came back"
    original = data.get("original", {}).get("receipt_no", "")
    words = {
        Kind.VOID: f"Void of {original}",
        Kind.REFUND: f"Refund of {original}",
        Kind.APPLY: "Credit applied",
        Kind.UNAPPLY: "Applied credit taken back",
        Kind.TRUST_REFUND: "Deposit given back",
        DeskKind.REMITTANCE: f"Payment {body['receipt_no']}",
        DeskKind.RETURNED_CHECK: f"Check {data.get('reference', '')} of {original} came back",
        DeskKind.DECISION: f"{original} taken back at the ledger",
        DeskKind.CORRECTION: "Correction",
    }
    return words.get(kind, str(kind).replace("_", " ").capitalize())


def paid_on_charges(movements: Iterable[Movement]) -> dict[str, int]:
    """Net cents paid per charge id; a charge whose movements cancel out is listed with 0."""
    paid: dict[str, int] = {}
    for movement in movements:
        if movement.charge is not None:
            paid[movement.charge] = paid.get(movement.charge, 0) + movement.cents
    return paid


def paid_by_accounts(movements: Iterable[Movement]) -> dict[tuple[str, str], int]:
    """Net cents paid per charge id and account: a charge may have become another's since a receipt paid it."""
    paid: dict[tuple[str, str], int] = {}
    for movement in movements:
        if movement.charge is not None and movement.account is not None:
            at = movement.charge, movement.account
            paid[at] = paid.get(at, 0) + movement.cents
    return paid
