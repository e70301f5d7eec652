"""The papers of a bank deposit: the slip for hand and file, and the list of its checks."""

from __future__ import annotations

from dataclasses import replace

import pypdfium2
import pytest

from countertui.documents.deposit_facts import (
    CheckFacts,
    CheckListFacts,
    CoveredFacts,
    DepositFacts,
    DifferenceFacts,
)
from countertui.documents.deposit_pdf import check_list_pdf, deposit_slip_pdf
from countertui.documents.deposit_slip import deposit_document
from countertui.documents.text import as_text

MADE_AT = 1_795_424_400
FACTS = DepositFacts(
    city_name="City of Springfield",
    office_name="City Hall",
    ledger_id="SPRINGFIELD",
    terminal="T1",
    slip_no="T1-D4",
    is_final=False,
    biz_dates=("2026-11-20", "2026-11-23"),
    made_at="2026-11-23T17:05:09",
    bank="First Bank 0071-22",
    bag="B-4471",
    made_by="Lena Ortiz",
    second_name="Zoë Łuczak",
    sums=(("Cash", 0, 1_210_35), ("Checks", 2, 412_50)),
    pieces=((100_00, 12), (10_00, 1), (5, 7)),
    total_cents=1_622_85,
    sessions=(
        CoveredFacts("T1", "A", "rosa", "2026-11-20", 4, 1_000_00),
        CoveredFacts("T2", "B", "ben", "2026-11-23", None, 622_85),
    ),
    not_heard=("T3",),
    carried=(DifferenceFacts("T1-D4/1", "Check 1182 of receipt T1-17, missing", -84_17),),
    over_short=(DifferenceFacts("T1-D4/2", "Cash, short at the close already", -5_00),),
    found=(DifferenceFacts("T1-D3/1", "Check 990 of receipt T1-2", 20_00),),
    due="Tue 24 Nov, 10:15",
    due_working=("Taken on 11/20/2026: 1,622.85.", "Within 24 hours: Tue 24 Nov, 10:15."),
)
CHECKS = CheckListFacts(
    city_name="City of Springfield",
    office_name="City Hall",
    ledger_id="SPRINGFIELD",
    slip_no="T1-D4",
    is_final=False,
    biz_dates=("2026-11-20",),
    bag="B-4471",
    bank="First Bank 0071-22",
    made_at="2026-11-23T17:05:09",
    checks=(
        CheckFacts("T1-17", "Ann Lee", "Check", "1182", "not readable here", 400_00),
        CheckFacts("T1-18", "", "Money order", "88-1", "not kept", 12_50),
    ),
    count=2,
    total_cents=412_50,
)


def on_paper(facts: DepositFacts) -> str:
    return "\n".join(as_text(deposit_document(facts)))


def in_file(made: bytes) -> str:
    pdf = pypdfium2.PdfDocument(made)
    texts = []
    for page in pdf:
        text = page.get_textpage()
        texts.append(text.get_text_bounded())
        text.close()
        page.close()
    pdf.close()
    return "\n".join(texts)


def test_the_slip_says_what_is_in_the_bag_whose_it_is_and_what_it_lacks():
    paper = on_paper(FACTS)
    said = " ".join(paper.split())
    for words in (
        "BANK DEPOSIT INTERIM DEPOSIT",
        "Bag B-4471",
        "To First Bank 0071-22",
        "Business date 11/20/2026, 11/23/2026",
        "At the bank by Tue 24 Nov, 10:15",
        "12 x 100.00 1,200.00",
        "Checks, 2 412.50",
        "In the bag 1,622.85",
        "T1 drawer A, rosa, 11/20/2026, batch 4",
        "T2 drawer B, ben, 11/23/2026, not sealed",
        "Not heard from T3",
        "Lacking, to be found: T1-D4/1 Check 1182 of receipt T1-17,",
        "short 84.17",
        "short 5.00",
        "Found, of earlier slips: T1-D3/1 Check 990 of receipt T1-2 20.00",
    ):
        assert words in said, words
    assert paper.count("________________________") == 2, "both sign"
    assert "Lena Ortiz" in said
    assert "COPY" not in said


def test_a_final_one_a_copy_and_one_of_a_city_without_real_money_say_so():
    assert "FINAL DEPOSIT" in on_paper(replace(FACTS, is_final=True))
    assert "All terminals heard" in on_paper(replace(FACTS, not_heard=()))
    assert "COPY 2" in on_paper(replace(FACTS, copy=2))
    assert "TRAINING" in on_paper(replace(FACTS, ledger_id="TRAINING-1"))
    assert "DEMO - NOT A REAL PAPER" in on_paper(replace(FACTS, ledger_id="DEMO-1"))


def test_the_file_says_the_same_on_letter_paper():
    made = deposit_slip_pdf(FACTS, made_at=MADE_AT)
    said = " ".join(in_file(made).split())
    for words in (
        "Bank deposit T1-D4: INTERIM DEPOSIT",
        "First Bank 0071-22",
        "Total 1,622.85",
        "0.05 7 0.35",
        "T2 B ben 11/23/2026 not sealed 622.85",
        "Not heard from T3.",
        "Lacking, to be found by a later deposit",
        "Taken on 11/20/2026: 1,622.85. Within 24 hours: Tue 24 Nov, 10:15.",
        "Lena Ortiz, who made it",
        "Zoë Łuczak, who counted with them",
    ):
        assert words in said, words
    assert deposit_slip_pdf(FACTS, made_at=MADE_AT) == made
    pdf = pypdfium2.PdfDocument(made)
    assert pdf[0].get_size() == (612, 792)
    pdf.close()


def test_a_copy_and_a_training_city_s_file_say_so():
    said = in_file(deposit_slip_pdf(replace(FACTS, copy=1, ledger_id="TRAINING-1"), made_at=MADE_AT))
    assert "(COPY 1)" in said
    assert "TRAINING - NOT A REAL PAPER" in said


def test_the_check_list_has_a_row_a_check_and_the_deposit_s_own_total():
    said = " ".join(in_file(check_list_pdf(CHECKS, made_at=MADE_AT)).split())
    assert "T1-17 Ann Lee Check 1182 not readable here 400.00" in said
    assert "T1-18 Money order 88-1 not kept 12.50" in said
    assert "Total: 2 checks and money orders, 412.50" in said


@pytest.mark.parametrize("wrong", [{"count": 3}, {"total_cents": 412_51}])
def test_a_list_that_does_not_add_up_to_its_deposit_is_none(wrong):
    with pytest.raises(ValueError, match="the deposit has"):
        replace(CHECKS, **wrong)
