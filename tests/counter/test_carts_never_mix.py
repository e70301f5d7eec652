"""Two operators park carts, take them back, crash, sign off and pay in any order: none mixes with another or is lost.

A model beside the store says of each cart whose lines and tenders it has; every payment is of exactly one of them.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from counter_station import at_work, cash, close, fee, last, new_folder, open_station, owing, reopened
from countertui.counter.cart import CartGone, CartNotDropped, Held, carts, drop_parked, new_cart, park_cart, save_cart
from countertui.counter.cart import take_back as take_saved
from countertui.counter.drafts import Form, draft_of, keep_draft
from countertui.counter.find import open_account
from countertui.counter.open_carts import also_open
from countertui.counter.station import Person, Session, Station
from countertui.counter.take_payment import PaymentRefused, take_payment
from countertui.domain.receipts import Cart, CartLine, SettlementRefused
from countertui.store import journal_rows

WHO = st.sampled_from(["rosa", "ben"])
WHAT = st.deferred(lambda: st.sampled_from(["fee", *owing(3)]))
"""Deferred: a city is made for it."""


class Carts(RuleBasedStateMachine):
    """`hands`: the cart that each has in hand. `saved`: every cart that is not paid for, as it must be found."""

    def __init__(self) -> None:
        super().__init__()
        self._home = TemporaryDirectory()
        self.station: Station = open_station(new_folder(Path(self._home.name)))
        self.people: dict[str, tuple[Person, Session]] = {}
        self.hands: dict[str, str] = {}
        self.saved: dict[str, Held] = {}
        self.typed: dict[tuple[str, str], str] = {}

    @initialize()
    def opens(self) -> None:
        for who, drawer in (("rosa", "D1"), ("ben", "D2")):
            self.people[who] = at_work(self.station, who, drawer)

    def teardown(self) -> None:
        close(self.station)
        self._home.cleanup()

    def lines(self, what: str) -> tuple[CartLine, ...]:
        return (fee(self.station) if what == "fee" else open_account(self.station, what),)

    def keep(self, who: str, held: Held) -> None:
        save_cart(self.station, self.people[who][0], held)
        self.hands[who], self.saved[held.cart.id] = held.cart.id, held

    @rule(who=WHO, what=WHAT, payor=st.sampled_from(["", "Ann", "Bo"]))
    def adds(self, who: str, what: str, payor: str) -> None:
        held = self.saved.get(self.hands.get(who, ""), Held(new_cart(self.station)))
        if what in held.cart.accounts:
            return
        cart = Cart(held.cart.id, (*held.cart.lines, *self.lines(what)), payor or held.cart.payor)
        self.keep(who, Held(cart, held.tenders))
        elsewhere = {one for id_, other in self.saved.items() if id_ != cart.id for one in other.cart.accounts}
        assert {also.account for also in also_open(self.station, cart.id, [what])} == elsewhere & {what}

    @rule(who=WHO, cents=st.integers(1, 5_00))
    def lays_cash(self, who: str, cents: int) -> None:
        held = self.saved.get(self.hands.get(who, ""))
        if held is not None:
            self.keep(who, Held(held.cart, (*held.tenders, cash(cents))))

    @rule(who=WHO, text=st.sampled_from(["1", "1041", "A7"]))
    def types_a_tender(self, who: str, text: str) -> None:
        if cart_id := self.hands.get(who):
            keep_draft(self.station, self.people[who][0], Form.TENDER, cart_id, {"kind": "check", "reference": text})
            self.typed[cart_id, who] = text

    @rule(who=WHO)
    def parks_or_signs_off(self, who: str) -> None:
        if cart_id := self.hands.pop(who, ""):
            park_cart(self.station, self.people[who][0], self.saved[cart_id])

    @rule(who=WHO, n=st.integers(0, 20))
    def takes_back(self, who: str, n: int) -> None:
        aside = sorted(self.saved.keys() - set(self.hands.values()))
        if aside:
            self.parks_or_signs_off(who)
            cart_id = aside[n % len(aside)]
            held = take_saved(self.station, cart_id)
            assert held == self.saved[cart_id]
            self.keep(who, held)

    @rule(n=st.integers(0, 20))
    def drops(self, n: int) -> None:
        aside = sorted(self.saved.keys() - set(self.hands.values()))
        if not aside:
            return
        cart_id = aside[n % len(aside)]
        try:
            drop_parked(self.station, cart_id)
        except CartNotDropped:
            assert self.saved[cart_id].tenders
            return
        assert not self.saved[cart_id].tenders
        self.forget(cart_id)

    @precondition(lambda self: self.hands)
    @rule(who=WHO)
    def pays(self, who: str) -> None:
        held = self.saved.get(self.hands.get(who, ""))
        if held is None:
            return
        due = held.cart.total - sum(tender.cents for tender in held.tenders)
        tenders = (*held.tenders, cash(due)) if due > 0 else held.tenders
        before = self.records()
        try:
            take_payment(self.station, self.people[who][1], held.cart, tenders)
        except PaymentRefused:  # its account was paid in the other's cart
            assert self.records() == before
            return
        except SettlementRefused:  # it was paid in the other's cart before it came into this one: it owes nothing
            assert (min(line.amount for line in held.cart.lines), self.records()) == (0, before)
            return
        assert min(line.amount for line in held.cart.lines) > 0
        said = last(self.station)
        assert (said["id"], said["operator"]) == (held.cart.id, who)
        accounts = tuple(line["account"] for line in said["data"]["lines"] if line.get("account"))
        assert accounts == held.cart.accounts
        assert sum(tender["cents"] for tender in said["data"]["tenders"]) == sum(tender.cents for tender in tenders)
        del self.hands[who]
        self.forget(held.cart.id)

    @rule()
    def crashes(self) -> None:
        """Nobody has anything in hand any more; every cart is where it was."""
        self.station = reopened(self.station)
        self.hands.clear()

    def forget(self, cart_id: str) -> None:
        del self.saved[cart_id]
        self.typed = {key: text for key, text in self.typed.items() if key[0] != cart_id}

    def records(self) -> int:
        return journal_rows.last_seq(self.station.db)

    @invariant()
    def every_cart_is_what_it_was_and_there_are_no_others(self) -> None:
        found = {}
        for saved in carts(self.station):
            try:
                found[saved.id] = take_saved(self.station, saved.id)
            except CartGone:
                continue
        assert found == self.saved

    @invariant()
    def a_tender_half_typed_is_with_its_own_cart(self) -> None:
        for cart_id in self.saved:
            for who, (person, _) in self.people.items():
                draft = draft_of(self.station, person, Form.TENDER, cart_id)
                assert (draft and draft.texts["reference"]) == self.typed.get((cart_id, who))


TestCarts = Carts.TestCase
TestCarts.settings = settings(max_examples=12, stateful_step_count=25, deadline=None)
