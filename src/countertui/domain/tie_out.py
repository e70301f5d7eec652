"""A month's tie-out: what the records of counters, deposits, accounts and the worklist add up to, against the ledger.

Every row is one GL account. A control account is compared by its balance at the end of the month; an account that
receipts are credited to, by what went there in the month. Amounts are cents as a debit is positive, as the general
ledger has them; people are shown each account's own side.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any, TypedDict

from countertui.domain.money import format_cents
from countertui.domain.refusal import Refused


class Section(StrEnum):
    """What of an account is compared."""

    CONTROL = "control"
    """The balance at the end of the month."""
    RECEIPTS = "receipts"
    """What receipts, less voids and refunds, credited in the month."""
    MEMO = "memo"
    """Nothing: the general ledger has no account for it here."""

    @property
    def label(self) -> str:
        """The words a person reads."""
        return {
            "control": "Control accounts, balances at the end",
            "receipts": "Receipts of the month, by account",
            "memo": "Not in this ledger",
        }[self.value]


class NoMonth(Refused):
    """What was typed is no month."""


@dataclass(frozen=True, slots=True)
class Source:
    """What one subsystem has for an account: its name in plain words, and cents (a debit is positive)."""

    words: str
    cents: int


@dataclass(frozen=True, slots=True)
class TieRow:
    """One account: what the subsystems have, what the general ledger has, in cents (a debit is positive).

    side is 1 for an account that people read as debits, -1 for one that they read as credits. before_cents: by how much
    they differed already at the end of the month before. An account of section MEMO is in no general ledger.
    """

    section: Section
    fund: str
    account: str
    name: str
    side: int
    sources: tuple[Source, ...]
    gl_cents: int
    before_cents: int = 0

    @property
    def subsystem_cents(self) -> int:
        """What all sources together have."""
        return sum(source.cents for source in self.sources)

    @property
    def difference_cents(self) -> int:
        """The general ledger less the subsystems; nothing where there is nothing to compare."""
        return 0 if self.section is Section.MEMO else self.gl_cents - self.subsystem_cents


@dataclass(frozen=True, slots=True)
class Cause:
    """What makes a part of a difference: in plain words, in cents, and the record (terminal/epoch/seq) if it is one."""

    words: str
    cents: int
    record: str = ""


class TieRowData(TypedDict):
    """A row as it was signed."""

    section: str
    account: str
    subsystem_cents: int
    gl_cents: int


class TieOutData(TypedDict):
    """`tie_out`: two people looked at this month's rows; reason: what they say of the differences."""

    month: str
    sha256: str
    rows: list[TieRowData]
    different: int
    reason: str


def month_of(typed: str) -> str:
    """A month as typed, like 2026-11. Raises NoMonth."""
    text = typed.strip()
    try:
        day = date.fromisoformat(f"{text}-01") if len(text) == 7 else None
    except ValueError:
        day = None
    if day is None or not 2000 <= day.year <= 2099:
        raise NoMonth(f"{text[:20] or 'That'} is no month.", "Nothing was changed.", "Type it like 2026-11.")
    return text


def last_day(month: str) -> str:
    """The last day of a month (YYYY-MM), ISO 8601."""
    first = date.fromisoformat(f"{month}-01")
    return (date(first.year + first.month // 12, first.month % 12 + 1, 1) - timedelta(days=1)).isoformat()


def month_before(month: str) -> str:
    """The month before, YYYY-MM."""
    return (date.fromisoformat(f"{month}-01") - timedelta(days=1)).isoformat()[:7]


def month_after(month: str) -> str:
    """The month after, YYYY-MM."""
    return (date.fromisoformat(last_day(month)) + timedelta(days=1)).isoformat()[:7]


def as_signed(rows: Iterable[TieRow]) -> list[TieRowData]:
    """The rows as a record of their signing has them."""
    return [
        TieRowData(
            section=row.section.value,
            account=row.account,
            subsystem_cents=row.subsystem_cents,
            gl_cents=row.gl_cents,
        )
        for row in rows
    ]


def rows_hash(rows: Iterable[Mapping[str, Any]]) -> str:
    """SHA-256 (hex) of rows as they are signed."""
    return sha256(json.dumps(list(rows), sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def row_json(row: TieRow) -> dict[str, Any]:
    """A row for a program to read."""
    sums = {"subsystem_cents": row.subsystem_cents, "difference_cents": row.difference_cents}
    return asdict(row) | {"section": row.section.value, "sources": [asdict(each) for each in row.sources]} | sums


def shown(row: Mapping[str, Any], cents: int) -> str:
    """Cents of a row (as `row_json` has it) on the side that people read its account on."""
    return format_cents(row["side"] * cents)
