"""The rows of the city's folder, as strict pydantic models; each key's description says what is allowed in it."""

from __future__ import annotations

import unicodedata
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, TypeVar, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator

from countertui.domain.card_guard import refuse_card_numbers
from countertui.domain.charges import AllocationFirst
from countertui.domain.money import LARGEST, Cents
from countertui.domain.reference import AccountKind
from countertui.domain.refusal import Refused
from countertui.domain.scan_layouts import LONGEST_LINE
from countertui.domain.tenders import TenderKind
from countertui.domain.text import refuse_controls


def _printable(text: str) -> str:
    try:
        refuse_controls(text, "text")
        refuse_card_numbers(text, "text")
    except Refused as refused:
        raise ValueError(refused.happened) from None
    return unicodedata.normalize("NFC", text)


def _cents(dollars: object) -> Cents:
    if isinstance(dollars, bool) or not isinstance(dollars, int | Decimal) or not Decimal(dollars).is_finite():
        raise ValueError("not an amount")
    if not 0 <= dollars <= LARGEST // 100 or Decimal(dollars) * 100 % 1:
        raise ValueError("not an amount")
    return Cents(int(Decimal(dollars) * 100))


AnyWord = TypeVar("AnyWord", bound=str)


def different(words: tuple[AnyWord, ...]) -> tuple[AnyWord, ...]:
    """The words, none of which stands twice. Raises ValueError."""
    if len(set(words)) < len(words):
        raise ValueError("a word stands twice")
    return words


Day = Annotated[date, Field(description="a date like 2026-07-01, without quotes")]


def _time_zone(name: str) -> str:
    if name:
        try:
            ZoneInfo(name)
        except (ValueError, OSError, ZoneInfoNotFoundError):
            raise ValueError("it is no time zone") from None
    return name


Text = Annotated[
    str,
    AfterValidator(_printable),
    Field(min_length=1, max_length=120, description="1 to 120 letters that can be printed, in quotes"),
]
MaybeText = Annotated[
    str,
    AfterValidator(_printable),
    Field(max_length=240, description="up to 240 letters that can be printed, in quotes"),
]
PublicAddress = Annotated[
    str,
    Field(
        max_length=120,
        pattern=r"^(https://[a-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~/-]*)?)?$",
        description='an address like "https://pay.example.gov/receipt", in quotes, or no such line',
    ),
]
TimeZone = Annotated[
    str,
    AfterValidator(_time_zone),
    Field(description='a time zone like "America/Denver", in quotes, or no such line'),
]
Code = Annotated[
    str,
    AfterValidator(_printable),
    Field(
        pattern="^[A-Za-z0-9][A-Za-z0-9._-]{0,23}$",
        description="1 to 24 letters, digits, dots, dashes or underscores, in quotes",
    ),
]
Dollars = Annotated[
    Cents,
    BeforeValidator(_cents),
    Field(description="dollars from 0 to 99,999,999 with at most two decimals, like 50.00"),
]
Switch = Annotated[bool, Field(description="true or false")]
Tries = Annotated[int, Field(ge=1, le=10, description="a whole number from 1 to 10")]
Counts = Annotated[int, Field(ge=1, le=99, description="a whole number from 1 to 99")]
ParkedDays = Annotated[int, Field(ge=0, le=30, description="a whole number from 0 to 30")]
Words = Annotated[
    tuple[Text, ...],
    AfterValidator(different),
    Field(strict=False, min_length=1, max_length=24, description='1 to 24 different texts, like ["tax", "water"]'),
]


