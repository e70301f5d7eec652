"""The receipt layout: everything the citizen must find on it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countertui.documents.receipt import (
    ReceiptFacts,
    ReceiptLineFacts,
    State,
    TenderFacts,
    as_copy,
    receipt_document,
)
from countertui.documents.text import as_text
from countertui.domain.documents import Cut, Document, DocumentError, Pair, Qr, from_json, to_json
from countertui.domain.languages import LANGUAGES
from countertui.domain.money import format_cents

FACTS = ReceiptFacts(
    city_name="City of Springfield",
    office_name="City Hall",
    office_address="1 Main Street",
    terminal="CH1",
    drawer="D1",
    operator_name="Ann Lee",
    biz_date="2026-11-20",
    printed_at="2026-11-20 10:14",
    receipt_no="CH1-12",
    payor="Rosa Muñoz",
    lines=(
        ReceiptLineFacts("Utility 12 Elm St", 12345, (("Penalty", 45), ("Water", 12300)), "00-123-4", 5000),
        ReceiptLineFacts("Copies", 150, quantity=3, unit_cents=50),
        ReceiptLineFacts("License 77", 2000, account="77", owed_after_cents=-100),
    ),
    total_cents=14495,
    tenders=(TenderFacts("Check", 10000, "no. 1042"), TenderFacts("Cash", 5000)),
    change_cents=505,
    short_hash="ABCD2345WXYZ",
    claim='{"terminal":"CH1"}_c2ln',
    ledger_id="SPRINGFIELD",
)


def test_a_receipt_says_everything_on_42_columns() -> None:
    assert as_text(receipt_document(FACTS)) == [
        "           City of Springfield",
        "                City Hall",
        "              1 Main Street",
        "",
        "Receipt CH1-12            11/20/2026 10:14",
        "Business date                   11/20/2026",
        "Terminal CH1                     Drawer D1",
        "Served by                          Ann Lee",
        "Received from                   Rosa Muñoz",
        "-" * 42,
        "Utility 12 Elm St                   123.45",
        "  Account 00-123-4",
        "  Penalty 0.45",
        "  Water 123.00",
        "  Still owed 50.00",
        "Copies 3 x 0.50                       1.50",
        "  Still owed 0.00",
        "License 77                           20.00",
        "  Account 77",
        "  Credit on account 1.00",
        "-" * 42,
        "TOTAL                               144.95",
        "Check no. 1042                      100.00",
        "Cash                                 50.00",
        "Change                                5.05",
        "-" * 42,
        "Check code                    ABCD2345WXYZ",
        "",
        '[QR] {"terminal":"CH1"}_c2ln',
        "",
        "[Code 128] CH1-12",
        "            Keep this receipt.",
        "- " * 21,
    ]


def test_a_receipt_in_spanish_says_the_same() -> None:
    lines = (replace(FACTS.lines[0], detail=(("Recargo por mora", 45), ("Agua", 12300))), *FACTS.lines[1:])
    tenders = (TenderFacts("Cheque", 10000, "1042"), TenderFacts("Efectivo", 5000))
    spanish = replace(FACTS, lines=lines, tenders=tenders, language="es", paper="B-000123 del 11/19/2026")
    assert as_text(receipt_document(spanish, copy=1)) == [
        "               DUPLICADO 1",
        "           City of Springfield",
        "                City Hall",
        "              1 Main Street",
        "",
        "Recibo CH1-12             11/20/2026 10:14",
        "Fecha contable                  11/20/2026",
        "Terminal CH1                       Caja D1",
        "Le atendió                         Ann Lee",
        "Recibido de                     Rosa Muñoz",
        "Tomado del recibo de papel B-000123 del",
        "11/19/2026",
        "-" * 42,
        "Utility 12 Elm St                   123.45",
        "  Cuenta 00-123-4",
        "  Recargo por mora 0.45",
        "  Agua 123.00",
        "  Saldo pendiente 50.00",
        "Copies 3 x 0.50                       1.50",
        "  Saldo pendiente 0.00",
        "License 77                           20.00",
        "  Cuenta 77",
        "  Saldo a favor 1.00",
        "-" * 42,
        "TOTAL                               144.95",
        "Cheque 1042                         100.00",
        "Efectivo                             50.00",
        "Cambio                                5.05",
        "-" * 42,
        "Código de control             ABCD2345WXYZ",
        "",
        '[QR] {"terminal":"CH1"}_c2ln',
        "",
        "[Code 128] CH1-12",
        "          Conserve este recibo.",
        "- " * 21,
    ]
    assert receipt_document(spanish).language == "es"


@pytest.mark.parametrize(
    ("state", "english", "spanish"),
    [
        ("voided", "VOIDED", "ANULADO"),
        ("void-requested", "VOID REQUESTED", "ANULACIÓN SOLICITADA"),
        ("refunded", "REFUNDED", "REEMBOLSADO"),
        ("refund-requested", "REFUND REQUESTED", "REEMBOLSO SOLICITADO"),
    ],
)
def test_how_it_stands_is_said_first_in_its_language_on_a_paper_and_on_a_copy_of_one(
    state: State, english: str, spanish: str
) -> None:
    for language, copy, mark in (("en", "COPY", english), ("es", "COPIA", spanish)):
        facts = replace(FACTS, language=language)
        original = receipt_document(facts)
        assert as_text(receipt_document(replace(facts, state=state)))[0].strip() == mark
        copied = as_copy(original, state)
        assert [line.strip() for line in as_text(copied)[:2]] == [copy, mark]
        assert as_text(copied)[2:] == as_text(original)
    assert as_text(as_copy(receipt_document(FACTS), "normal"))[0].strip() == "COPY"


@pytest.mark.parametrize(
    ("facts", "first"),
    [
        (replace(FACTS, ledger_id="DEMO-7"), "DEMO - NOT A REAL RECEIPT"),
        (replace(FACTS, state="voided"), "VOIDED"),
        (replace(FACTS, state="void-requested"), "VOID REQUESTED"),
        (replace(FACTS, ledger_id="TRAINING-1"), "TRAINING - NO REAL MONEY"),
        (replace(FACTS, ledger_id="DEMO-7", language="es"), "DEMO - NO ES UN RECIBO REAL"),
        (replace(FACTS, ledger_id="TRAINING-1", language="es"), "TRAINING / PRÁCTICA - SIN DINERO REAL"),
    ],
)
def test_what_makes_a_receipt_worthless_stands_first(facts: ReceiptFacts, first: str) -> None:
    assert as_text(receipt_document(facts))[0].strip() == first


def test_a_copy_says_duplicate_and_its_number() -> None:
    assert as_text(receipt_document(FACTS, copy=2))[0].strip() == "DUPLICATE 2"
    assert receipt_document(FACTS, copy=2).blocks == receipt_document(FACTS).blocks


def test_a_claim_no_printer_could_carry_is_refused() -> None:
    with pytest.raises(DocumentError):
        receipt_document(replace(FACTS, claim="x\x1by"))


DATA = st.text(st.characters(), max_size=80)
CENTS = st.integers(-(10**10), 10**10)
LINES = st.builds(
    ReceiptLineFacts,
    DATA,
    CENTS,
    st.lists(st.tuples(DATA, CENTS), max_size=3).map(tuple),
    st.none() | DATA,
    st.none() | CENTS,
    st.none() | st.integers(1, 999),
    st.none() | CENTS,
)
ANY_FACTS = st.builds(
    replace,
    st.just(FACTS),
    city_name=DATA,
    office_name=DATA,
    payor=DATA,
    operator_name=DATA,
    receipt_no=DATA,
    lines=st.lists(LINES, max_size=4).map(tuple),
    tenders=st.lists(st.builds(TenderFacts, DATA, CENTS, DATA), max_size=3).map(tuple),
    short_hash=DATA,
    state=st.sampled_from(["normal", "voided", "void-requested", "refunded", "refund-requested"]),
    language=st.sampled_from(LANGUAGES),
)


WORDS_OF_WHAT_REMAINS = {
    "en": ("  Still owed", "  Credit on account"),
    "es": ("  Saldo pendiente", "  Saldo a favor"),
}


def _right_column(document: Document) -> list[str]:
    return [block.r for block in document.blocks if isinstance(block, Pair)]


@given(ANY_FACTS, st.integers(16, 60))
def test_any_data_makes_a_document_that_survives_json_and_fits_the_paper(facts: ReceiptFacts, width: int) -> None:
    document = receipt_document(facts)
    assert from_json(to_json(document)) == document
    lines = as_text(document, width)
    assert not any(letter in line for line in lines for letter in "\x1b\n\r\x00\u202e")
    assert document.blocks[-1] == Cut()
    assert [block for block in document.blocks if isinstance(block, Qr)] == [Qr(facts.claim)]
    column = _right_column(document)
    for line in facts.lines:
        assert format_cents(line.cents) in column
    said = sum(text.startswith(WORDS_OF_WHAT_REMAINS[facts.language]) for text in as_text(document, 200))
    assert said >= len(facts.lines)
