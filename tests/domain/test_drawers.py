"""Counting a drawer, the difference it makes, and the date it is counted for."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countertui.domain.drawers import (
    DENOMINATIONS,
    MOST_PIECES,
    CountRefused,
    Expected,
    OverShort,
    TenderCount,
    business_date,
    cash_count,
    over_short,
    pack_of,
    pieces_typed,
)
from countertui.domain.money import Cents
from countertui.domain.tenders import TenderKind

counts = st.dictionaries(st.sampled_from(DENOMINATIONS), st.integers(0, MOST_PIECES))
figures = st.dictionaries(
    st.sampled_from(TenderKind), st.tuples(st.integers(0, 200), st.integers(-900_00, 900_00).map(Cents))
)


@given(counts)
def test_a_count_is_worth_its_pieces(pieces: dict[int, int]) -> None:
    counted = cash_count(pieces)
    assert counted.total == sum(denomination * number for denomination, number in pieces.items())
    assert dict(counted.pieces) == {denomination: number for denomination, number in pieces.items() if number}
    assert list(counted.pieces) == sorted(counted.pieces, reverse=True)


def test_a_fund_counted_by_hand() -> None:
    assert cash_count({20_00: 3, 5_00: 6, 1_00: 9, 25: 3, 1: 25}).total == 100_00
    assert cash_count({}).total == 0


@pytest.mark.parametrize("pieces", [{3_00: 1}, {0: 1}, {-1: 1}, {20_00: -1}, {1: MOST_PIECES + 1}, {1000_00: 1}])
def test_what_is_no_note_or_coin_or_no_number_is_refused(pieces: dict[int, int]) -> None:
    with pytest.raises(CountRefused):
        cash_count(pieces)


@given(figures, figures)
def test_over_and_short_is_counted_less_expected(
    should: dict[TenderKind, tuple[int, Cents]], found: dict[TenderKind, tuple[int, Cents]]
) -> None:
    expected = {kind: Expected(kind, *figure) for kind, figure in should.items()}
    counted = {kind: TenderCount(kind, *figure) for kind, figure in found.items()}
    differences = over_short(expected, counted)
    assert [difference.kind for difference in differences] == list(TenderKind)
    for difference in differences:
        should_count, should_cents = should.get(difference.kind, (0, 0))
        found_count, found_cents = found.get(difference.kind, (0, 0))
        assert difference.cents == found_cents - should_cents
        assert difference.count == (0 if difference.kind is TenderKind.CASH else found_count - should_count)


def test_short_cash_and_a_check_too_many() -> None:
    expected = {
        TenderKind.CASH: Expected(TenderKind.CASH, 0, Cents(184_17)),
        TenderKind.CHECK: Expected(TenderKind.CHECK, 2, Cents(60_00)),
    }
    counted = {
        TenderKind.CASH: TenderCount(TenderKind.CASH, 0, Cents(180_17)),
        TenderKind.CHECK: TenderCount(TenderKind.CHECK, 3, Cents(60_00)),
    }
    assert over_short(expected, counted) == (
        OverShort(TenderKind.CASH, Cents(-4_00), 0),
        OverShort(TenderKind.CHECK, Cents(0), 1),
        OverShort(TenderKind.CARD, Cents(0), 0),
        OverShort(TenderKind.MONEY_ORDER, Cents(0), 0),
    )


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_a_date_is_read_in_both_spellings(day: date) -> None:
    assert business_date(day.isoformat()) == day
    assert business_date(f" {day.month}/{day.day}/{day.year} ") == day
    assert business_date(f"{day:%m/%d/%Y}") == day


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("2026-02-29", "doesn't exist"),
        ("2/29/2026", "doesn't exist"),
        ("2026-13-01", "doesn't exist"),
        ("2026-00-10", "doesn't exist"),
        ("23/11/2026", "doesn't exist"),
        ("0000-01-01", "doesn't exist"),
        ("1999-12-31", "outside 2000 to 2099"),
        ("2100-01-01", "outside 2000 to 2099"),
        ("", "not a date"),
        ("today", "not a date"),
        ("20261123", "not a date"),
        ("2026-W47-1", "not a date"),
        ("2026-11-23T09:41", "not a date"),
        ("2026-1-1", "not a date"),
        ("11/23/26", "not a date"),
        ("11/23", "not a date"),
        ("11/23/2026/1", "not a date"),
        ("+1/+2/2026", "not a date"),
        ("1_1/2/2026", "not a date"),
        ("2026-11-23\n", "not a date"),
        ("\uff12\uff10\uff12\uff16-11-23", "not a date"),
        ("\u0661\u0661/23/2026", "not a date"),
        ("\x1b[31m2026-11-23", "not a date"),
    ],
)
def test_other_dates_are_refused(typed: str, told: str) -> None:
    with pytest.raises(CountRefused, match=told) as refused:
        business_date(typed)
    assert refused.value.press == "Type it like 11/23/2026."


def test_a_leap_day_exists_in_a_leap_year() -> None:
    assert business_date("2/29/2028") == date(2028, 2, 29)


@given(st.sampled_from(DENOMINATIONS), st.integers(0, 99), st.integers(0, 999))
def test_straps_and_rolls_count_their_pieces(denomination: Cents, packs: int, loose: int) -> None:
    pack = pack_of(denomination)
    assert pieces_typed(f"{packs}{pack.letter}{loose}", pack) == packs * pack.pieces + loose
    assert pieces_typed(f" {packs}{pack.letter.upper()} ", pack) == packs * pack.pieces
    assert pieces_typed(f"{loose}", pack) == pieces_typed(f"{loose}", None) == loose
    assert pieces_typed(f"{packs}{pack.letter}", None) is None


def test_a_roll_is_worth_what_banks_say_and_a_strap_is_a_hundred_notes() -> None:
    worth = {cents: pack_of(cents).pieces * cents for cents in DENOMINATIONS}
    assert {cents: worth[cents] for cents in (Cents(1), Cents(5), Cents(10), Cents(25), Cents(50))} == {
        1: 50,
        5: 2_00,
        10: 5_00,
        25: 10_00,
        50: 10_00,
    }
    assert {pack_of(cents).name for cents in DENOMINATIONS if cents >= 1_00} == {"strap"}
    assert worth[Cents(20_00)] == 2_000_00


@pytest.mark.parametrize("typed", ["r", "r3", "2r1r", "2s", "1.2.3", "-1", "2r 3", "3000r", "²", "2r1234567"])
def test_what_is_no_count_is_none(typed: str) -> None:
    assert pieces_typed(typed, pack_of(Cents(25))) is None
