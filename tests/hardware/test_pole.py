"""Pole displays: exact bytes in each dialect, and no text that could become a command."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countertui.config.devices import DIALECTS
from countertui.domain.money import Cents
from countertui.hardware.pole import (
    WIDTH,
    Dialect,
    beside,
    clear,
    item_and_total,
    paid_and_change,
    show,
    start,
)

UPPER, LOWER = "Water bill    123.45", "TOTAL         123.45"


def test_the_dialects_are_those_of_the_settings() -> None:
    assert get_args(Dialect) == DIALECTS


@pytest.mark.parametrize(
    ("dialect", "started", "shown", "cleared"),
    [
        (
            "epson",
            b"\x1b@\x1f\x01\x1fC\x00\x0c",
            b"\x1f$\x01\x01" + UPPER.encode() + b"\x1f$\x01\x02" + LOWER.encode(),
            b"\x0c",
        ),
        (
            "logic-controls",
            b"\x1f\x11\x14",
            b"\x10\x00" + UPPER.encode() + b"\x10\x14" + LOWER.encode(),
            b"\x1f\x11\x14",
        ),
        (
            "cd5220",
            b"\x1b@\x1b\x11\x1b_\x00\x0c",
            b"\x1bQA" + UPPER.encode() + b"\r\x1bQB" + LOWER.encode() + b"\r",
            b"\x0c",
        ),
    ],
)
def test_the_bytes_of_each_dialect(dialect: Dialect, started: bytes, shown: bytes, cleared: bytes) -> None:
    assert start(dialect) == started
    assert show(dialect, UPPER, LOWER) == shown
    assert clear(dialect) == cleared


@pytest.mark.parametrize("dialect", get_args(Dialect))
@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_is_twenty_letters_a_line_and_never_a_command(dialect: Dialect, upper: str, lower: str) -> None:
    blank, made = show(dialect, "", ""), show(dialect, upper, lower)
    assert len(made) == len(blank)
    letters = [at for at, byte in enumerate(blank) if byte == 0x20]
    assert len(letters) == 2 * WIDTH
    assert all(0x20 <= made[at] <= 0x7E for at in letters)
    assert bytes(byte for at, byte in enumerate(made) if at not in letters) == blank.replace(b" ", b"")


@given(st.text(max_size=40), st.integers(-(10**9), 10**9), st.integers(-(10**9), 10**9))
def test_an_amount_is_whole_and_at_the_right_whatever_stands_before_it(item: str, cents: int, total: int) -> None:
    upper, lower = item_and_total(item, Cents(cents), Cents(total))
    assert len(upper) == len(lower) == WIDTH
    assert upper.endswith(f"{abs(cents) % 100:02}")
    assert lower.startswith("TOTAL")


def test_what_a_customer_reads() -> None:
    assert item_and_total("Muñoz, José – agua €", Cents(123_45), Cents(1_234_56)) == (
        "Munoz, Jose ? 123.45",
        "TOTAL       1,234.56",
    )
    assert paid_and_change(Cents(20_00), Cents(7_55)) == ("PAID           20.00", "CHANGE          7.55")
    assert beside("x", "y" * 30) == "y" * 20
