"""Operators' lives at a terminal: one-time codes, PINs of their own, resets by two, last days, removal."""

from __future__ import annotations

from dataclasses import replace

import pytest

from counter_station import PINS, at_work, clock_of, close, kinds, last, on, pay, reopened
from countertui.counter.operators import (
    OperatorRefused,
    add_operator,
    remove_operator,
    reset_operator,
    set_last_day,
)
from countertui.counter.own_pin import change_pin, first_pin
from countertui.counter.sign_on import (
    CodeExpired,
    OperatorLocked,
    OwnPinNeeded,
    WrongPin,
    check_pin,
    people,
    second_person,
    sign_on,
)
from countertui.counter.station import Person, Station
from countertui.counter.typed import TextTooLong
from countertui.domain.card_guard import CardNumberRefused
from countertui.domain.operators import DayRefused, PinRefused, fingerprint, plain_code
from countertui.domain.rights import Act, NotAllowed, Role
from countertui.domain.text import TextRefused
from countertui.errors import UsageError
from countertui.store.operators import operator

LENA = Person("lena", "Lena Whitford", (Role.LEAD,))


@pytest.fixture
def ken(station: Station) -> Person:
    return on(station, "ken")


@pytest.fixture
def lena(station: Station) -> Person:
    return on(station, "lena")


def nia(station: Station, ken: Person) -> str:
    """Nia is added; her one-time code."""
    return add_operator(station, ken, LENA, "nia", "Nia Brandt", (Role.CASHIER, Role.LEAD))


def verifier(station: Station, id_: str) -> str:
    row = operator(station.db, station.reference, id_, "2026-11-23")
    assert row is not None
    return row.verifier


class TestCodes:
    def test_who_is_added_chooses_a_pin_by_a_code_at_once(self, station: Station, ken: Person) -> None:
        code = nia(station, ken)
        added = last(station)
        assert (added["kind"], added["operator"], added["data"]["what"]) == ("operator", "ken", "added")
        assert plain_code(code) not in str(added)
        assert first_pin(station, "nia", code.lower(), "902108").roles == (Role.CASHIER, Role.LEAD)
        assert kinds(station)[-2:] == ["operator", "login"]
        again = reopened(station)
        assert sign_on(again, "nia", "902108").name == "Nia Brandt"
        close(again)

    def test_the_record_of_a_chosen_pin_is_the_operators_own(self, station: Station, ken: Person) -> None:
        code = nia(station, ken)
        before = verifier(station, "nia")
        first_pin(station, "nia", code, "902108")
        seq = station.store.tip()[0] - 1
        (chosen,) = station.db.execute("SELECT body FROM journal WHERE seq = ?", (seq,)).fetchone()
        assert b'"what":"pin"' in chosen
        assert b'"operator":"nia"' in chosen
        assert fingerprint(before).encode() in chosen
        assert b"902108" not in chosen

    def test_a_code_is_good_for_a_pin_and_for_nothing_else(self, station: Station, ken: Person) -> None:
        code = nia(station, ken)
        with pytest.raises(OwnPinNeeded):
            sign_on(station, "nia", code)
        with pytest.raises(OwnPinNeeded):
            second_person(station, "nia", code, Act.APPROVE, ("rosa",))
        assert kinds(station)[-1] == "operator"

    def test_a_code_works_once(self, station: Station, ken: Person) -> None:
        code = nia(station, ken)
        first_pin(station, "nia", code, "902108")
        with pytest.raises(WrongPin):
            first_pin(station, "nia", code, "135790")
        with pytest.raises(PinRefused, match="has a PIN"):
            first_pin(station, "nia", "902108", "135790")

    def test_a_code_ends_after_three_days_whatever_the_clock_says(self, station: Station, ken: Person) -> None:
        code = nia(station, ken)
        clock_of(station).set("2026-11-26T09:41:07")
        with pytest.raises(PinRefused):
            first_pin(station, "nia", code, "1111")
        clock_of(station).set("2026-11-26T09:41:08")
        with pytest.raises(CodeExpired, match="expired"):
            first_pin(station, "nia", code, "902108")
        on(station, "rosa")
        clock_of(station).set("2026-11-23T09:00:00")
        with pytest.raises(CodeExpired):
            first_pin(station, "nia", code, "902108")

    def test_wrong_codes_are_counted_like_wrong_pins(self, station: Station, ken: Person) -> None:
        code = nia(station, ken)
        for _ in range(5):
            with pytest.raises((WrongPin, OperatorLocked)):
                first_pin(station, "nia", "00000-00000", "902108")
        with pytest.raises(OperatorLocked):
            first_pin(station, "nia", code, "902108")

    @pytest.mark.parametrize("pin", ["1111", "1234", "123123"])
    def test_a_weak_first_pin_is_refused_and_the_code_stays_good(self, station: Station, ken: Person, pin: str) -> None:
        code = nia(station, ken)
        before = station.store.tip()
        with pytest.raises(PinRefused):
            first_pin(station, "nia", code, pin)
        assert station.store.tip() == before
        assert first_pin(station, "nia", code, "902108").id == "nia"

    @pytest.mark.parametrize("pin", ["123", "123456789", "12a4", "١٢٣٤", ""])
    def test_a_pin_is_four_to_eight_digits(self, station: Station, ken: Person, pin: str) -> None:
        code = nia(station, ken)
        before = station.store.tip()
        with pytest.raises((UsageError, PinRefused)):
            first_pin(station, "nia", code, pin)
        assert station.store.tip() == before


