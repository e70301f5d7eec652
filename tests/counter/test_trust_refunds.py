"""Deposits given back: asked by one, approved by another, not before their day, never more than is held."""

from __future__ import annotations

import pytest

from counter.test_trust import drawn_for, held, owed_line, pair
from counter_station import at_work, body, cart_of, cash, fee, kinds, last, on, pay_on, reopened
from counter_station import close as close_station
from countertui.counter.station import Station
from countertui.counter.take_payment import take_payment
from countertui.counter.trust import deposit_of, draw_line
from countertui.counter.trust_refunds import (
    approve_trust_refund,
    ask_trust_refund,
    refunds_asked,
    refuse_trust_refund,
)
from countertui.counter.void_receipt import void_now
from countertui.domain.money import Cents
from countertui.domain.rights import NotAllowed
from countertui.domain.trust import NotReleased, Overdrawn, TrustRefused


def released(station: Station) -> str:
    """A deposit with money whose day of release has come, or which has none."""
    return next(
        row.number
        for row in station.reference.trust.deposits()
        if (row.release_on or "") <= "2026-11-23" and deposit_of(station, station.db, row.number).held > 200_00
    )


def kept_back(station: Station) -> str:
    return next(
        row.number
        for row in station.reference.trust.deposits()
        if (row.release_on or "") > "2026-11-23" and deposit_of(station, station.db, row.number).held > 200_00
    )


def test_a_refund_takes_two_people_and_no_money_from_the_drawer(station):
    person, session = at_work(station)
    number = released(station)
    before = deposit_of(station, station.db, number).held
    ask_trust_refund(station, person, number, Cents(100_00), "Project done", session)
    asked = last(station)
    assert deposit_of(station, station.db, number).available == before - 100_00
    (one,) = refunds_asked(station)
    assert (one.account, one.cents, one.reason, one.operator) == (number, 100_00, "Project done", "rosa")
    approve_trust_refund(station, on(station, "lena"), one.seq, session)
    made = last(station)
    assert (made["kind"], made["operator"], made["approver"]) == ("trust_refund", "rosa", "lena")
    assert made["data"] == asked["data"] | {"request_seq": asked["seq"]}
    assert (made["cum_net"], refunds_asked(station)) == (0, [])
    again = reopened(station)
    now = deposit_of(again, again.db, number)
    assert (now.held, now.asked) == (before - 100_00, 0)
    close_station(again)


def test_nobody_approves_what_they_asked_for(station):
    lena = on(station, "lena")
    rosa, session = at_work(station)
    ask_trust_refund(station, rosa, released(station), Cents(1_00), "Done", session)
    seq = last(station)["seq"]
    for who in (rosa, on(station, "tess")):
        with pytest.raises(NotAllowed):
            approve_trust_refund(station, who, seq, session)
    ivan = on(station, "ivan")  # both cashier and lead
    ask_trust_refund(station, ivan, released(station), Cents(2_00), "Done", session)
    own = last(station)["seq"]
    with pytest.raises(NotAllowed, match="Nobody approves"):
        approve_trust_refund(station, ivan, own, session)
    with pytest.raises(NotAllowed, match="Nobody approves"):
        refuse_trust_refund(station, ivan, own, "No", session)
    approve_trust_refund(station, lena, seq, session)
    with pytest.raises(TrustRefused, match="answered before"):
        approve_trust_refund(station, lena, seq, session)
    with pytest.raises(TrustRefused, match="answered before"):
        refuse_trust_refund(station, lena, seq, "Too late", session)


def test_a_refused_refund_is_held_as_before(station):
    rosa, session = at_work(station)
    number = released(station)
    before = deposit_of(station, station.db, number)
    ask_trust_refund(station, rosa, number, Cents(1_00), "Done", session)
    (seq,) = (one.seq for one in refunds_asked(station))
    with pytest.raises(TrustRefused, match="reason"):
        refuse_trust_refund(station, on(station, "lena"), seq, " ", session)
    refuse_trust_refund(station, on(station, "lena"), seq, "Inspection is open", session)
    assert deposit_of(station, station.db, number) == before
    assert last(station)["data"]["request_seq"] == seq


def test_nothing_is_given_back_before_its_day_but_it_may_be_drawn_on(station):
    rosa, session = at_work(station)
    number = kept_back(station)
    with pytest.raises(NotReleased, match="is held until"):
        ask_trust_refund(station, rosa, number, Cents(1_00), "Done", session)
    cart = cart_of(station, fee(station))
    assert draw_line(station, cart, number, cart.total).drawn == cart.total


def test_no_more_is_asked_back_than_is_held_and_what_is_asked_back_is_not_drawn(station):
    rosa, session = at_work(station)
    number = released(station)
    have = deposit_of(station, station.db, number).held
    for bad in (0, have + 1):
        with pytest.raises(TrustRefused):
            ask_trust_refund(station, rosa, number, Cents(bad), "Done", session)
    ask_trust_refund(station, rosa, number, Cents(have), "Done", session)
    with pytest.raises(TrustRefused):
        ask_trust_refund(station, rosa, number, Cents(1), "Done", session)
    with pytest.raises(TrustRefused, match="holds nothing"):
        draw_line(station, cart_of(station, fee(station)), number, Cents(1_00))
    with pytest.raises(TrustRefused, match="no trust deposit"):
        ask_trust_refund(station, rosa, "AR-1001", Cents(1), "Done", session)
    with pytest.raises(TrustRefused, match="reason"):
        ask_trust_refund(station, rosa, number, Cents(1), "  ", session)
    assert kinds(station).count("trust_refund_request") == 1


def test_a_receipt_into_a_deposit_is_not_taken_back_once_it_was_drawn(station):
    rosa, session = at_work(station)
    number = pair()[0]
    had = held(station)
    taken = pay_on(station, session, number, 50_00)
    cart = cart_of(station, fee(station, "NOTARY*9"))
    whole = draw_line(station, cart_of(station, *cart.lines), number, Cents(cart.total))
    take_payment(station, session, cart_of(station, *cart.lines, whole), [], on(station, "lena"))
    ask_trust = held(station)
    assert ask_trust == had + 50_00 - cart.total
    void_now(station, rosa, on(station, "lena"), taken.receipt_no, "Wrong account")  # enough is left
    taken = pay_on(station, session, number, 50_00)
    drawn_for(station, session, owed_line(station))
    rest = held(station)
    big = cart_of(station, fee(station, "NOTARY*9999"))
    most = draw_line(station, big, number, Cents(rest - 10_00))
    take_payment(
        station, session, cart_of(station, *big.lines, most), [cash(big.total - most.drawn)], on(station, "lena")
    )
    with pytest.raises(Overdrawn, match=r"has 10\.00 left of the 50\.00"):
        void_now(station, rosa, on(station, "lena"), taken.receipt_no, "Wrong account")
    assert body(station, taken.seq)["kind"] == "pay"
