"""Deposits and customers' money by keys: drawn on, paid in, given back by two, applied."""

from __future__ import annotations

from dataclasses import replace

from countertui.counter.drafts import Form
from countertui.domain.money import Cents
from countertui.domain.receipts import AccountLine, DrawLine
from countertui.domain.trust import Overdrawn
from screens.trust_desk import TrustDesk

GIVE = ("f10", "j", "enter", "g", *"250", "enter", *"Street is done", "enter")


async def test_a_deposit_pays_all_of_a_bill_in_two_keys_and_it_is_taken(open_counter):
    async with open_counter(TrustDesk()) as counter:
        await counter.paste("10422301\n")
        await counter.keys("ctrl+t", "enter")
        ((cart, tenders),) = counter.desk.payments
        assert [type(line) for line in cart.lines] == [AccountLine, DrawLine]
        assert (cart.lines[1].account, cart.lines[1].drawn, cart.total, tenders) == ("TD-0101", 84_17, 0, ())
        assert "84.17 drawn" in counter.screen()
        assert "taken" not in counter.screen()


async def test_what_a_deposit_does_not_pay_is_tendered(open_counter):
    async with open_counter(TrustDesk()) as counter:
        await counter.paste("10422301\n")
        await counter.keys("ctrl+t", *"50", "enter")
        assert counter.desk.payments == []
        assert "drawn from Bramble" in counter.screen()
        assert "1,150.00" in counter.screen()
        await counter.keys("f9")
        ((cart, tenders),) = counter.desk.payments
        assert (cart.total, [tender.cents for tender in tenders]) == (34_17, [34_17])


async def test_a_draw_comes_off_and_back_like_any_line(open_counter):
    async with open_counter(TrustDesk()) as counter:
        await counter.paste("10422301\n")
        await counter.keys("ctrl+t", *"50", "enter", "delete")
        assert "drawn from" not in counter.screen()
        await counter.keys("ctrl+z")
        assert "drawn from" in counter.screen()
        await counter.keys("f4")
        assert "What is drawn is fixed" in counter.message


async def test_nonsense_draws_nothing(open_counter):
    desk = TrustDesk()
    async with open_counter(desk) as counter:
        await counter.keys("ctrl+t")
        assert "nothing to pay for" in counter.message
        await counter.paste("10422301\n")
        await counter.keys("ctrl+t", *"9999", "enter")
        assert "TD-0101 has 1,200.00" in counter.message
        await counter.keys("shift+tab", *"nonsense", "enter", "enter")
        assert counter.desk.payments == []
        desk.failures["draw_line"] = [Overdrawn("TD-0101 has 0.00, not 84.17.")]
        await counter.keys("escape", "ctrl+t", "enter")
        assert "has 0.00" in counter.message
        await counter.keys("escape")
        assert counter.app.area.hand.held.cart.total == 84_17


async def test_giving_back_is_asked_by_one_and_approved_by_another(open_counter):
    desk = TrustDesk()
    async with open_counter(desk) as counter:
        await counter.by_hand(*GIVE)
        assert "250.00 of TD-0101 is asked back." in counter.message
        await counter.by_hand("escape", "q", "a", *"lee", "enter", *"9753", "enter")
        assert desk.answered == [("lee", 40, "approved")]
        assert "No deposit is asked back." in counter.screen()


async def test_a_lead_who_asked_needs_another_and_one_who_did_not_is_asked_first(open_counter):
    desk = TrustDesk()
    async with open_counter(desk, who="lee", drawer=False) as counter:
        await counter.by_hand(*GIVE)
        await counter.by_hand("escape", "q", "a", *"lee", "enter", *"9753", "enter")
        assert "Nobody approves" in counter.message
        assert desk.answered == []
        desk.refunds[40] = replace(desk.refunds[40], asked_by="ana")
        await counter.by_hand("escape", "q", "a", "enter")
        assert "not approved yet" in counter.message
        await counter.by_hand("f9")
        assert desk.answered == [("lee", 40, "approved")]


async def test_a_refusal_needs_its_reason(open_counter):
    desk = TrustDesk()
    async with open_counter(desk) as counter:
        await counter.by_hand(*GIVE)
        await counter.by_hand("escape", "q", "r", "enter")
        assert "A reason is needed." in counter.message
        await counter.by_hand(*"Not yet", "enter", *"lee", "enter", *"9753", "enter")
        assert desk.answered == [("lee", 40, "Not yet")]


