"""License fees: monotone where the ordinance is, steps only where declared, and a working that adds up to the cent."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countertui.domain.license_determination import Determination, as_paid, determine
from countertui.domain.license_fees import (
    GROSS_RECEIPTS,
    Bands,
    Basis,
    Bounds,
    Each,
    FeeRow,
    Flat,
    Form,
    Rounding,
    Share,
    Tier,
    Tiers,
    Toward,
)
from countertui.domain.license_terms import Part, Term
from countertui.domain.license_timing import Early, LatePeriods, LateStep, LateSteps, Payment, TimingRow
from countertui.domain.money import Cents

YEAR = Term(date(2027, 1, 1), date(2027, 12, 31))
DUE = date(2027, 4, 30)


def row(code: str, form: Form, **more: object) -> FeeRow:
    return FeeRow(code, code.lower(), "100-4110", "Ord. 9", form, **more)  # type: ignore[arg-type]


def fee(*rows: FeeRow, starts: date = YEAR.begins, **quantities: int) -> Determination:
    return determine(rows, quantities, YEAR, starts, lambda _: True)


prices = st.decimals(Decimal("0.0001"), Decimal(500), places=4)


@st.composite
def marginal(draw: st.DrawFn, exact: bool = True) -> Tiers:
    ends = sorted(draw(st.sets(st.integers(1, 10**8), max_size=4)))
    bounds = [0, *ends, None]
    tiers = tuple(
        Tier(above or 0, upto, Cents(0 if exact and n else draw(st.integers(0, 10**5))), draw(prices))
        for n, (above, upto) in enumerate(pairwise(bounds))
    )
    return Tiers(GROSS_RECEIPTS, tiers, draw(st.sampled_from([100, 1_000_00])), begun=not exact)


def exact(form: Form, quantity: int) -> Decimal:
    return sum((step.cents for step in form.worked(Basis({GROSS_RECEIPTS: quantity}, {}))), Decimal(0))


@given(marginal(), st.integers(0, 2 * 10**8), st.integers(0, 10**6))
def test_marginal_tiers_rise_without_gap_or_jump(tiers: Tiers, receipts: int, more: int) -> None:
    """A cent of receipts never costs more than the dearest tier charges for a cent."""
    rise = exact(tiers, receipts + more) - exact(tiers, receipts)
    assert 0 <= rise <= more * max(tier.price for tier in tiers.tiers) / tiers.block


@given(marginal(exact=False), st.integers(0, 2 * 10**8))
def test_begun_blocks_jump_by_their_price_and_by_a_tier_s_amount_only(tiers: Tiers, receipts: int) -> None:
    rise = exact(tiers, receipts + 1) - exact(tiers, receipts)
    entered = [tier for n, tier in enumerate(tiers.tiers) if n and tier.above == receipts]
    allowed = sum((tier.cents + tier.price for tier in entered), Decimal(0)) or max(tier.price for tier in tiers.tiers)
    assert 0 <= rise <= allowed


@pytest.mark.parametrize(
    ("employees", "cents"), [(0, 10_00), (3_00, 10_00), (3_01, 15_00), (9_00, 15_00), (9_01, 35_00)]
)
def test_the_last_of_a_tier_is_in_it(employees: int, cents: int) -> None:
    tiers = (Tier(0, 3_00, Cents(10_00)), Tier(3_00, 9_00, Cents(5_00)), Tier(9_00, None, Cents(20_00)))
    assert fee(row("T", Tiers("employees", tiers)), employees=employees).total == cents
    bands = (Tier(0, 3_00, Cents(10_00)), Tier(3_00, 9_00, Cents(15_00)), Tier(9_00, None, Cents(35_00)))
    assert fee(row("B", Bands("employees", bands)), employees=employees).total == cents


@given(st.lists(st.tuples(st.integers(1, 1000), st.integers(0, 10**6)), min_size=1, max_size=5), st.integers(0, 6000))
def test_a_band_charges_one_amount_for_all_that_lies_in_it(steps: list[tuple[int, int]], employees: int) -> None:
    above, tiers = 0, []
    for width, cents in steps:
        tiers.append(Tier(above, above + width, Cents(cents)))
        above += width
    tiers[-1] = Tier(tiers[-1].above, None, tiers[-1].cents)
    charged = fee(row("B", Bands("employees", tuple(tiers))), employees=employees).total
    (own,) = [
        tier
        for n, tier in enumerate(tiers)
        if (employees > tier.above or not n) and (tier.upto is None or employees <= tier.upto)
    ]
    assert charged == own.cents


forms = st.one_of(
    st.builds(Flat, st.integers(0, 10**6).map(Cents)),
    st.builds(
        Each, st.just("employees"), st.integers(0, 10**4).map(Cents), st.sampled_from([100, 500]), begun=st.booleans()
    ),
    marginal(),
    marginal(exact=False),
    st.builds(Share, st.decimals(-100, 200, places=2), st.just(("R0",))),
    st.builds(Bounds, st.just(("R0", "R1")), st.integers(0, 10**5).map(Cents), st.integers(10**5, 10**7).map(Cents)),
)
roundings = st.builds(Rounding, st.sampled_from([1, 5, 100]), st.sampled_from(Toward))


@given(
    st.lists(st.tuples(forms, roundings, st.none() | st.sampled_from(Part)), max_size=6),
    st.integers(0, 10**7),
    st.integers(0, 5000),
    st.dates(YEAR.begins, YEAR.ends),
    st.dates(date(2026, 1, 1), date(2030, 1, 1)),
)
def test_every_working_adds_up_to_its_line_and_the_lines_to_the_total(
    chosen: list, receipts: int, employees: int, starts: date, paid: date
) -> None:
    rows = [row(f"R{n}", form, rounding=by, prorated=part) for n, (form, by, part) in enumerate(chosen)]
    late = TimingRow("LATE", "late", "penalty", "100-4190", "Ord. 9", LatePeriods(Decimal("7.5"), compound=True))
    whole = as_paid(
        fee(*rows, starts=starts, gross_receipts=receipts, employees=employees),
        [late],
        Payment(DUE, paid),
        lambda _: True,
    )
    for line in whole.lines:
        assert sum(step.cents for step in line.working) == line.cents
        assert line.working
    assert sum(line.cents for line in whole.lines) == whole.total


_BEGINS = {
    Part.DAY: [YEAR.begins + timedelta(days=n) for n in range(365)],
    Part.MONTH: [date(2027, month, 1) for month in range(1, 13)],
    Part.QUARTER: [date(2027, month, 1) for month in (1, 4, 7, 10)],
    Part.HALF: [date(2027, 1, 1), date(2027, 7, 1)],
}


@given(st.integers(0, 10**8), st.sampled_from(Part))
@settings(max_examples=30)
def test_what_each_part_of_the_year_costs_adds_up_to_the_whole(cents: int, part: Part) -> None:
    """What a later start saves is what the parts before it cost: alike to a cent, and the whole all together."""
    prorated = row("BASE", Flat(Cents(cents)), prorated=part)
    from_each = [fee(prorated, starts=begins).total for begins in _BEGINS[part]]
    of_each = [now - later for now, later in pairwise([*from_each, 0])]
    assert from_each[0] == sum(of_each) == cents
    assert max(of_each) - min(of_each) <= 1


def test_a_working_says_each_step_in_words() -> None:
    tiers = Tiers(
        GROSS_RECEIPTS,
        (
            Tier(0, 2_000_00, Cents(40_00)),
            Tier(2_000_00, 1_000_000_00, price=Decimal(120)),
            Tier(1_000_000_00, None, price=Decimal(108)),
        ),
        1_000_00,
        begun=True,
    )
    (line,) = fee(row("GROSS", tiers), gross_receipts=1_001_500_00).lines
    assert [(step.text, step.cents) for step in line.working] == [
        ("0.00 to 2,000.00", 40_00),
        ("998,000.00 at 1.20 per 1,000.00 or part of it", 1_197_60),
        ("1,500.00 at 1.08 per 1,000.00 or part of it", 2_16),
    ]
    assert line.cents == 1_239_76
    (line,) = fee(row("STAFF", Each("employees", Cents(12_50), free=2_00)), employees=4_50).lines
    assert line.working[0].text == "2.5 employees at 12.50"
    assert line.cents == 31_25
    (line,) = fee(
        row("TAX", Tiers(GROSS_RECEIPTS, (Tier(0, None, price=Decimal("0.15")),))), gross_receipts=1_000_50
    ).lines
    assert [(step.text, step.cents) for step in line.working] == [
        ("1,000.50 at 0.15%", Decimal("150.075")),
        ("rounded to 1.50", Decimal("-0.075")),
    ]


def test_surcharge_least_sum_exemption_and_what_is_passed_through() -> None:
    rows = (
        row("BASE", Flat(Cents(40_00)), prorated=Part.HALF),
        row("FOOD", Share(Decimal(25), ("BASE",))),
        row("LEAST", Bounds(("BASE", "FOOD"), least=Cents(30_00))),
        row("STATE", Flat(Cents(4_00)), passed_through=True),
        row("NONPROFIT", Share(Decimal(-100), ("BASE", "FOOD", "LEAST")), when="nonprofit"),
    )
    taken = determine(rows, {}, YEAR, date(2027, 8, 3), lambda _: False)
    assert taken.charged == {"BASE": 20_00, "FOOD": 5_00, "LEAST": 5_00, "STATE": 4_00}
    assert taken.lines[0].working[-1].text == "from 08/03/2027 on, 1 of 2 halves"
    spared = determine(rows, {}, YEAR, date(2027, 8, 3), lambda when: when == "nonprofit")
    assert spared.total == 4_00
    late = TimingRow("LATE", "late", "penalty", "100-4190", "Ord. 9", LatePeriods(Decimal(10)))
    assert as_paid(taken, [late], Payment(DUE, date(2027, 5, 2)), lambda _: True).charged["LATE"] == 3_00
    assert as_paid(spared, [late], Payment(DUE, date(2027, 5, 2)), lambda _: True) == spared


@pytest.mark.parametrize(("toward", "up", "down"), [("nearest", 5, 0), ("even", 0, 0), ("up", 5, 5), ("down", 0, 0)])
def test_each_row_rounds_its_own_way(toward: str, up: int, down: int) -> None:
    by = Rounding(5, Toward(toward))
    assert (by.cents(Decimal("2.5")), by.cents(Decimal("2.4"))) == (up, down)


def late(timing: object, days_late: int, *, mailed: int | None = None, **more: object) -> int:
    shown = TimingRow("LATE", "late", "penalty", "100-4190", "Ord. 9", timing, **more)  # type: ignore[arg-type]
    base = fee(row("BASE", Flat(Cents(100_00))))
    postmarked = None if mailed is None else date.fromordinal(DUE.toordinal() + mailed)
    paid = Payment(DUE, date.fromordinal(DUE.toordinal() + days_late), postmarked)
    return as_paid(base, [shown], paid, lambda _: True).total - base.total


SOUTH_JORDAN = LateSteps(tuple(LateStep(*step) for step in ((31, Decimal(25)), (61, Decimal(50)), (91, Decimal(100)))))


@pytest.mark.parametrize(
    ("days", "cents"), [(30, 0), (31, 25_00), (60, 25_00), (61, 50_00), (91, 100_00), (900, 100_00)]
)
def test_steps_take_the_place_of_those_before(days: int, cents: int) -> None:
    assert late(SOUTH_JORDAN, days) == cents


@pytest.mark.parametrize(
    ("days", "cents"), [(0, 0), (1, 20_00), (30, 20_00), (31, 40_00), (300, 200_00), (301, 200_00)]
)
def test_a_penalty_each_thirty_days_up_to_its_cap(days: int, cents: int) -> None:
    timing = LatePeriods(Decimal(20), every="days", days=30)  # type: ignore[arg-type]
    assert late(timing, days, most=Decimal(200)) == cents


def test_the_postmark_decides_where_it_does() -> None:
    timing = LatePeriods(Decimal(10))
    assert late(timing, 3, mailed=0, by_postmark=True) == 0
    assert late(timing, 3, mailed=0) == 10_00
    assert late(timing, 3, by_postmark=True) == 10_00
    assert late(timing, 40, mailed=1, by_postmark=True) == 10_00


def test_compound_and_early() -> None:
    assert late(LatePeriods(Decimal(10), compound=True), 62) == 33_10
    assert late(LatePeriods(Decimal(10), compound=True), 400, most=Decimal(50)) == 50_00
    assert late(Early(Decimal(2)), 0) == late(Early(Decimal(2)), -90) == -2_00
    assert late(Early(Decimal(2)), 1) == 0
    assert late(Early(Decimal(5), 30), -29) == 0


@given(
    st.one_of(st.just(SOUTH_JORDAN), st.builds(LatePeriods, st.decimals(0, 50, places=2), compound=st.booleans())),
    st.integers(-100, 900),
    st.integers(0, 60),
)
def test_later_never_costs_less(timing: object, days: int, more: int) -> None:
    assert late(timing, days, most=Decimal(300)) <= late(timing, days + more, most=Decimal(300))
