"""One operator, one drawer, one business date; and nothing is taken before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from counter_station import (
    FUND,
    TODAY,
    at_work,
    cart_of,
    cash,
    clock_of,
    close,
    drawer_of,
    fee,
    last,
    on,
    pay,
    reopened,
)
from countertui.counter.close_drawer import close_drawer, commit_count
from countertui.counter.open_drawer import (
    DrawerRefused,
    LeadNeeded,
    drawers,
    open_drawer,
    session_of,
    suggested_business_date,
)
from countertui.counter.receipts import reprint
from countertui.counter.refund_receipt import approve_request
from countertui.counter.reports import x_report
from countertui.counter.seal_batch import seal_batch
from countertui.counter.station import Session, Station, StillChecking
from countertui.counter.take_payment import PaymentRefused, take_payment
from countertui.counter.void_receipt import ask_void, refuse_request, void_now
from countertui.domain.drawers import cash_count
from countertui.domain.rights import NotAllowed

SHORT = cash_count({20_00: 5, 10_00: 9})


def test_a_drawer_opens_with_its_fund(station: Station) -> None:
    rosa = on(station, "rosa")
    session = open_drawer(station, rosa, "D1", date(2026, 11, 25), FUND)
    assert (session.drawer, session.operator, session.biz_date) == ("D1", "rosa", "2026-11-25")
    assert (session.fund_cents, session.opening_cents) == (200_00, 200_00)
    record = last(station)
    assert (record["kind"], record["approver"], record["biz_date"]) == ("open", None, "2026-11-25")
    assert record["data"]["pieces"] == [[20_00, 5], [10_00, 10]]
    assert session_of(station, rosa) == session


def test_the_office_has_its_drawers_and_who_has_them_open(station: Station) -> None:
    assert [choice.code for choice in drawers(station)] == ["D1", "D2", "D3"]
    at_work(station)
    assert {choice.code: choice.open_by for choice in drawers(station)} == {"D1": "rosa", "D2": None, "D3": None}


def test_a_difference_from_the_fund_needs_a_lead(station: Station) -> None:
    rosa = on(station, "rosa")
    with pytest.raises(DrawerRefused, match=r"count is 190\.00; the fund is 200\.00"):
        open_drawer(station, rosa, "D1", TODAY, SHORT)
    with pytest.raises(NotAllowed):
        open_drawer(station, rosa, "D1", TODAY, SHORT, on(station, "ben"))
    session = open_drawer(station, rosa, "D1", TODAY, SHORT, on(station, "lena"))
    assert session.opening_cents == 190_00
    assert last(station)["approver"] == "lena"
    assert last(station)["data"]["reason"]
    told = " ".join(" ".join(x_report(station, rosa, session)).split())
    assert "Opening fund 200.00 Counted at the opening 190.00 Difference short 10.00 Seen by Lena" in told


def test_a_drawer_that_began_with_its_fund_says_that_alone(station: Station) -> None:
    rosa, session = at_work(station)
    told = " ".join(x_report(station, rosa, session))
    assert "Opening fund" in told
    assert "Counted at the opening" not in told


@pytest.mark.parametrize("far", [date(2036, 1, 1), date(2026, 12, 1), date(2025, 11, 23)])
def test_a_business_date_far_away_needs_a_lead(station: Station, far: date) -> None:
    rosa = on(station, "rosa")
    with pytest.raises(LeadNeeded, match=r"days (ahead|ago)"):
        open_drawer(station, rosa, "D1", far, FUND)
    assert open_drawer(station, rosa, "D1", far, FUND, on(station, "lena")).biz_date == far.isoformat()
    assert last(station)["approver"] == "lena"


def test_a_lead_does_not_approve_their_own_difference(station: Station) -> None:
    ivan = on(station, "ivan")
    with pytest.raises(NotAllowed, match="Nobody approves"):
        open_drawer(station, ivan, "D1", TODAY, SHORT, ivan)


def test_one_drawer_one_operator(station: Station) -> None:
    rosa, _ = at_work(station)
    with pytest.raises(DrawerRefused, match="open under rosa"):
        drawer_of(station, on(station, "ben"), "D1")
    with pytest.raises(DrawerRefused, match="already have drawer D1"):
        drawer_of(station, rosa, "D2")
    drawer_of(station, on(station, "ben"), "D2")


@pytest.mark.parametrize("drawer", ["D4", "", "d1", "T1"])
def test_only_a_drawer_of_this_office(station: Station, drawer: str) -> None:
    with pytest.raises(DrawerRefused, match="no such drawer"):
        drawer_of(station, on(station, "rosa"), drawer)


@pytest.mark.parametrize("id_", ["lena", "tess", "ada", "ken"])
def test_only_who_takes_money_opens_one(station: Station, id_: str) -> None:
    with pytest.raises(NotAllowed):
        drawer_of(station, on(station, id_))


def test_nothing_is_taken_before(station: Station) -> None:
    rosa = on(station, "rosa")
    never = Session("no such session", "D1", "rosa", rosa.name, "2026-11-23", 0, 0, 0)
    before = station.store.tip()
    with pytest.raises(PaymentRefused, match="drawer is closed"):
        take_payment(station, never, cart_of(station, fee(station)), [cash(10_00)])
    assert station.store.tip() == before


def test_nothing_is_taken_while_the_journal_is_checked(station: Station) -> None:
    rosa, session = at_work(station)
    ben, lena = on(station, "ben"), on(station, "lena")
    number = pay(station, session).receipt_no
    asked = pay(station, session).receipt_no
    ask_void(station, rosa, asked, "Wrong account")
    station.checking = True
    before = station.store.tip()
    acts: list[Callable[[], object]] = [
        lambda: pay(station, session),
        lambda: drawer_of(station, ben, "D2"),
        lambda: void_now(station, rosa, lena, number, "Wrong account"),
        lambda: ask_void(station, rosa, number, "Wrong account"),
        lambda: approve_request(station, lena, asked),
        lambda: refuse_request(station, lena, asked, "no"),
        lambda: reprint(station, rosa, number),
        lambda: commit_count(station, rosa, session, FUND, {}),
        lambda: seal_batch(station, rosa),
    ]
    for act in acts:
        with pytest.raises(StillChecking, match="still being checked"):
            act()
    assert station.store.tip() == before
    assert on(station, "mei").id == "mei", "people sign on meanwhile"
    station.checking = False
    commit_count(station, rosa, session, FUND, {})
    station.checking = True
    with pytest.raises(StillChecking):
        close_drawer(station, rosa, session, "both are missing")
    station.checking = False
    close_drawer(station, rosa, session, "both are missing")


def test_a_session_goes_on_after_a_restart(station: Station) -> None:
    rosa, session = at_work(station)
    again = reopened(station)
    assert session_of(again, rosa) == session
    assert session_of(again, on(again, "ben")) is None
    pay(again, session)
    close(again)


def test_the_clock_suggests_the_business_date_and_decides_nothing(station: Station) -> None:
    assert suggested_business_date(station) == "2026-11-23"
    clock_of(station).set("1970-01-01T00:00:00")
    _, session = at_work(station)
    assert session.biz_date == "2026-11-23"
    pay(station, session)
    assert last(station)["biz_date"] == "2026-11-23"
