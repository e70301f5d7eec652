"""What is counted is said in its right number."""

import pytest

from countertui.domain.words import number_of


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 receipts"), (1, "1 receipt"), (2, "2 receipts"), (1_204, "1,204 receipts")]
)
def test_one_is_one(number: int, said: str) -> None:
    assert number_of(number, "receipt") == said


def test_a_word_that_no_s_makes_several() -> None:
    assert [number_of(number, "try", "tries") for number in (1, 4)] == ["1 try", "4 tries"]