Month = Literal[
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
MONTHS: tuple[Month, ...] = get_args(Month)
"""In their order, from the year's first."""


class Row(BaseModel):
    """A row of the city's folder: in force on its days, by its ordinance."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    effective_from: Day
    effective_to: Day | None = Field(None, description="a date like 2027-06-30, without quotes, or no such line")
    ordinance: Text

    @property
    def key(self) -> str:
        """What makes two rows say something about the same thing; empty where a table has one row in force."""
        return ""


class Coded(Row):
    """A row about one thing, named by its code."""

    code: Code

    @property
    def key(self) -> str:
        """The code."""
        return self.code


class City(Row):
    """[[city]]: what differs from city to city."""

    name: Text
    allocation_first: AllocationFirst = Field(strict=False, description='"head" or "oldest"')
    allocation_heads: Words
    blind_count: Switch
    cash_refund_limit: Dollars
    pin_tries: Tries
    over_short_reason_above: Dollars
    void_reasons: Words
    receipt_footer: MaybeText = ""
    batches_by_people: Switch = False
    time_zone: TimeZone = ""
    returned_check_fee: Dollars = Cents(0)
    receipt_address: PublicAddress = ""
    license_address: PublicAddress = ""
    deposit_account: MaybeText = ""
    parked_days: ParkedDays = 2
    over_short_lead_above: Dollars = Cents(50_00)
    most_counts: Counts = 3
    fiscal_year_begins: Month = Field("january", description='a month like "july", in quotes, or no such line')


class Office(Coded):
    """[[office]]: a place with terminals and drawers; accounts, the kinds it serves, none for all.

    personal: the kinds of personal values of every office's records that its terminals may read.
    """

    name: Text
    address: Text
    accounts: Annotated[
        tuple[Annotated[AccountKind, Field(strict=False)], ...],
        AfterValidator(different),
        Field(
            strict=False,
            max_length=5,
            description='kinds like ["utility", "license"] (also customer, citation, trust), or no such line for all',
        ),
    ] = ()

    personal: Annotated[
        tuple[Literal["routing", "account"], ...],
        AfterValidator(different),
        Field(strict=False, max_length=2, description='of ["routing", "account"], or no such line for none'),
    ] = ()


class Terminal(Coded):
    """[[terminal]]: one computer of an office."""

    office: Code


class Drawer(Coded):
    """[[drawer]]: one removable till; fund, the cash it begins with, in cents once read."""

    office: Code
    name: Text
    fund: Dollars


class TenderAccounts(Row):
    """[[tender]]: where a kind of tender and its differences are posted, accounts of the pooled fund."""

    kind: TenderKind = Field(strict=False, description='"cash", "check", "card" or "money_order"')
    account: Code
    over_short: Code

    @property
    def key(self) -> str:
        """The kind of tender."""
        return self.kind.value


class Control(Row):
    """[[control]]: the fund that pools all cash, and its control accounts."""

    pooled_fund: Code
    refunds_payable: Code
    suspense: Code
    bank: Code | None = Field(None, description="where deposits go, in quotes, or no such line")
    bank_accounts: Annotated[tuple[Text, ...], Field(strict=False, max_length=20)] = Field(
        (), description='the accounts there, as the bank\'s files name them, like ["4410022"]'
    )
    lockbox: Code | None = Field(None, description="where lockbox payments stand, in quotes, or no such line")
    web: Code | None = Field(None, description="where web payments stand, in quotes, or no such line")
    ach: Code | None = Field(None, description="where ACH payments stand, in quotes, or no such line")
    returned_check_fee: Code | None = Field(None, description="where that fee goes, in quotes, or no such line")
    license_credits: Code | None = Field(
        None, description="where what is paid too much on a new license stands, in quotes, or no such line"
    )


class Fund(Coded):
    """[[fund]]: a fund, and how the pool owes it its share: due_from in the fund, due_to in the pool.

    opening: what credits are booked against that accounts bring along when they are imported.
    """

    name: Text
    due_from: Code | None = Field(None, description="an account of the fund, in quotes; none for the pooled fund")
    due_to: Code | None = Field(None, description="an account of the pooled fund, in quotes; none for that fund itself")
    opening: Code | None = Field(None, description="an account of the fund, in quotes, or no such line")


Column = Annotated[
    int, Field(ge=1, le=LONGEST_LINE, description=f"a column, a whole number from 1 to {LONGEST_LINE}, counted from 1")
]
Columns = Annotated[
    tuple[Column, Column],
    Field(strict=False, description="the first and the last column, like [1, 11]"),
]


class StubCheck(BaseModel):
    """One check digit of a stub's line."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    at: Column
    covers: Annotated[
        tuple[Columns, ...],
        Field(strict=False, min_length=1, max_length=8, description="columns, like [[1, 41]]"),
    ]
    weights: Annotated[
        tuple[Annotated[int, Field(ge=1, le=97)], ...],
        Field(strict=False, min_length=1, max_length=LONGEST_LINE, description="whole numbers, like [2, 1]"),
    ]
    modulus: Annotated[Literal[10, 11], Field(description="10 or 11")] = 10
    digit_sums: Switch = False
    from_left: Switch = False


class StubLine(Row):
    """[[stub]]: a form of the lines that a scanner reads from bills."""

    name: Text
    length: Column
    begins: MaybeText = ""
    account: Columns
    amount: Columns | None = Field(None, description="columns like [22, 31], in cents, or no such line")
    zero_filled: Switch = False
    check: Annotated[
        tuple[StubCheck, ...],
        Field(
            strict=False,
            min_length=1,
            max_length=8,
            description="1 to 8 of [[stub.check]]: at, covers, weights; columns inside the line, at outside covers",
        ),
    ]

    @property
    def key(self) -> str:
        """The name."""
        return self.name

    @field_validator("account", "amount")
    @classmethod
    def _is_in_the_line(cls, columns: tuple[int, int] | None, info: ValidationInfo) -> tuple[int, int] | None:
        if columns is not None and not _within(columns, info):
            raise ValueError("columns go from left to right and end in the line")
        return columns

    @field_validator("check")
    @classmethod
    def _checks_others(cls, checks: tuple[StubCheck, ...], info: ValidationInfo) -> tuple[StubCheck, ...]:
        for check in checks:
            if not _within((check.at, check.at), info) or not all(_within(columns, info) for columns in check.covers):
                raise ValueError("columns go from left to right and end in the line")
            if any(first <= check.at <= last for first, last in check.covers):
                raise ValueError("a check digit checks others")
        return checks


def _within(columns: tuple[int, int], info: ValidationInfo) -> bool:
    first, last = columns
    return first <= last <= int(info.data.get("length", 0))
