"""Until when what waits must be at the bank: from a drawer's first receipt on, by the city's rows."""

from __future__ import annotations

import json
from dataclasses import replace

from counter.test_deposits import put, shut, worked
from counter_station import cart_of, drawer_of, fee, on, pay
from countertui.counter.deposit_view import deposit_view
from countertui.counter.station import Station
from countertui.domain.deposit_deadlines import Deadline, DepositRules, Way


def going_by(station: Station, *rows: Deadline) -> None:
    station.rules = replace(station.rules, deposits=DepositRules(rows))


def test_money_is_due_a_day_after_a_drawer_took_the_first_of_it(station: Station) -> None:
    going_by(station, Deadline(Way.HOURS, 24))
    assert deposit_view(station).due is None, "nothing waits"
    session = drawer_of(station, on(station, "rosa"))
    station.clock.set("2026-11-23T10:15:40")
    pay(station, session)
    station.clock.set("2026-11-23T16:30:00")
    pay(station, session)
    price = cart_of(station, fee(station)).total
    assert deposit_view(station).due is None, "an open drawer's money is not told before it is counted"
    shut(station, session, 2 * price)
    found = deposit_view(station).due
    assert found is not None
    assert found.words == "due by Tue 24 Nov, 10:15"
    station.clock.set("2026-11-24T12:15:00")
    found = deposit_view(station).due
    assert found is not None
    assert found.words == "overdue since Tue 24 Nov, 10:15, 2 hours"
    put(station, 2 * price)
    assert deposit_view(station).due is None


def test_a_drawer_that_took_nothing_is_never_overdue(station: Station) -> None:
    going_by(station, Deadline(Way.HOURS, 24))
    shut(station, drawer_of(station, on(station, "rosa")), 0)
    shut(station, drawer_of(station, on(station, "ben"), "D2"), -1_00, reason="a note lacks")
    station.clock.set("2026-11-27T12:15:00")
    assert deposit_view(station).due is None


def test_the_slip_says_it_and_an_office_of_its_own_goes_by_its_own_rows(station: Station) -> None:
    going_by(station, Deadline(Way.HOURS, 24), Deadline(Way.DAYS, 3, office="HALL"))
    put(station, worked(station, checks=()))
    ((text,),) = station.db.execute("SELECT document FROM print_job WHERE kind = 'deposit'").fetchall()
    assert {"t": "pair", "l": "At the bank by", "r": "Thu 26 Nov"} in json.loads(text)["blocks"]


def test_a_city_without_rows_has_no_deadline(station: Station) -> None:
    going_by(station)
    price = worked(station, checks=())
    assert deposit_view(station).due is None
    put(station, price)
    ((text,),) = station.db.execute("SELECT document FROM print_job WHERE kind = 'deposit'").fetchall()
    assert "At the bank by" not in text
