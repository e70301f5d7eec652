"""Paper receipt books: numbers, dates, and what is missing, for any set of numbers keyed in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countertui.domain.paper_books import (
    LAST_NUMBER,
    Gap,
    PaperBook,
    PaperNumber,
    PaperReceipt,
    PaperRefused,
    book_of,
    gap_words,
    gaps,
    is_sound,
    overlapping,
    paper_data,
    paper_of,
    read_number,
    why_no_book,
    why_not_dated,
    why_not_used,
)
from thoroughly import examples

BOOK = PaperBook("B", 101, 150, "HALL", "2026-11-01")
DAYS = st.dates(date(2026, 11, 1), date(2026, 12, 31)).map(date.isoformat)
KEYED = st.dictionaries(st.integers(90, 160), DAYS)


def numbers(found: list[Gap]) -> list[int]:
    return [number for gap in found for number in range(gap.first, gap.last + 1)]


@settings(max_examples=examples(150))
@given(KEYED, st.none() | st.just(0) | st.integers(101, 150))
def test_gaps_are_exactly_what_nobody_keyed_in_up_to_the_highest_used(keyed: dict[int, str], last: int | None) -> None:
    inside = {number for number in keyed if 101 <= number <= 150}
    highest = max([*inside, last or 0])
    book = replace(BOOK, last_used=last, closed_on=None if last is None else "2027-01-02")
    found = gaps(book, keyed)
    assert numbers(found) == [number for number in range(101, highest + 1) if number not in inside]
    assert all(gap.count == gap.last - gap.first + 1 > 0 for gap in found)
    assert all(one.last + 1 < other.first for one, other in pairwise(found)), "side by side is one"
    for gap in found:
        assert gap.since == (keyed[gap.last + 1] if gap.last + 1 in inside else "2027-01-02")


@settings(max_examples=examples(100))
@given(KEYED, st.integers(101, 150), DAYS)
def test_keying_in_a_missing_number_takes_it_and_no_other_out(keyed: dict[int, str], number: int, day: str) -> None:
    before, after = set(numbers(gaps(BOOK, keyed))), set(numbers(gaps(BOOK, {**keyed, number: day})))
    if number in before:
        assert after == before - {number}
    else:
        assert before <= after
        assert number not in after


@given(st.from_regex(r"[A-Z]{1,4}", fullmatch=True), st.integers(1, LAST_NUMBER))
def test_a_number_is_read_as_it_is_printed_and_as_people_type_it(series: str, number: int) -> None:
    paper = PaperNumber(series, number)
    typed = (paper.text, paper.text.lower(), f" {series}{number} ", f"{series} {number:06}", f"{series}-{number}")
    assert {read_number(each) for each in typed} == {paper}


@pytest.mark.parametrize(
    "typed",
    ["", "B", "123", "B-", "B-0", "B-000000", "B-1234567", "ABCDE-1", "B--1", "B-1.5", "T1-12", "B-١٢", "B-12x"],
)
def test_what_is_no_paper_number_is_said_to_be_none(typed: str) -> None:
    with pytest.raises(PaperRefused, match="like B-000123"):
        read_number(typed)


def test_a_book_holds_its_own_numbers_only() -> None:
    other = replace(BOOK, first_no=151, last_no=200)
    assert [book_of([BOOK, other], PaperNumber("B", n)) for n in (100, 101, 150, 151, 201)] == [
        None,
        BOOK,
        BOOK,
        other,
        None,
    ]
    assert book_of([BOOK], PaperNumber("C", 101)) is None
    assert BOOK.name == "B-000101"


@given(st.integers(1, 300), st.integers(0, 100))
def test_books_overlap_where_they_share_a_number(first: int, more: int) -> None:
    shares = bool(set(range(first, first + more + 1)) & set(range(101, 151)))
    assert (overlapping([BOOK], "B", first, first + more) is BOOK) == shares
    assert overlapping([BOOK], "C", first, first + more) is None


@pytest.mark.parametrize(
    ("series", "first", "last", "why"),
    [
        ("b", 1, 2, "letters"),
        ("", 1, 2, "letters"),
        ("ABCDE", 1, 2, "letters"),
        ("B1", 1, 2, "letters"),
        ("B", 0, 5, "go up"),
        ("B", 9, 8, "go up"),
        ("B", 1, LAST_NUMBER + 1, "go up"),
        ("B", 1, 5_001, "at most 5,000"),
    ],
)
def test_there_is_no_such_book(series: str, first: int, last: int, why: str) -> None:
    assert why in why_no_book(series, first, last)
    assert why_no_book("B", 1, 5_000) == why_no_book("B", 7, 7) == ""


def test_a_date_before_the_book_or_after_the_business_date_is_none() -> None:
    assert "before 2026-11-01" in why_not_dated(BOOK, "2026-10-31", "2026-11-23")
    assert "after 2026-11-23" in why_not_dated(BOOK, "2026-11-24", "2026-11-23")
    assert why_not_dated(BOOK, "2026-11-01", "2026-11-01") == why_not_dated(None, "2020-01-01", "2026-11-23") == ""


def test_a_form_after_the_last_one_used_of_a_closed_book_was_not_used() -> None:
    closed = replace(BOOK, closed_on="2026-11-22", last_used=137)
    assert why_not_used(closed, 137) == why_not_used(BOOK, 150) == ""
    assert "B-000137 was its last one used" in why_not_used(closed, 138)
    assert "none used" in why_not_used(replace(closed, last_used=0), 101)


def test_a_gap_has_an_age_where_a_later_form_says_when() -> None:
    gap = Gap(103, 104, "2026-11-20")
    assert (gap.age_days("2026-11-23"), gap.age_days("2026-11-01"), Gap(1, 1, "").age_days("2026-11-23")) == (
        3,
        0,
        None,
    )
    assert (gap_words("B", gap), gap_words("B", Gap(9, 9, ""))) == ("B-000103 to B-000104", "B-000009")


@given(st.integers(1, LAST_NUMBER), st.none() | st.integers(1, LAST_NUMBER), DAYS)
def test_a_record_says_the_paper_and_is_read_back(number: int, book: int | None, day: str) -> None:
    paper = PaperReceipt("B", number, day, book)
    assert is_sound(paper_data(paper))
    assert paper_of(paper_data(paper)) == paper


@pytest.mark.parametrize(
    "change",
    [
        {"series": "b"},
        {"series": 1},
        {"number": 0},
        {"number": "7"},
        {"number": True},
        {"number": LAST_NUMBER + 1},
        {"date": "11/20/2026"},
        {"date": "2026-02-30"},
        {"date": "20261120"},
        {"date": None},
        {"book": 0},
        {"book": "101"},
    ],
)
def test_whatever_else_a_record_says_is_not_sound(change: dict[str, object]) -> None:
    good = paper_data(PaperReceipt("B", 123, "2026-11-20", 101))
    assert is_sound(good)
    assert not is_sound({**good, **change})
    assert not is_sound({name: value for name, value in good.items() if name not in change})
    assert not is_sound(None)


def test_ages_go_by_whole_days() -> None:
    since = date(2026, 11, 20)
    for days in (0, 1, 400):
        assert Gap(1, 1, since.isoformat()).age_days((since + timedelta(days=days)).isoformat()) == days
