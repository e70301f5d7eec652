"""What the city owes by check: approved refunds, each handed to accounts payable once, in a numbered file.

A payable is owed from the posting of the record that approved it, which credited refunds payable; accounts payable
debits that account as it pays. A file is a record of the desk, and its bytes follow from the payables it names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, select

from countertui.ledger import tables
from countertui.ledger.books import draw_numbers
from countertui.ledger.bulk import insert_many


class PayableKind(StrEnum):
    """What made the city owe it."""

    REFUND = "refund"
    TRUST_REFUND = "trust_refund"


@dataclass(frozen=True, slots=True)
class Owed:
    """Somebody is owed so many cents by check. terminal, epoch, seq: the record that approved it.

    reference: a refund's receipt number, a trust refund's deposit. account: the city's account of the payee, empty for
    none. biz_date: ISO, as posted.
    """

    kind: str
    terminal: str
    epoch: int
    seq: int
    biz_date: str
    reference: str
    account: str
    payee: str
    address: str
    reason: str
    cents: int


_COLUMNS = ("no", *(field.name for field in fields(Owed)))


def owe(connection: Connection, owed: Sequence[Owed]) -> None:
    """Note what the city owes from now on, in the transaction that posts it; each gets the next number."""
    if not owed:
        return
    first = draw_numbers(connection, "payable", len(owed))
    insert_many(connection, tables.payable, _COLUMNS, [(no, *astuple(one)) for no, one in enumerate(owed, start=first)])


def owed_for_refund(connection: Connection, refund: Mapping[str, Any], taken: Mapping[str, Any], dated: str) -> Owed:
    """What an approved refund by check owes its receipt's payor. Bodies of both records; dated: ISO, as posted."""
    data = taken["data"]
    account = next((line["account"] for line in data["lines"] if line["account"] is not None), "")
    return Owed(
        kind=PayableKind.REFUND.value,
        terminal=refund["terminal"],
        epoch=refund["epoch"],
        seq=refund["seq"],
        biz_date=dated,
        reference=taken["receipt_no"],
        account=account,
        payee=data["payor"] or account,
        address=address_of(connection, account),
        reason=refund["data"]["reason"],
        cents=data["total_cents"],
    )


def owed_for_deposit(connection: Connection, refund: Mapping[str, Any], dated: str) -> Owed:
    """What an approved `trust_refund` owes its depositor. refund: the record's body; dated: ISO, as posted."""
    data = refund["data"]
    return Owed(
        kind=PayableKind.TRUST_REFUND.value,
        terminal=refund["terminal"],
        epoch=refund["epoch"],
        seq=refund["seq"],
        biz_date=dated,
        reference=data["account"],
        account=data["account"],
        payee=data["name"],
        address=address_of(connection, data["account"]),
        reason=data["reason"],
        cents=data["cents"],
    )


def address_of(connection: Connection, account: str) -> str:
    """The address of an account as the books have it now; empty for one not known."""
    table = tables.reference["account"]
    return str(connection.execute(select(table.c.address).where(table.c.number == account)).scalar() or "")
