"""A card by keys: saved before it is asked, answered, or not known; and settled at F10, E."""

from __future__ import annotations

from dataclasses import replace

import pytest

from countertui.domain.card_charges import CardVerdict
from countertui.domain.card_slips import CardSlip
from countertui.domain.cash_back import CashBack
from countertui.domain.money import Cents
from countertui.domain.tender_rules import Field, Limit, Requires, TenderRules
from countertui.domain.tenders import Tender, TenderKind
from countertui.store.store import StoreHalted
from screens.fake_desk import FakeDesk

CARD, CASH = TenderKind.CARD, TenderKind.CASH


async def ask(counter, *more: str) -> None:
    """A bill of 84.17, and its card asked for."""
    await counter.keys(*"10422301", "enter", "f7", *more)


def laid(counter) -> list[tuple[Tender, ...]]:
    return [tenders for _, tenders in counter.desk.payments]


def calls(counter, name: str) -> int:
    return sum(call[0] == name for call in counter.desk.calls)


async def unknown(counter) -> None:
    await ask(counter, "escape", "u")


async def test_what_the_customer_is_asked_is_saved_first(open_counter):
    async with open_counter() as counter:
        await ask(counter)
        assert [(cart, charge.cents) for cart, charge in counter.desk.asked.values()] == [
            (counter.payment.hand.held.cart.id, 84_17)
        ]
        assert "Approval code" in counter.screen()


async def test_no_row_opens_where_it_can_not_be_saved(open_counter):
    desk = FakeDesk(failures={"ask_card": [StoreHalted("The store is halted.")]})
    async with open_counter(desk) as counter:
        await ask(counter)
        assert "The store is halted" in counter.message
        assert counter.payment.asking is None


async def test_brand_and_last_four_are_laid_with_the_code(open_counter):
    async with open_counter() as counter:
        await ask(counter, *"991", "tab", "tab", *"v4242", "enter")
        assert laid(counter) == [(Tender(CARD, 84_17, "991", ask="ask-1", slip=CardSlip("Visa", "4242")),)]
        assert counter.desk.asked == {}


async def test_a_slip_that_is_none_keeps_the_row(open_counter):
    async with open_counter() as counter:
        await ask(counter, *"991", "tab", "tab", *"4242", "enter")
        assert "no card's brand" in counter.message
        assert counter.app.area.at is counter.payment.inline.slip
        await counter.keys(*"m4242", "enter")
        assert laid(counter)[0][0].slip == CardSlip("Mastercard", "4242")


async def test_a_slip_that_the_rules_want_is_asked_for_and_the_code_stays(open_counter):
    desk = FakeDesk()
    wanted = Requires(CARD, (Field.SLIP,))
    desk.rules = replace(desk.rules, tenders=TenderRules(requires=(wanted,)))
    async with open_counter(desk) as counter:
        await ask(counter, *"991", "enter")
        assert "lacks its card's brand and last four digits" in counter.message
        assert "Type that, Enter" in counter.message
        assert counter.app.area.at is counter.payment.inline.slip
        await counter.keys(*"v4242", "enter")
        assert laid(counter) == [(Tender(CARD, 84_17, "991", ask="ask-1", slip=CardSlip("Visa", "4242")),)]


async def test_another_amount_is_saved_before_it_is_asked(open_counter):
    async with open_counter() as counter:
        await ask(counter, "tab", *"50", "enter")
        assert [charge.cents for _, charge in counter.desk.asked.values()] == [50_00]
        assert "50.00 is saved: key it on the card terminal" in counter.message
        await counter.keys(*"991", "enter", "f9")
        assert laid(counter) == [(Tender(CARD, 50_00, "991", ask="ask-1"), Tender(CASH, 34_17))]


async def test_no_card_is_asked_for_more_than_is_due(open_counter):
    async with open_counter() as counter:
        await ask(counter, "tab", *"100", "enter")
        assert "Change of 15.83 can only come from cash" in counter.message
        assert max(charge.cents for _, charge in counter.desk.asked.values()) <= 84_17
        await counter.keys(*"991", "enter")
        assert laid(counter) == []


async def test_more_is_asked_where_cash_back_is_given(open_counter):
    desk = FakeDesk()
    desk.rules = replace(desk.rules, tenders=TenderRules(cash_back=(CashBack(CARD, Cents(20_00)),)))
    async with open_counter(desk) as counter:
        await ask(counter, "tab", *"100", "enter", *"991", "enter")
        assert laid(counter) == [(Tender(CARD, 100_00, "991", ask="ask-1"),)]
        assert "CHANGE 15.83" in counter.screen()


async def test_enter_without_a_code_lays_nothing(open_counter):
    async with open_counter() as counter:
        await ask(counter, "enter")
        assert "needs its approval code" in counter.message
        assert laid(counter) == []
        await counter.keys(*"991", "enter")
        assert len(laid(counter)) == 1


