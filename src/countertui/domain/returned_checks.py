"""Checks that the bank sent back unpaid: what a record says of them, and which shares of a receipt they take back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NotRequired, TypedDict

from countertui.domain.balances import Movement
from countertui.domain.cash_rounding import ROUNDING_HEAD
from countertui.domain.charges import DRAWN_HEAD
from countertui.domain.desk_records import ShareData
from countertui.domain.money import LARGEST
from countertui.domain.record_data import OriginalData

MOST_CHECKS = 500
"""So many checks are in one record, and in one list of a bank."""
FLAG = "returned-check"
"""The flag of an account whose check came back."""
FEE_HEAD = "penalty"
_FEE = "RC-"
_GIVEN = "RB-"
_Where = tuple[str | None, str | None, str, str]
"""Account, charge, head, GL account of a share."""


class CameBackData(TypedDict):
    """One check: of which receipt, its number and cents as on it, what the bank says, and the fee for it in cents.

    original: the receipt as recorded here; None for another terminal's. account: who bears the fee and is flagged, by
    what is known here; None where only fees were paid. fee_gl is where the fee belongs, empty where there is none.
    given_cents: what of the check went back in cash and is owed too, in cents; not there where none is charged.
    """

    receipt_no: str
    original: OriginalData | None
    reference: str
    cents: int
    reason: str
    account: str | None
    fee_cents: int
    fee_gl: str
    given_cents: NotRequired[int]


class ChecksReturnedData(TypedDict):
    """`checks_returned`: a bank's list, or checks typed one by one (source is empty then), done whole or not at all."""

    source: str
    checks: list[CameBackData]


class NotAsMuchError(ValueError):
    """A check is more than what is left of its receipt, by so many cents."""

    def __init__(self, cents: int) -> None:
        super().__init__(cents)
        self.cents = cents


def given_in_cash(data: Mapping[str, Any], cents: int, before: int) -> int:
    """How much of a check of so many cents went back in cash when it was taken, in cents: what it is more than paid.

    data: PayData, or a remittance's. before: what other checks of the receipt came to that came back before; those
    pay first, so that all of them together took back what was paid, and the cash. Raises NotAsMuchError.
    """
    total, given = int(data["total_cents"]), int(data.get("cash_back_cents", 0))
    if before + cents > total + given:
        raise NotAsMuchError(before + cents - total - given)
    return max(0, before + cents - total) - max(0, before - total)


def shares_back(movements: Sequence[Movement], cents: int, gone: Iterable[ShareData] = ()) -> list[ShareData]:
    """What a check of so many cents paid of a receipt: the last shares that still stand, as negative cents.

    movements: the receipt's, in order. gone: what other checks of it took back before, as negative cents. What was
    rounded, of cash, no check paid, nor is what a deposit paid taken back from it. A discount was for who paid all: it
    is taken back, a share of more than zero, with the first of what stood beside it. Raises NotAsMuchError.
    """
    taken_before: Counter[_Where] = Counter()
    for each in gone:
        taken_before[_where(each)] -= each["cents"]
    left, shares = cents, []
    for part in reversed(movements):
        if part.head in (ROUNDING_HEAD, DRAWN_HEAD):
            continue
        share = ShareData(account=part.account, charge=part.charge, head=part.head, gl=part.gl, cents=part.cents)
        if part.cents < 0:
            if left and not taken_before[_where(share)]:
                share["cents"] = -part.cents
                shares.append(share)
                left -= part.cents
            continue
        before = min(part.cents, taken_before[_where(share)])
        taken_before[_where(share)] -= before
        back = min(left, part.cents - before)
        if back:
            share["cents"] = -back
            shares.append(share)
        left -= back
    if left:
        raise NotAsMuchError(left)
    return shares


def paid_all(movements: Iterable[Movement], data: Mapping[str, Any], cents: int) -> bool:
    """Whether checks of so many cents paid all of a receipt: its total and the cash back, nothing drawn on a deposit.

    data: PayData, or a remittance's.
    """
    whole = data["total_cents"] + data.get("cash_back_cents", 0)
    return bool(cents == whole) and not any(part.head == DRAWN_HEAD for part in movements)


def account_of(shares: Iterable[ShareData]) -> str | None:
    """The account that bears a returned check's fee and is flagged; None where it paid for fees alone."""
    return next((share["account"] for share in shares if share["account"] is not None), None)


def fee_charge(place: str) -> str:
    """The id of the charge that is the fee for a returned check; place names its record, and its place in it."""
    return f"{_FEE}{place}"


def fee_charge_of(terminal: str, epoch: int, seq: int, n: int) -> str:
    """The same for the nth check (from 0) of a terminal's record: known there before the ledger knows of it."""
    return fee_charge(f"{terminal}-{epoch}-{seq}-{n}")


def given_charge(fee: str) -> str:
    """The id of the charge that is the cash given back on it, by that of its fee's charge."""
    return f"{_GIVEN}{fee.removeprefix(_FEE)}"


def given_words(reference: str) -> str:
    """What that charge is called."""
    return f"Cash back on check {reference}"


def fee_words(reference: str) -> str:
    """What that charge is called."""
    return f"Returned check {reference}"


def is_sound(data: object) -> bool:
    """Whether a record's data says which checks came back at all: who signs a record may sign anything."""
    if not isinstance(data, dict) or data.keys() != {"source", "checks"} or type(data["source"]) is not str:
        return False
    checks = data["checks"]
    return type(checks) is list and 0 < len(checks) <= MOST_CHECKS and all(map(_is_check, checks))


_TEXTS = ("receipt_no", "reference", "reason", "fee_gl")


def _is_check(one: object) -> bool:
    if not isinstance(one, dict) or one.keys() | {"given_cents"} != CameBackData.__annotations__.keys():
        return False
    given = one.get("given_cents", 1)
    numbers = type(one["cents"]) is int and 0 < one["cents"] <= LARGEST and type(one["fee_cents"]) is int
    return (
        numbers
        and type(given) is int
        and 0 < given <= one["cents"]
        and 0 <= one["fee_cents"] <= LARGEST
        and all(type(one[name]) is str for name in _TEXTS)
        and type(one["account"]) in {str, type(None)}
        and (one["original"] is None or _is_original(one["original"]))
    )


def _is_original(original: object) -> bool:
    return (
        isinstance(original, dict)
        and original.keys() == {"seq", "h", "id", "receipt_no"}
        and type(original["seq"]) is int
        and all(type(original[name]) is str for name in ("h", "id", "receipt_no"))
    )


def _where(share: Mapping[str, Any]) -> _Where:
    return share["account"], share["charge"], share["head"], share["gl"]
