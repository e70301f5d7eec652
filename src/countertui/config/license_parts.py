"""What stands inside the rows of licenses.toml: quantities, prices, and the forms that fees have."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from countertui.config.rows import Code, Dollars, Switch, Text, different
from countertui.domain.license_fees import ONE, Rounding, Toward
from countertui.domain.money import Cents

DAYS = 366
"""The most days of a year."""


def _exact(number: object) -> Decimal:
    if isinstance(number, bool) or not isinstance(number, int | Decimal) or not Decimal(number).is_finite():
        raise ValueError("not a number")
    return Decimal(number)


def _hundredths(number: object) -> int:
    exact = _exact(number) * ONE
    if not 0 <= exact < 10**13 or exact % 1:
        raise ValueError("not a quantity")
    return int(exact)


def _price(number: object) -> Decimal:
    exact = _exact(number) * ONE
    if not 0 <= exact < 10**10 or exact * 10**6 % 1:
        raise ValueError("not a price")
    return exact


def _percent(number: object) -> Decimal:
    exact = _exact(number)
    if not -100 <= exact <= 1000 or exact * 10**4 % 1:
        raise ValueError("not a percentage")
    return exact


Percent = Annotated[Decimal, BeforeValidator(_percent), Field(description="a percentage from -100 to 1000, like 2.5")]
Price = Annotated[Decimal, BeforeValidator(_price), Field(description="dollars and parts of a cent, like 1.2055")]
Quantity = Annotated[
    int, BeforeValidator(_hundredths), Field(description="a quantity with at most two decimals, like 2000 or 2.5")
]
Fact = Annotated[
    str,
    Field(pattern="^[a-z][a-z0-9_]{0,23}$", description='1 to 24 of "a" to "z", digits and _, in quotes'),
]
Codes = Annotated[
    tuple[Code, ...],
    AfterValidator(different),
    Field(strict=False, max_length=200, description='different codes, like ["FOOD", "VENDOR"]'),
]
Texts = Annotated[
    tuple[Text, ...],
    AfterValidator(different),
    Field(strict=False, max_length=48, description='different texts, like ["taco truck", "food cart"]'),
]
NaicsCodes = Annotated[
    tuple[Annotated[str, Field(pattern="^[1-9][0-9]{1,5}( [A-Za-z][^0-9]{0,118})?$")], ...],
    AfterValidator(different),
    Field(
        strict=False,
        max_length=64,
        description='NAICS codes of 2 to 6 digits, each with its title, like ["722330 Mobile Food Services"]',
    ),
]


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class TierPart(_Part):
    """One tier or band; quantities above its beginning, up to and with its end."""

    above: Quantity
    upto: Quantity | None = None
    amount: Dollars = Cents(0)
    price: Price = Decimal(0)


class EachPart(_Part):
    """each: a price for each block of a measure."""

    of: Fact
    amount: Dollars
    block: Quantity = ONE
    free: Quantity = 0
    begun: Switch = False


def _joined(tiers: tuple[TierPart, ...]) -> tuple[TierPart, ...]:
    """The tiers, each beginning where the one before ends, the first at nothing, the last without end."""
    if tiers[0].above or tiers[-1].upto is not None:
        raise ValueError("the first begins above 0; the last has no end")
    for tier, following in pairwise(tiers):
        if tier.upto is None or tier.upto <= tier.above or tier.upto != following.above:
            raise ValueError("each begins where the one before ends")
    return tiers


TierParts = Annotated[tuple[TierPart, ...], AfterValidator(_joined), Field(strict=False, min_length=1, max_length=40)]


class TiersPart(_Part):
    """tiers: a price for the part of a quantity that lies in each."""

    of: Fact
    block: Quantity = ONE
    begun: Switch = False
    tier: TierParts


class BandsPart(_Part):
    """bands: one amount for the band that the whole quantity lies in."""

    of: Fact
    band: TierParts


class SharePart(_Part):
    """share: a percentage of other rows."""

    percent: Percent
    of: Annotated[Codes, Field(min_length=1)]


class BoundsPart(_Part):
    """bounds: the least and the most of other rows together."""

    of: Annotated[Codes, Field(min_length=1)]
    least: Dollars | None = None
    most: Dollars | None = None


class RoundingPart(_Part):
    """rounding: to a multiple, and which way."""

    to: Annotated[Dollars, Field(gt=0)] = Cents(1)
    toward: Toward = Field(Toward.NEAREST, strict=False)

    @property
    def rounding(self) -> Rounding:
        """The rule that it is."""
        return Rounding(self.to, self.toward)


class StepPart(_Part):
    """One step of lateness: from so many days on, so many percent in all."""

    from_day: Annotated[int, Field(ge=1, le=3650)]
    percent: Percent


class PeriodsPart(_Part):
    """late_each: a percentage for each period late."""

    percent: Percent
    every: Annotated[int, Field(ge=1, le=DAYS)] | Literal["month"] = "month"
    begun: Switch = True
    compound: Switch = False


class EarlyPart(_Part):
    """early: a percentage off what is paid before it is due."""

    percent: Percent
    days_before: Annotated[int, Field(ge=0, le=DAYS)] = 0


def rising(steps: tuple[StepPart, ...]) -> tuple[StepPart, ...]:
    """The steps, each later than the one before. Raises ValueError."""
    for step, following in pairwise(steps):
        if following.from_day <= step.from_day:
            raise ValueError("each step begins later than the one before")
    return steps