@pytest.mark.parametrize(("answer", "said"), [("d", "declined"), ("N", "No card was asked")])
async def test_declined_and_not_asked_leave_nothing(open_counter, answer, said):
    async with open_counter() as counter:
        await ask(counter, "escape", answer)
        assert said in counter.message
        assert counter.desk.asked == {}
        await counter.keys("f9")
        assert laid(counter) == [(Tender(CASH, 84_17),)]


async def test_esc_goes_back_from_the_question_with_the_code_kept(open_counter):
    async with open_counter() as counter:
        await ask(counter, *"99", "escape", "x")
        assert "D, N or U" in counter.message
        await counter.keys("escape", *"1", "enter")
        assert laid(counter)[0][0].reference == "991"


async def test_another_tender_waits_for_the_answer(open_counter):
    async with open_counter() as counter:
        await ask(counter, "f6")
        assert "Card 84.17: what did it say?" in counter.screen()
        await counter.keys("n", *"1042", "enter")
        assert laid(counter) == [(Tender(TenderKind.CHECK, 84_17, "1042"),)]
        assert counter.desk.asked == {}


async def test_nothing_is_parked_dropped_or_changed_while_it_is_not_answered(open_counter):
    async with open_counter() as counter:
        await ask(counter, "ctrl+k", "ctrl+x", "ctrl+z", "f4", "delete")
        await counter.keys("escape", "ctrl+k", "delete", "escape")
        assert counter.payment.hand.held.cart.total == 84_17
        assert len(counter.desk.asked) == 1


async def test_unknown_sets_the_cart_aside_and_says_so(open_counter):
    async with open_counter() as counter:
        await unknown(counter)
        assert "NOT KNOWN: card 84.17 of Marta Ellison" in counter.message
        assert counter.payment.hand.empty
        assert [state for _, state in counter.desk.saved.values()] == ["parked"]
        assert laid(counter) == []
        await counter.keys("f10", "e")
        assert "NOT KNOWN" in counter.screen()
        assert "84.17" in counter.screen()


async def test_an_approved_card_is_taken_off_only_once_it_is_said_to_be_reversed(open_counter):
    async with open_counter() as counter:
        await ask(counter, "tab", *"50", "enter", *"991", "enter", "ctrl+z")
        assert "A card was charged" in counter.message
        await counter.keys("down", "ctrl+x", "n")
        assert len(counter.payment.hand.held.tenders) == 1
        await counter.keys("escape", "y")
        assert "was charged for this cart" in counter.message
        await counter.keys("down", "delete", "y")
        assert counter.payment.hand.held.tenders == ()
        assert [one.said for one in counter.desk.open_cards] == ["said to be reversed"]
        assert counter.payment.hand.held.cart.total == 84_17


async def test_a_cart_that_comes_back_unanswered_asks(open_counter):
    async with open_counter() as counter:
        await ask(counter)
        await counter.app.area.put_away()
        assert counter.payment.hand.empty
        await counter.keys("f2", "ctrl+k")
        assert "Card 84.17: what did it say?" in counter.screen()
        await counter.keys("escape", *"991", "enter")
        assert laid(counter) == [(Tender(CARD, 84_17, "991", ask="ask-1"),)]


async def test_a_lead_is_asked_before_the_card_where_the_rules_want_one(open_counter):
    desk = FakeDesk()
    desk.rules = replace(desk.rules, tenders=TenderRules(limits=(Limit(CARD, Cents(50_00), by_approval=True),)))
    async with open_counter(desk) as counter:
        await ask(counter)
        assert desk.asked == {}
        await counter.keys(*"lee", "enter", *"9753", "enter")
        assert len(desk.asked) == 1
        await counter.keys(*"991", "enter")
        assert len(laid(counter)) == 1
        assert [lead.id for lead in desk.leads if lead] == ["lee"]


async def test_a_charged_card_that_no_lead_approves_is_asked_about(open_counter):
    desk = FakeDesk()
    async with open_counter(desk) as counter:
        await ask(counter, *"991")
        desk.rules = replace(desk.rules, tenders=TenderRules(limits=(Limit(CARD, Cents(50_00), by_approval=True),)))
        await counter.keys("enter", "escape")
        assert "Card 84.17: what did it say?" in counter.screen()
        await counter.keys("f2", "f7", "u")
        assert len(desk.open_cards) == 1


async def test_a_code_half_typed_is_back_with_its_cart(open_counter):
    async with open_counter() as counter:
        await ask(counter, *"99", "tab", "tab", *"v42")
        await counter.app.area.put_away()
        await counter.keys("f2", "ctrl+k", "escape")
        assert (counter.payment.inline.text.value, counter.payment.inline.slip.value) == ("99", "v42")
        assert counter.payment.inline.amount.value == "84.17"


