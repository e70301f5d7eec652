"""What a bank's file says of an account: its lines, each with a sign, a date and words. Amounts in cents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import sha256


class LineKind(StrEnum):
    """What a line of a bank's statement is to a city."""

    DEPOSIT = "deposit"
    RETURNED = "returned"
    CREDIT = "credit"
    DEBIT = "debit"

    @property
    def label(self) -> str:
        """The words a person reads."""
        return {
            "deposit": "deposit",
            "returned": "returned item",
            "credit": "other credit",
            "debit": "other debit",
        }[self.value]


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One line: its place in the file (a line number from 1), its account there, cents (negative: out of it).

    code: the bank's own word for what it is. reference: what the customer wrote, as a bag's or slip's number. check: a
    check's number. bank_id: the bank's own id of the line, empty where it gives none.
    """

    row: int
    account: str
    dated: date
    cents: int
    kind: LineKind
    code: str
    reference: str = ""
    bank_id: str = ""
    check: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Balance:
    """What an account held by the bank's ledger at a day's beginning and end, in cents; None where it is not told."""

    account: str
    dated: date
    opened: int | None
    closed: int | None


@dataclass(frozen=True, slots=True)
class Statement:
    """A bank's file: which form it has, the accounts that it is about, its lines in its order, what accounts held."""

    form: str
    accounts: tuple[str, ...]
    lines: tuple[StatementLine, ...]
    balances: tuple[Balance, ...] = ()


def identities(lines: Iterable[StatementLine]) -> list[str]:
    """What each line is known by (hex), whichever file it comes in: banks repeat lines in overlapping statements.

    A line is known by its day, its amount and the bank's own id, which banks use again; where it has none, by all that
    it says. Of lines alike it is known by which of them it is: two equal deposits of one day stay two.
    """
    told: Counter[tuple[str, ...]] = Counter()
    found = []
    for line in lines:
        says: tuple[str, ...] = (line.account, line.dated.isoformat(), str(line.cents), line.bank_id)
        if not line.bank_id:
            says = (*says, line.code, line.reference, line.check, line.text)
        told[says] += 1
        found.append(sha256("\0".join((*says, str(told[says]))).encode()).hexdigest())
    return found
