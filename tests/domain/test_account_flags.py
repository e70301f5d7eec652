"""Flags in words, with the amounts that are left of what belongs to them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countertui.domain.account_flags import FlagDetail, flag_words, in_force

STAY_ON = FlagDetail("shutoff", "2026-11-01", "2026-12-01", 96_67, "")
PLAN = [
    FlagDetail("arrangement", "2026-11-01", f"2026-{month}-15", 25_00, f"{n} of 2") for n, month in ((1, 11), (2, 12))
]


@pytest.mark.parametrize(
    ("paid", "words"),
    [
        (0, "Shut-off pending: pay 96.67 by 12/01/2026 to stay on"),
        (46_67, "Shut-off pending: pay 50.00 by 12/01/2026 to stay on"),
        (96_66, "Shut-off pending: pay 0.01 by 12/01/2026 to stay on"),
        (96_67, "Shut-off: what keeps it on is paid"),
        (-10_00, "Shut-off pending: pay 96.67 by 12/01/2026 to stay on"),
    ],
)
def test_what_keeps_it_on_gets_less_with_what_is_paid(paid: int, words: str) -> None:
    said = flag_words("shutoff", [STAY_ON], paid)
    assert said.words == words
    assert said.is_warning


@pytest.mark.parametrize(
    ("paid", "words"),
    [
        (0, "Payment arrangement: next 25.00 by 11/15/2026 (1 of 2)"),
        (24_00, "Payment arrangement: next 1.00 by 11/15/2026 (1 of 2)"),
        (25_00, "Payment arrangement: next 25.00 by 12/15/2026 (2 of 2)"),
        (60_00, "Payment arrangement: all instalments are paid (2 of 2)"),
    ],
)
def test_the_next_instalment_is_the_first_not_paid(paid: int, words: str) -> None:
    said = flag_words("arrangement", PLAN, paid)
    assert f"{said.words} ({said.note})" == words


def test_a_flag_without_its_amount_says_that_it_is_not_known() -> None:
    assert "not known here" in flag_words("shutoff", [], 0).words
    assert "not known here" in flag_words("arrangement", [], 0).words


@pytest.mark.parametrize(
    ("flag", "words", "is_warning"),
    [
        ("cash-only", "Cash only: no checks", True),
        ("collections", "In collections", True),
        ("returned-check", "A check came back unpaid", True),
        ("autopay", "Paid automatically", False),
        ("senior-rate", "Senior rate", False),
    ],
)
def test_other_flags_are_words_too(flag: str, words: str, *, is_warning: bool) -> None:
    said = flag_words(flag, [], 0)
    assert (said.words, said.is_warning, said.left) == (words, is_warning, None)


def test_the_newest_amounts_are_those_in_force() -> None:
    older = FlagDetail("shutoff", "2026-10-01", "2026-11-02", 12_00, "")
    assert in_force([STAY_ON, *reversed(PLAN), older]) == {"shutoff": [STAY_ON], "arrangement": PLAN}


@given(st.lists(st.integers(1, 5_000), min_size=1, max_size=5), st.integers(-5_000, 30_000))
def test_left_and_paid_never_miss_a_cent(cents: list[int], paid: int) -> None:
    details = [FlagDetail("arrangement", "2026-11-01", f"2026-12-{n:02}", one, "") for n, one in enumerate(cents, 1)]
    left = flag_words("arrangement", details, paid).left
    assert left is not None
    before = [sum(cents[:n]) for n in range(len(cents) + 1)]
    if paid >= sum(cents):
        assert left == 0
    else:
        assert max(0, paid) + left in before[1:]
