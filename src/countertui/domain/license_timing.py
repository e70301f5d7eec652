"""What paying a license late adds and paying it early takes off: penalties, interest and discounts by the calendar."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from countertui.domain.dates import us_date
from countertui.domain.license_fees import Rounding, Worked, in_words
from countertui.domain.license_terms import months_begun
from countertui.domain.money import Cents, format_cents


@dataclass(frozen=True, slots=True)
class Payment:
    """When a fee is due and when it is paid; postmarked, for what came by mail, None otherwise."""

    due: date
    received: date
    postmarked: date | None = None


class LateStep(NamedTuple):
    """From so many days after the due date on, so many percent in all."""

    from_day: int
    percent: Decimal


@dataclass(frozen=True, slots=True)
class LateSteps:
    """Percentages in steps, each in place of the one before (South Jordan UT: 25, 50, 100% from day 31, 61, 91)."""

    steps: tuple[LateStep, ...]

    def percent(self, due: date, paid: date) -> tuple[Decimal, str]:
        """Percent in all, and why, in words."""
        late = (paid - due).days
        reached = [step for step in self.steps if late >= step.from_day]
        return (reached[-1].percent, f"{_days(late)} late") if reached else (Decimal(0), "")


class Every(StrEnum):
    """What a percentage is charged for anew: a month that has begun, or a number of days."""

    MONTH = "month"
    DAYS = "days"


@dataclass(frozen=True, slots=True)
class LatePeriods:
    """A percentage for each period late, of the fee or, compound, of all charged so far too.

    days: how long a period is where it is not a month; begun: whether one that has begun counts (a month always does).
    """

    each: Decimal
    every: Every = Every.MONTH
    days: int = 30
    begun: bool = True
    compound: bool = False

    def percent(self, due: date, paid: date) -> tuple[Decimal, str]:
        """Percent in all, and why, in words."""
        late = max(0, (paid - due).days)
        if self.every is Every.MONTH:
            periods, noun = months_begun(due, paid), "month"
        else:
            periods = -(-late // self.days) if self.begun else late // self.days
            noun = f"period of {self.days} days"
        if not periods:
            return Decimal(0), ""
        plural = noun.replace(noun.split()[0], noun.split()[0] + "s", 1) if periods > 1 else noun
        why = f"{periods} {plural} late at {in_words(self.each)}%{', compound' if self.compound else ''}"
        if self.compound:
            return ((1 + self.each / 100) ** periods - 1) * 100, why
        return self.each * periods, why


@dataclass(frozen=True, slots=True)
class Early:
    """A percentage taken off what is paid so many days before it is due, or earlier (Greenville SC: 2%)."""

    off: Decimal
    days_before: int = 0

    def percent(self, due: date, paid: date) -> tuple[Decimal, str]:
        """Percent in all (negative), and why, in words."""
        early = (due - paid).days
        return (-self.off, f"paid {_days(early)} early") if early >= self.days_before else (Decimal(0), "")


Timing = LateSteps | LatePeriods | Early


@dataclass(frozen=True, slots=True)
class TimingRow:
    """One row of what the calendar does to a fee.

    of: the codes it is a percentage of; empty for all that the city charges. most: the most percent in all, None for
    no cap. by_postmark: for what came by mail the postmark decides (North Plains OR).
    """

    code: str
    description: str
    head: str
    gl: str
    ordinance: str
    timing: Timing
    of: tuple[str, ...] = ()
    most: Decimal | None = None
    when: str = ""
    rounding: Rounding = field(default_factory=Rounding)
    by_postmark: bool = False

    def worked(self, of: Cents, payment: Payment) -> tuple[Worked, ...]:
        """The working on so many cents, of one step; none where the calendar changes nothing."""
        mailed = self.by_postmark and payment.postmarked is not None
        paid = payment.postmarked if mailed and payment.postmarked is not None else payment.received
        percent, why = self.timing.percent(payment.due, paid)
        if not percent:
            return ()
        capped = percent if self.most is None else min(percent, self.most)
        cap = f", at most {in_words(capped)}%" if capped != percent else ""
        mark = f", postmarked {us_date(paid.isoformat())}" if mailed else ""
        text = f"{why}{mark}{cap}: {_short(capped)}% of {format_cents(of)}"
        return (Worked(text, of * capped / 100),)


def _short(percent: Decimal) -> str:
    return in_words(percent.quantize(Decimal("0.0001")) if percent.as_tuple().exponent < -4 else percent)  # type: ignore[operator]


def _days(days: int) -> str:
    return f"{days} day{'' if days == 1 else 's'}"