async def test_a_card_that_was_declined_is_not_asked_again_by_itself(open_counter):
    async with open_counter() as counter:
        await ask(counter, *"99", "escape", "d", "ctrl+k", "ctrl+k")
        assert counter.payment.asking is None
        assert calls(counter, "ask_card") == 1


# F10, E


async def test_settling_half_typed_is_kept_listed_and_gone_on_with(open_counter):
    async with open_counter() as counter:
        await unknown(counter)
        await counter.keys("f10", "e", "enter", "c")
        await counter.by_hand(*"batch 7", "enter", *"99")
        await counter.app.area.put_away()
        await counter.keys("f10", "k")
        assert "Card charge settled" in counter.screen()
        await counter.keys("down", "enter")
        area = counter.app.area
        assert (area.NAME, area.report.value, area.code.value) == ("card_terminal", "batch 7", "99")
        await counter.keys("escape", "f10", "k")
        assert "Card charge settled" not in counter.screen()


async def test_charged_takes_report_code_and_a_lead(open_counter):
    async with open_counter() as counter:
        await unknown(counter)
        await counter.keys("f10", "e", "enter", "c")
        await counter.by_hand(*"batch 7", "enter", *"991", "enter", *"v4242", "enter")
        await counter.keys(*"lee", "enter", *"9753", "enter")
        ((id_, first, second, found),) = counter.desk.settled
        assert (id_, first, second) == ("ask-1", "ana", "lee")
        assert (found.verdict, found.report, found.reference, found.slip) == (
            CardVerdict.CHARGED,
            "batch 7",
            "991",
            CardSlip("Visa", "4242"),
        )
        assert "settled: charged" in counter.message
        assert "Every card charge is settled" in counter.screen()


async def test_not_charged_takes_the_report_alone(open_counter):
    async with open_counter() as counter:
        await unknown(counter)
        await counter.keys("f10", "e", "enter", "n", "enter", "enter", "enter")
        assert "It takes the report" in counter.message
        await counter.keys(*"7", "enter", *"lee", "enter", *"9753", "enter")
        assert [found.verdict for *_, found in counter.desk.settled] == [CardVerdict.NOT_CHARGED]


@pytest.mark.parametrize(("id_", "pin"), [("ana", "1357"), ("bo", "2468"), ("lee", "0000")])
async def test_nobody_settles_it_alone_or_with_one_who_may_not(open_counter, id_, pin):
    async with open_counter() as counter:
        await unknown(counter)
        await counter.keys("f10", "e", "enter", "n", *"7", "enter", *id_, "enter", *pin, "enter")
        assert counter.desk.settled == []
        assert counter.message
        assert pin not in counter.screen()


async def test_esc_leaves_it_open(open_counter):
    async with open_counter() as counter:
        await unknown(counter)
        await counter.keys("f10", "e", "enter", "z", "c", *"7", "escape")
        assert "NOT KNOWN" in counter.screen()
        await counter.keys("escape")
        assert counter.payment.hand.empty
        assert counter.desk.settled == []


async def test_a_charge_known_to_be_made_can_only_be_reversed(open_counter):
    async with open_counter() as counter:
        await unknown(counter)
        counter.desk.open_cards = [replace(counter.desk.open_cards[0], state="charged")]
        await counter.keys("f10", "e", "enter", "n", "c")
        assert "name the report" not in counter.screen()
        await counter.keys("r", *"7", "enter", *"lee", "enter", *"9753", "enter")
        assert [found.verdict for *_, found in counter.desk.settled] == [CardVerdict.REVERSED]


async def test_the_cart_of_a_charge_that_was_made_is_taken_from_the_list(open_counter):
    async with open_counter() as counter:
        await unknown(counter)
        cart = counter.desk.open_cards[0].cart
        counter.desk.open_cards = [replace(counter.desk.open_cards[0], state="charged")]
        await counter.keys("f10", "e", "enter", "t")
        assert counter.payment.hand.held.cart.id == cart


async def test_a_cart_in_hand_is_parked_before_its_charge_is_laid_beside_it(open_counter):
    async with open_counter() as counter:
        await unknown(counter)
        await counter.keys("ctrl+k")
        assert not counter.payment.hand.empty
        await counter.keys("f10", "e", "enter", "n", *"7", "enter", *"lee", "enter", *"9753", "enter", "f2")
        assert counter.payment.hand.empty


@pytest.mark.parametrize("state", ["asked", "laid"])
async def test_the_cart_of_one_that_is_not_on_record_is_taken_at_once(open_counter, state):
    async with open_counter() as counter:
        await unknown(counter)
        cart = counter.desk.open_cards[0].cart
        counter.desk.open_cards = [replace(counter.desk.open_cards[0], state=state)]
        await counter.keys("f10", "e", "enter")
        assert counter.payment.hand.held.cart.id == cart
