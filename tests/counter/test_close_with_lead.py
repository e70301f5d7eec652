"""A drawer far off, or counted too often, goes on with a lead; an absent operator's takes two people."""

from __future__ import annotations

from dataclasses import replace

import pytest

from counter_station import drawer_of, kinds, last, on
from countertui.counter.close_drawer import CloseNeedsLead, CloseNeedsSecond, close_drawer, commit_count
from countertui.counter.reports import z_report
from countertui.counter.station import Person, Session, Station
from countertui.domain.drawers import cash_count
from countertui.domain.money import Cents
from countertui.domain.rights import NotAllowed

EVEN = cash_count({10_00: 20})
SHORT = cash_count({10_00: 17})
"""30.00 short of the fund."""


@pytest.fixture
def rosa(station: Station) -> Person:
    station.rules = replace(station.rules, over_short_lead_above=Cents(20_00), most_counts=2)
    return on(station, "rosa")


@pytest.fixture
def session(station: Station, rosa: Person) -> Session:
    return drawer_of(station, rosa)


def test_a_large_difference_is_closed_with_a_lead(station: Station, rosa: Person, session: Session) -> None:
    commit_count(station, rosa, session, SHORT, {})
    with pytest.raises(CloseNeedsLead):
        close_drawer(station, rosa, session, "A bag is missing")
    for nobody in (rosa, on(station, "ben")):
        with pytest.raises(NotAllowed):
            close_drawer(station, rosa, session, "A bag is missing", nobody)
    assert last(station)["kind"] != "close"
    close_drawer(station, rosa, session, "A bag is missing", on(station, "lena"))
    assert (last(station)["kind"], last(station)["approver"]) == ("close", "lena")
    assert any("Difference seen by" in row and "Lena" in row for row in z_report(station, session.id))


def test_at_the_limit_nobody_is_asked(station: Station, rosa: Person, session: Session) -> None:
    commit_count(station, rosa, session, cash_count({10_00: 18}), {})
    close_drawer(station, rosa, session, "A bag is missing")
    assert last(station)["approver"] is None


def test_more_counts_than_the_city_has_need_a_lead(station: Station, rosa: Person, session: Session) -> None:
    for _ in range(2):
        commit_count(station, rosa, session, SHORT, {})
    before = last(station)["seq"]
    with pytest.raises(CloseNeedsLead, match="counted 2 times"):
        commit_count(station, rosa, session, EVEN, {})
    assert last(station)["seq"] == before
    commit_count(station, rosa, session, EVEN, {}, on(station, "lena"))
    assert (last(station)["kind"], last(station)["approver"]) == ("count", "lena")
    close_drawer(station, rosa, session, "")
    assert last(station)["data"]["counts"] == 3


def test_an_absent_operators_drawer_is_closed_by_two_people(station: Station, session: Session) -> None:
    lena = on(station, "lena")
    for _ in range(3):
        commit_count(station, lena, session, SHORT, {})
    with pytest.raises(CloseNeedsSecond):
        close_drawer(station, lena, session, "They went home")
    for nobody in ("lena", "rosa", "ada"):
        with pytest.raises(NotAllowed):
            close_drawer(station, lena, session, "They went home", on(station, nobody))
    assert "close" not in kinds(station)
    close_drawer(station, lena, session, "They went home", on(station, "ben"))
    assert (last(station)["operator"], last(station)["approver"]) == ("lena", "ben")
    assert any("Counted along" in row and "Ben" in row for row in z_report(station, session.id))
