"""Notes, addresses and telephone numbers: recorded under a name, in force here at once, found by at once."""

from __future__ import annotations

import pytest

from counter_station import at_work, close, kinds, last, on, owing, reopened
from countertui.counter.account_changes import add_note, change_detail
from countertui.counter.account_glance import glance
from countertui.counter.drafts import Form, forms, keep_draft
from countertui.counter.find import find
from countertui.counter.station import Station
from countertui.counter.tape import tape
from countertui.counter.typed import TextTooLong
from countertui.domain.account_details import Detail, DetailRefused
from countertui.domain.card_guard import CardNumberRefused
from countertui.domain.rights import NotAllowed

ADDRESS, PHONE = Detail.ADDRESS, Detail.PHONE


def test_a_change_is_recorded_with_what_it_replaces_and_holds_here_at_once(station: Station) -> None:
    person, session = at_work(station)
    number = owing()[0]
    before = glance(station, number)
    change_detail(station, person, session, number, ADDRESS, before.address, " 9 Oak St ")
    record = last(station)
    assert (record["kind"], record["operator"], record["biz_date"]) == ("account_change", "rosa", "2026-11-23")
    assert record["data"] == {"account": number, "detail": "address", "was": before.address, "now": "9 Oak St"}
    assert (record["receipt_no"], record["cum_net"]) == (None, 0)
    assert glance(station, number).address == "9 Oak St"
    assert glance(station, number).phone == before.phone
    change_detail(station, person, session, number, PHONE, before.phone, "(555) 010-0123")
    change_detail(station, person, session, number, PHONE, "(555) 010-0123", "")
    assert glance(station, number).phone == ""
    change_detail(station, person, session, number, ADDRESS, "9 Oak St", "10 Oak St")
    assert last(station)["data"]["was"] == "9 Oak St"
    assert [entry.what for entry in tape(station)[:4]] == ["Account changed"] * 4


def test_it_is_there_after_a_restart(station: Station) -> None:
    person, session = at_work(station)
    number = owing()[0]
    change_detail(station, person, session, number, PHONE, glance(station, number).phone, "555-010-0199")
    add_note(station, person, session, number, "Rings twice")
    again = reopened(station)
    try:
        assert glance(again, number).phone == "555-010-0199"
        assert glance(again, number).notes[0].note == "Rings twice"
    finally:
        close(again)


@pytest.mark.parametrize(
    ("detail", "typed"),
    [(ADDRESS, ""), (ADDRESS, " - "), (PHONE, "555-01"), (PHONE, "call his sister"), (PHONE, "1" * 9 + "-5550100")],
)
def test_nonsense_is_refused_and_nothing_recorded(station: Station, detail: Detail, typed: str) -> None:
    person, session = at_work(station)
    number = owing()[0]
    seen = glance(station, number)
    with pytest.raises(DetailRefused):
        change_detail(station, person, session, number, detail, getattr(seen, detail.value), typed)
    assert "account_change" not in kinds(station)


def test_a_change_of_what_was_changed_meanwhile_is_refused(station: Station) -> None:
    person, session = at_work(station)
    other = on(station, "ben")
    number = owing()[0]
    shown = glance(station, number).address
    change_detail(station, other, None, number, ADDRESS, shown, "9 Oak St")
    with pytest.raises(DetailRefused, match="changed meanwhile: 9 Oak St"):
        change_detail(station, person, session, number, ADDRESS, shown, "10 Oak St")
    with pytest.raises(DetailRefused, match="that is what it is"):
        change_detail(station, person, session, number, ADDRESS, "9 Oak St", "9 Oak St")
    assert glance(station, number).address == "9 Oak St"


def test_notes_hold_no_card_numbers_and_are_not_endless(station: Station) -> None:
    person, session = at_work(station)
    number = owing()[0]
    for typed, refusal in (
        ("paid with 4111111111111111", CardNumberRefused),
        ("x" * 201, TextTooLong),
        ("  ", DetailRefused),
    ):
        with pytest.raises(refusal):
            add_note(station, person, session, number, typed)
    with pytest.raises(DetailRefused, match="no account"):
        add_note(station, person, session, "nothing", "hello")
    assert "account_note" not in kinds(station)


def test_an_auditor_changes_nothing(station: Station) -> None:
    number = owing()[0]
    ada = on(station, "ada")
    with pytest.raises(NotAllowed):
        add_note(station, ada, None, number, "hello")
    with pytest.raises(NotAllowed):
        change_detail(station, ada, None, number, ADDRESS, glance(station, number).address, "9 Oak St")


@pytest.mark.parametrize("typed", ["9 quince", "quince ter", "terrace 9", "9", "{surname} quince"])
def test_an_account_is_found_by_the_address_typed_here(station: Station, typed: str) -> None:
    person, session = at_work(station)
    number = owing()[0]
    seen = glance(station, number)
    change_detail(station, person, session, number, ADDRESS, seen.address, "9 Quince Terrace")
    surname = seen.name.split(",")[0].split()[0].lower()
    found = {one.key: one for one in find(station, typed.format(surname=surname))}
    assert found[number].address == "9 Quince Terrace"
    assert find(station, "quince terr")[0].key == number


def test_it_is_found_by_its_old_address_too_and_shows_the_new_one(station: Station) -> None:
    person, session = at_work(station)
    number = owing()[0]
    old = glance(station, number).address
    change_detail(station, person, session, number, ADDRESS, old, "9 Quince Terrace")
    for typed in (old, number):
        assert {one.key: one.address for one in find(station, typed)}[number] == "9 Quince Terrace"
    assert len([one for one in find(station, old) if one.key == number]) == 1


def test_an_account_is_found_by_the_telephone_number_typed_here(station: Station) -> None:
    person, session = at_work(station)
    number = owing()[0]
    change_detail(station, person, session, number, PHONE, glance(station, number).phone, "(555) 010-0177")
    for typed in ("5550100177", "555-010", "010-0177"):
        assert number in {one.key for one in find(station, typed)}
    assert number not in {one.key for one in find(station, "010-0178")}


def test_what_was_half_typed_is_forgotten_with_its_record_alone(station: Station) -> None:
    person, session = at_work(station)
    number, other = owing()[:2]
    for form in (Form.ACCOUNT_NOTE, Form.ACCOUNT_ADDRESS):
        keep_draft(station, person, form, number, {"text": "Rings"})
    keep_draft(station, person, Form.ACCOUNT_NOTE, other, {"text": "Barks"})
    add_note(station, person, session, number, "Rings twice")
    assert {(one.form, one.about) for one in forms(station)} == {
        (Form.ACCOUNT_ADDRESS, number),
        (Form.ACCOUNT_NOTE, other),
    }
    change_detail(station, person, session, number, ADDRESS, glance(station, number).address, "9 Oak St")
    assert [(one.form, one.about) for one in forms(station)] == [(Form.ACCOUNT_NOTE, other)]