class TestAdding:
    def test_only_an_admin_keeps_operators(self, station: Station, lena: Person) -> None:
        for act in (
            lambda: nia(station, lena),
            lambda: reset_operator(station, lena, on(station, "hugo"), "rosa"),
            lambda: set_last_day(station, lena, "rosa", "2026-12-31"),
            lambda: remove_operator(station, lena, "rosa"),
        ):
            with pytest.raises(NotAllowed, match="may not keep operators"):
                act()

    @pytest.mark.parametrize("id_", ["rosa", "ROSA", "x", "a b", "1abc", "nia\u200b", "a" * 25, ""])
    def test_an_id_is_free_and_plain(self, station: Station, ken: Person, id_: str) -> None:
        before = station.store.tip()
        with pytest.raises(OperatorRefused):
            add_operator(station, ken, LENA, id_, "Nia", (Role.CASHIER,))
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
    def test_a_name_is_printable(self, station: Station, ken: Person, name: str, refusal: type[Exception]) -> None:
        with pytest.raises(refusal):
            add_operator(station, ken, LENA, "nia", name, (Role.CASHIER,))

    @pytest.mark.parametrize("second", ["ken", "KEN", "tess", "rosa", "nobody"])
    def test_it_takes_a_lead_or_another_admin_too(self, station: Station, ken: Person, second: str) -> None:
        """Whoever makes the second person alone is two people from then on."""
        before = station.store.tip()
        with pytest.raises(NotAllowed):
            add_operator(station, ken, Person(second, second, tuple(Role)), "nia", "Nia", (Role.CASHIER,))
        assert station.store.tip() == before

    def test_a_role_is_needed(self, station: Station, ken: Person) -> None:
        with pytest.raises(OperatorRefused, match="needs a name and a role"):
            add_operator(station, ken, LENA, "nia", "Nia", ())


class TestOwnPin:
    def test_it_is_changed_by_the_old_one(self, station: Station) -> None:
        rosa = on(station, "rosa")
        change_pin(station, rosa, PINS["rosa"], "902108")
        assert (last(station)["operator"], last(station)["data"]["what"]) == ("rosa", "pin")
        assert sign_on(station, "rosa", "902108").id == "rosa"
        with pytest.raises(WrongPin):
            sign_on(station, "rosa", PINS["rosa"])

    def test_who_does_not_know_the_old_one_is_counted(self, station: Station) -> None:
        rosa = on(station, "rosa")
        with pytest.raises(WrongPin, match="4 tries left"):
            change_pin(station, rosa, "9999", "902108")
        assert sign_on(station, "rosa", PINS["rosa"]).id == "rosa"

    @pytest.mark.parametrize("new", ["1111", "2222", "4321"])
    def test_a_weak_one_or_the_same_is_refused(self, station: Station, new: str) -> None:
        rosa = on(station, "rosa")
        with pytest.raises(PinRefused):
            change_pin(station, rosa, PINS["rosa"], new)


