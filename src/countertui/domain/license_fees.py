"""How a license fee is computed: the forms that ordinances give it. Each says its working, step by step.

A quantity is a whole number of hundredths of its measure: cents of gross receipts, hundredths of an employee (FTE).
A step's amount is in cents, exact as a Decimal; only the row that a form stands in rounds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import NamedTuple

from countertui.domain.license_terms import Part
from countertui.domain.money import Cents, format_cents

ONE = 100
"""The hundredths in one of any measure."""
GROSS_RECEIPTS = "gross_receipts"
"""The measure whose hundredths are cents."""


class Worked(NamedTuple):
    """One step of a working: what was done, in words, and what it came to in cents, exact."""

    text: str
    cents: Decimal


@dataclass(frozen=True, slots=True)
class Basis:
    """What a fee is computed from: quantities by measure, in hundredths, and what was charged before it, by code."""

    quantities: Mapping[str, int]
    charged: Mapping[str, Cents]

    def of(self, codes: Sequence[str]) -> Cents:
        """What the rows of those codes charged, in cents."""
        return Cents(sum(self.charged.get(code, 0) for code in codes))


@dataclass(frozen=True, slots=True)
class Flat:
    """One amount, in cents."""

    cents: Cents

    def worked(self, basis: Basis) -> tuple[Worked, ...]:
        """The working, of one step."""
        return (Worked("flat", Decimal(self.cents)),)


@dataclass(frozen=True, slots=True)
class Each:
    """So many cents for each block of a measure beyond what is free; a begun block counts whole where `begun` is so.

    block and free in hundredths of the measure.
    """

    measure: str
    cents: Cents
    block: int = ONE
    free: int = 0
    begun: bool = False

    def worked(self, basis: Basis) -> tuple[Worked, ...]:
        """The working, of one step."""
        counted = max(0, basis.quantities.get(self.measure, 0) - self.free)
        return (_blocks(self.measure, counted, Decimal(self.cents), self.block, begun=self.begun),)


@dataclass(frozen=True, slots=True)
class Tier:
    """One tier: from above one quantity up to another (None: without end), in hundredths.

    cents is charged once the tier is reached; price, in cents and fractions of a cent, for each block within it.
    """

    above: int
    upto: int | None
    cents: Cents = Cents(0)
    price: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Tiers:
    """Marginal tiers: each one's price is for the part of the quantity that lies in it. The first is always reached."""

    measure: str
    tiers: tuple[Tier, ...]
    block: int = ONE
    begun: bool = False

    def worked(self, basis: Basis) -> tuple[Worked, ...]:
        """The working, a step for each amount and for each part that a price is charged for."""
        quantity = basis.quantities.get(self.measure, 0)
        steps: list[Worked] = []
        for n, tier in enumerate(self.tiers):
            if n and quantity <= tier.above:
                break
            if tier.cents:
                steps.append(Worked(_reached(self.measure, tier), Decimal(tier.cents)))
            part = (quantity if tier.upto is None else min(quantity, tier.upto)) - tier.above
            if tier.price and part > 0:
                steps.append(_blocks(self.measure, part, tier.price, self.block, begun=self.begun))
        return tuple(steps)


@dataclass(frozen=True, slots=True)
class Bands:
    """Bands: the whole quantity lies in one of them, and that one's amount is charged. A declared step at each end."""

    measure: str
    tiers: tuple[Tier, ...]

    def worked(self, basis: Basis) -> tuple[Worked, ...]:
        """The working, of one step."""
        quantity = basis.quantities.get(self.measure, 0)
        reached = [tier for n, tier in enumerate(self.tiers) if not n or quantity > tier.above]
        return (Worked(_reached(self.measure, reached[-1]), Decimal(reached[-1].cents)),)


@dataclass(frozen=True, slots=True)
class Share:
    """A percentage of what other rows charged: a surcharge; where negative, a discount or an exemption."""

    percent: Decimal
    of: tuple[str, ...]

    def worked(self, basis: Basis) -> tuple[Worked, ...]:
        """The working, of one step."""
        of = basis.of(self.of)
        return (Worked(f"{in_words(self.percent)}% of {format_cents(of)}", of * self.percent / 100),)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What lacks of a least sum of other rows, or is beyond a most sum, in cents; None for no such bound."""

    of: tuple[str, ...]
    least: Cents | None = None
    most: Cents | None = None

    def worked(self, basis: Basis) -> tuple[Worked, ...]:
        """The working, of one step where a bound is passed, else of none."""
        of = basis.of(self.of)
        if self.least is not None and of < self.least:
            return (
                Worked(f"least {format_cents(self.least)}, of it charged {format_cents(of)}", Decimal(self.least - of)),
            )
        if self.most is not None and of > self.most:
            return (Worked(f"most {format_cents(self.most)}, charged {format_cents(of)}", Decimal(self.most - of)),)
        return ()


Form = Flat | Each | Tiers | Bands | Share | Bounds


class Toward(StrEnum):
    """Which way an amount is rounded."""

    NEAREST = "nearest"
    EVEN = "even"
    UP = "up"
    DOWN = "down"


_MODES = {
    Toward.NEAREST: ROUND_HALF_UP,
    Toward.EVEN: ROUND_HALF_EVEN,
    Toward.UP: ROUND_CEILING,
    Toward.DOWN: ROUND_DOWN,
}


@dataclass(frozen=True, slots=True)
class Rounding:
    """To a multiple of so many cents, and which way: halves away from zero, halves to even, up, or toward zero."""

    to: int = 1
    toward: Toward = Toward.NEAREST

    def cents(self, exact: Decimal) -> Cents:
        """The exact amount, rounded."""
        return Cents(int((exact / self.to).quantize(Decimal(1), rounding=_MODES[self.toward])) * self.to)


@dataclass(frozen=True, slots=True)
class FeeRow:
    """One row of a city's license fees.

    when: the condition under which it is charged, empty for always. prorated: by which parts of the year, None for
    never. passed_through: charged for the state, and so no part of what the city's own percentages are of.
    """

    code: str
    description: str
    gl: str
    ordinance: str
    form: Form
    when: str = ""
    rounding: Rounding = Rounding()
    prorated: Part | None = None
    passed_through: bool = False


def in_words(number: Decimal) -> str:
    """A Decimal as a person writes it, without zeros at its end."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _quantity(measure: str, hundredths: int) -> str:
    if measure == GROSS_RECEIPTS:
        return format_cents(hundredths)
    return f"{in_words(Decimal(hundredths) / ONE)} {measure.replace('_', ' ')}"


def _reached(measure: str, tier: Tier) -> str:
    if tier.upto is None:
        return f"above {_quantity(measure, tier.above)}"
    return f"{_quantity(measure, tier.above)} to {_quantity(measure, tier.upto)}"


def _blocks(measure: str, part: int, price: Decimal, block: int, *, begun: bool) -> Worked:
    blocks = Decimal(-(-part // block)) if begun else Decimal(part) / block
    cost = in_words(price / 100) if price % 1 else format_cents(int(price))
    each = "" if block == ONE and measure != GROSS_RECEIPTS else f" per {_quantity(measure, block)}"
    if block == ONE and measure == GROSS_RECEIPTS:
        return Worked(f"{_quantity(measure, part)} at {in_words(price)}%", blocks * price)
    return Worked(f"{_quantity(measure, part)} at {cost}{each}{' or part of it' if begun else ''}", blocks * price)
