"""Card charges: saved before the customer is asked, never charged again blindly, settled by two people."""

from __future__ import annotations

from dataclasses import replace

import pytest

from counter_station import (
    FUND,
    at_work,
    body,
    cart_of,
    cash,
    clock_of,
    close,
    fee,
    kinds,
    last,
    on,
    owing,
    reopened,
    run_here,
)
from countertui.counter.card_charges import (
    CardAsk,
    Found,
    ask_card,
    not_charged,
    open_charges,
    say_unknown,
    settle_charge,
    settling_of,
    unanswered,
)
from countertui.counter.card_doubts import NotAsked
from countertui.counter.cart import CartNotDropped, Held, carts, drop_cart, drop_parked, save_cart, take_back
from countertui.counter.chips import chips
from countertui.counter.close_drawer import close_drawer, commit_count, open_items
from countertui.counter.drafts import Form, forms, keep_draft
from countertui.counter.find import open_account
from countertui.counter.receipts import receipt_text
from countertui.counter.reports import z_report
from countertui.counter.start_up import left_behind
from countertui.counter.station import Session, Station, StillChecking, Stopped
from countertui.counter.take_payment import CartChanged, PaymentRefused, Taken, take_payment
from countertui.counter.tenders_allowed import TenderNotAllowed, tenders_broken
from countertui.domain.card_charges import CardChargeRefused, CardVerdict
from countertui.domain.card_slips import CardSlip
from countertui.domain.money import Cents
from countertui.domain.receipts import SettlementRefused
from countertui.domain.rights import NotAllowed
from countertui.domain.tenders import Tender, TenderKind, TenderRefused
from countertui.screens.chip_words import chip_words
from countertui.store.store import NotWritten

NOTARY = 10_00
VISA = CardSlip("Visa", "4242")
NOT_CHARGED = Found(CardVerdict.NOT_CHARGED, "batch 117")
CHARGED = Found(CardVerdict.CHARGED, "batch 117", "OK7731", VISA)


def held(station: Station, person, *tenders: Tender) -> Held:
    """A cart of one fee, saved, with what is laid beside it."""
    found = Held(cart_of(station, fee(station), payor="Ann Ferry"), tenders)
    save_cart(station, person, found)
    return found


def asked(station: Station, session: Session, cart: Held, cents: int = NOTARY) -> CardAsk:
    return ask_card(station, session, cart.cart, Cents(cents))


def charge(ask: CardAsk, slip: CardSlip | None = VISA) -> Tender:
    return Tender(TenderKind.CARD, ask.cents, "OK7731", ask=ask.id, slip=slip)


def paid(station: Station, session: Session, cart: Held, *tenders: Tender) -> Taken:
    return take_payment(station, session, cart.cart, tenders)


@pytest.fixture
def unknown(station):
    """A charge that nobody knows of: rosa's session, its cart, its ask."""
    person, session = at_work(station)
    cart = held(station, person)
    ask = asked(station, session, cart)
    say_unknown(station, session, cart, ask.id)
    return person, session, cart, ask


def test_what_is_asked_is_saved_before_and_survives_a_crash(station):
    person, session = at_work(station)
    cart = held(station, person)
    ask = asked(station, session, cart)
    again = reopened(station)
    try:
        assert unanswered(again, cart) == ask
        (item,) = open_charges(again)
        assert (item.id, item.state, item.cents, item.payor) == (ask.id, "asked", NOTARY, "Ann Ferry")
        assert "A card was to be asked for 10.00 of Ann Ferry: what did it say?" in left_behind(again)[0]
    finally:
        close(again)


def test_nobody_is_asked_where_it_can_not_be_saved(station, monkeypatch):
    person, session = at_work(station)
    cart = held(station, person)
    monkeypatch.setattr(station.store, "write_working", lambda _change: (_ for _ in ()).throw(NotWritten(OSError())))
    with pytest.raises(NotWritten):
        asked(station, session, cart)
    with pytest.raises(CardChargeRefused):
        asked(station, session, cart, 0)


