"""A determination: what a license costs by a city's rows, line by line, each with its working and its ordinance."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from countertui.domain.dates import us_date
from countertui.domain.license_fees import Basis, FeeRow, Rounding, Worked
from countertui.domain.license_terms import Part, Term, left_of
from countertui.domain.license_timing import Payment, TimingRow
from countertui.domain.money import Cents, format_cents

LICENSE_HEAD = "license"
"""The head of charges for the license itself; rows of the calendar name their own."""

Holds = Callable[[str], bool]
"""Whether a row's condition holds for what was declared."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a determination, in cents. Its working adds up to it."""

    code: str
    description: str
    head: str
    gl: str
    ordinance: str
    cents: Cents
    working: tuple[Worked, ...]
    passed_through: bool = False


@dataclass(frozen=True, slots=True)
class Determination:
    """The lines of a license's fee, in the order of the city's rows."""

    lines: tuple[Line, ...]

    @property
    def total(self) -> Cents:
        """What it comes to, in cents."""
        return Cents(sum(line.cents for line in self.lines))

    @property
    def charged(self) -> dict[str, Cents]:
        """Cents by code."""
        return {line.code: line.cents for line in self.lines}

    @property
    def own(self) -> tuple[str, ...]:
        """The codes of what the city charges for itself."""
        return tuple(line.code for line in self.lines if not line.passed_through)


def determine(
    rows: Iterable[FeeRow], quantities: Mapping[str, int], term: Term, starts: date, holds: Holds
) -> Determination:
    """What the rows charge for a term, of which the business is there from a day on.

    quantities by measure, in hundredths. A row that charges nothing has no line.
    """
    lines: list[Line] = []
    for row in rows:
        if row.when and not holds(row.when):
            continue
        basis = Basis(quantities, {line.code: line.cents for line in lines})
        cents, working = _rounded(row.form.worked(basis), row.rounding)
        if row.prorated is not None:
            cents, working = _prorated(cents, working, term, starts, row.prorated)
        if cents:
            lines.append(
                Line(row.code, row.description, LICENSE_HEAD, row.gl, row.ordinance, cents, working, row.passed_through)
            )
    return Determination(tuple(lines))


def as_paid(fee: Determination, rows: Sequence[TimingRow], payment: Payment, holds: Holds) -> Determination:
    """The same fee with what the calendar adds and takes off. What the state gets bears no percentage of the city's."""
    lines = list(fee.lines)
    for row in rows:
        if row.when and not holds(row.when):
            continue
        of = Basis({}, {line.code: line.cents for line in lines}).of(row.of or fee.own)
        cents, working = _rounded(row.worked(of, payment), row.rounding)
        if cents:
            lines.append(Line(row.code, row.description, row.head, row.gl, row.ordinance, cents, working))
    return Determination(tuple(lines))


def _rounded(working: tuple[Worked, ...], rounding: Rounding) -> tuple[Cents, tuple[Worked, ...]]:
    exact = sum((step.cents for step in working), Decimal(0))
    cents = rounding.cents(exact)
    if cents != exact:
        working = (*working, Worked(f"rounded to {format_cents(cents)}", cents - exact))
    return cents, working


def _prorated(
    cents: Cents, working: tuple[Worked, ...], term: Term, starts: date, part: Part
) -> tuple[Cents, tuple[Worked, ...]]:
    left = left_of(cents, term, starts, part)
    if left == cents:
        return cents, working
    whole = term.parts(part)
    here = whole - max(0, term.parts_begun(starts, part) - 1)
    return left, (
        *working,
        Worked(f"from {us_date(starts.isoformat())} on, {here} of {whole} {part.plural}", Decimal(left - cents)),
    )
