"""Half-typed counts in the store: whose they are, when they are forgotten, and what is never kept of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from counter_day import count_all
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
    on,
    owing,
    pay,
    reopened,
)
from countertui.counter.cart import Held, drop_cart, save_cart
from countertui.counter.cash_drawer import open_without_sale
from countertui.counter.close_drawer import close_drawer, commit_count
from countertui.counter.drafts import MOST_DIGITS, Form, draft_of, drop_form, forms, keep_draft, newest_draft
from countertui.counter.open_drawer import DrawerRefused, open_drawer
from countertui.counter.remittances import close_remittance, open_remittance
from countertui.counter.station import Station
from countertui.counter.take_payment import take_payment
from countertui.counter.void_receipt import ask_void, void_now
from countertui.domain.money import Cents
from countertui.domain.remittances import Origin
from countertui.store.store import StoreHalted

TYPED = {"10000": "2", "500": "13", "check total": "45.20", "reason": "A note was torn"}


def test_it_comes_back_after_a_restart_to_who_typed_it(station: Station) -> None:
    rosa, session = at_work(station)
    ben = on(station, "ben")
    seq = station.store.tip()[0]
    keep_draft(station, rosa, Form.CLOSING, session.id, {"10000": "2"})
    keep_draft(station, rosa, Form.CLOSING, session.id, {**TYPED, "100": ""})
    assert station.store.tip()[0] == seq, "a draft is no record"
    again = reopened(station)
    draft = draft_of(again, rosa, Form.CLOSING, session.id)
    assert draft is not None
    assert (draft.texts, draft.saved_at) == (TYPED, again.clock.local_text())
    assert draft_of(again, ben, Form.CLOSING, session.id) is None
    assert draft_of(again, rosa, Form.OPENING, "") is None
    close(again)


def test_nothing_typed_is_nothing_kept(station: Station) -> None:
    rosa = on(station, "rosa")
    keep_draft(station, rosa, Form.OPENING, "", TYPED)
    keep_draft(station, rosa, Form.OPENING, "", dict.fromkeys(TYPED, ""))
    assert draft_of(station, rosa, Form.OPENING, "") is None


def test_an_opened_drawer_forgets_its_own_opening_count_alone(station: Station) -> None:
    rosa, ben = on(station, "rosa"), on(station, "ben")
    for person in (rosa, ben):
        keep_draft(station, person, Form.OPENING, "", TYPED)
    with pytest.raises(DrawerRefused):
        open_drawer(station, rosa, "D99", TODAY, FUND)
    assert draft_of(station, rosa, Form.OPENING, "") is not None
    drawer_of(station, rosa)
    assert draft_of(station, rosa, Form.OPENING, "") is None
    assert draft_of(station, ben, Form.OPENING, "") is not None


def test_a_close_forgets_everybodys_count_of_that_drawer_and_a_count_does_not(station: Station) -> None:
    rosa, session = at_work(station)
    ben, bens = at_work(station, "ben", "D2")
    lena = on(station, "lena")
    for person, whose in ((rosa, session), (lena, session), (ben, bens)):
        keep_draft(station, person, Form.CLOSING, whose.id, TYPED)
    commit_count(station, rosa, session, *count_all(station, session))
    assert draft_of(station, rosa, Form.CLOSING, session.id) is not None, "it is what a recount begins with"
    close_drawer(station, rosa, session, "")
    assert [draft_of(station, each, Form.CLOSING, session.id) for each in (rosa, lena)] == [None, None]
    assert draft_of(station, ben, Form.CLOSING, bens.id) is not None


@pytest.mark.parametrize(
    "typed",
    ["4111111111111111", "411111111111", "4111 1111 1", "４１１１１１１１１", "%B4111111111111111^DOE/J^2912"],
)
def test_no_card_number_nor_its_beginning_reaches_the_file(station: Station, typed: str) -> None:
    rosa = on(station, "rosa")
    keep_draft(station, rosa, Form.OPENING, "", {**TYPED, "reason": typed})
    draft = draft_of(station, rosa, Form.OPENING, "")
    assert draft is not None
    assert draft.texts == {name: text for name, text in TYPED.items() if name != "reason"}
    assert typed.encode() not in Path(station.store.path).read_bytes()


def test_a_halted_store_keeps_none_and_says_so(station: Station) -> None:
    rosa = on(station, "rosa")
    station.store.halt("it was tried out.")
    with pytest.raises(StoreHalted):
        keep_draft(station, rosa, Form.OPENING, "", TYPED)


def test_what_is_recorded_is_forgotten_with_its_record_and_nothing_else(station: Station) -> None:
    rosa, session = at_work(station)
    lena = on(station, "lena")
    number, other = (pay(station, session, fee(station), tenders=[cash(10_00)]).receipt_no for _ in range(2))
    batch_id = station.ids()
    about = {Form.NO_SALE: "", Form.VOID: number, Form.MAIL_BATCH: "", Form.MAIL_DIFFERENCE: batch_id}
    for form, what in about.items():
        keep_draft(station, rosa, form, what, {"reason": "why"})
    keep_draft(station, rosa, Form.VOID, other, {"reason": "why"})
    open_without_sale(station, rosa, session, "change")
    assert {one.form for one in forms(station)} == {Form.VOID, Form.MAIL_BATCH, Form.MAIL_DIFFERENCE}
    void_now(station, rosa, lena, number, "keyed twice")
    assert [one.about for one in forms(station) if one.form is Form.VOID] == [other]
    ask_void(station, rosa, other, "keyed twice")
    assert {one.form for one in forms(station)} == {Form.MAIL_BATCH, Form.MAIL_DIFFERENCE}
    batch = open_remittance(station, session, Origin.MAIL, "1", Cents(10_00))
    keep_draft(station, rosa, Form.MAIL_DIFFERENCE, batch.batch.id, {"reason": "torn"})
    close_remittance(station, session, batch.batch, lena, "torn")
    assert [one.about for one in forms(station)] == [batch_id]


def test_a_tender_is_forgotten_with_its_payment_and_not_kept_after_it(station: Station) -> None:
    """The keys' last change may be kept only after the payment that it led to."""
    rosa, session = at_work(station)
    cart = cart_of(station, fee(station))
    keep_draft(station, rosa, Form.TENDER, cart.id, {"kind": "check", "reference": "10"})
    assert [one.about for one in forms(station)] == [cart.id], "nothing else lists it"
    save_cart(station, rosa, Held(cart))
    assert forms(station) == [], "it is listed with its cart"
    take_payment(station, session, cart, [cash(10_00)])
    assert draft_of(station, rosa, Form.TENDER, cart.id) is None
    keep_draft(station, rosa, Form.TENDER, cart.id, {"kind": "check", "reference": "1041"})
    assert draft_of(station, rosa, Form.TENDER, cart.id) is None


