"""The notice of a returned check: every fact on it, in the payor's language, marked where it is not real."""

from __future__ import annotations

from dataclasses import replace

import pytest

from countertui.documents.returned_check import NoticeFacts, notice_document
from countertui.documents.text import as_text
from countertui.domain.documents import from_json, to_json
from countertui.domain.paper import width_of

FACTS = NoticeFacts(
    city_name="Town of Littleton",
    office_name="City Hall",
    office_address="1 Main St",
    biz_date="2026-11-23",
    payor="Zoë Abbott",
    address="2 Elm St",
    account="U2",
    receipt_no="T1-7",
    receipt_date="2026-11-02",
    reference="1041",
    reason="Insufficient funds",
    cents=84_17,
    fee_cents=35_00,
    owed_cents=219_17,
    no_checks=True,
    ledger_id="LITTLETON",
    language="en",
)


def said(facts: NoticeFacts, width: int = 42) -> str:
    return "\n".join(as_text(notice_document(facts), width))


def test_every_fact_is_on_it() -> None:
    paper = said(FACTS)
    for words in (
        "Town of Littleton",
        "11/23/2026",
        "Zoë Abbott",
        "2 Elm St",
        "Check 1041",
        "84.17",
        "35.00",
        "119.17",
    ):
        assert words in paper
    for words in ("Receipt T1-7", "11/02/2026", "219.17", "Insufficient funds", "no check is taken"):
        assert words in " ".join(paper.split())
    assert "DEMO" not in paper
    assert "TRAINING" not in paper


def test_what_is_not_there_is_not_on_it() -> None:
    paper = said(replace(FACTS, fee_cents=0, account="", owed_cents=0, no_checks=False, address=""))
    assert "Fee" not in paper
    assert "owes now" not in paper
    assert "no check is taken" not in " ".join(paper.split())


def test_it_is_in_the_payors_language() -> None:
    paper = said(replace(FACTS, language="es"))
    assert "AVISO DE CHEQUE DEVUELTO" in paper
    assert "Cheque 1041" in paper


@pytest.mark.parametrize(("ledger", "mark"), [("DEMO-X", "DEMO - NOT A REAL PAPER"), ("TRAINING-X", "TRAINING")])
def test_one_that_is_not_real_says_so(ledger: str, mark: str) -> None:
    assert mark in said(replace(FACTS, ledger_id=ledger))


@pytest.mark.parametrize("width", [32, 42, 48])
def test_it_fits_its_paper_and_is_the_same_from_json(width: int) -> None:
    facts = replace(FACTS, payor="A" * 60, reason="\x1b\x00bad " * 9, reference="9" * 24)
    document = notice_document(facts, copy=2)
    assert from_json(to_json(document)) == document
    assert all(width_of(line) <= width for line in as_text(document, width))
    assert "DUPLICATE 2" in "\n".join(as_text(document, width))
