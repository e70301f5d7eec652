"""The rows below an application."""

from __future__ import annotations

from dataclasses import replace

import pytest

from countertui.counter import licenses_alike
from countertui.screens.license_below import draw_below
from screens.license_desk import BAKERY


@pytest.mark.parametrize("why", licenses_alike.WORDS.values())
def test_why_a_license_may_be_the_same_business_is_never_cut(why: str) -> None:
    row = draw_below(replace(BAKERY, name="N" * 80, address="A" * 80, why=why), 80)
    text = "".join(part for part, _ in row)
    assert text.rstrip().endswith(why)
    assert len(text) == 80