def test_a_dropped_cart_takes_its_tender_along(station: Station) -> None:
    rosa = on(station, "rosa")
    held = Held(cart_of(station, fee(station)))
    save_cart(station, rosa, held)
    keep_draft(station, rosa, Form.TENDER, held.cart.id, {"kind": "check", "reference": "10"})
    drop_cart(station, held.cart.id)
    assert draft_of(station, rosa, Form.TENDER, held.cart.id) is None


def test_a_form_expires_in_sight_when_the_days_of_a_parked_cart_are_over(station: Station) -> None:
    rosa = on(station, "rosa")
    keep_draft(station, rosa, Form.NO_SALE, "", {"reason": "change"})
    assert [(one.form, one.operator, one.minutes, one.expires, one.expired) for one in forms(station)] == [
        (Form.NO_SALE, "rosa", 0, "2026-11-25", False)
    ]
    clock_of(station).set("2026-11-26T00:00:00")
    (listed,) = forms(station)
    assert listed.expired
    draft = draft_of(station, rosa, Form.NO_SALE, "")
    assert draft is not None
    assert draft.expired
    drop_form(station, listed)
    assert forms(station) == []


def test_the_number_of_an_account_is_kept_however_many_digits_it_has(station: Station) -> None:
    rosa = on(station, "rosa")
    account = next(number for number in owing() if sum(map(str.isdigit, number)) > MOST_DIGITS)
    keep_draft(station, rosa, Form.MAIL_PIECE, "cart", {"account": account, "reference": account[::-1]})
    found = newest_draft(station, rosa, Form.MAIL_PIECE)
    assert found is not None
    assert (found[0], found[1].texts) == ("cart", {"account": account})
    assert newest_draft(station, on(station, "ben"), Form.MAIL_PIECE) is None


def test_a_close_forgets_all_that_anybody_began_in_that_drawer(station: Station) -> None:
    rosa, session = at_work(station)
    for form in (Form.SURPRISE, Form.DROP, Form.FUND_CHANGE):
        keep_draft(station, on(station, "lena"), form, session.id, {"10000": "2"})
    keep_draft(station, rosa, Form.DROP, "another", {"10000": "2"})
    commit_count(station, rosa, session, FUND, {})
    close_drawer(station, rosa, session, "")
    assert [(one.form, one.about) for one in forms(station)] == [(Form.DROP, "another")]
