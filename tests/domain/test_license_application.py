"""An application as typed: what it says, what is wrong beside which field, and what filing still needs."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countertui.domain.license_application import (
    BUSINESS,
    CLASS,
    EIN,
    HOME,
    KIND,
    MAILING,
    NAICS,
    PREMISES,
    STARTS,
    Application,
    Fault,
    answer_field,
    contact_field,
    document_field,
    may_be_kept_half_typed,
    owner_field,
    phone_as_written,
    read_application,
    with_holder,
)
from countertui.domain.license_schedule import Answer, LicenseClass, LicenseSchedule, LicenseYear, Question

TODAY = date(2026, 11, 23)
TRUCK = LicenseClass("FOODTRUCK", "Mobile food vendor", reviews=("fire",), documents=("Permit",), at_home=False)
OFFICE = LicenseClass("OFFICE", "Office")
SCHEDULE = LicenseSchedule(
    classes=(TRUCK, OFFICE),
    questions=(
        Question("employees", "People", Answer.COUNT),
        Question("gross_receipts", "Receipts", Answer.MONEY),
        Question("home_occupation", "At home?", Answer.YES_NO),
        Question("machines", "Machines", Answer.COUNT, ("OFFICE",)),
        Question("nonprofit", "Charity?", Answer.YES_NO),
    ),
    years=(LicenseYear((), (1, 1), 30),),
    fees=(),
    timing=(),
)
WHOLE = {
    CLASS: "foodtruck",
    BUSINESS: "Rosa's Tacos",
    PREMISES: "12 MARKET SQ, ALDER FORD WA 98001",
    HOME: "n",
    STARTS: "12/01/2026",
    owner_field(1, "name"): "Rosa Ruiz",
    answer_field("employees"): "2.5",
    answer_field("gross_receipts"): "$50,000",
    answer_field("nonprofit"): "no",
}


def read(**texts: str) -> Application:
    return read_application({**WHOLE, **texts}, SCHEDULE, TODAY, lambda code: code != "999999")


def test_all_that_is_stated_is_said_and_nothing_else():
    said = read()
    assert said.faults == {}
    assert said.missing == ()
    assert said.license_class == TRUCK
    assert said.says == {
        "business": "Rosa's Tacos",
        "owners": [{"name": "Rosa Ruiz", "role": ""}],
        "premises": WHOLE[PREMISES],
        "mailing": WHOLE[PREMISES],
        "license_class": "FOODTRUCK",
        "at_home": False,
        "starts": "2026-12-01",
        "answers": {"employees": 250, "gross_receipts": 5_000_000, "nonprofit": False, "home_occupation": False},
        "reviews": {"fire": "open"},
        "documents": {"Permit": False},
    }


def test_an_empty_form_lacks_everything_in_the_forms_order():
    said = read_application({}, SCHEDULE, TODAY, lambda _: True)
    assert said.missing == (KIND, BUSINESS, PREMISES, HOME, STARTS, owner_field(1, "name"))
    assert said.faults == {}
    assert said.says == {}


def test_only_the_questions_of_the_class_are_asked():
    assert read().missing == ()
    assert read(**{CLASS: "OFFICE"}).missing == (answer_field("machines"),)


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        (HOME, "y", Fault("FOODTRUCK is not allowed at a home", at_once=True)),
        (HOME, "perhaps", Fault("type y or n")),
        (STARTS, "02/30/2026", Fault("that date doesn't exist")),
        (STARTS, "soon", Fault("that is not a date")),
        (STARTS, "01/01/2028", Fault("more than a year after 11/23/2026")),
        (PREMISES, "PO Box 12, Alder Ford", Fault("a PO box is no place of business")),
        (PREMISES, "12", Fault("no street in it")),
        (NAICS, "999999", Fault("999999 is no NAICS code known here")),
        (NAICS, "722330, 10", Fault("10 is no NAICS code known here")),
        (NAICS, "tacos", Fault("a code is 2 to 6 digits, like 722330")),
        (answer_field("gross_receipts"), "-5", Fault("it can't be negative", at_once=True)),
        (answer_field("gross_receipts"), "$-5", Fault("it can't be negative", at_once=True)),
        (answer_field("gross_receipts"), "-", Fault("it can't be negative", at_once=True)),
        (answer_field("gross_receipts"), "lots", Fault("type a number, like 50,000")),
        (answer_field("employees"), "1.234", Fault("two decimals at most, and not so much")),
        (answer_field("employees"), "nan", Fault("two decimals at most, and not so much")),
        (contact_field(1, "phone"), "555-0142", Fault("ten digits, like 360-555-0142")),
        (contact_field(1, "email"), "rosa at home", Fault("an e-mail address has @ and a dot")),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_is_not_said_of_the_business(name, text, fault):
    said = read(**{name: text})
    assert said.faults == {name: fault}
    assert f"'{text}'" not in str(said.says)


def test_an_owner_without_a_name_is_told():
    assert set(read(**{owner_field(2, "ssn"): "123-45-6789"}).faults) == {owner_field(2, "name")}


def test_a_contact_is_how_the_business_is_reached():
    said = read(
        **{contact_field(1, "name"): "Rosa", contact_field(1, "phone"): "(360) 555.0142", document_field("Permit"): "y"}
    )
    assert said.says["contacts"] == [{"name": "Rosa", "phone": "360-555-0142", "email": ""}]
    assert said.says["phone"] == "360-555-0142"
    assert said.says["documents"] == {"Permit": True}


def test_a_scanned_card_is_one_more_owner_and_where_mail_goes_if_nothing_said_so():
    assert with_holder({}, "PAT SAMPLE", "1 MAIN ST") == {owner_field(1, "name"): "PAT SAMPLE", MAILING: "1 MAIN ST"}
    typed = {owner_field(1, "name"): "Rosa", MAILING: "9 Weir Ln"}
    assert with_holder(typed, "PAT SAMPLE", "1 MAIN ST") == {owner_field(2, "name"): "PAT SAMPLE"}
    assert with_holder(typed, "ROSA", "1 MAIN ST") == {}
    assert with_holder({owner_field(n, "name"): str(n) for n in range(1, 5)}, "PAT SAMPLE", "") is None


def test_no_number_of_a_person_is_ever_said():
    said = read(**{EIN: "12-3456789", owner_field(1, "ssn"): "123-45-6789"})
    assert "6789" not in str(said)


@given(st.dictionaries(st.sampled_from(sorted(WHOLE)), st.text(max_size=30)))
def test_whatever_is_typed_is_read_without_stopping_anybody(texts):
    said = read_application({**WHOLE, **texts}, SCHEDULE, TODAY, lambda _: True)
    assert set(said.faults) <= set(WHOLE)
    for code, answer in said.answers.items():
        assert isinstance(answer, bool) or answer >= 0, code


@pytest.mark.parametrize(
    ("name", "text", "kept"),
    [
        (PREMISES, "12345 NE 128TH ST STE 400, ALDER FORD WA 98001-1234", True),
        (contact_field(1, "phone"), "360-555-0142", True),
        (contact_field(1, "phone"), "3605550142", False),
        (contact_field(1, "phone"), "4111 1111 11", False),
        (BUSINESS, "4111 1111", True),
        (BUSINESS, "4111 1111 1", False),
        (BUSINESS, "4111 1111 1111 1111", False),
        (PREMISES, "41111-11111", False),
        (BUSINESS, "４１１１１１１１１", False),
    ],
)
def test_what_may_be_the_beginning_of_a_card_number_is_not_kept(name, text, kept):
    assert may_be_kept_half_typed(name, text) is kept


def test_telephones_are_written_in_one_way():
    assert phone_as_written("+1 360.555 0142 ext 7") == "360-555-0142 x7"
    assert phone_as_written("911") == "911"


def test_names_have_one_blank_between_their_words():
    typed = {**WHOLE, BUSINESS: " Rosa's   Tacos ", owner_field(1, "name"): "Rosa  Maria   Ruiz"}
    read = read_application(typed, SCHEDULE, TODAY, lambda _code: True)
    assert read.says["business"] == "Rosa's Tacos"
    assert read.says["owners"][0]["name"] == "Rosa Maria Ruiz"
