"""What is stated of a license, line by line: typed anew it is read as an application is, and nothing else changes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from countertui.config.licenses import holding, licenses_on
from countertui.demo.city import LICENSES
from countertui.domain.license_assessment import AssessmentRefused, assessment
from countertui.domain.license_facts import FactRefused, amended, fact_lines, texts_of
from countertui.domain.license_file import License, LicenseTerm, said_after
from countertui.domain.license_states import State

DAY = date(2026, 11, 23)
SAYS: dict[str, Any] = {
    "business": "Ana's Tacos",
    "owners": [{"name": "Ana Ruiz", "role": "owner"}],
    "contacts": [{"name": "Ana Ruiz", "phone": "360-555-0142", "email": ""}],
    "phone": "360-555-0142",
    "premises": "12 Main St, Fernhollow OR 97000",
    "license_class": "GROCERY",
    "naics": ["445110"],
    "at_home": False,
    "starts": "2026-12-01",
    "answers": {
        "employees": 250,
        "gross_receipts": 90_000_00,
        "home_occupation": False,
        "inside_city": True,
        "nonprofit": False,
        "operated_unlicensed": False,
    },
    "reviews": {"zoning": "passed"},
}
SCHEDULE = licenses_on(LICENSES.read_text(encoding="utf-8"), DAY)


def typed(field: str, text: str, says: dict[str, Any] = SAYS) -> dict[str, Any]:
    return amended(says, SCHEDULE, DAY, lambda code: True, field, text)


def test_every_line_is_there_and_what_lacks_says_so() -> None:
    shown = {line.label: line.shown for line in fact_lines(SAYS, SCHEDULE)}
    assert shown["Business"] == "Ana's Tacos"
    assert shown["Trade name"] == shown["Mailing"] == "not stated"
    assert shown["Owner 1"] == "Ana Ruiz"
    assert shown["Class"] == "GROCERY (Grocery store)"
    assert shown["Starts"] == "12/01/2026"
    assert shown["People who work there, part-time ones as parts"] == "2.50"
    bare = {line.label: line.shown for line in fact_lines({}, SCHEDULE)}
    assert set(bare.values()) == {"not stated"}
    assert {"Owner 1", "Class", "Premises", "Telephone 1"} <= bare.keys()


@pytest.mark.parametrize("line", fact_lines(SAYS, SCHEDULE), ids=lambda line: line.field)
def test_a_line_typed_as_it_was_changes_nothing(line: Any) -> None:
    with pytest.raises(FactRefused, match="That is what it is"):
        typed(line.field, line.text)


@pytest.mark.parametrize(
    ("field", "text", "says"),
    [
        ("business", "Bo's Tacos", {"business": "Bo's Tacos"}),
        ("trade_name", "El Sol", {"trade_name": "El Sol"}),
        ("owner.1.name", "Bo Ray", {"owners": [{"name": "Bo Ray", "role": "owner"}]}),
        (
            "contact.1.phone",
            "(360) 555-0199",
            {"contacts": [{"name": "Ana Ruiz", "phone": "360-555-0199", "email": ""}], "phone": "360-555-0199"},
        ),
        ("naics", "722330 445110", {"naics": ["722330", "445110"]}),
        ("naics", "", {"naics": None}),
        ("starts", "12/15/2026", {"starts": "2026-12-15"}),
        ("answer.employees", "3", {"answers": {"employees": 300}}),
        (
            "class",
            "tobacco",
            {
                "license_class": "TOBACCO",
                "reviews": {"police": "open"},
                "documents": {"State tobacco license": False},
            },
        ),
    ],
)
def test_a_line_typed_anew_says_that_alone(field: str, text: str, says: dict[str, Any]) -> None:
    assert typed(field, text) == says


@pytest.mark.parametrize(
    ("field", "text", "why"),
    [
        ("class", "SPACEPORT", "no class SPACEPORT"),
        ("starts", "02/30/2027", "That date doesn't exist"),
        ("answer.gross_receipts", "-5", "can't be negative"),
        ("answer.employees", "", "can't be taken out"),
        ("contact.1.phone", "12", "Ten digits"),
        ("at_home", "y", "not allowed at a home"),
        ("naics", "00", "no NAICS code"),
    ],
)
def test_what_can_not_be_is_refused(field: str, text: str, why: str) -> None:
    with pytest.raises(FactRefused, match=why):
        typed(field, text)


def test_one_at_a_home_takes_no_class_that_is_not_allowed_there() -> None:
    says = {"business": "Old Shop", "license_class": "GENERAL", "at_home": True}
    with pytest.raises(FactRefused, match="TOBACCO is not allowed at a home"):
        typed("class", "TOBACCO", says)
    assert typed("class", "TOBACCO", {**says, "at_home": False})["license_class"] == "TOBACCO"


def test_an_imported_license_is_completed_line_by_line() -> None:
    says: dict[str, Any] = {"business": "Old Shop", "license_class": "GENERAL", "source": "list"}
    for field, text in (("owner.1.name", "Ana Ruiz"), ("contact.1.phone", "360-555-0142"), ("at_home", "y")):
        says = said_after(says, typed(field, text, says))
    assert says["owners"] == [{"name": "Ana Ruiz", "role": ""}]
    assert says["phone"] == "360-555-0142"
    assert says["answers"] == {"home_occupation": True}
    assert texts_of(says)["owner.1.name"] == "Ana Ruiz"


def license_in(state: State, until: date | None = None, terms: tuple[LicenseTerm, ...] = ()) -> License:
    return License("T1-L1", "a1", state, SAYS, terms, expires_on=until)


def test_the_first_term_is_the_one_it_starts_in_and_what_follows_is_the_next() -> None:
    first = assessment(license_in(State.APPROVED), SCHEDULE, DAY, holding)
    assert first.term.begins <= date(2026, 12, 1) <= first.term.ends
    assert first.fee.total > 0
    assert first.due >= date(2026, 12, 1)
    next_ = assessment(license_in(State.ISSUED, first.term.ends), SCHEDULE, DAY, holding)
    assert next_.term.begins > first.term.ends
    long_ago = assessment(license_in(State.EXPIRED, date(2020, 12, 31)), SCHEDULE, DAY, holding)
    assert long_ago.term.begins <= DAY <= long_ago.term.ends
    known = LicenseTerm(next_.term.begins, next_.term.ends, next_.due, (), "a2", renews=True)
    with pytest.raises(AssessmentRefused, match="assessed already"):
        assessment(license_in(State.ISSUED, first.term.ends, (known,)), SCHEDULE, DAY, holding)


@pytest.mark.parametrize(
    ("says", "why"),
    [({}, "class is not stated"), ({"license_class": "OLD"}, "no class OLD"), ({"license_class": "RETAIL"}, "People")],
)
def test_what_is_not_stated_is_asked_for_not_guessed(says: dict[str, Any], why: str) -> None:
    with pytest.raises(AssessmentRefused, match=why):
        assessment(License("L", "a", State.NOT_STATED, says), SCHEDULE, DAY, holding)
