"""What is said when the program ends by its own fault holds nothing of a card's stripe that was being handled."""

from __future__ import annotations

import pytest

from countertui.screens.crash import TOLD, crash_words
from screens.test_scans import STRIPE

TRACK_2 = ";4111111111111111=29121010000000000?"


def handle(text: str) -> None:
    raise ValueError(f"what was read is not known: {text}")


@pytest.mark.parametrize("read", [STRIPE, TRACK_2, STRIPE + TRACK_2, f"{STRIPE}\n{TRACK_2}"])
def test_a_fault_while_a_stripe_is_handled_says_nothing_of_it(read: str) -> None:
    with pytest.raises(ValueError, match="is not known") as fault:
        handle(read)
    words = crash_words(fault.value)
    assert words.startswith(TOLD)
    assert "in handle" in words, "where it was"
    assert "4111" not in words
    assert "QUILL" not in words
    assert "2912" not in words
