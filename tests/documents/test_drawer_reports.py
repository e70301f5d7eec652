"""X and Z reports: what they say, and what a blind X report must not say."""

import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from countertui.documents.drawer_facts import (
    CountedFacts,
    DenominationFacts,
    ExpectedFacts,
    SessionFacts,
    VoidFacts,
    XFacts,
    ZFacts,
)
from countertui.documents.drawer_reports import x_report, z_report
from countertui.documents.text import as_text
from countertui.domain.documents import from_json, to_json

SESSION = SessionFacts(
    city_name="City of Springfield",
    office_name="City Hall",
    terminal="CH1",
    drawer="D1",
    session="CH1-2026-11-20-1",
    operator_name="Ann Lee",
    biz_date="2026-11-20",
    opened_at="2026-11-20 08:01",
    printed_at="2026-11-20 16:32",
    fund_cents=20000,
    receipt_count=41,
    first_receipt="CH1-100",
    last_receipt="CH1-140",
    ledger_id="SPRINGFIELD",
)
VOID = VoidFacts("CH1-117", 4242, "wrong account", "Ann Lee", "Bo Chan")
REQUEST = VoidFacts("CH1-133", 5151, "paid twice", "Ann Lee")
X = XFacts(
    SESSION,
    (ExpectedFacts("Cash", 30, 123456), ExpectedFacts("Check", 12, 654321)),
    (VOID,),
    (REQUEST,),
    shown_to="Bo Chan",
)


def _words(lines: list[str]) -> str:
    return " ".join(" ".join(lines).split())


def test_a_blind_x_report_counts_but_tells_no_money() -> None:
    said = _words(as_text(x_report(X, reveal=False)))
    for shown in ("Receipts 41", "First CH1-100", "Last CH1-140", "Cash 30", "Check 12", "Voids 1", "CH1-117"):
        assert shown in said
    assert re.findall(r"\d[\d,]*\.\d\d", said) == ["200.00"], "only the opening fund, which the cashier counted"
    assert "shown to" not in said


def test_a_revealed_x_report_tells_the_money_and_for_whom() -> None:
    said = _words(as_text(x_report(X, reveal=True)))
    for shown in ("Cash 30 Expected 1,234.56", "Check 12 Expected 6,543.21", "42.42", "51.51", "shown to Bo Chan"):
        assert shown in said


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(1, 10**9)), max_size=5))
def test_no_amount_taken_ever_changes_a_blind_x_report(tenders: list[tuple[int, int]]) -> None:
    one = replace(X, tenders=tuple(ExpectedFacts("T", count, cents) for count, cents in tenders))
    other = replace(X, tenders=tuple(ExpectedFacts("T", count, cents * 3) for count, cents in tenders))
    other = replace(other, voids=(replace(VOID, cents=1),), open_requests=(replace(REQUEST, cents=2),))
    assert x_report(one, reveal=False) == x_report(other, reveal=False)
    assert not tenders or x_report(one, reveal=True) != x_report(other, reveal=True)


def test_a_z_report_shows_count_expectation_difference_and_lines_to_sign() -> None:
    facts = ZFacts(
        SESSION,
        "2026-11-20 16:31",
        "Bo Chan",
        (DenominationFacts("20.00", 2000, 55), DenominationFacts("0.25", 25, 41)),
        (CountedFacts("Cash", 30, 110000, 111025), CountedFacts("Check", 12, 654321, 654000)),
        12,
        654000,
        (VOID,),
        (REQUEST,),
    )
    document = z_report(facts)
    said = _words(as_text(document))
    for shown in (
        "Z REPORT",
        "Operator Ann Lee",
        "Closed 11/20/2026 16:31",
        "Closed by Bo Chan",
        "55 x 20.00 1,100.00",
        "41 x 0.25 10.25",
        "Cash in drawer 1,110.25",
        "Checks counted: 12 6,540.00",
        "Cash 30 Expected 1,100.00 Counted 1,110.25 Difference over 10.25",
        "Check 12 Expected 6,543.21 Counted 6,540.00 Difference short 3.21",
        "Difference over 7.04",
        "Voids 1 CH1-117 42.42 wrong account by Ann Lee, Bo Chan",
        "Open void requests 1 CH1-133 51.51 paid twice by Ann Lee",
        "Cashier ____",
        "Counted with ____",
    ):
        assert shown in said
    assert from_json(to_json(document)) == document


def test_demo_training_and_a_day_without_receipts_are_marked() -> None:
    for ledger_id, mark in (("DEMO-1", "DEMO - NO REAL MONEY"), ("TRAINING-1", "TRAINING - NO REAL MONEY")):
        empty = replace(SESSION, ledger_id=ledger_id, receipt_count=0, first_receipt="", last_receipt="")
        lines = as_text(x_report(XFacts(empty, ()), reveal=False))
        assert [line.strip() for line in lines[:2]] == [mark, "X REPORT"]
        assert "First" not in _words(lines)
