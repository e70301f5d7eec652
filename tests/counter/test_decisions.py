"""What a lead decided at the ledger: shown instead of asked, and carried out by the terminal where the money is."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

import pytest

from counter_day import count_all
from counter_station import at_work, body, clock_of, close, drawer_of, kinds, last, on, open_station, pay
from countertui.counter.close_drawer import close_drawer, commit_count
from countertui.counter.decisions import carry_out, decided_requests
from countertui.counter.receipts import open_requests, receipts
from countertui.counter.refund_receipt import RefundRefused, approve_request, ask_refund
from countertui.counter.station import Person, Session, Station
from countertui.counter.void_receipt import VoidRefused, ask_void, refuse_request
from countertui.domain.record_data import RefundMethod


def decide(station: Station, verdict: str, carried_by: str = "terminal", by: str = "lena") -> Station:
    """A snapshot that says what lena decided on the last request here."""
    row = (station.place.terminal, station.place.epoch, last(station)["seq"], "T1-1", verdict, carried_by, by)
    close(station)
    path = station.store.folder / "reference.db"
    data = path.read_bytes()  # other tests' folders share the file
    path.unlink()
    path.write_bytes(data)
    with sqlite3.connect(path) as db:
        db.execute("INSERT INTO decision VALUES (?, ?, ?, ?, ?, ?, 'Seen', ?, '2026-11-23T10:00:00Z', 7)", row)
    db.close()
    return open_station(station.store.folder, clock_of(station))


def asked_void(station: Station) -> tuple[Person, Session]:
    rosa, session = at_work(station)
    pay(station, session)
    ask_void(station, rosa, "T1-1", "Wrong account")
    return rosa, session


def asked_refund(station: Station, method: RefundMethod) -> tuple[Person, Session]:
    rosa, session = at_work(station)
    pay(station, session)
    commit_count(station, rosa, session, *count_all(station, session))
    close_drawer(station, rosa, session, "")
    again = drawer_of(station, rosa)
    pay(station, again)
    ask_refund(station, rosa, "T1-1", "Paid twice", method, again)
    return rosa, again


def test_an_approved_void_of_an_open_drawer_is_carried_out_by_a_record_that_names_it(station: Station) -> None:
    rosa, _ = asked_void(station)
    station = decide(station, "approve")
    assert open_requests(station) == []
    assert [row.receipt_no for row in decided_requests(station)] == ["T1-1"]
    assert "is VOID, as lena decided. Give back cash 10.00." in carry_out(station, rosa, "T1-1")
    made = last(station)
    assert (made["kind"], made["operator"], made["approver"], made["data"]["decision"]) == ("void", "rosa", "lena", 7)
    assert made["data"]["carried_out_by"] == "rosa"
    assert decided_requests(station) == []
    assert receipts(station)[0].state == "void"
    with pytest.raises(VoidRefused, match="Nothing waits"):
        carry_out(station, rosa, "T1-1")
    close(station)


def test_a_refusal_lets_the_receipt_stand_and_be_asked_about_again(station: Station) -> None:
    rosa, _ = asked_void(station)
    station = decide(station, "refuse", "ledger")
    assert "receipt T1-1 stands" in carry_out(station, rosa, "T1-1")
    made = last(station)
    assert (made["kind"], made["operator"], made["data"]["decision"]) == ("void_refusal", "lena", 7)
    ask_void(station, rosa, "T1-1", "Once more")
    assert [row.receipt_no for row in open_requests(station)] == ["T1-1"]
    close(station)


def test_what_the_ledger_refunds_itself_leaves_nothing_to_do(station: Station) -> None:
    rosa, session = asked_refund(station, RefundMethod.AP_CHECK)
    station = decide(station, "approve", "ledger")
    assert open_requests(station) == decided_requests(station) == []
    assert {row.receipt_no: row.state for row in receipts(station)}["T1-1"] == "refunded"
    with pytest.raises(VoidRefused, match="Nothing waits"):
        carry_out(station, rosa, "T1-1", session)
    close(station)


def test_a_refund_in_cash_is_paid_from_the_open_drawer(station: Station) -> None:
    rosa, session = asked_refund(station, RefundMethod.CASH)
    station = decide(station, "approve")
    assert "Give the cash" in carry_out(station, rosa, "T1-1", session)
    made = last(station)
    assert (made["kind"], made["session"], made["approver"]) == ("refund", session.id, "lena")
    assert (made["data"]["method"], made["data"]["decision"]) == ("cash", 7)
    assert made["data"]["carried_out_by"] == "rosa", "who gave the cash out"
    close(station)


@pytest.mark.parametrize("asked", [asked_void, lambda station: asked_refund(station, RefundMethod.CASH)])
def test_who_decided_at_the_ledger_does_not_give_the_money_back(
    station: Station, asked: Callable[[Station], tuple[Person, Session]]
) -> None:
    rosa, session = asked(station)
    station = decide(station, "approve", by="ROSA")
    with pytest.raises(RefundRefused, match="does not give the money back"):
        carry_out(station, rosa, "T1-1", session)
    assert "refund" not in kinds(station)
    assert "void" not in kinds(station)
    close(station)


def test_a_void_approved_at_the_ledger_and_closed_meanwhile_becomes_an_ap_check(station: Station) -> None:
    rosa, session = asked_void(station)
    station = decide(station, "approve")
    commit_count(station, rosa, session, *count_all(station, session))
    close_drawer(station, rosa, session, "")
    assert "AP check" in carry_out(station, rosa, "T1-1")
    assert last(station)["data"]["method"] == "ap_check"
    close(station)


@pytest.mark.parametrize("verdict", ["approve", "refuse"])
def test_what_is_decided_at_the_ledger_is_not_decided_here_again(station: Station, verdict: str) -> None:
    asked_void(station)
    station = decide(station, verdict)
    before = kinds(station)
    hugo = on(station, "hugo")
    with pytest.raises(VoidRefused, match="lena decided on receipt T1-1"):
        approve_request(station, hugo, "T1-1")
    with pytest.raises(VoidRefused, match="lena decided"):
        refuse_request(station, hugo, "T1-1", "No")
    assert [kind for kind in kinds(station)[len(before) :] if kind != "login"] == []
    assert body(station, last(station)["seq"])["kind"] == "login"
    close(station)
