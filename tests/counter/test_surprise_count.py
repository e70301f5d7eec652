"""A lead counts a running drawer by surprise: blind, on record, no money moved, a slip, and the Z report lists it."""

from __future__ import annotations

import pytest

from counter_station import drawer_of, kinds, last, on, pay
from countertui.counter.close_drawer import close_drawer, commit_count
from countertui.counter.drafts import Form, draft_of, keep_draft
from countertui.counter.figures import figures_of
from countertui.counter.reports import x_report, z_report
from countertui.counter.station import Person, Session, Station
from countertui.counter.surprise_count import surprise_count
from countertui.domain.drawers import TenderCount, cash_count
from countertui.domain.money import Cents
from countertui.domain.rights import NotAllowed
from countertui.domain.surprise_counts import SurpriseRefused, is_sound
from countertui.domain.tenders import TenderKind

NINETEEN = cash_count({10_00: 19})
A_CHECK = {TenderKind.CHECK: TenderCount(TenderKind.CHECK, 1, Cents(4_00))}


@pytest.fixture
def rosa(station: Station) -> Person:
    return on(station, "rosa")


@pytest.fixture
def lena(station: Station) -> Person:
    return on(station, "lena")


@pytest.fixture
def session(station: Station, rosa: Person) -> Session:
    return drawer_of(station, rosa)


def test_what_is_found_is_on_record_and_moves_nothing(
    station: Station, rosa: Person, lena: Person, session: Session
) -> None:
    keep_draft(station, lena, Form.SURPRISE, session.id, {"1000": "19"})
    before = figures_of(station, session).expected()
    found = surprise_count(station, lena, session, NINETEEN, A_CHECK, "monthly", rosa)
    assert {each.kind: (each.cents, each.count) for each in found if each.cents} == {
        TenderKind.CASH: (-10_00, 0),
        TenderKind.CHECK: (4_00, 1),
    }
    record = last(station)
    assert [record[name] for name in ("kind", "operator", "approver")] == ["surprise_count", "lena", "rosa"]
    assert is_sound(record["data"])
    assert record["data"]["reason"] == "monthly"
    assert figures_of(station, session).expected() == before
    assert draft_of(station, lena, Form.SURPRISE, session.id) is None
    (slip,) = station.db.execute("SELECT document FROM print_job WHERE kind = 'surprise_count'").fetchone()
    assert all(
        word in slip for word in ("SURPRISE COUNT", "signed with their PIN", "short 10.00", "over 4.00", "monthly")
    )


def test_the_x_report_tells_it_and_the_z_report_what_it_showed(
    station: Station, rosa: Person, lena: Person, session: Session
) -> None:
    surprise_count(station, lena, session, NINETEEN, {}, "")
    own = x_report(station, rosa, session)
    assert any("Surprise counts" in row for row in own)
    assert not any("short 10.00" in row for row in own), "a cashier's X report tells no money"
    commit_count(station, rosa, session, cash_count({10_00: 20}), {})
    close_drawer(station, rosa, session, "")
    told = z_report(station, session.id)
    assert any("short 10.00" in row for row in told)
    assert any("PIN was not given" in row for row in told)
    assert kinds(station)[-3:] == ["surprise_count", "count", "close"]


def test_nobody_counts_their_own_and_nobody_without_the_right(station: Station, rosa: Person, session: Session) -> None:
    others = on(station, "ben"), on(station, "tess")
    for person in (rosa, *others):
        with pytest.raises(NotAllowed):
            surprise_count(station, person, session, NINETEEN, {}, "")
    lena = on(station, "lena")
    with pytest.raises(NotAllowed, match="drawer of"):
        surprise_count(station, lena, session, NINETEEN, {}, "", others[0])
    assert "surprise_count" not in kinds(station)


def test_a_closed_drawer_is_not_counted(station: Station, rosa: Person, lena: Person, session: Session) -> None:
    pay(station, session)
    commit_count(station, rosa, session, cash_count({10_00: 21}), {})
    close_drawer(station, rosa, session, "x")
    with pytest.raises(SurpriseRefused, match="closed"):
        surprise_count(station, lena, session, NINETEEN, {}, "")
    assert "surprise_count" not in kinds(station)


def test_a_lead_who_has_a_drawer_of_their_own_does_not_count_it_by_surprise(station: Station) -> None:
    ivan = on(station, "ivan")
    own = drawer_of(station, ivan)
    with pytest.raises(NotAllowed):
        surprise_count(station, ivan, own, NINETEEN, {}, "")
    assert "surprise_count" not in kinds(station)
