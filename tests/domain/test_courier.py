"""Bags for a courier: what is asked of a hand-over, and which records are none."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countertui.domain.courier import (
    CourierRefused,
    courier_data,
    handed_words,
    is_sound,
    said_time,
    why_not_handed,
)
from countertui.domain.drops import DropRefused
from countertui.domain.refusal import Refused

NOW = "2026-11-23T16:42:07"
DATA = courier_data("Loomis", "Kim Roe", "L-77", "4471", "2026-11-23T16:40", ["b 1", "B2"])


def test_what_is_signed_names_whose_who_which_and_when():
    assert DATA == {
        "company": "Loomis",
        "courier": "Kim Roe",
        "badge": "L-77",
        "receipt": "4471",
        "said_at": "2026-11-23T16:40",
        "bags": ["B1", "B2"],
    }
    assert is_sound(DATA)
    assert handed_words(DATA) == "Loomis, Kim Roe, badge L-77, receipt 4471, 11/23/2026 16:40"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"company": ""}, "of a company"),
        ({"courier": "", "badge": ""}, "Nobody is named"),
        ({"receipt": ""}, "the courier's receipt, or the seal's number"),
        ({"bags": []}, "No bag is marked"),
        ({"bags": ["B1", "b 1"]}, "named twice"),
    ],
)
def test_what_lacks_is_said(changed, said):
    with pytest.raises(CourierRefused, match=said):
        courier_data(**{**DATA, **changed})


def test_a_badge_stands_for_a_name_and_a_number_must_name_a_bag():
    assert courier_data(**{**DATA, "courier": ""})["badge"] == "L-77"
    with pytest.raises(DropRefused):
        courier_data(**{**DATA, "bags": ["--"]})


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "2026-11-23T16:42"),
        (" 9:05 ", "2026-11-23T09:05"),
        ("11/22 16:40", "2026-11-22T16:40"),
        ("12/31/2025  23:59", "2025-12-31T23:59"),
    ],
)
def test_the_time_is_what_people_say(typed, said):
    assert said_time(typed, NOW) == said


@pytest.mark.parametrize("typed", ["16", "24:00", "9:60", "2/30 10:00", "4 pm", "16:40 11/23", "1640"])
def test_what_is_no_time_is_refused(typed):
    with pytest.raises(CourierRefused, match="no time of day"):
        said_time(typed, NOW)


@given(st.text(max_size=20))
def test_any_typed_time_is_read_or_refused(typed):
    with suppress(Refused):
        assert is_sound({**DATA, "said_at": said_time(typed, NOW)})


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        {},
        {**DATA, "more": 1},
        {**DATA, "company": ""},
        {**DATA, "courier": "", "badge": ""},
        {**DATA, "receipt": 4471},
        {**DATA, "company": "x" * 61},
        {**DATA, "said_at": "2026-11-23T16:40:01"},
        {**DATA, "said_at": "soon"},
        {**DATA, "bags": []},
        {**DATA, "bags": "B1"},
        {**DATA, "bags": ["B1", "B1"]},
        {**DATA, "bags": [""]},
        {**DATA, "bags": ["B" * 25]},
        {**DATA, "bags": [1]},
    ],
)
def test_what_is_no_hand_over_is_none(wrong):
    assert not is_sound(wrong)


def test_why_a_bag_can_t_go_is_said_and_the_first_reason_is_what_happened_last():
    there = {"deposited": True, "taken_back": False, "dropped": False, "before": None}
    assert why_not_handed("B1", **there) == ""
    assert "went already: Loomis, Kim Roe" in why_not_handed("B1", **{**there, "before": DATA})
    assert "was taken back" in why_not_handed("B1", **{**there, "taken_back": True})
    assert why_not_handed("B1", **{**there, "deposited": False}) == "Bag B1 is of no deposit made here."
    dropped = {**there, "deposited": False, "dropped": True}
    assert "is a drop: it goes to the bank inside a deposit" in why_not_handed("B1", **dropped)