def test_nobody_is_asked_for_what_could_not_be_taken(station, monkeypatch):
    person, session = at_work(station)
    cart = held(station, person)
    stale = replace(cart, cart=replace(cart.cart, lines=(replace(fee(station), unit_cents=Cents(9_00)),)))
    with pytest.raises(CartChanged):
        asked(station, session, stale, 9_00)
    beside_nothing = replace(cart, cart=replace(cart.cart, lines=(*cart.cart.lines, replace(fee(station), quantity=0))))
    with pytest.raises(SettlementRefused, match="amount is zero"):
        asked(station, session, beside_nothing)
    station.checking = True
    with pytest.raises(StillChecking):
        asked(station, session, cart)
    station.checking = False
    monkeypatch.setattr(station.exchange, "standing", lambda: "frozen")
    with pytest.raises(Stopped):
        asked(station, session, cart)
    monkeypatch.setattr(station.exchange, "standing", lambda: "active")
    commit_count(station, person, session, FUND, {})
    close_drawer(station, person, session, "")
    with pytest.raises(PaymentRefused, match="closed"):
        asked(station, session, cart)
    assert open_charges(station) == []


def test_another_sum_keeps_the_id(station):
    person, session = at_work(station)
    cart = held(station, person)
    first = asked(station, session, cart)
    second = ask_card(station, session, cart.cart, Cents(4_00), first)
    assert (second.id, second.cents) == (first.id, 4_00)
    assert [row.cents for row in open_charges(station)] == [4_00]


def test_an_approved_charge_is_in_the_record_and_on_the_receipt_once(station):
    person, session = at_work(station)
    cart = held(station, person)
    ask = asked(station, session, cart)
    taken = paid(station, session, cart, charge(ask))
    assert last(station)["data"]["tenders"] == [
        {"kind": "card", "cents": NOTARY, "reference": "OK7731", "ask": ask.id, "brand": "Visa", "last4": "4242"}
    ]
    assert any("Card OK7731 Visa *4242" in line for line in receipt_text(station, taken.receipt_no))
    assert open_charges(station) == []
    other = held(station, person)
    with pytest.raises(NotAsked):
        paid(station, session, other, charge(ask))


def test_a_charge_of_another_sum_than_was_asked_is_refused(station):
    person, session = at_work(station)
    cart = held(station, person)
    ask = asked(station, session, cart, 4_00)
    with pytest.raises(NotAsked):
        paid(station, session, cart, charge(replace(ask, cents=Cents(NOTARY))))


def test_declined_leaves_nothing_and_the_cart_free(station):
    person, session = at_work(station)
    cart = held(station, person)
    not_charged(station, asked(station, session, cart))
    assert unanswered(station, cart) is None
    assert open_charges(station) == []
    paid(station, session, cart, cash(NOTARY))


def test_a_laid_charge_survives_a_crash_with_its_slip(station):
    person, session = at_work(station)
    cart = held(station, person)
    tender = charge(asked(station, session, cart, 4_00))
    save_cart(station, person, replace(cart, tenders=(tender,)))
    again = reopened(station)
    try:
        back = take_back(again, cart.cart.id)
        assert back.tenders == (tender,)
        assert unanswered(again, back) is None
        assert [(one.state, one.said) for one in open_charges(again)] == [("laid", "its cart is not paid")]
        paid(again, session, back, tender, cash(6_00))
    finally:
        close(again)


def test_unknown_is_signed_and_keeps_the_cart(station, unknown):
    _, session, cart, ask = unknown
    assert (last(station)["kind"], last(station)["id"], last(station)["session"]) == (
        "card_unknown",
        ask.id,
        session.id,
    )
    assert last(station)["data"] == {
        "cart": cart.cart.id,
        "cents": NOTARY,
        "asked_at": "2026-11-23 09:41",
        "why": "no_answer",
        "reference": "",
        "payor": "Ann Ferry",
        "lines": [{"account": None, "fee": "NOTARY", "cents": NOTARY}],
    }
    (saved,) = carts(station)
    assert (saved.id, saved.state, saved.expires) == (cart.cart.id, "parked", "")
    for drop in (drop_cart, drop_parked):
        with pytest.raises(CartNotDropped):
            drop(station, cart.cart.id)
    with pytest.raises(CardChargeRefused):
        say_unknown(station, session, cart, ask.id)
    assert kinds(station).count("card_unknown") == 1


def test_it_is_never_charged_again_unless_a_lead_lets_it_be(station, unknown):
    _, session, cart, _ = unknown
    again = asked(station, session, cart)
    for tender in (charge(again), cash(NOTARY)):
        with pytest.raises(TenderNotAllowed, match=r"Nobody knows whether a card was charged 10\.00 for this cart"):
            paid(station, session, cart, tender)
    taken = take_payment(station, session, cart.cart, [cash(NOTARY)], on(station, "lena"))
    assert taken.total_cents == NOTARY
    assert last(station)["data"]["approved"] == ["Nobody knows whether a card was charged 10.00 for this cart."]


