"""Signing on: tries are counted in signed records, so that killing the program gives none back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from counter_station import PINS, clock_of, close, kinds, last, on, reopened
from countertui.counter.sign_on import (
    OperatorLocked,
    WrongPin,
    demo_pins,
    locked_people,
    people,
    second_person,
    sign_off,
    sign_on,
    unlock_operator,
)
from countertui.counter.station import Station
from countertui.counter.today import today
from countertui.domain.rights import Act, NotAllowed, Role


def test_a_right_pin_is_a_login(station: Station) -> None:
    person = sign_on(station, "rosa", PINS["rosa"])
    assert (person.id, person.name, person.roles) == ("rosa", "Rosa Delgado", (Role.CASHIER,))
    assert (last(station)["kind"], last(station)["operator"]) == ("login", "rosa")
    sign_off(station, person)
    assert (last(station)["kind"], last(station)["operator"]) == ("logout", "rosa")


@pytest.mark.parametrize("spelling", ["ROSA", " rosa ", "ｒｏｓａ", "r\u200bosa"])
def test_every_spelling_is_the_same_person(station: Station, spelling: str) -> None:
    assert sign_on(station, spelling, PINS["rosa"]).id == "rosa"


def test_a_wrong_pin_says_how_many_tries_are_left(station: Station) -> None:
    for left in ("4 tries", "3 tries", "2 tries", "1 try"):
        assert locked_people(station) == []
        with pytest.raises(WrongPin, match=f": {left} left"):
            sign_on(station, "rosa", "9999")
    with pytest.raises(OperatorLocked):
        sign_on(station, "rosa", "9999")
    assert kinds(station)[-5:] == ["pin_fail"] * 4 + ["pin_lock"]
    with pytest.raises(OperatorLocked, match="Ask a lead"):
        sign_on(station, "rosa", PINS["rosa"])
    assert [person.name for person in locked_people(station)] == ["Rosa Delgado"]


def test_a_right_pin_forgets_the_wrong_ones(station: Station) -> None:
    for _ in range(4):
        with pytest.raises(WrongPin):
            sign_on(station, "rosa", "9999")
    on(station, "rosa")
    with pytest.raises(WrongPin, match="4 tries left"):
        sign_on(station, "rosa", "9999")


def test_an_unknown_id_and_a_wrong_pin_sound_alike(station: Station) -> None:
    before = station.store.tip()
    with pytest.raises(WrongPin) as unknown:
        sign_on(station, "nobody", "1111")
    assert station.store.tip() == before, "what was typed is not recorded"
    with pytest.raises(WrongPin) as wrong:
        sign_on(station, "rosa", "9999")
    assert unknown.value.happened == wrong.value.happened


def test_a_lock_survives_a_restart_and_a_lead_lifts_it(station: Station) -> None:
    for _ in range(5):
        with pytest.raises((WrongPin, OperatorLocked)):
            sign_on(station, "rosa", "9999")
    again = reopened(station)
    with pytest.raises(OperatorLocked):
        sign_on(again, "rosa", PINS["rosa"])
    with pytest.raises(NotAllowed):
        unlock_operator(again, on(again, "ben"), "rosa")
    unlock_operator(again, on(again, "lena"), "rosa")
    assert sign_on(again, "rosa", PINS["rosa"]).id == "rosa"
    close(again)


def test_nobody_unlocks_themselves(station: Station) -> None:
    with pytest.raises(NotAllowed, match="Nobody approves"):
        unlock_operator(station, on(station, "lena"), "LENA")


def test_a_second_person_is_another_one_with_the_right(station: Station) -> None:
    lead = second_person(station, "lena", PINS["lena"], Act.APPROVE, ("rosa",))
    assert lead.id == "lena"
    with pytest.raises(NotAllowed, match="may not approve"):
        second_person(station, "ben", PINS["ben"], Act.APPROVE, ("rosa",))
    with pytest.raises(WrongPin):
        second_person(station, "lena", "0000", Act.APPROVE, ("rosa",))


@pytest.mark.parametrize("spelling", ["lena", "LENA", " Lena", "ｌｅｎａ", "le\u00adna"])
def test_who_took_part_is_no_second_person_in_any_spelling(station: Station, spelling: str) -> None:
    before = station.store.tip()
    with pytest.raises(NotAllowed, match="Nobody approves what they began"):
        second_person(station, spelling, PINS["lena"], Act.APPROVE, ("rosa", "lena"))
    assert station.store.tip() == before


def test_wrong_pins_of_a_second_person_lock_too(station: Station) -> None:
    for _ in range(4):
        with pytest.raises(WrongPin):
            second_person(station, "lena", "0000", Act.APPROVE)
    with pytest.raises(OperatorLocked):
        second_person(station, "lena", "0000", Act.APPROVE)
    with pytest.raises(OperatorLocked):
        sign_on(station, "lena", PINS["lena"])


def test_people_are_listed_by_name(station: Station) -> None:
    names = [person.name for person in people(station)]
    assert names == sorted(names)
    assert len(names) == len(PINS)


def test_pins_are_shown_in_a_demo_city_only(station: Station) -> None:
    station.pins_shown = (("rosa", "1111"),)
    assert station.place.demo
    assert demo_pins(station) == (("rosa", "1111"),)
    station.place = replace(station.place, ledger="CITY-1")
    assert demo_pins(station) == ()


@pytest.mark.parametrize("said", ["1970-01-01T00:00:00", "2025-12-31T23:59:59"])
def test_a_clock_that_fell_back_signs_nobody_off(station: Station, said: str) -> None:
    clock_of(station).set(said)
    assert len(people(station)) == len(PINS)
    assert on(station, "rosa").id == "rosa"
    assert today(station, station.db) == "2026-11-23"


def test_the_clocks_date_counts_where_it_can_be_right(station: Station) -> None:
    assert today(station, station.db) == "2026-11-23"
    clock_of(station).set("2026-11-23T00:00:01")
    assert today(station, station.db) == "2026-11-23"
    clock_of(station).set("2027-01-02T08:00:00")
    assert today(station, station.db) == "2027-01-02"