class TestReset:
    def test_it_takes_two_and_gives_a_code_and_unlocks(self, station: Station, ken: Person, lena: Person) -> None:
        for _ in range(5):
            with pytest.raises((WrongPin, OperatorLocked)):
                sign_on(station, "rosa", "9999")
        code = reset_operator(station, ken, lena, "Rosa")
        assert kinds(station)[-2:] == ["operator", "unlock"]
        assert (last(station)["operator"], last(station)["approver"]) == ("ken", "lena")
        with pytest.raises(WrongPin):
            check_pin(station, "rosa", PINS["rosa"])
        assert first_pin(station, "rosa", code, "902108").roles == (Role.CASHIER,)

    @pytest.mark.parametrize(
        ("second", "id_"),
        [("ken", "rosa"), ("KEN ", "rosa"), ("lena", "lena"), ("lena", "LENA"), ("rosa", "ben"), ("tess", "ben")],
    )
    def test_the_second_is_a_lead_or_another_admin_and_not_the_operator(
        self, station: Station, ken: Person, second: str, id_: str
    ) -> None:
        before = station.store.tip()
        with pytest.raises(NotAllowed):
            reset_operator(station, ken, Person(second, second, (Role.LEAD, Role.ADMIN)), id_)
        assert station.store.tip() == before

    def test_nobody_resets_their_own(self, station: Station, ken: Person, lena: Person) -> None:
        with pytest.raises(NotAllowed):
            reset_operator(station, ken, lena, "KEN")

    def test_who_is_not_there_cannot_be_reset(self, station: Station, ken: Person, lena: Person) -> None:
        with pytest.raises(OperatorRefused, match="no operator"):
            reset_operator(station, ken, lena, "nobody")

    def test_a_reset_here_keeps_nobody_whom_the_snapshot_let_go(
        self, station: Station, ken: Person, lena: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The snapshot says who works here and what they may; only the PIN set here goes before its own."""
        first_pin(station, "ivan", reset_operator(station, ken, lena, "ivan"), "902108")
        rows = station.reference.operators()
        demoted = [replace(row, roles="cashier") if row.id == "ivan" else row for row in rows]
        monkeypatch.setattr(station.reference, "operators", lambda: demoted)
        assert sign_on(station, "ivan", "902108").roles == (Role.CASHIER,)
        gone = [replace(row, active_to="2026-11-22") if row.id == "ivan" else row for row in rows]
        monkeypatch.setattr(station.reference, "operators", lambda: gone)
        with pytest.raises(WrongPin):
            sign_on(station, "ivan", "902108")
        with pytest.raises(OperatorRefused, match="already"):
            add_operator(station, ken, LENA, "ivan", "Another Ivan", (Role.CASHIER,))


class TestLeaving:
    def test_the_last_day_is_worked_and_the_next_is_not(self, station: Station, ken: Person) -> None:
        assert set_last_day(station, ken, "Rosa", "2026-11-24") == "2026-11-24"
        assert last(station)["data"]["replaces"] == fingerprint(None)
        clock_of(station).go_on(24 * 3600)
        assert sign_on(station, "rosa", PINS["rosa"]).id == "rosa"
        clock_of(station).go_on(24 * 3600)
        with pytest.raises(WrongPin):
            sign_on(station, "rosa", PINS["rosa"])
        assert set_last_day(station, ken, "rosa", "never") is None
        assert last(station)["data"]["replaces"] == fingerprint("2026-11-24")
        assert sign_on(station, "rosa", PINS["rosa"]).id == "rosa"

    def test_a_last_day_of_an_operator_added_here_counts_too(self, station: Station, ken: Person) -> None:
        first_pin(station, "nia", nia(station, ken), "902108")
        set_last_day(station, ken, "nia", "2026-11-23")
        clock_of(station).go_on(24 * 3600)
        with pytest.raises(WrongPin):
            sign_on(station, "nia", "902108")

    def test_a_past_day_is_refused(self, station: Station, ken: Person) -> None:
        with pytest.raises(DayRefused):
            set_last_day(station, ken, "rosa", "2026-11-22")

    @pytest.mark.parametrize(
        "act", [lambda s, k: set_last_day(s, k, "KEN", "never"), lambda s, k: remove_operator(s, k, "Ken")]
    )
    def test_nobody_keeps_their_own_record(self, station: Station, ken: Person, act: object) -> None:
        with pytest.raises(NotAllowed, match="Nobody approves"):
            act(station, ken)  # type: ignore[operator]

    def test_who_is_removed_here_does_nothing_more_at_the_next_act(self, station: Station, ken: Person) -> None:
        _, session = at_work(station)
        pay(station, session)
        remove_operator(station, ken, "ROSA")
        with pytest.raises(NotAllowed, match="may not work here any more"):
            pay(station, session)
        with pytest.raises(WrongPin):
            sign_on(station, "rosa", PINS["rosa"])
        assert "rosa" not in {person.id for person in people(station)}
        again = reopened(station)
        with pytest.raises(WrongPin):
            sign_on(again, "rosa", PINS["rosa"])
        close(again)

    def test_who_comes_back_needs_a_day_and_two_people(self, station: Station, ken: Person, lena: Person) -> None:
        remove_operator(station, ken, "rosa")
        clock_of(station).go_on(24 * 3600)
        set_last_day(station, ken, "rosa", "never")
        with pytest.raises(WrongPin):
            sign_on(station, "rosa", PINS["rosa"])
        assert first_pin(station, "rosa", reset_operator(station, ken, lena, "rosa"), "902108").id == "rosa"

    def test_two_admins_stay(self, station: Station, ken: Person) -> None:
        before = station.store.tip()
        for act in (
            lambda: remove_operator(station, ken, "uma"),
            lambda: set_last_day(station, ken, "uma", "2026-12-31"),
        ):
            with pytest.raises(OperatorRefused, match="two admins"):
                act()
        assert station.store.tip() == before
        add_operator(station, ken, LENA, "nia", "Nia", (Role.ADMIN,))
        remove_operator(station, ken, "uma")
