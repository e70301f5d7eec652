"""Change for a drawer out of the safe: equal worth, two people, on record; what is expected stays as it is."""

from __future__ import annotations

import pytest

from counter_station import drawer_of, kinds, last, on
from countertui.counter.close_drawer import close_drawer, commit_count
from countertui.counter.drafts import Form, draft_of, keep_draft
from countertui.counter.figures import figures_of
from countertui.counter.fund_change import ask_change, change_fund, change_wanted
from countertui.counter.station import Person, Session, Station
from countertui.domain.drawers import cash_count
from countertui.domain.fund_changes import FundChangeRefused, is_request_sound, is_sound
from countertui.domain.rights import NotAllowed

TWENTIES = cash_count({20_00: 2})
FIVES = cash_count({5_00: 8})


@pytest.fixture
def rosa(station: Station) -> Person:
    return on(station, "rosa")


@pytest.fixture
def lena(station: Station) -> Person:
    return on(station, "lena")


@pytest.fixture
def session(station: Station, rosa: Person) -> Session:
    return drawer_of(station, rosa)


def test_change_is_on_record_with_both_and_moves_nothing(
    station: Station, rosa: Person, lena: Person, session: Session
) -> None:
    keep_draft(station, rosa, Form.FUND_CHANGE, session.id, {"out 2000": "2"})
    before = figures_of(station, session).expected()
    change_fund(station, rosa, session, TWENTIES, FIVES, lena)
    record = last(station)
    assert [record[name] for name in ("kind", "operator", "approver")] == ["fund_change", "rosa", "lena"]
    assert is_sound(record["data"])
    assert figures_of(station, session).expected() == before
    assert draft_of(station, rosa, Form.FUND_CHANGE, session.id) is None
    (slip,) = station.db.execute("SELECT document FROM print_job WHERE kind = 'fund_change'").fetchone()
    assert all(words in slip for words in ("8 x 5.00", "2 x 20.00", "Each is worth"))
    commit_count(station, rosa, session, cash_count({20_00: 10}), {})
    assert all(each.cents == 0 for each in close_drawer(station, rosa, session, "").over_short)


def test_nothing_is_recorded_of_what_is_refused(station: Station, rosa: Person, lena: Person, session: Session) -> None:
    ben = on(station, "ben")
    before = kinds(station)
    with pytest.raises(FundChangeRefused, match=r"20\.00 more leaves"):
        change_fund(station, rosa, session, TWENTIES, cash_count({5_00: 4}), lena)
    with pytest.raises(FundChangeRefused, match="more than this drawer"):
        change_fund(station, rosa, session, cash_count({100_00: 3}), cash_count({50_00: 6}), lena)
    for asks, gives in ((rosa, rosa), (rosa, ben), (ben, lena), (lena, lena)):
        with pytest.raises(NotAllowed):
            change_fund(station, asks, session, TWENTIES, FIVES, gives)
    assert kinds(station) == before


def test_a_closed_drawer_gets_none(station: Station, rosa: Person, lena: Person, session: Session) -> None:
    commit_count(station, rosa, session, cash_count({20_00: 10}), {})
    close_drawer(station, rosa, session, "")
    with pytest.raises(FundChangeRefused, match="closed"):
        change_fund(station, rosa, session, TWENTIES, FIVES, lena)


def test_change_is_asked_for_and_answered_later(station: Station, rosa: Person, lena: Person, session: Session) -> None:
    asked = ask_change(station, rosa, session, FIVES)
    also = ask_change(station, rosa, session, cash_count({1_00: 20}))
    assert is_request_sound(last(station)["data"])
    assert [each.seq for each in change_wanted(station, session)] == [asked, also]
    (slip,) = station.db.execute("SELECT document FROM print_job WHERE kind = 'fund_request'").fetchone()
    assert "CHANGE WANTED" in slip
    change_fund(station, rosa, session, TWENTIES, FIVES, lena)
    assert last(station)["data"]["request_seq"] == asked
    assert [(each.seq, each.cents) for each in change_wanted(station, session)] == [(also, 20_00)]
    change_fund(station, rosa, session, TWENTIES, FIVES, lena)
    assert "request_seq" not in last(station)["data"]
    with pytest.raises(FundChangeRefused, match="Nothing is wanted"):
        ask_change(station, rosa, session, cash_count({}))
    with pytest.raises(NotAllowed):
        ask_change(station, lena, session, FIVES)