def test_nor_for_the_same_account_in_another_cart(station):
    person, session = at_work(station)
    line = open_account(station, owing()[0])
    first = Held(cart_of(station, line))
    save_cart(station, person, first)
    say_unknown(station, session, first, asked(station, session, first, line.amount).id)
    second = Held(cart_of(station, line))
    save_cart(station, person, second)
    with pytest.raises(TenderNotAllowed, match=f"for {line.account}"):
        paid(station, session, second, charge(asked(station, session, second, line.amount)))
    paid(station, session, second, cash(line.amount))


@pytest.mark.parametrize(("laid", "said"), [(False, "may have been charged"), (True, "was charged")])
def test_nor_while_another_cart_of_the_account_was_asked_and_is_not_paid(station, laid, said):
    person, session = at_work(station)
    line = open_account(station, owing()[0])
    first = Held(cart_of(station, line))
    save_cart(station, person, first)
    ask = asked(station, session, first, line.amount)
    if laid:
        save_cart(station, person, replace(first, tenders=(charge(ask),)))
    second = Held(cart_of(station, line))
    card = Tender(TenderKind.CARD, line.amount)
    (breach,) = tenders_broken(station, session.biz_date, second.cart, [card])
    assert (said in breach.words, line.account in breach.words, breach.by_approval) == (True, True, True)
    assert tenders_broken(station, session.biz_date, second.cart, [cash(line.amount)]) == ()
    assert tenders_broken(station, session.biz_date, first.cart, [charge(ask)]) == ()
    with pytest.raises(TenderNotAllowed, match=said):
        paid(station, session, second, charge(asked(station, session, second, line.amount)))
    not_charged(station, ask)
    assert tenders_broken(station, session.biz_date, second.cart, [card]) == ()


def test_settled_as_charged_by_two_it_can_be_taken(station, unknown):
    person, session, cart, ask = unknown
    settle_charge(station, person, on(station, "lena"), ask.id, CHARGED)
    record = last(station)
    assert (record["kind"], record["operator"], record["approver"]) == ("card_settled", "rosa", "lena")
    assert record["data"] == {
        "unknown": ask.id,
        "unknown_seq": open_charges_seq(station, ask),
        "cart": cart.cart.id,
        "cents": NOTARY,
        "verdict": "charged",
        "reference": "OK7731",
        "brand": "Visa",
        "last4": "4242",
        "report": "batch 117",
    }
    back = take_back(station, cart.cart.id)
    assert back.tenders == (charge(ask),)
    assert [(one.state, one.has_cart) for one in open_charges(station)] == [("charged", True)]
    taken = take_payment(station, session, back.cart, back.tenders)
    assert open_charges(station) == []
    assert taken.total_cents == NOTARY


def open_charges_seq(station: Station, ask: CardAsk) -> int:
    return int(station.db.execute("SELECT seq FROM card_unknown WHERE id = ?", (ask.id,)).fetchone()[0])


def test_before_it_is_settled_its_tender_is_no_tender(station, unknown):
    _, session, cart, ask = unknown
    with pytest.raises(TenderNotAllowed, match="not settled"):
        take_payment(station, session, cart.cart, [charge(ask)], on(station, "lena"))


def test_what_was_typed_to_settle_it_is_forgotten_once_it_is(station, unknown):
    person, _, _, ask = unknown
    keep_draft(station, person, Form.CARD_SETTLING, settling_of(ask.id), {"report": "batch"})
    assert [form.form for form in forms(station)] == [Form.CARD_SETTLING]
    settle_charge(station, person, on(station, "lena"), ask.id, NOT_CHARGED)
    assert forms(station) == []


def test_settled_as_not_charged_the_cart_is_free(station, unknown):
    person, session, cart, ask = unknown
    settle_charge(station, person, on(station, "lena"), ask.id, NOT_CHARGED)
    assert open_charges(station) == []
    paid(station, session, cart, charge(asked(station, session, cart)))


def test_it_takes_a_second_person_who_took_no_part_and_the_report(station, unknown):
    person, _, _, ask = unknown
    lead = on(station, "lena")
    for first, second in ((person, person), (person, on(station, "ben")), (lead, lead), (on(station, "ada"), lead)):
        with pytest.raises(NotAllowed):
            settle_charge(station, first, second, ask.id, NOT_CHARGED)
    with pytest.raises(CardChargeRefused, match="report"):
        settle_charge(station, person, lead, ask.id, replace(NOT_CHARGED, report=" "))
    with pytest.raises(TenderRefused):
        settle_charge(station, person, lead, ask.id, replace(CHARGED, reference=""))
    assert "card_settled" not in kinds(station)
    settle_charge(station, person, lead, ask.id, NOT_CHARGED)
    with pytest.raises(CardChargeRefused, match="is settled"):
        settle_charge(station, person, lead, ask.id, CHARGED)
    assert kinds(station).count("card_settled") == 1


