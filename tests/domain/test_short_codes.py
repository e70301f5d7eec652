"""Short codes are what they stand for, with the quantity that stands behind them."""

from __future__ import annotations

import pytest

from countertui.domain.short_codes import begun, spelled_out

CODES = {"P1": "COPY*10", "P2": "10422301", "Q": "main st"}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("P1", "COPY*10"),
        (" p1 ", "COPY*10"),
        ("p1*3", "COPY*3"),
        ("P1 * 3", "COPY* 3"),
        ("p2", "10422301"),
        ("q", "main st"),
        ("P", None),
        ("P11", None),
        ("", None),
    ],
)
def test_a_short_code_is_what_it_stands_for(typed, meant):
    assert spelled_out(typed, CODES) == meant


def test_codes_that_begin_so_are_offered_but_not_the_one_typed_whole():
    assert begun("p", CODES) == [("P1", "COPY*10"), ("P2", "10422301")]
    assert begun("p1", CODES) == []
    assert begun(" ", CODES) == []
