"""The payment by keys: the common case without a dialog, and how few keys it takes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from countertui.domain.cash_rounding import CashRounding
from countertui.domain.check_line import CheckLine
from countertui.domain.micr import Micr
from countertui.domain.money import Cents
from countertui.domain.receipts import AccountLine, FeeLine
from countertui.domain.tender_rules import Limit, TenderRules
from countertui.domain.tenders import Tender, TenderKind
from screens.conftest import QUICK_SECONDS
from screens.fake_desk import FakeDesk

CASH, CHECK, CARD = TenderKind.CASH, TenderKind.CHECK, TenderKind.CARD


def tenders(counter) -> list[tuple[Tender, ...]]:
    return [laid for _, laid in counter.desk.payments]


async def test_a_scanned_bill_in_exact_cash_takes_two_keys(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        assert counter.payment.hand.held.cart.total == 84_17
        await counter.keys("f9")
        assert tenders(counter) == [(Tender(CASH, 84_17),)]
        assert "T1-1  84.17 taken   CHANGE 0.00" in counter.screen()


async def test_a_scanned_bill_by_check_takes_three_keys(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await counter.keys("f6", *"1042", "enter")
        assert tenders(counter) == [(Tender(CHECK, 84_17, "1042"),)]


async def test_cash_with_change_shows_the_change_while_the_next_cart_is_filled(open_counter):
    async with open_counter() as counter:
        await counter.keys(*"10422301", "enter", "f5", *"100", "enter")
        assert tenders(counter) == [(Tender(CASH, 100_00),)]
        await counter.paste("20005177\n")
        assert "CHANGE 15.83" in counter.screen()
        assert counter.payment.hand.held.cart.total == 18_00


async def test_what_is_only_spelled_nearly_so_is_marked_and_never_taken_unchosen(open_counter):
    async with open_counter() as counter:
        await counter.keys(*"elilson", "enter")
        assert "~Utility" in counter.screen()
        assert "spelled nearly so" in counter.message
        assert not counter.payment.hand.held.cart.lines, "one that fits nearly is not the one that was meant"
        await counter.keys("enter")
        assert [line.account for line in counter.payment.hand.held.cart.lines] == ["10422301"]


async def test_the_first_digit_replaces_the_prefilled_amount_and_enter_alone_keeps_it(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await counter.keys("f5")
        assert counter.payment.inline.amount.value == "84.17"
        await counter.keys("9")
        assert counter.payment.inline.amount.value == "9"
        await counter.by_hand("escape", "f7", *"A1B2C3", "enter")
        assert tenders(counter) == [(Tender(CARD, 84_17, "A1B2C3", ask="ask-1"),)]


async def test_f9_while_a_tender_is_typed_takes_that_tender_and_never_cash(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await counter.keys("f6", *"1234", "f9")
        assert tenders(counter) == [(Tender(CHECK, 84_17, "1234"),)]


@pytest.mark.parametrize(("opens", "reference"), [("f5", ""), ("f6", "1234")])
async def test_f9_puts_the_exact_sum_in_no_other_amounts_place(open_counter, opens, reference):
    """500 was handed over: a receipt over 84.17 without change would keep the rest, or call a check what it is not."""
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await counter.keys(opens, *reference, *(("tab",) if reference else ()), *"500", "f9")
        assert "500.00 is typed, 84.17 is due." in counter.message
        assert counter.payment.inline.amount.value == "500"
        assert counter.desk.payments == []
        await counter.keys("ctrl+u", "f9")
        assert [tender.cents for (tender,) in tenders(counter)] == [84_17]


async def test_f9_without_the_check_number_asks_for_it_and_takes_nothing(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await counter.keys("f6", "f9")
        assert "A check needs its check no." in counter.message
        assert tenders(counter) == []
        await counter.keys(*"77", "f9")
        assert tenders(counter) == [(Tender(CHECK, 84_17, "77"),)]


async def test_the_drawer_opens_for_cash_and_checks_only(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await counter.keys("f7", *"A1", "enter")
        assert counter.desk.kicks == 0
        await counter.paste("20005177\n")
        await counter.keys("f9")
        assert counter.desk.kicks == 1


async def test_split_cash_and_check_takes_five_keys(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await counter.keys("f5", *"20", "enter")
        assert "REMAINING 64.17" in counter.screen()
        await counter.keys("f6", *"77", "enter")
        assert tenders(counter) == [(Tender(CASH, 20_00), Tender(CHECK, 64_17, "77"))]


async def test_another_tender_key_changes_the_kind_of_tender_being_typed(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await counter.keys("f5", "f6", *"1042", "enter")
        assert tenders(counter) == [(Tender(CHECK, 84_17, "1042"),)]


async def test_fee_with_quantity_by_card_takes_three_keys(open_counter):
    async with open_counter() as counter:
        await counter.keys(*"copy*3", "enter", "f7", *"991", "enter")
        (cart, _), *_ = counter.desk.payments
        assert cart.lines == (FeeLine("COPY", "Copies, per page", 3, 25, "100-4410"),)


async def test_a_fee_of_open_amount_asks_its_amount_in_place(open_counter):
    async with open_counter() as counter:
        await counter.keys(*"misc", "enter")
        assert counter.payment.inline.display
        await counter.keys(*"12.5", "enter", "f9")
        (cart, _), *_ = counter.desk.payments
        assert cart.total == 12_50


async def test_partial_payment_allocates_in_the_citys_order(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await counter.keys("f4", *"40", "enter")
        assert "still owed 44.17" in counter.screen()
        await counter.keys("f9")
        assert tenders(counter) == [(Tender(CASH, 40_00),)]


async def test_allocation_by_hand_needs_a_reason(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await counter.by_hand("f4", "tab", "0", "enter", *"31.20", "enter", "0", "enter", "enter")
        assert "needs a reason" in counter.message
        await counter.by_hand(*"asked for", "enter")
        (line,) = counter.payment.hand.held.cart.lines
        assert isinstance(line, AccountLine)
        assert (line.amount, line.by_hand, line.reason) == (31_20, (("c2", 31_20),), "asked for")


async def test_a_part_over_its_balance_is_refused_and_stays_typed(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await counter.keys("f4", "tab", *"99", "enter")
        assert "at most 12.50" in counter.message
        assert counter.payment.parts.field.value == "99"


async def test_results_are_chosen_by_arrows_and_several_are_never_guessed(open_counter):
    async with open_counter() as counter:
        await counter.keys(*"marta", "enter")
        assert counter.payment.hand.empty
        assert "2 fit" in counter.message
        await counter.keys("down", "enter")
        (line,) = counter.payment.hand.held.cart.lines
        assert line.account == "10422302"


async def test_results_never_jump_under_the_cursor(open_counter):
    async with open_counter() as counter:
        await counter.keys(*"mar", "down", "down")
        before = counter.payment.finding.results.current
        await counter.settle()
        assert counter.payment.finding.results.current == before
        await counter.keys("t")
        assert counter.payment.finding.results.current is None


async def test_arrows_wait_for_the_results_they_move_over(open_counter):
    async with open_counter(FakeDesk(delays={"find": 0.1})) as counter:
        counter.type("marta")
        counter.send("down", "down", "enter")
        await counter.settle()
        (line,) = counter.payment.hand.held.cart.lines
        assert line.account == "10422302"


async def test_stale_answers_are_dropped(open_counter):
    desk = FakeDesk(delays={"find": 0.05})
    async with open_counter(desk) as counter:
        await counter.keys("m")
        await counter.until(lambda: bool(counter.payment.finding.results.items))
        counter.type("arta")
        await counter.settle()
        await counter.until(lambda: len(counter.payment.finding.results.items) == 2)
        asked = [args[0] for name, args in desk.calls if name == "find"]
        assert asked == ["m", "ma", "marta"], "while one is under way only the newest waits"
        assert len(counter.payment.finding.results.items) == 2


async def test_a_receipt_of_another_terminal_is_told_and_adds_nothing(open_counter):
    async with open_counter() as counter:
        await counter.keys(*"T2-17", "enter")
        assert "T2-17 was taken at another terminal: ELLISON, RAY" in counter.message
        assert not counter.payment.hand.held.cart.lines


async def test_a_receipt_number_in_the_box_shows_the_receipt(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await counter.keys("f9")
        await counter.paste("T1-1\n")
        assert counter.app.area.NAME == "receipts"
        assert "Received from Marta Ellison" in counter.screen()


async def test_delete_takes_a_line_off_and_undo_puts_it_back(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\nL-2041\n")
        await counter.keys("up", "delete")
        assert [line.account for line in counter.payment.hand.held.cart.lines] == ["L-2041"]
        await counter.keys("ctrl+z")
        assert [line.account for line in counter.payment.hand.held.cart.lines] == ["10422301", "L-2041"]


async def test_a_laid_tender_can_be_taken_off(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await counter.keys("f5", *"20", "enter", "down", "ctrl+x")
        assert counter.payment.taking.remaining == 84_17


async def test_escape_never_destroys_without_asking(open_counter):
    async with open_counter() as counter:
        await counter.keys("escape")
        assert counter.app.area.NAME == "payment"
        await counter.paste("10422301\n")
        await counter.keys("f5", "escape")
        assert not counter.payment.inline.display
        await counter.keys("escape", "n")
        assert counter.payment.hand.held.cart.total == 84_17
        await counter.keys("escape", "escape")
        assert counter.payment.hand.held.cart.total == 84_17
        await counter.keys("escape", "y")
        assert counter.payment.hand.empty
        assert counter.desk.saved == {}


async def test_a_scan_while_asked_to_drop_keeps_the_cart(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await counter.keys("escape", *"20005177")
        assert counter.payment.finding.box.value == "20005177", "no key of it is lost"
        await counter.keys("enter")
        assert [line.account for line in counter.payment.hand.held.cart.lines] == ["10422301", "20005177"]


async def test_park_and_take_back_takes_two_keys_and_keeps_the_tenders(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await counter.keys("f5", *"20", "enter", "ctrl+k")
        assert counter.payment.hand.empty
        await counter.keys("ctrl+k")
        assert counter.payment.taking.remaining == 64_17


async def test_tenders_survive_the_program_and_come_back_with_the_cart(open_counter):
    desk = FakeDesk()
    async with open_counter(desk) as counter:
        await counter.paste("10422301\n")
        await counter.keys("f5", *"20", "enter", "f6", *"1042", "tab", *"30", "enter")
    async with open_counter(desk) as counter:
        assert counter.payment.hand.empty, "nothing is applied by itself"
        await counter.keys("ctrl+k")
        assert counter.payment.hand.held.tenders == (
            Tender(CASH, 20_00),
            Tender(CHECK, 30_00, "1042"),
        )
        assert "Laid beside it: cash 20.00, check 30.00; not recorded yet." in counter.message
        assert counter.payment.taking.remaining == 34_17
        await counter.keys("down", "down", "delete")
        assert desk.laid["cart-1"] == (Tender(CASH, 20_00),)
        await counter.keys("ctrl+z")
        assert len(desk.laid["cart-1"]) == 2
        await counter.keys("f9")
        assert [len(tenders) for _, tenders in desk.payments] == [3]
        assert desk.saved == {}


async def test_tenders_alone_are_kept_as_well(open_counter):
    """What was handed over still lies there when the last line is taken off."""
    desk = FakeDesk()
    async with open_counter(desk) as counter:
        await counter.paste("10422301\n")
        await counter.keys("f5", *"20", "enter", "home", "delete")
        assert counter.payment.hand.held.cart.lines == ()
        assert desk.laid["cart-1"] == (Tender(CASH, 20_00),)
        await counter.keys("ctrl+k", "ctrl+k")
        assert counter.payment.hand.held.tenders == (Tender(CASH, 20_00),)


async def test_two_parked_carts_are_listed(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await counter.keys("ctrl+k")
        await counter.paste("L-2041\n")
        await counter.keys("ctrl+k", "ctrl+k")
        assert counter.app.area.NAME == "carts"
        await counter.keys("down", "enter")
        assert counter.payment.hand.held.name == "Bramble Bakery"


async def test_every_change_of_the_cart_is_saved_before_the_tender(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await counter.keys("f4", *"40", "enter", "f9")
        names = [name for name, _ in counter.desk.calls if name in {"save_cart", "take_payment"}]
        assert names == ["save_cart", "save_cart", "take_payment"]
        saved = [args[1] for name, args in counter.desk.calls if name == "save_cart"]
        assert saved[-1].cart == counter.desk.payments[0][0]


async def test_the_payor_is_the_first_line_unless_named(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await counter.by_hand("ctrl+n", *"Neighbor", "enter", "f9")
        assert counter.desk.payments[0][0].payor == "Neighbor"


async def test_an_account_is_not_twice_in_a_cart(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n10422301\n")
        assert "already in this cart" in counter.message
        assert len(counter.payment.hand.held.cart.lines) == 1


@pytest.mark.parametrize("size", [(80, 24), (132, 43)])
async def test_the_whole_payment_fits_the_screen(open_counter, size):
    async with open_counter(size=size) as counter:
        await counter.paste("10422301\nL-2041\nCOPY*3\n")
        screen = counter.screen()
        assert all(word in screen for word in ("DUE 159.92", "Bramble Bakery", "Exact", "DEMO", "Menu"))


async def test_what_is_paid_over_is_called_a_credit(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await counter.keys("f4", *"100", "enter")
        assert "credit 15.83" in counter.screen()
        assert "still owed" not in counter.screen()


async def test_a_cart_of_fees_is_from_a_walk_in_until_somebody_is_named(open_counter):
    async with open_counter() as counter:
        await counter.paste("COPY*3\n")
        assert "from Walk-in" in counter.screen()
        await counter.paste("10422301\n")
        assert "from Marta Ellison" in counter.screen()


async def test_saved_carts_are_called_by_their_first_line(open_counter):
    async with open_counter() as counter:
        await counter.paste("COPY*3\nNOTARY\n")
        await counter.keys("ctrl+k")
        await counter.paste("L-2041\n")
        await counter.keys("ctrl+k", "ctrl+k")
        assert "Copies, per page  +1" in counter.screen()
        assert "Bramble Bakery" in counter.screen()


async def test_a_check_number_that_another_tender_replaces_is_said_not_to_be_laid(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await counter.keys("f6", *"1042", "f5")
        assert counter.message.startswith("Check no. 1042 was not laid.")


async def test_the_sum_of_the_parts_runs_beside_the_amount(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await counter.keys("f4", "tab", *"12.50", "enter", *"20", "enter")
        assert "Parts 72.97 of 84.17" in counter.screen()
        assert "Penalty Oct" in counter.screen()


async def test_the_same_words_again_are_said_again(open_counter):
    async with open_counter() as counter:
        await counter.paste("30001\n")
        await counter.keys("delete")
        counter.app.tell("Nothing is owed there.", press="F4 types an amount; Del takes the line off.")
        await counter.paste("30001\n")
        assert "F4 types an amount" in counter.message


async def test_a_check_for_a_cash_only_account_asks_for_a_lead(open_counter):
    async with open_counter() as counter:
        await counter.paste("20005177\n")
        await counter.keys("f6", *"1042", "enter")
        assert "Account 20005177 is cash-only: no check is taken" in counter.message
        assert "A lead approves the check" in counter.screen()
        await counter.keys(*"bo", "enter", *"2468", "enter")
        assert "may not" in counter.message
        assert counter.desk.payments == []
        assert "2468" not in counter.screen()
        await counter.keys(*"lee", "enter", *"9753", "enter")
        assert [tender.reference for _, tenders in counter.desk.payments for tender in tenders] == ["1042"]
        _, args = next(call for call in counter.desk.calls if call[0] == "take_payment")
        assert args[-1].id == "lee"


async def test_a_check_that_no_lead_approved_was_not_laid(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n20005177\n")
        await counter.keys("f6", *"7731", "tab", *"30", "enter", "escape")
        row = counter.payment.inline
        assert (row.text.value, row.amount.value) == ("7731", "30"), "nothing that was typed is lost"
        await counter.keys("escape")
        assert "Check 7731 is not laid yet." in counter.message
        await counter.keys("escape")
        assert "7731" not in counter.screen()
        await counter.keys("f9")
        assert [tender.kind for _, tenders in counter.desk.payments for tender in tenders] == [TenderKind.CASH]
        _, args = next(call for call in counter.desk.calls if call[0] == "take_payment")
        assert args[-1] is None


async def test_a_check_read_by_a_reader_is_back_masked_after_a_lead_did_not_come(open_counter):
    async with open_counter() as counter:
        await counter.paste("20005177\n")
        micr = Micr("021000021", "1234567890")
        await counter.app.area.take_check(CheckLine(micr, "1042"))
        await counter.keys("enter")
        assert "A lead approves the check" in counter.screen()
        await counter.keys("escape")
        row = counter.payment.inline
        assert (row.text.value, row.micr.shown()) == ("1042", micr.masked)
        await counter.keys("f5")
        assert counter.message.startswith("Check no. 1042 was not laid.")


async def test_a_bill_that_is_paid_and_scanned_again_adds_nothing(open_counter):
    async with open_counter() as counter:
        await counter.by_hand(*"STUB-30001", "enter", apart=QUICK_SECONDS / 10)
        assert "The bill of 30001 is already paid (receipt T1-4, 11/20/2026)" in counter.message
        assert counter.payment.hand.held.cart.lines == ()
        await counter.paste("30001\n")
        assert [line.account for line in counter.payment.hand.held.cart.lines] == ["30001"]


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (("f6", "f4"), "Something is asked here"),
        (("f10", "b", "f4"), "No account is shown yet"),
        (("f10", "f7"), "F7 does nothing here now."),
    ],
)
async def test_a_function_key_that_does_nothing_says_what_is_missing(open_counter, keys, said):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await counter.keys(*keys)
        assert said in counter.message
        assert counter.app.message.refuses


async def test_what_nobody_may_let_be_is_said_before_it_is_laid(open_counter):
    desk = FakeDesk()
    desk.rules = replace(desk.rules, tenders=TenderRules(apart=(("check", "card"),)))
    async with open_counter(desk) as counter:
        await counter.paste("COPY*10\n")
        await counter.keys("f6", *"1042", "tab", *".50", "enter", "f7")
        assert "Check and card are never on one receipt. The card was not laid." in counter.message
        assert "A lead approves" not in counter.screen()
        assert desk.asked == {}, "the customer's card is charged only where it may be laid"
        await counter.keys("f9")
        assert [tender.kind for _, tenders in desk.payments for tender in tenders] == [
            TenderKind.CHECK,
            TenderKind.CASH,
        ]


async def test_a_lead_lets_be_what_was_said_and_nothing_else(open_counter):
    desk = FakeDesk()
    limit = Limit(TenderKind.CASH, Cents(50), by_approval=True)
    desk.rules = replace(desk.rules, tenders=TenderRules(limits=(limit,)))
    async with open_counter(desk) as counter:
        await counter.paste("COPY*20\n20005177\n")
        await counter.keys("f5", *"1", "enter")
        assert "Cash of 1.00 is more than one receipt takes, 0.50." in counter.message
        assert "A lead approves the cash" in counter.screen()
        await counter.keys(*"lee", "enter", *"9753", "enter")
        assert "TENDERED 1.00" in counter.screen()
        await counter.keys("f6", *"1042", "enter")
        assert "Account 20005177 is cash-only: no check is taken" in counter.message
        assert desk.payments == []
        await counter.keys(*"lee", "enter", *"9753", "enter")
        assert len(desk.payments) == 1
        assert desk.leads[0].id == "lee"


async def test_a_line_added_after_the_approval_is_approved_too(open_counter):
    async with open_counter() as counter:
        await counter.paste("COPY*10\n")
        await counter.keys("f6", *"1042", "enter")
        assert len(counter.desk.payments) == 1
        await counter.paste("COPY*10\n")
        await counter.keys("f6", *"1043", "tab", *"1", "enter")
        await counter.paste("20005177\n")
        await counter.keys("f9")
        assert "Account 20005177 is cash-only: no check is taken" in counter.message
        assert "A lead approves" in counter.screen()
        assert len(counter.desk.payments) == 1


async def test_a_check_that_covers_a_changed_cart_is_looked_at_again(open_counter):
    async with open_counter() as counter:
        await counter.paste("COPY*20\n")
        await counter.keys("f6", *"1043", "tab", *"1", "enter")
        await counter.paste("20005177\n")
        await counter.keys("f4", *"1", "enter", "up", "ctrl+x")
        assert "DUE 1.00" in counter.screen()
        await counter.keys("f9")
        assert "Account 20005177 is cash-only: no check is taken" in counter.message
        assert counter.desk.payments == []
        await counter.keys(*"lee", "enter", *"9753", "enter")
        assert len(counter.desk.payments) == 1


async def test_cash_is_rounded_and_a_check_is_not(open_counter):
    desk = FakeDesk()
    desk.rules = replace(desk.rules, tenders=TenderRules(rounding=CashRounding(5, "100-4905")))
    async with open_counter(desk) as counter:
        await counter.paste("10422301\n")
        await counter.keys("f9")
        await counter.paste("10422301\n")
        await counter.keys("f6", *"1042", "enter")
        assert tenders(counter) == [(Tender(CASH, 84_15),), (Tender(CHECK, 84_17, "1042"),)]
        await counter.paste("10422301\n")
        await counter.keys("f5", *"84.17", "enter")
        assert "Cash of 84.17: no coins below 5 cents are taken." in counter.message
        await counter.keys("f9")
        assert "no coins" in counter.message
        await counter.keys("escape", "f5", *"50", "enter")
        assert "REMAINING 34.15  ROUNDED BY -0.02" in counter.screen()
        await counter.keys("f5", *"40", "enter")
        assert "T1-3  84.15 taken   CHANGE 5.85" in counter.screen()


async def test_an_approval_is_for_one_cart(open_counter):
    async with open_counter() as counter:
        await counter.paste("20005177\n")
        await counter.keys("f6", *"1042", "enter", *"lee", "enter", *"9753", "enter")
        await counter.paste("20005177\n")
        await counter.keys("f6", *"1043", "enter")
        assert "no check is taken" in counter.message
        assert len(counter.desk.payments) == 1


async def test_a_tender_left_without_a_line_is_taken_off_by_del(open_counter):
    async with open_counter() as counter:
        await counter.paste("COPY*1\n")
        await counter.keys("f5", *".10", "enter", "ctrl+x")
        assert "TENDERED 0.10" in counter.screen()
        await counter.keys("ctrl+x")
        assert "TENDERED 0.00" in counter.screen()
        assert counter.payment.hand.held.tenders == ()


async def test_esc_asks_before_it_drops_a_typed_check_number(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await counter.keys("f6", *"1042", "escape")
        assert "Check 1042 is not laid yet." in counter.message
        await counter.keys("escape", "f9")
        assert tenders(counter) == [(Tender(CASH, 84_17),)]


async def test_a_refused_amount_is_replaced_by_the_first_digit_however_long_it_is(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await counter.by_hand("f5", *"99999999999999999", "enter", *"100", "enter")
        assert tenders(counter) == [(Tender(CASH, 100_00),)]


@pytest.mark.parametrize("typed", ["200", "2oo"])
async def test_f9_takes_no_other_amount_than_the_refused_one_that_stands_typed(open_counter, typed):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await counter.keys("f5", *typed, "enter")
        refused = counter.message
        await counter.keys("tab", "f9")
        assert (counter.message, counter.app.message.refuses) == (refused, True)
        assert counter.payment.inline.amount.value == typed
        assert counter.desk.payments == []
        await counter.keys("ctrl+u", "f9")
        assert tenders(counter) == [(Tender(CASH, 84_17),)]