async def test_giving_back_says_what_is_wrong_and_keeps_what_was_typed(open_counter):
    desk = TrustDesk()
    async with open_counter(desk) as counter:
        await counter.by_hand("f10", "j", "enter", "g", *"lots", "enter")
        assert "not an amount" in counter.message
        await counter.by_hand(*"5000", "enter", *"All of it", "enter")
        assert "TD-0101 has 1,200.00" in counter.message
        assert "All of it" in counter.screen()
        await counter.by_hand("escape", "escape", "escape")
        assert counter.app.area.NAME == "payment"
        assert desk.refunds == {}


async def test_paying_in_asks_the_amount_and_pays_no_charge(open_counter):
    async with open_counter(TrustDesk()) as counter:
        await counter.keys("f10", "j", "enter", "p", *"200", "enter", "f9")
        ((cart, _),) = counter.desk.payments
        (line,) = cart.lines
        assert (line.account, line.amount, line.on_account) == ("TD-0101", 200_00, True)


async def test_f4_twice_puts_an_amount_on_account_and_back(open_counter):
    async with open_counter(TrustDesk()) as counter:
        await counter.paste("10422301\n")
        await counter.keys("f4", *"20", "f4")
        (line,) = counter.app.area.hand.held.cart.lines
        assert (line.amount, line.on_account) == (Cents(20_00), True)
        assert "on account" in counter.screen()
        await counter.keys("f4", "f4")
        assert not counter.app.area.hand.held.cart.lines[0].on_account


async def test_invoices_are_paid_in_the_order_they_were_marked(open_counter):
    desk = TrustDesk()
    async with open_counter(desk) as counter:
        await counter.keys("f10", "j", "u", "enter", "a", "f9")
        assert "No invoice is chosen" in counter.message
        await counter.keys("down", "space", "up", "space", "f9")
        assert [args[2] for name, args in desk.calls if name == "apply_credit"][-1] == ("INV-26-0002", "INV-26-0001")
        assert "300.00 of AR-1001 pays invoices now." in counter.message


async def test_what_was_applied_is_taken_back_with_a_reason_that_outlives_leaving_the_screen(open_counter):
    desk = TrustDesk()
    async with open_counter(desk) as counter:
        await counter.keys("f10", "j", "u", "enter", "b")
        assert "No money of AR-1001 was applied." in counter.message
        await counter.keys("a", "space", "down", "space", "f9", "b", "enter")
        assert "A reason is needed." in counter.message
        await counter.by_hand(*"wrong invoice", "f2")
        assert (Form.UNAPPLYING, "AR-1001", "ana") in desk.drafts
        await counter.keys("f10", "k", "enter")
        assert "wrong invoice" in counter.screen()
        await counter.keys("enter")
        assert desk.taken_back == [("AR-1001", "apply-1", "wrong invoice")]
        assert "300.00 is on account again; it paid INV-26-0002, INV-26-0001." in counter.message


async def test_papers_go_to_the_printer_and_a_notice_only_where_something_is_missing(open_counter):
    desk = TrustDesk()
    async with open_counter(desk) as counter:
        await counter.keys("f10", "j", "b", "enter", "s", "n")
        assert desk.statements == ["TD-0102", "top up TD-0102"]
        await counter.keys("escape", "d", "enter", "n")
        assert desk.statements == ["TD-0102", "top up TD-0102"]


async def test_a_deposit_is_found_by_its_depositor(open_counter):
    async with open_counter(TrustDesk()) as counter:
        await counter.by_hand("f10", "j", "f", *"ellison", "enter")
        assert "TD-0102" in counter.screen()
        assert "TD-0101" not in counter.screen()
        await counter.by_hand("f", *"zzz", "enter")
        assert "fits that" in counter.screen()


async def test_what_was_typed_to_give_a_deposit_back_outlives_leaving_the_screen(open_counter):
    desk = TrustDesk()
    async with open_counter(desk) as counter:
        await counter.keys(*GIVE[:-1], "f2")
        assert (Form.TRUST_REFUND, "TD-0101", "ana") in desk.drafts
        await counter.keys("f10", "k", "enter")
        assert counter.app.area.NAME == "trust_account"
        assert "Street is done" in counter.screen()
        await counter.keys("enter", "enter")
        assert [one.cents for one in desk.refunds.values()] == [250_00]
        assert desk.drafts == {}
        await counter.keys("g", *"1", "escape")
        assert desk.drafts == {}


async def test_a_payor_without_a_deposit_is_told_so_at_once(open_counter):
    desk = TrustDesk()
    async with open_counter(desk) as counter:
        desk._drawable = lambda _cart: []
        await counter.paste("10422301\n")
        await counter.keys("ctrl+t")
        assert "has a deposit with money" in counter.message
        assert counter.app.area.asking is None
        await counter.keys("ctrl+x")
        await counter.paste("COPY*3\n")
        await counter.keys("ctrl+t")
        assert "Whose deposit pays is not known here." in counter.message
