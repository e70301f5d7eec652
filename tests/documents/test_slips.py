"""Endorsements and validations: what a bank and a customer must find on them, on the narrowest slip."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countertui.documents.slips import EndorsementFacts, ValidationFacts, endorsement_document, validation_document
from countertui.documents.text import as_text
from countertui.domain.documents import Text, from_json, to_json

CHECK = EndorsementFacts("City of Springfield", "xxxx4321", "2026-11-23", "CH1-12", 12345, "SPRINGFIELD")
STUB = ValidationFacts(
    "City of Springfield", "CH1", "Ann Lee", "2026-11-23 10:14", "CH1-12", "00-123-4", 12345, "SPRINGFIELD"
)


def test_an_endorsement_says_for_deposit_only_to_whom_and_where_from() -> None:
    assert as_text(endorsement_document(CHECK)) == [
        "FOR DEPOSIT ONLY",
        "City of Springfield",
        "Account xxxx4321",
        "11/23/2026 123.45",
        "Receipt CH1-12",
    ]


def test_a_validation_says_what_was_paid_on_what() -> None:
    assert as_text(validation_document(STUB)) == [
        "PAID 123.45 11/23/2026 10:14",
        "City of Springfield",
        "Account 00-123-4",
        "Receipt CH1-12",
        "Terminal CH1 Ann Lee",
    ]


def test_a_stub_is_validated_in_its_customers_language() -> None:
    assert as_text(validation_document(replace(STUB, language="es", ledger_id="DEMO-7"), copy=1)) == [
        "               DUPLICADO 1",
        "DEMO - NO ES UN PAPEL REAL",
        "PAGADO 123.45 11/23/2026 10:14",
        "City of Springfield",
        "Cuenta 00-123-4",
        "Recibo CH1-12",
        "Terminal CH1 Ann Lee",
    ]


@pytest.mark.parametrize(
    ("first", "document"),
    [
        ("DEMO - NOT A REAL PAPER", endorsement_document(replace(CHECK, ledger_id="DEMO-7"))),
        ("DEMO - NOT A REAL PAPER", validation_document(replace(STUB, ledger_id="DEMO-7"))),
        ("TRAINING - NO REAL MONEY", endorsement_document(replace(CHECK, ledger_id="TRAINING-1"))),
        ("TRAINING - NO REAL MONEY", validation_document(replace(STUB, ledger_id="TRAINING-1"))),
        ("DUPLICATE 1", endorsement_document(CHECK, copy=1)),
        ("DUPLICATE 2", validation_document(STUB, copy=2)),
    ],
)
def test_what_is_worthless_or_printed_again_says_so_first(first: str, document: object) -> None:
    assert as_text(document)[0].strip() == first  # type: ignore[arg-type]


def test_a_line_without_its_fact_is_not_there() -> None:
    assert not any("Account" in line for line in as_text(endorsement_document(replace(CHECK, bank_account=""))))
    assert not any("Account" in line for line in as_text(validation_document(replace(STUB, account=""))))


DATA = st.text(max_size=60)


@given(DATA, DATA, DATA, st.integers(0, 10**9))
def test_any_data_makes_a_slip_of_text_alone(city: str, account: str, number: str, cents: int) -> None:
    made = (
        endorsement_document(EndorsementFacts(city, account, "2026-11-23", number, cents, "X")),
        validation_document(ValidationFacts(city, number, account, "2026-11-23 10:14", number, account, cents, "X")),
    )
    for document in made:
        assert from_json(to_json(document)) == document
        assert {type(block) for block in document.blocks} == {Text}