def test_charged_and_paid_otherwise_it_is_reversed_by_two(station, unknown):
    person, session, cart, ask = unknown
    lead = on(station, "lena")
    take_payment(station, session, cart.cart, [cash(NOTARY)], lead)
    settle_charge(station, person, lead, ask.id, CHARGED)
    assert [(one.state, one.has_cart, one.said) for one in open_charges(station)] == [
        ("charged", False, "in no receipt: reverse")
    ]
    with pytest.raises(CardChargeRefused, match="on record"):
        settle_charge(station, person, lead, ask.id, NOT_CHARGED)
    settle_charge(station, person, lead, ask.id, Found(CardVerdict.REVERSED, "batch 118"))
    assert open_charges(station) == []


def test_an_approved_charge_that_is_taken_off_is_looked_for_in_the_report(station):
    person, session = at_work(station)
    cart = held(station, person)
    ask = asked(station, session, cart, 4_00)
    laid = replace(cart, tenders=(charge(ask), cash(1_00)))
    save_cart(station, person, laid)
    say_unknown(station, session, laid, ask.id)
    assert (last(station)["data"]["why"], last(station)["data"]["reference"]) == ("taken_off", "OK7731")
    assert take_back(station, cart.cart.id).tenders == (cash(1_00),)
    assert [one.said for one in open_charges(station)] == ["said to be reversed"]


def test_the_close_is_never_blocked_and_says_what_is_open(station):
    person, session = at_work(station)
    carts_ = [held(station, person) for _ in range(3)]
    asks = [asked(station, session, cart) for cart in carts_]
    say_unknown(station, session, carts_[0], asks[0].id)
    save_cart(station, person, replace(carts_[2], tenders=(charge(asks[2]),)))
    said = sorted(item for item in open_items(station, session) if item.startswith("Card "))
    assert said == [
        "Card 10.00 of Ann Ferry: charged, its cart is not paid (F10, E).",
        "Card 10.00 of Ann Ferry: not answered, what did it say? (F10, E).",
        "Card 10.00 of Ann Ferry: not known, no answer came (F10, E).",
    ]
    commit_count(station, person, session, FUND, {})
    close_drawer(station, person, session, "")
    unknowns = [
        body(station, seq) for seq in range(1, station.store.tip()[0] + 1) if kinds(station)[seq - 1] == "card_unknown"
    ]
    assert {one["id"]: one["data"]["why"] for one in unknowns} == {
        asks[0].id: "no_answer",
        asks[1].id: "no_answer",
        asks[2].id: "left",
    }
    assert last(station)["kind"] == "close"
    assert last(station)["data"]["open_cards"] == [{"unknown_seq": one["seq"], "cents": NOTARY} for one in unknowns]
    paper = z_report(station, session.id)
    assert any("Card charges not settled" in line and line.rstrip().endswith("3") for line in paper)
    assert len([line for line in paper if "Ann Ferry" in line]) == 3


def test_an_approved_charge_left_at_the_close_is_taken_in_the_next_session(station):
    person, session = at_work(station)
    cart = held(station, person)
    ask = asked(station, session, cart)
    save_cart(station, person, replace(cart, tenders=(charge(ask),)))
    commit_count(station, person, session, FUND, {})
    close_drawer(station, person, session, "")
    clock_of(station).go_on(60)
    _, following = at_work(station, "ben", "D2")
    back = take_back(station, cart.cart.id)
    take_payment(station, following, back.cart, back.tenders)
    assert open_charges(station) == []


def test_a_chip_says_that_one_is_not_settled(station, unknown):
    found = chips(station, run_here(station))
    assert found.cards == 1
    assert "1 card charge not settled: F10, E" in [chip.text for chip in chip_words(found)]
    person, _, _, ask = unknown
    settle_charge(station, person, on(station, "lena"), ask.id, NOT_CHARGED)
    assert chips(station, run_here(station)).cards == 0


def test_a_close_without_open_charges_says_nothing_of_them(station):
    person, session = at_work(station)
    commit_count(station, person, session, FUND, {})
    close_drawer(station, person, session, "")
    assert "open_cards" not in last(station)["data"]
    assert not any("Card charges" in line for line in z_report(station, session.id))
