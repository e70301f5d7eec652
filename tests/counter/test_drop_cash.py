"""Cash dropped into the safe: out of the drawer's figures, in the session's record, each bag once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from counter_station import drawer_of, kinds, last, on, pay
from countertui.counter.close_drawer import close_drawer, commit_count
from countertui.counter.drop_cash import drop_cash, drops
from countertui.counter.print_queue import unprinted
from countertui.counter.reports import x_report, z_report
from countertui.counter.station import Person, Session, Station
from countertui.domain.drawers import cash_count
from countertui.domain.drops import DropNeedsLead, DropRefused
from countertui.domain.rights import NotAllowed
from countertui.domain.tenders import TenderKind

TWENTY = cash_count({10_00: 2})


@pytest.fixture
def rosa(station: Station) -> Person:
    return on(station, "rosa")


@pytest.fixture
def session(station: Station, rosa: Person) -> Session:
    return drawer_of(station, rosa)


def test_what_is_dropped_is_expected_in_the_drawer_no_more(station: Station, rosa: Person, session: Session) -> None:
    pay(station, session)
    drop_cash(station, rosa, session, "b-1", TWENTY, on(station, "ben"))
    record = last(station)
    assert (record["kind"], record["approver"], record["data"]["bag"]) == ("drop", "ben", "B-1")
    assert record["data"] == {"drawer": "D1", "bag": "B-1", "pieces": [[10_00, 2]], "cents": 20_00}
    assert [(each.bag, each.cents) for each in drops(station, session)] == [("B-1", 20_00)]
    assert [note.kind for note in unprinted(station)][-1] == "drop"
    assert any(
        "Dropped to the safe" in row and "-20.00" in row for row in x_report(station, on(station, "lena"), session)
    )
    found = commit_count(station, rosa, session, cash_count({10_00: 19}), {})
    assert {each.kind: each.cents for each in found}[TenderKind.CASH] == 0
    close_drawer(station, rosa, session, "")
    assert any("Dropped to the safe" in row for row in z_report(station, session.id))


def test_a_bag_is_used_once_and_nothing_is_recorded_of_what_is_refused(
    station: Station, rosa: Person, session: Session
) -> None:
    drop_cash(station, rosa, session, "B 1", TWENTY)
    others = on(station, "ben"), on(station, "lena")
    before = kinds(station)
    with pytest.raises(DropRefused, match="B1 was used before"):
        drop_cash(station, rosa, session, "b1", TWENTY)
    with pytest.raises(DropRefused, match="more than this drawer can hold"):
        drop_cash(station, rosa, session, "b2", cash_count({100_00: 2}))
    with pytest.raises(DropRefused, match="needs its bag"):
        drop_cash(station, rosa, session, " ", TWENTY)
    for person in others:
        with pytest.raises(NotAllowed):
            drop_cash(station, person, session, "B3", TWENTY)
    with pytest.raises(NotAllowed):
        drop_cash(station, rosa, session, "B3", TWENTY, rosa)
    assert kinds(station) == before


def test_a_closed_drawer_drops_nothing(station: Station, rosa: Person, session: Session) -> None:
    commit_count(station, rosa, session, cash_count({10_00: 20}), {})
    drop_cash(station, rosa, session, "B1", TWENTY)
    commit_count(station, rosa, session, cash_count({10_00: 18}), {})
    close_drawer(station, rosa, session, "")
    with pytest.raises(DropRefused, match="closed"):
        drop_cash(station, rosa, session, "B2", TWENTY)


def test_nobody_learns_what_is_expected_by_dropping_bag_after_bag(
    station: Station, rosa: Person, session: Session
) -> None:
    """200.00 are there: without a lead the first refusal is the last."""
    too_much = cash_count({100_00: 2, 1: 1})
    with pytest.raises(DropRefused, match="more than this drawer can hold"):
        drop_cash(station, rosa, session, "B1", too_much)
    before = kinds(station)
    for count in (too_much, TWENTY):
        with pytest.raises(DropNeedsLead):
            drop_cash(station, rosa, session, "B1", count)
    with pytest.raises(NotAllowed):
        drop_cash(station, rosa, session, "B1", TWENTY, on(station, "ben"))
    assert [kind for kind in kinds(station)[len(before) :] if kind != "login"] == []
    lena = on(station, "lena")
    with pytest.raises(DropRefused, match="more than this drawer can hold"):
        drop_cash(station, rosa, session, "B1", too_much, lena)
    drop_cash(station, rosa, session, "B1", TWENTY, lena)
    assert last(station)["approver"] == "lena"
    drop_cash(station, rosa, session, "B2", TWENTY)


def test_where_drawers_are_not_counted_blind_a_refused_bag_is_no_secret(
    station: Station, rosa: Person, session: Session
) -> None:
    station.rules = replace(station.rules, blind_count=False)
    with pytest.raises(DropRefused, match="more than this drawer can hold"):
        drop_cash(station, rosa, session, "B1", cash_count({100_00: 3}))
    drop_cash(station, rosa, session, "B1", TWENTY)
