"""What a card's slip says: a brand by how it begins, four digits, and never more of a card."""

from __future__ import annotations

import pytest

from countertui.domain.card_slips import BRANDS, CardSlip, CardSlipRefused, read_slip, reference_words


@pytest.mark.parametrize(
    ("typed", "brand"),
    [("v4242", "Visa"), ("VISA 4242", "Visa"), ("m *4242", "Mastercard"), ("a....4242", "American Express")]
    + [(f"{brand} 4242", brand) for brand in BRANDS],
)
def test_how_a_brand_begins_is_enough(typed: str, brand: str) -> None:
    assert read_slip(f"  {typed} ") == CardSlip(brand, "4242")


def test_nothing_typed_is_no_slip() -> None:
    assert read_slip(" ") is None


@pytest.mark.parametrize(
    "typed", ["4242", "v424", "v42425", "z4242", "visa", "v4242 4242", "v٤٢٤٢", "4242 visa", "v-4242"]
)
def test_what_is_no_slip_is_refused(typed: str) -> None:
    with pytest.raises(CardSlipRefused):
        read_slip(typed)


def test_papers_say_code_brand_and_digits() -> None:
    assert reference_words("991", "Visa", "4242") == "991 Visa *4242"
    assert reference_words("991") == "991"
