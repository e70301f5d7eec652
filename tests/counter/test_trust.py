"""Trust deposits at the counter: received, drawn on for their own depositor, never below what they hold."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import ClassVar

import pytest

from counter_station import at_work, body, cart_of, cash, city, close, fee, kinds, last, on, pay, pay_on, reopened
from countertui.counter.cart import Held, park_cart, take_back
from countertui.counter.customer import show_cart
from countertui.counter.find import open_account, with_amount
from countertui.counter.receipts import receipt_text
from countertui.counter.renew_cart import renewed
from countertui.counter.station import Session, Station
from countertui.counter.take_payment import Taken, take_payment
from countertui.counter.tenders_allowed import TenderNotAllowed
from countertui.counter.trust import deposit_of, draw_line, drawable
from countertui.counter.void_receipt import void_now
from countertui.domain.money import Cents
from countertui.domain.receipts import AccountLine, CartLine
from countertui.domain.trust import Overdrawn, TrustRefused
from countertui.store.reference import Reference


@cache
def pair() -> tuple[str, str, int]:
    """A deposit that holds money, an account of the same party that owes less than that, and what it owes."""
    reference = Reference(city() / "reference.db")
    try:
        return reference.file.rows(
            "SELECT t.number, a.number, a.due_cents FROM account t JOIN account a USING (party)"
            " WHERE t.kind = 'trust' AND a.kind = 'license' AND a.due_cents BETWEEN 1 AND -t.due_cents LIMIT 1"
        )[0]  # type: ignore[return-value]
    finally:
        reference.close()


def held(station: Station) -> int:
    return deposit_of(station, station.db, pair()[0]).held


def drawn_for(station: Station, session: Session, *lines: CartLine, cents: int | None = None) -> Taken:
    """A cart paid by the deposit, or cents of it, and the rest in cash."""
    cart = cart_of(station, *lines)
    draw = draw_line(station, cart, pair()[0], Cents(cart.total if cents is None else cents))
    cart = cart_of(station, *lines, draw)
    return take_payment(station, session, cart, [cash(cart.total)] if cart.total else [])


def owed_line(station: Station) -> AccountLine:
    return open_account(station, pair()[1])


def test_a_deposit_received_is_held_here_at_once(station):
    _, session = at_work(station)
    before = held(station)
    pay_on(station, session, pair()[0], 75_00)
    assert held(station) == before + 75_00
    (part,) = last(station)["data"]["lines"][0]["allocations"]
    assert (part["charge"], part["gl"], part["cents"]) == (None, "800-2810", 75_00)


def test_a_draw_pays_for_the_same_party_and_no_money_is_taken(station):
    _, session = at_work(station)
    before, owes = held(station), pair()[2]
    assert pair()[0] in [one.account for one in drawable(station, cart_of(station, owed_line(station)))]
    taken = drawn_for(station, session, owed_line(station))
    made = last(station)
    assert (taken.total_cents, made["cum_net"]) == (0, 0)
    assert [line["cents"] for line in made["data"]["lines"]] == [owes, -owes]
    assert made["data"]["tenders"] == []
    assert held(station) == before - owes
    assert not open_account(station, pair()[1]).amount
    text = "\n".join(receipt_text(station, taken.receipt_no))
    assert f"-{owes // 100}.{owes % 100:02}" in text.replace(",", "")
    again = reopened(station)
    assert held(again) == before - owes
    close(again)


def test_what_a_deposit_does_not_pay_is_taken_in_cash_and_a_void_gives_both_back(station):
    person, session = at_work(station)
    before = held(station)
    taken = drawn_for(station, session, owed_line(station), cents=10_00)
    assert taken.total_cents == pair()[2] - 10_00
    void_now(station, person, on(station, "lena"), taken.receipt_no, "Wrong account")
    assert held(station) == before
    assert open_account(station, pair()[1]).amount == pair()[2]


def test_no_more_is_drawn_than_is_held_or_due(station):
    _, session = at_work(station)
    cart = cart_of(station, owed_line(station))
    with pytest.raises(TrustRefused, match="more than"):
        draw_line(station, cart, pair()[0], Cents(cart.total + 1))
    pay_on(station, session, pair()[1], pair()[2] + held(station))  # so much is due that the deposit can't cover it
    big = cart_of(station, *(fee(station, "NOTARY*9999"),))
    with pytest.raises(Overdrawn):
        draw_line(station, big, pair()[0], Cents(held(station) + 1))


def test_a_deposit_pays_for_no_other_party(station):
    other = next(row.number for row in station.reference.search("smith") if row.due_cents > 0)
    cart = cart_of(station, open_account(station, other))
    assert pair()[0] not in [one.account for one in drawable(station, cart)]
    with pytest.raises(TrustRefused, match="not the depositor's"):
        draw_line(station, cart, pair()[0], Cents(1))


def test_fees_are_paid_by_a_deposit_only_with_a_lead(station):
    _, session = at_work(station)
    with pytest.raises(TenderNotAllowed, match="A deposit pays for fees"):
        drawn_for(station, session, fee(station))
    assert kinds(station)[-1] == "open"
    cart = cart_of(station, fee(station))
    cart = cart_of(station, fee(station), draw_line(station, cart, pair()[0], Cents(cart.total)))
    take_payment(station, session, cart, [], on(station, "lena"))
    assert last(station)["approver"] == "lena"
    assert last(station)["data"]["approved"] == ["A deposit pays for fees, which name no party."]


def test_a_parked_draw_is_made_anew_and_never_taken_beyond_what_is_left(station):
    person, session = at_work(station)
    line = owed_line(station)
    draw = draw_line(station, cart_of(station, line), pair()[0], line.amount)
    cart = cart_of(station, line, draw)
    park_cart(station, person, Held(cart))
    assert take_back(station, cart.id).cart == cart
    rest = held(station) - 1_00
    fees = cart_of(station, fee(station, "NOTARY*9999"))
    empty = draw_line(station, fees, pair()[0], Cents(rest))
    take_payment(
        station,
        session,
        cart_of(station, *fees.lines, empty),
        [cash(fees.total - rest)],
        on(station, "lena"),
    )
    again = renewed(station, take_back(station, cart.id))
    assert again.changes == (f"{pair()[0]} is not there any more: Del takes it off.",)
    with pytest.raises(Overdrawn):
        take_payment(station, session, again.held.cart, [])
    assert body(station, station.store.tip()[0])["data"]["total_cents"] == fees.total - rest


def test_what_is_paid_for_is_still_needed(station):
    _, session = at_work(station)
    pay(station, session)
    with pytest.raises(TrustRefused):
        draw_line(station, cart_of(station), pair()[0], Cents(1))


def test_kinds_that_never_share_a_receipt_may_be_paid_by_a_deposit(station):
    """The rule is about what is paid for; a deposit that pays is not paid for."""
    _, session = at_work(station)
    rules = replace(station.rules.tenders, apart=(("trust", "license"),))
    station.rules = replace(station.rules, tenders=rules)
    drawn_for(station, session, owed_line(station))
    with pytest.raises(TenderNotAllowed, match="never on one receipt"):
        pay(station, session, one_dollar(station, pair()[0]), one_dollar(station, other_license(station)))


def one_dollar(station: Station, number: str) -> AccountLine:
    return with_amount(open_account(station, number), Cents(1_00))


def other_license(station: Station) -> str:
    return next(row.number for row in station.reference.search("BL-1") if row.kind == "license" and row.due_cents > 0)


def test_the_customer_reads_the_deposits_number_and_not_whose_it_is(station):
    class Shown:
        said: ClassVar[list[str]] = []

        def show_item(self, what: str, cents: int, total: int) -> None:
            self.said.append(what)

    station.display = Shown()
    line = owed_line(station)
    draw = draw_line(station, cart_of(station, line), pair()[0], Cents(1_00))
    show_cart(station, Held(cart_of(station, line, draw)))
    assert Shown.said == [pair()[0]]
