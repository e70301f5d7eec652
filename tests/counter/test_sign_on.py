"""Signing on: tries are counted in signed records, so that killing the program gives none back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from counter_station import PINS, clock_of, close, kinds, last, on, reopened
from countertui.counter.operators import OperatorRefused, add_operator, reset_operator
from countertui.counter.sign_on import (
    OperatorLocked,
    WrongPin,
    check_pin,
    demo_pins,
    people,
    second_person,
    sign_off,
    sign_on,
    unlock_operator,
)
from countertui.counter.station import Station
from countertui.counter.today import today
from countertui.counter.typed import TextTooLong
from countertui.domain.card_guard import CardNumberRefused
from countertui.domain.rights import Act, NotAllowed, Role
from countertui.domain.text import TextRefused
from countertui.errors import UsageError


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
    for left in (4, 3, 2, 1):
        with pytest.raises(WrongPin, match=f"{left} tries left"):
            sign_on(station, "rosa", "9999")
    with pytest.raises(OperatorLocked):
        sign_on(station, "rosa", "9999")
    assert kinds(station)[-5:] == ["pin_fail"] * 4 + ["pin_lock"]
    with pytest.raises(OperatorLocked, match="Ask a lead"):
        sign_on(station, "rosa", PINS["rosa"])


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


class TestOperators:
    def test_added_ones_may_sign_on_at_once(self, station: Station) -> None:
        add_operator(station, on(station, "ken"), "nia", "Nia Brandt", (Role.CASHIER, Role.LEAD), "424242")
        assert sign_on(station, "nia", "424242").roles == (Role.CASHIER, Role.LEAD)
        assert "424242" not in str(last(station))
        again = reopened(station)
        assert sign_on(again, "nia", "424242").name == "Nia Brandt"
        close(again)

    def test_only_an_admin_keeps_them(self, station: Station) -> None:
        with pytest.raises(NotAllowed):
            add_operator(station, on(station, "lena"), "nia", "Nia", (Role.CASHIER,), "4242")
        with pytest.raises(NotAllowed):
            reset_operator(station, on(station, "lena"), "rosa", "4242")

    @pytest.mark.parametrize("id_", ["rosa", "ROSA", "x", "a b", "1abc", "nia\u200b", "a" * 25, ""])
    def test_an_id_is_free_and_plain(self, station: Station, id_: str) -> None:
        ken = on(station, "ken")
        before = station.store.tip()
        with pytest.raises(OperatorRefused):
            add_operator(station, ken, id_, "Nia", (Role.CASHIER,), "4242")
        assert station.store.tip() == before

    @pytest.mark.parametrize(
        ("name", "refusal"),
        [
            ("  ", OperatorRefused),
            ("Nia\x1b[2J", TextRefused),
            ("4111 1111 1111 1111", CardNumberRefused),
            ("N" * 61, TextTooLong),
        ],
    )
    def test_a_name_is_printable(self, station: Station, name: str, refusal: type[Exception]) -> None:
        with pytest.raises(refusal):
            add_operator(station, on(station, "ken"), "nia", name, (Role.CASHIER,), "4242")

    @pytest.mark.parametrize("pin", ["123", "123456789", "12a4", "١٢٣٤", ""])
    def test_a_pin_is_four_to_eight_digits(self, station: Station, pin: str) -> None:
        ken = on(station, "ken")
        before = station.store.tip()
        with pytest.raises(UsageError):
            add_operator(station, ken, "nia", "Nia", (Role.CASHIER,), pin)
        assert station.store.tip() == before

    def test_a_role_is_needed(self, station: Station) -> None:
        with pytest.raises(OperatorRefused, match="needs a name and a role"):
            add_operator(station, on(station, "ken"), "nia", "Nia", (), "4242")

    def test_a_reset_gives_a_new_pin_and_unlocks(self, station: Station) -> None:
        for _ in range(5):
            with pytest.raises((WrongPin, OperatorLocked)):
                sign_on(station, "rosa", "9999")
        reset_operator(station, on(station, "ken"), "Rosa", "8642")
        assert sign_on(station, "rosa", "8642").roles == (Role.CASHIER,)
        with pytest.raises(WrongPin):
            check_pin(station, "rosa", PINS["rosa"])

    def test_nobody_resets_their_own(self, station: Station) -> None:
        with pytest.raises(NotAllowed):
            reset_operator(station, on(station, "ken"), "KEN", "8642")

    def test_who_is_not_there_cannot_be_reset(self, station: Station) -> None:
        with pytest.raises(OperatorRefused, match="no operator"):
            reset_operator(station, on(station, "ken"), "nobody", "8642")

    def test_a_reset_here_keeps_nobody_whom_the_snapshot_let_go(
        self, station: Station, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The snapshot says who works here and what they may; only the PIN set here goes before its own."""
        reset_operator(station, on(station, "ken"), "ivan", "8642")
        rows = station.reference.operators()
        demoted = [replace(row, roles="cashier") if row.id == "ivan" else row for row in rows]
        monkeypatch.setattr(station.reference, "operators", lambda: demoted)
        assert sign_on(station, "ivan", "8642").roles == (Role.CASHIER,)
        gone = [replace(row, active_to="2026-11-22") if row.id == "ivan" else row for row in rows]
        monkeypatch.setattr(station.reference, "operators", lambda: gone)
        with pytest.raises(WrongPin):
            sign_on(station, "ivan", "8642")
        with pytest.raises(OperatorRefused, match="already"):
            add_operator(station, on(station, "ken"), "ivan", "Another Ivan", (Role.CASHIER,), "4242")
