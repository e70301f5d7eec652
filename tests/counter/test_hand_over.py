"""A drawer goes from one operator to another: on record with both; cut off anywhere it is nobody's twice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from counter_station import FUND, drawer_of, kinds, last, on, pay
from countertui.counter.close_drawer import close_drawer, commit_count
from countertui.counter.drafts import Form, forms, keep_draft
from countertui.counter.drop_cash import drop_cash
from countertui.counter.hand_over import close_to_hand_over, handing_over, take_over
from countertui.counter.open_drawer import DrawerRefused, LeadNeeded, open_drawer, session_of
from countertui.counter.open_sessions import open_sessions
from countertui.counter.station import Person, Session, Station
from countertui.counter.today import today
from countertui.domain.drawers import business_date, cash_count
from countertui.domain.hand_overs import HandOverRefused, is_sound
from countertui.domain.rights import NotAllowed


@pytest.fixture
def rosa(station: Station) -> Person:
    return on(station, "rosa")


@pytest.fixture
def session(station: Station, rosa: Person) -> Session:
    return drawer_of(station, rosa)


def _closed(station: Station, person: Person, session: Session) -> None:
    pay(station, session)
    drop_cash(station, person, session, "B1", cash_count({10_00: 1}))
    commit_count(station, person, session, cash_count({10_00: 20}), {})
    close_drawer(station, person, session, "x")


def test_both_sessions_both_counts_and_both_people_are_on_record(
    station: Station, rosa: Person, session: Session
) -> None:
    ben = on(station, "ben")
    _closed(station, rosa, session)
    opened = take_over(station, rosa, session, ben, FUND)
    record = last(station)
    assert kinds(station)[-5:] == ["drop", "count", "close", "open", "hand_over"]
    assert [record[name] for name in ("operator", "approver", "session")] == ["ben", "rosa", opened.id]
    assert is_sound(record["data"])
    data = record["data"]
    assert (data["from_session"], data["to_session"]) == (session.id, opened.id)
    assert (data["left_cents"], data["found_cents"], data["difference_cents"]) == (200_00, 200_00, 0)
    assert session_of(station, ben) == opened
    assert opened.biz_date == session.biz_date
    (slip,) = station.db.execute("SELECT document FROM print_job WHERE kind = 'hand_over'").fetchone()
    assert "Bag B1 in the safe" in slip


def test_another_count_than_the_fund_needs_a_lead_and_is_told(station: Station, rosa: Person, session: Session) -> None:
    ben = on(station, "ben")
    _closed(station, rosa, session)
    before = kinds(station)
    short = cash_count({10_00: 19})
    with pytest.raises(LeadNeeded):
        take_over(station, rosa, session, ben, short)
    assert kinds(station) == before
    take_over(station, rosa, session, ben, short, on(station, "lena"))
    assert last(station)["data"]["difference_cents"] == -10_00


def test_what_is_no_hand_over_changes_nothing(station: Station, rosa: Person, session: Session) -> None:
    ben, lena = on(station, "ben"), on(station, "lena")
    before = kinds(station)
    with pytest.raises(HandOverRefused, match="not closed"):
        take_over(station, rosa, session, ben, FUND)
    assert kinds(station) == before
    _closed(station, rosa, session)
    before = kinds(station)
    for giver, taker in ((rosa, rosa), (rosa, lena), (lena, ben)):
        with pytest.raises(NotAllowed):
            take_over(station, giver, session, taker, FUND)
    assert kinds(station) == before
    open_drawer(station, ben, session.drawer, business_date(today(station, station.db)), FUND)
    with pytest.raises(DrawerRefused):
        take_over(station, rosa, session, on(station, "mei"), FUND)


def test_a_drawer_that_a_lead_closed_is_nobodys_to_hand_over(station: Station, rosa: Person, session: Session) -> None:
    lena = on(station, "lena")
    commit_count(station, lena, session, FUND, {})
    close_drawer(station, lena, session, "They went home", on(station, "mei"))
    with pytest.raises(HandOverRefused, match="Somebody else"):
        take_over(station, rosa, session, on(station, "ben"), FUND)


@pytest.mark.parametrize("records", range(5))
def test_cut_off_between_two_records_either_goes_on_and_nobody_has_it_twice(
    station: Station, rosa: Person, session: Session, records: int
) -> None:
    ben = on(station, "ben")
    steps = (
        lambda: pay(station, session),
        lambda: drop_cash(station, rosa, session, "B1", cash_count({10_00: 1})),
        lambda: commit_count(station, rosa, session, cash_count({10_00: 20}), {}),
        lambda: close_drawer(station, rosa, session, "x"),
        lambda: open_drawer(station, ben, "D1", business_date(session.biz_date), FUND),
    )
    for step in steps[: records + 1]:
        step()
    mine, theirs = session_of(station, rosa), session_of(station, ben)
    assert (mine is not None) is (records < 3)
    assert (theirs is not None) is (records == 4)
    assert len(open_sessions(station)) <= 1
    if records == 3:
        assert open_drawer(station, rosa, "D1", business_date(session.biz_date), FUND).operator == "rosa"


def _half(station: Station, rosa: Person, session: Session) -> Person:
    """Rosa's drawer is closed for somebody to take it over, and then the program is cut off."""
    commit_count(station, rosa, session, FUND, {})
    close_to_hand_over(station, rosa, session, "")
    return on(station, "ben")


