"""Notes, addresses and telephone numbers: recorded under a name, in force here at once, found by at once."""

from __future__ import annotations

import pytest

from counter_station import at_work, close, kinds, last, on, owing, reopened
from countertui.counter.account_changes import add_note, change_detail
from countertui.counter.account_glance import glance
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
