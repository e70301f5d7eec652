"""Whatever is done and wherever the program stops: a card is charged once for a cart, and no charge is lost."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from counter_station import at_work, cart_of, cash, close, fee, new_folder, on, open_station
from countertui.counter.card_charges import (
    CardAsk,
    Found,
    ask_card,
    not_charged,
    open_charges,
    say_unknown,
    settle_charge,
    unanswered,
)
from countertui.counter.card_doubts import NotAsked
from countertui.counter.cart import CartNotDropped, Held, drop_cart, save_cart, take_back
from countertui.counter.take_payment import PaymentRefused, take_payment
from countertui.counter.tenders_allowed import TenderNotAllowed
from countertui.domain.card_charges import CardChargeRefused, CardVerdict
from countertui.domain.tenders import Tender, TenderKind
from countertui.store.verify import verify_derived

NOTARY = 10_00


class CardCharges(RuleBasedStateMachine):
    """One cart after another. `charged` holds the asks that the card terminal really charged."""

    def __init__(self) -> None:
        super().__init__()
        self.home = Path(tempfile.mkdtemp(prefix="countertui-cards-"))
        self.charged: set[str] = set()
        self.reversed: set[str] = set()
        self.paid: set[str] = set()

    @initialize()
    def begin(self) -> None:
        self.station = open_station(new_folder(self.home))
        self.person, self.session = at_work(self.station)
        self.lead = on(self.station, "lena")
        self.fresh()

    def teardown(self) -> None:
        if hasattr(self, "station"):
            close(self.station)
        shutil.rmtree(self.home)

    def fresh(self) -> None:
        self.held = Held(cart_of(self.station, fee(self.station)))
        self.ask: CardAsk | None = None
        save_cart(self.station, self.person, self.held)

    def tender(self, ask: CardAsk) -> Tender:
        return Tender(TenderKind.CARD, ask.cents, "OK7731", ask=ask.id)

    @precondition(lambda self: self.ask is None and not self.held.tenders)
    @rule(approves=st.booleans())
    def ask_the_card(self, approves: bool) -> None:
        """The card terminal charges or does not; nobody has said so yet."""
        self.ask = ask_card(self.station, self.session, self.held.cart, self.held.cart.total)
        if approves:
            self.charged.add(self.ask.id)

    @precondition(lambda self: self.ask is not None and self.ask.id in self.charged)
    @rule()
    def lay(self) -> None:
        self.held = Held(self.held.cart, (self.tender(self.ask),))
        self.ask = None
        save_cart(self.station, self.person, self.held)

    @precondition(lambda self: self.ask is not None and self.ask.id not in self.charged)
    @rule()
    def decline(self) -> None:
        not_charged(self.station, self.ask)
        self.ask = None

    @precondition(lambda self: self.ask is not None)
    @rule()
    def say_that_nobody_knows(self) -> None:
        say_unknown(self.station, self.session, self.held, self.ask.id)
        self.ask = None

    @precondition(lambda self: self.held.tenders)
    @rule()
    def take_it_off(self) -> None:
        (tender,) = self.held.tenders
        try:
            say_unknown(self.station, self.session, self.held, tender.ask)
        except CardChargeRefused:
            return  # two people found it in the report: it takes two to say that it was reversed
        self.reversed.add(tender.ask)
        self.held = take_back(self.station, self.held.cart.id)

    @precondition(lambda self: self.ask is None)
    @rule(approved=st.booleans())
    def pay(self, approved: bool) -> None:
        tenders = self.held.tenders or (cash(NOTARY),)
        try:
            take_payment(self.station, self.session, self.held.cart, tenders, self.lead if approved else None)
        except (TenderNotAllowed, NotAsked, PaymentRefused):
            return
        self.paid |= {tender.ask for tender in tenders if tender.ask}
        self.fresh()

    @rule()
    def settle_the_oldest(self) -> None:
        item = next((one for one in open_charges(self.station) if one.state in {"unknown", "charged"}), None)
        if item is None:
            return
        if item.id in self.reversed or item.state == "charged":
            found = Found(CardVerdict.REVERSED, "batch 7")
            self.reversed.add(item.id)
        elif item.id in self.charged:
            found = Found(CardVerdict.CHARGED, "batch 7", "OK7731")
        else:
            found = Found(CardVerdict.NOT_CHARGED, "batch 7")
        settle_charge(self.station, self.person, self.lead, item.id, found)
        if item.cart == self.held.cart.id:
            self.held = take_back(self.station, self.held.cart.id)

    @rule()
    def drop(self) -> None:
        try:
            drop_cart(self.station, self.held.cart.id)
        except CartNotDropped:
            return
        self.fresh()

    @rule()
    def crash(self) -> None:
        close(self.station)
        self.station = open_station(self.station.store.folder)
        assert self.ask == unanswered(self.station, self.held)
        assert take_back(self.station, self.held.cart.id) == self.held

    @invariant()
    def no_charge_is_lost(self) -> None:
        if hasattr(self, "station"):
            shown = {one.id for one in open_charges(self.station)}
            assert self.charged - self.paid - self.reversed <= shown
            assert not self.paid & shown

    @invariant()
    def no_cart_is_charged_twice(self) -> None:
        if hasattr(self, "station"):
            rows = self.station.db.execute("SELECT reference FROM tender WHERE kind = 'card'").fetchall()
            assert len(rows) == len(self.paid)
            assert verify_derived(self.station.db) == []


CardCharges.TestCase.settings = settings(
    max_examples=12, stateful_step_count=16, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestCardCharges = CardCharges.TestCase
