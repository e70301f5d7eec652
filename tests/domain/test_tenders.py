"""What each kind of tender asks for."""

from __future__ import annotations

import pytest

from countertui.domain.card_guard import CardNumberRefused
from countertui.domain.money import Cents
from countertui.domain.tenders import REFERENCE_LENGTH, Tender, TenderKind, TenderRefused, checked_tender
from countertui.domain.text import TextRefused

PAPER = [kind for kind in TenderKind if kind is not TenderKind.CASH]


def test_cash_has_no_reference() -> None:
    assert checked_tender(TenderKind.CASH, Cents(5_00), "4111111111111111") == Tender(TenderKind.CASH, Cents(5_00))


@pytest.mark.parametrize("kind", PAPER)
def test_everything_else_keeps_its_number(kind: TenderKind) -> None:
    assert checked_tender(kind, Cents(5_00), "  A1042 ") == Tender(kind, Cents(5_00), "A1042")


@pytest.mark.parametrize("kind", PAPER)
@pytest.mark.parametrize("reference", ["", "   "])
def test_a_missing_number_is_refused(kind: TenderKind, reference: str) -> None:
    with pytest.raises(TenderRefused) as refused:
        checked_tender(kind, Cents(5_00), reference)
    assert str(refused.value).startswith(f"A {kind.label.lower()} needs its ")
    assert ". Nothing was recorded. Type it, then Enter." in str(refused.value)


@pytest.mark.parametrize("kind", TenderKind)
@pytest.mark.parametrize("cents", [0, -1])
def test_nothing_given_is_refused(kind: TenderKind, cents: int) -> None:
    with pytest.raises(TenderRefused, match="zero"):
        checked_tender(kind, Cents(cents), "1042")


@pytest.mark.parametrize("kind", PAPER)
def test_a_card_number_is_no_reference(kind: TenderKind) -> None:
    with pytest.raises(CardNumberRefused) as refused:
        checked_tender(kind, Cents(5_00), "4111 1111 1111 1111")
    assert "4111" not in str(refused.value)
    assert kind.reference_label in str(refused.value)


@pytest.mark.parametrize("reference", ["10\x1b[2J42", "10\n42", "10\u202e42"])
def test_a_reference_holds_nothing_a_printer_obeys(reference: str) -> None:
    with pytest.raises(TextRefused):
        checked_tender(TenderKind.CHECK, Cents(5_00), reference)


def test_a_reference_has_a_length() -> None:
    assert checked_tender(TenderKind.CHECK, Cents(1), "x" * REFERENCE_LENGTH).reference == "x" * REFERENCE_LENGTH
    with pytest.raises(TenderRefused, match="longer than 24"):
        checked_tender(TenderKind.CHECK, Cents(1), "x" * (REFERENCE_LENGTH + 1))


def test_every_kind_has_words_and_all_but_cash_a_reference() -> None:
    assert all(kind.label for kind in TenderKind)
    assert [kind for kind in TenderKind if not kind.reference_label] == [TenderKind.CASH]