def _set_aside(station: Station) -> list[tuple[Form, str, str]]:
    return [(one.form, one.about, one.operator) for one in forms(station)]


def test_what_is_cut_off_after_the_close_is_set_aside_and_gone_on_with(
    station: Station, rosa: Person, session: Session
) -> None:
    ben = _half(station, rosa, session)
    assert _set_aside(station) == [(Form.HAND_OVER, session.id, "rosa")]
    half = handing_over(station, rosa, session.id)
    assert (half.closed, half.taker, half.pieces) == (session, "", [])
    take_over(station, rosa, half.closed, ben, FUND)
    assert kinds(station)[-2:] == ["open", "hand_over"]
    assert _set_aside(station) == []
    with pytest.raises(HandOverRefused, match="ben opened drawer D1"):
        handing_over(station, rosa, session.id)


def test_what_is_cut_off_after_the_opening_lacks_the_record_alone(
    station: Station, rosa: Person, session: Session
) -> None:
    ben = _half(station, rosa, session)
    opened = open_drawer(station, ben, "D1", business_date(session.biz_date), FUND)
    half = handing_over(station, rosa, session.id)
    assert (half.taker, sum(cents * number for cents, number in half.pieces)) == ("ben", FUND.total)
    with pytest.raises(HandOverRefused, match=r"opened with 200\.00"):
        take_over(station, rosa, half.closed, ben, cash_count({10_00: 19}))
    assert take_over(station, rosa, half.closed, ben, FUND) == opened
    assert kinds(station)[-2:] == ["open", "hand_over"]
    assert last(station)["data"]["open_seq"] == opened.open_seq
    assert _set_aside(station) == []
    with pytest.raises(HandOverRefused, match="since"):
        take_over(station, rosa, half.closed, ben, FUND)


def test_a_drawer_that_somebody_had_since_is_not_handed_over(station: Station, rosa: Person, session: Session) -> None:
    ben = _half(station, rosa, session)
    theirs = drawer_of(station, ben)
    commit_count(station, ben, theirs, FUND, {})
    close_drawer(station, ben, theirs, "")
    with pytest.raises(HandOverRefused, match="since"):
        handing_over(station, rosa, session.id)
    before = kinds(station)
    with pytest.raises(HandOverRefused, match="since"):
        take_over(station, rosa, session, ben, FUND)
    assert kinds(station) == before


def test_a_third_person_who_opens_the_drawer_ends_the_hand_over(
    station: Station, rosa: Person, session: Session
) -> None:
    _half(station, rosa, session)
    keep_draft(station, rosa, Form.HAND_OVER, session.id, {"drawer": "D1", "taker": "ben", "1000": "20"})
    theirs = drawer_of(station, on(station, "mei"))
    assert theirs.drawer == session.drawer
    assert _set_aside(station) == []


def test_who_was_to_take_it_may_open_it_and_both_sign_later_until_it_is_closed(
    station: Station, rosa: Person, session: Session
) -> None:
    ben = _half(station, rosa, session)
    keep_draft(station, rosa, Form.HAND_OVER, session.id, {"drawer": "D1", "taker": "BEN"})
    theirs = drawer_of(station, ben)
    assert _set_aside(station) == [(Form.HAND_OVER, session.id, "rosa")]
    commit_count(station, ben, theirs, FUND, {})
    close_drawer(station, ben, theirs, "")
    assert _set_aside(station) == []


def test_a_hand_over_of_another_day_is_over(station: Station, rosa: Person, session: Session) -> None:
    ben = _half(station, rosa, session)
    tomorrow = business_date(session.biz_date) + timedelta(days=1)
    open_drawer(station, ben, "D1", tomorrow, FUND)
    assert _set_aside(station) == []


def test_another_drawer_leaves_a_hand_over_as_it_is(station: Station, rosa: Person, session: Session) -> None:
    ben = _half(station, rosa, session)
    open_drawer(station, ben, "D2", business_date(session.biz_date), FUND)
    assert _set_aside(station) == [(Form.HAND_OVER, session.id, "rosa")]
