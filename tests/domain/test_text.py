"""Typed text reaches devices only if it holds nothing that a device would obey."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countertui.domain.text import TextRefused, refuse_controls, same_person


@pytest.mark.parametrize(
    "text",
    [
        "a\nb",
        "a\rb",
        "a\tb",
        "\x1b[2J",
        "\x1bp\x00\x19\xfa",  # ESC/POS: open the drawer
        "\x00",
        "\x7f",
        "\x9b2J",  # C1: control sequence introducer
        "a\u2028b",
        "a\u2029b",
        "a\u202eb",  # right-to-left override
        "a\u200bb",
        "a\u00adb",
        "\ufeffa",
        "\ud800",
        "\ue000",
        "\u0378",  # unassigned
    ],
)
def test_what_a_device_might_obey_is_refused(text: str) -> None:
    with pytest.raises(TextRefused) as refused:
        refuse_controls(text, "The name")
    assert text not in str(refused.value)
    assert "The name" in str(refused.value)


@pytest.mark.parametrize("text", ["", "O’Brien & Söhne", "Nguyễn Thị", "李 小龍", "ACME #4 (rear)", "½ lot", "a\u0301"])
def test_names_of_people_and_firms_pass(text: str) -> None:
    refuse_controls(text, "The name")


@given(st.text())
def test_what_passes_is_one_line_of_visible_letters(text: str) -> None:
    try:
        refuse_controls(text, "The name")
    except TextRefused:
        return
    assert len(text.splitlines()) <= 1
    assert not any(unicodedata.category(letter)[0] == "C" for letter in text)


@pytest.mark.parametrize(
    "mark", ["\ufe0f", "\u034f", "\u115f", "\u1160", "\u3164", "\uffa0", "\u17b4", "\u180b", "\u200d", "\U000e0100"]
)
def test_a_mark_that_nobody_sees_makes_no_other_person(mark: str) -> None:
    """UAX #44, Default_Ignorable_Code_Point: marks and letters that are drawn as nothing."""
    assert same_person("eli", f"e{mark}li{mark}")
    assert not same_person("eli", "el")
