"""A city's licenses as rows of licenses.toml, and what they say on a day."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, model_validator

from countertui.config.license_parts import (
    DAYS,
    BandsPart,
    BoundsPart,
    Codes,
    EachPart,
    EarlyPart,
    Fact,
    NaicsCodes,
    Percent,
    PeriodsPart,
    RoundingPart,
    SharePart,
    StepPart,
    Texts,
    TierPart,
    TiersPart,
    rising,
)
from countertui.config.rows import Code, Coded, Dollars, Row, Switch, Text
from countertui.domain.license_fees import Bands, Bounds, Each, FeeRow, Flat, Form, Share, Tier, Tiers
from countertui.domain.license_schedule import (
    Answer,
    ForClasses,
    LicenseClass,
    LicenseSchedule,
    LicenseYear,
    Question,
)
from countertui.domain.license_terms import Part
from countertui.domain.license_timing import Early, Every, LatePeriods, LateStep, LateSteps, Timing, TimingRow
from countertui.domain.money import Cents
from countertui.domain.zoning import Zones


class ClassRow(Coded):
    """[[class]]: a class of business."""

    name: Text
    synonyms: Texts = ()
    naics: NaicsCodes = ()
    reviews: Texts = ()
    documents: Texts = ()
    at_home: Switch = True
    zones: Codes = ()

    @property
    def naics_codes(self) -> tuple[str, ...]:
        """The codes without their titles."""
        return tuple(each.partition(" ")[0] for each in self.naics)


class QuestionRow(Row):
    """[[question]]: what an application asks, and what conditions and fees know the answer as."""

    code: Fact
    words: Text
    answer: Answer = Field(strict=False, description='"money", "count" or "yes_no"')
    classes: Codes = ()

    @property
    def key(self) -> str:
        """The code."""
        return self.code


def _month_and_day(text: object) -> tuple[int, int]:
    if not isinstance(text, str) or len(text) != len("01-01"):
        raise ValueError("not a month and day")
    month, day = int(text[:2]), int(text[3:])
    if text[2] != "-" or not 1 <= month <= 12 or not 1 <= day <= 28:
        raise ValueError("not a month and day")
    return month, day


class YearRow(Row):
    """[[year]]: when the license year of some classes begins, and how long after its first day a fee is due."""

    classes: Codes = ()
    begins: Annotated[
        tuple[int, int] | None,
        BeforeValidator(_month_and_day),
        Field(
            description='a month and a day up to the 28th like "07-01", or no such line for a year from the first day'
        ),
    ] = None
    due_days: Annotated[int, Field(ge=0, lt=DAYS, description="a whole number of days from 0 to 365")] = 0

    @property
    def key(self) -> str:
        """The classes it is for."""
        return " ".join(sorted(self.classes))


def _one_of(row: BaseModel, keys: Sequence[str]) -> None:
    if sum(getattr(row, key) is not None for key in keys) != 1:
        raise ValueError(f"exactly one of {', '.join(keys)}")


class _ChargeRow(Coded):
    description: Text
    gl: Code
    classes: Codes = ()
    when: Annotated[str, Field(max_length=240)] = Field("", description='a condition like "employees > 3", in quotes')
    rounding: RoundingPart = Field(
        RoundingPart(), description='like { to = 0.05, toward = "up" }: nearest, even, up or down'
    )


_FORMS = ("flat", "each", "tiers", "bands", "share", "bounds")


class LicenseFeeRow(_ChargeRow):
    """[[fee]]: what a license costs, in one of six forms, charged in the order in which the rows are written."""

    flat: Dollars | None = None
    each: EachPart | None = Field(
        None, description="of, amount, block, free, begun: so much for each block of a measure"
    )
    tiers: TiersPart | None = Field(
        None,
        description="of, block, begun and [[fee.tiers.tier]]: above, upto, amount, price; each begins where the one"
        " before ends, the first above 0, the last without upto",
    )
    bands: BandsPart | None = Field(
        None,
        description="of and [[fee.bands.band]]: above, upto, amount; each begins where the one before ends, the first"
        " above 0, the last without upto",
    )
    share: SharePart | None = Field(None, description="percent and of, the codes of rows before it")
    bounds: BoundsPart | None = Field(None, description="of, the codes of rows before it, and least or most")
    prorated: Annotated[Part, Field(strict=False)] | None = Field(
        None, description='"day", "month", "quarter", "half", or no such line'
    )
    passed_through: Switch = False

    @model_validator(mode="after")
    def _has_one_form(self) -> LicenseFeeRow:
        _one_of(self, _FORMS)
        return self

    @property
    def measure(self) -> str:
        """The question whose answer it counts; empty where it counts none."""
        counted = self.each or self.tiers or self.bands
        return counted.of if counted else ""

    @property
    def of(self) -> tuple[str, ...]:
        """The codes of the rows it is about."""
        about = self.share or self.bounds
        return about.of if about else ()

    def form(self) -> Form:
        """The form of its amount."""
        if self.each:
            each = self.each
            return Each(each.of, each.amount, each.block, each.free, each.begun)
        if self.tiers:
            return Tiers(self.tiers.of, _tiers(self.tiers.tier), self.tiers.block, self.tiers.begun)
        if self.bands:
            return Bands(self.bands.of, _tiers(self.bands.band))
        if self.share:
            return Share(self.share.percent, self.share.of)
        if self.bounds:
            return Bounds(self.bounds.of, self.bounds.least, self.bounds.most)
        return Flat(self.flat or Cents(0))


_TIMINGS = ("late_steps", "late_each", "early")


class TimingFileRow(_ChargeRow):
    """[[timing]]: what paying late adds, or early takes off."""

    head: Literal["penalty", "interest", "discount"]
    of: Codes = ()
    most: Percent | None = None
    by_postmark: Switch = False
    late_steps: (
        Annotated[tuple[StepPart, ...], AfterValidator(rising), Field(strict=False, min_length=1, max_length=24)] | None
    ) = Field(None, description="[[timing.late_steps]]: from_day and percent, each later than the one before")
    late_each: PeriodsPart | None = Field(
        None, description='percent, every ("month", or days), begun, compound: for each period late'
    )
    early: EarlyPart | None = Field(None, description="percent and days_before")

    @model_validator(mode="after")
    def _has_one_timing(self) -> TimingFileRow:
        _one_of(self, _TIMINGS)
        return self

    def timing(self) -> Timing:
        """What the calendar does."""
        if self.late_steps:
            return LateSteps(tuple(LateStep(step.from_day, step.percent) for step in self.late_steps))
        if self.early:
            return Early(self.early.percent, self.early.days_before)
        periods = self.late_each or PeriodsPart(percent=Decimal(0))
        if periods.every == "month":
            return LatePeriods(periods.percent, begun=periods.begun, compound=periods.compound)
        return LatePeriods(periods.percent, Every.DAYS, periods.every, periods.begun, periods.compound)


def license_schedule(
    classes: Sequence[ClassRow],
    questions: Sequence[QuestionRow],
    years: Sequence[YearRow],
    fees: Sequence[LicenseFeeRow],
    timings: Sequence[TimingFileRow],
    zones: Zones,
) -> LicenseSchedule:
    """The schedule of rows that are in force on one day."""
    return LicenseSchedule(
        classes=tuple(
            LicenseClass(
                *(row.code, row.name, row.synonyms, row.naics_codes),
                *(row.reviews, row.documents, row.at_home, row.zones),
            )
            for row in classes
        ),
        questions=tuple(Question(row.code, row.words, row.answer, row.classes) for row in questions),
        years=tuple(LicenseYear(row.classes, row.begins, row.due_days) for row in years),
        fees=tuple(ForClasses(_fee(row), row.classes) for row in fees),
        timing=tuple(ForClasses(_timing(row), row.classes) for row in timings),
        zones=zones,
    )


def _fee(row: LicenseFeeRow) -> FeeRow:
    return FeeRow(
        row.code,
        row.description,
        row.gl,
        row.ordinance,
        row.form(),
        row.when,
        row.rounding.rounding,
        row.prorated,
        row.passed_through,
    )


def _timing(row: TimingFileRow) -> TimingRow:
    return TimingRow(
        row.code,
        row.description,
        row.head,
        row.gl,
        row.ordinance,
        row.timing(),
        row.of,
        row.most,
        row.when,
        row.rounding.rounding,
        row.by_postmark,
    )


def _tiers(parts: tuple[TierPart, ...]) -> tuple[Tier, ...]:
    return tuple(Tier(part.above, part.upto, part.amount, part.price) for part in parts)
