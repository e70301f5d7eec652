"""Exercises at a training city's counter: each shipped one done by the counter's own jobs, and done wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from counter_day import count_all
from counter_station import at_work, cart_of, cash, check, fee, on, pay, printer_of, run_here
from countertui.counter.cash_drawer import kick_drawer, open_without_sale
from countertui.counter.close_drawer import close_drawer, commit_count
from countertui.counter.exercise_given import ExerciseRefused
from countertui.counter.exercises import (
    begin_exercise,
    end_exercise,
    look_at_exercise,
    offered,
    under_way,
)
from countertui.counter.find import open_account
from countertui.counter.station import Station
from countertui.counter.take_payment import take_payment
from countertui.domain.exercise_list import EXERCISES
from countertui.domain.rights import NotAllowed
from countertui.store.exercise_tries import FILE, read_tries, write_tries
from training_city import training_station


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    with training_station(tmp_path) as opened:
        yield opened


def pay_exactly(station: Station, session, key: str) -> None:
    cart = cart_of(station, open_account(station, key))
    take_payment(station, session, cart, [cash(cart.total)])


def given_bills(station: Station) -> list[str]:
    return [bill["key"] for bill in read_tries(station.store.folder)[-1].given["bills"]]


def test_an_exercise_is_scored_from_the_records_as_soon_as_all_is_done(station: Station) -> None:
    rosa, session = at_work(station)
    begun = begin_exercise(station, rosa, session, "exact-cash")
    (key,) = given_bills(station)
    assert key in begun.task
    assert look_at_exercise(station, rosa, 1) is None
    pay_exactly(station, session, key)
    verdict = look_at_exercise(station, rosa, 3)
    assert verdict is not None
    assert (verdict.is_met, verdict.points, verdict.wrong) == (True, 96, ("It took 3 keys; 2 are enough.",))
    assert under_way(station, rosa) is None
    (best,) = [one for one in offered(station, rosa) if one.exercise.code == "exact-cash"]
    assert (best.best, best.tries) == (96, 1)


def test_what_was_done_wrong_is_said(station: Station) -> None:
    rosa, session = at_work(station)
    begin_exercise(station, rosa, session, "exact-cash")
    (key,) = given_bills(station)
    verdict = end_exercise(station, rosa, 0)
    assert not verdict.is_met
    assert f"No receipt stands for {key}." in verdict.wrong
    assert verdict.points < 60
    with pytest.raises(ExerciseRefused):
        end_exercise(station, rosa, 0)


def test_a_try_is_the_persons_own_and_outlives_a_restart(station: Station) -> None:
    rosa, session = at_work(station)
    begun = begin_exercise(station, rosa, session, "exact-cash")
    look_at_exercise(station, rosa, 7)
    again = under_way(station, rosa)
    assert again is not None
    assert (again.number, again.task, again.keys) == (begun.number, begun.task, 7)
    ben = on(station, "ben")
    assert under_way(station, ben) is None
    end_exercise(station, rosa, 7)
    assert [sum(one.tries for one in offered(station, each)) for each in (rosa, ben)] == [1, 0]
    begin_exercise(station, rosa, session, "exact-cash")
    (station.store.folder / FILE).write_text("spoilt", encoding="utf-8")
    assert under_way(station, rosa) is None, "no cent hangs on it"


@pytest.mark.parametrize("change", [{"exercise": "juggling"}, {"given": {"number": 1}}])
def test_a_try_that_another_version_began_is_not_gone_on_with(station: Station, change: dict[str, Any]) -> None:
    rosa, session = at_work(station)
    begin_exercise(station, rosa, session, "exact-cash")
    (begun,) = read_tries(station.store.folder)
    write_tries(station.store.folder, [replace(begun, **change)])
    assert under_way(station, rosa) is None
    assert look_at_exercise(station, rosa, 1) is None
    begin_exercise(station, rosa, session, "check")
    assert under_way(station, rosa) is not None


def test_exercises_need_the_drawer_that_they_are_about(station: Station) -> None:
    person = on(station, "rosa")
    with pytest.raises(ExerciseRefused, match="needs a drawer"):
        begin_exercise(station, person, None, "exact-cash")
    begin_exercise(station, person, None, "open-drawer")
    _, session = at_work(station)
    with pytest.raises(ExerciseRefused, match="no drawer open"):
        begin_exercise(station, person, session, "open-drawer")


def test_a_check_can_only_come_back_where_one_was_taken_and_only_to_who_takes_it_back(station: Station) -> None:
    cashier = on(station, "rosa")
    assert "returned-check" not in {one.exercise.code for one in offered(station, cashier)}
    assert {one.exercise.code for one in offered(station, on(station, "tess"))} == {"returned-check", "seal"}
    with pytest.raises(NotAllowed):
        begin_exercise(station, cashier, None, "returned-check")
    rosa, session = at_work(station)
    pay(station, session, fee(station, "NOTARY"), tenders=[check(10_00)])
    tess = on(station, "tess")
    with pytest.raises(ExerciseRefused, match="closed drawer"):
        begin_exercise(station, tess, None, "returned-check")
    commit_count(station, rosa, session, *count_all(station, session))
    close_drawer(station, rosa, session, "")
    assert "check 1041 of 10.00" in begin_exercise(station, tess, None, "returned-check").task


def test_there_are_enough_exercises_and_each_has_its_own_code() -> None:
    assert len(EXERCISES) >= 10
    assert len({one.code for one in EXERCISES}) == len({one.title for one in EXERCISES}) == len(EXERCISES)


def test_real_and_demo_cities_have_no_exercises(station: Station) -> None:
    rosa, session = at_work(station)
    for ledger in ("DEMO-1", "ALDER"):
        station.place = replace(station.place, ledger=ledger)
        with pytest.raises(ExerciseRefused, match="training city"):
            begin_exercise(station, rosa, session, "exact-cash")


def test_in_training_no_drawer_opens_whatever_printer_is_there(station: Station) -> None:
    rosa, session = at_work(station)
    assert printer_of(station).has_drawer
    begin_exercise(station, rosa, session, "exact-cash")
    (key,) = given_bills(station)
    cart = cart_of(station, open_account(station, key))
    taken = take_payment(station, session, cart, [cash(cart.total)])
    assert not taken.opens_drawer
    seq = open_without_sale(station, rosa, session, "change")
    for each in (taken.seq, seq):
        assert kick_drawer(station, run_here(station), each) == "in training it stays shut"
    assert printer_of(station).kicks == 0
    assert station.db.execute("SELECT count(*) FROM print_job WHERE kind = 'drawer'").fetchone() == (0,)
