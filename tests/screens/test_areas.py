"""Signing on, opening, receipts, requests, reports, closing, sealing: each by keys."""

from __future__ import annotations

from dataclasses import replace

import pytest

from countertui.counter.print_queue import PrintNote
from countertui.counter.receipts import ReceiptRow
from countertui.counter.slips import SlipSaid
from countertui.counter.station import Person, Session
from countertui.domain.rights import Role
from countertui.errors import EnvironmentFault
from screens.conftest import SESSION
from screens.fake_desk import RULES, FakeDesk, charge


def name(counter) -> str:
    return counter.app.area.NAME


async def test_sign_on_by_id_and_pin_without_echo(open_counter):
    async with open_counter(who=None) as counter:
        await counter.keys(*"ana", "enter", *"1357")
        assert "1357" not in counter.screen().replace("demo PIN 1357", "")
        assert "••••" in counter.screen()
        await counter.keys("enter")
        assert name(counter) == "opening"
        assert "Ana Quill" in counter.screen()


async def test_a_wrong_pin_says_how_many_tries_are_left_and_a_lock_who_can_undo_it(open_counter):
    async with open_counter(who=None) as counter:
        await counter.keys(*"ana", "enter", *"9", "enter")
        assert "4 tries left" in counter.message
        assert counter.app.area.pin.value == ""
        for _ in range(5):
            await counter.keys(*"9", "enter")
        assert "Ask a lead" in counter.message
        assert counter.app.person is None


async def test_the_payment_that_is_laid_out_while_a_pin_is_checked_shows_and_takes_nothing(open_counter):
    """It is whoever's signs on in the end."""
    async with open_counter(who=None) as counter:
        await counter.keys(*"ana", "enter", *"9", "enter")
        payment = counter.app._areas["payment"]
        assert (name(counter), payment.display, counter.app.person) == ("sign_on", False, None)
        await counter.keys("f2", "f5", *"12")
        assert (name(counter), payment.finding.box.value) == ("sign_on", "")
        await counter.keys("escape", *"bo", "enter", *"2468", "enter")
        assert counter.app.person.id == payment._who().id == "bo"
        assert counter.app._areas["payment"] is payment


async def test_a_payment_laid_out_for_nobody_takes_no_scan_and_is_put_away_as_it_is(open_counter):
    async with open_counter(who=None) as counter:
        await counter.keys(*"ana", "enter", *"9", "enter")
        payment = counter.app._areas["payment"]
        await counter.paste("00047")
        await counter.keys("enter", "f9")
        await counter.app.put_away()
        assert (name(counter), payment.display, payment.hand.held.cart.lines) == ("sign_on", False, ())
        assert not counter.desk.saved


async def test_after_a_refused_id_the_next_id_is_typed_where_it_is_seen(open_counter):
    async with open_counter(FakeDesk(failures_of={"bo": 5}), who=None) as counter:
        for typed in ("nobody", "", "bo"):
            await counter.keys(*typed, "enter", *"1", "enter")
            area = counter.app.area
            assert counter.app.message.refuses
            assert (area.at, area.operator.value, area.pin.value) == (area.operator, "", "")
        await counter.keys(*"ana", "enter", *"9", "enter")
        assert (area.at, area.operator.value) == (area.pin, "ana")
        await counter.keys(*"1", "escape", *"lee")
        assert (area.operator.value, area.pin.value) == ("lee", "")


async def test_id_and_pin_typed_while_the_store_is_being_opened_are_kept(open_counter):
    async with open_counter(FakeDesk(unlock_seconds=0.3), who=None) as counter:
        assert "opening the store" in counter.screen()
        await counter.keys(*"ana", "enter", *"1357", "enter")
        assert name(counter) == "opening"


async def test_a_passphrase_is_asked_where_one_is_needed(open_counter):
    async with open_counter(FakeDesk(needs_passphrase=True), who=None) as counter:
        await counter.keys(*"wrong", "enter")
        assert "opens nothing" in counter.message
        await counter.paste("open sesame")
        assert "sesame" not in counter.screen()
        await counter.keys("enter", *"ana", "enter", *"1357", "enter")
        assert name(counter) == "opening"


async def test_a_store_that_cannot_be_opened_says_so_and_lets_one_leave(open_counter):
    class Held(FakeDesk):
        async def unlock(self, passphrase: str) -> None:
            raise EnvironmentFault("Another counter holds the store.", "Nothing was touched.", "Close it first.")

        def look(self, function, *args, **kwargs):
            raise RuntimeError("the desk is not unlocked")  # as the real one's does

    async with open_counter(Held(), who=None) as counter:
        await counter.until(lambda: bool(counter.message))
        assert "Another counter holds the store" in counter.message
        assert "!! not open" in counter.screen()
        await counter.keys(*"ana", "enter", *"1357", "enter")
        assert "Another counter holds the store" in counter.message
        await counter.keys("ctrl+q")
        assert not counter.app.is_running


async def test_a_fault_found_at_start_halts_sales(open_counter):
    async with open_counter(FakeDesk(faults=["The journal's chain is broken at 7."])) as counter:
        assert "HALTED" in counter.screen()
        await counter.paste("10422301\n")
        await counter.keys("f9")
        assert "chain is broken" in counter.message
        assert counter.desk.payments == []


async def test_a_running_session_goes_on_after_sign_on(open_counter):
    async with open_counter() as counter:
        await counter.keys("f10", "o")
        assert name(counter) == "sign_on"
        await counter.keys(*"ana", "enter", *"1357", "enter")
        assert name(counter) == "payment"


IS_RECORDED = "Receipt T1-17 over 84.17 IS recorded; its paper is not known to have come out (F10, P)."


async def test_what_a_crash_left_is_said_until_it_is_read_even_to_who_signs_on_during_the_check(open_counter):
    desk = FakeDesk(check_seconds=0.3, left=[IS_RECORDED], others=[SESSION])
    async with open_counter(desk, who=None) as counter:
        await counter.keys(*"ana", "enter", *"1357", "enter")
        assert name(counter) == "payment"
        assert IS_RECORDED in " ".join(counter.screen().split())
        await counter.paste("20005177\n")
        await counter.keys("f5", *"20")
        assert IS_RECORDED in counter.message, "keys for something else read nothing"
        await counter.keys("escape")
        assert IS_RECORDED in counter.message
        await counter.keys("escape")
        assert counter.message == ""
        assert counter.payment.hand.held.cart.total == 18_00, "the Esc that reads drops no cart"


async def test_the_check_clears_its_own_words_only(open_counter):
    async with open_counter(FakeDesk(check_seconds=0.2), who=None) as counter:
        await counter.keys(*"ana", "enter", *"1357", "enter")
        assert counter.message == ""


BOS = Session("s7", "D2", "bo", "Bo Marsh", "2026-11-22", 150_00, 150_00, 5)


async def test_a_lead_closes_an_absent_operators_drawer(open_counter):
    async with open_counter(FakeDesk(others=[BOS]), who="lee", drawer=False) as counter:
        await counter.keys("f10", "w")
        assert "Bo Marsh (bo)" in counter.screen()
        await counter.keys("enter")
        assert "Close drawer D2 of Bo Marsh" in counter.screen()
        await counter.keys("2", "f9", "f9")
        assert "Drawer D2 of Bo Marsh is closed" in counter.message
        person, session, *_ = next(args for called, args in counter.desk.calls if called == "close_drawer")
        assert (person.id, session.id, counter.desk.others) == ("lee", "s7", [])


async def test_a_cashier_is_not_offered_the_drawers_of_others(open_counter):
    async with open_counter(FakeDesk(others=[BOS])) as counter:
        await counter.keys("f10", "w")
        assert name(counter) == "menu"
        assert "Open drawers" not in counter.screen()


async def test_counts_of_two_drawers_do_not_mix_and_none_is_lost(open_counter):
    async with open_counter(FakeDesk(others=[BOS])) as counter:
        lead = Person("ana", "Ana Quill", (Role.CASHIER, Role.LEAD))
        counter.app.person = lead
        await counter.keys("f10", "c", "7", "f10", "w", "enter")
        area = counter.app.area
        assert area.grid.fields[0].value == ""
        await counter.keys("5", "f10", "c")
        assert area.grid.fields[0].value == "7"
        await counter.keys("f10", "w", "enter")
        assert area.grid.fields[0].value == "5"


async def test_who_lost_the_right_to_take_money_still_closes_their_own_drawer(open_counter):
    mine = replace(SESSION, operator="tess", operator_name="Tess Oakes")
    async with open_counter(FakeDesk(others=[mine]), who=None) as counter:
        await counter.keys(*"tess", "enter", *"8642", "enter")
        assert name(counter) == "menu"
        assert "Carts" not in counter.screen()
        await counter.keys("c", "2", "f9", "f9")
        assert (counter.desk.closed, counter.app.session) == ("s1", None)


async def test_opening_with_the_fund_counted(open_counter):
    async with open_counter(drawer=False) as counter:
        assert "11/23/2026" in counter.screen()
        await counter.keys("f3", "f2")
        assert name(counter) == "opening", "no payment without a drawer"
        await counter.keys(*"d1", "enter", "enter", "2")
        assert "0.00  even" in counter.screen()
        await counter.keys("f9")
        assert name(counter) == "payment"
        assert counter.app.session.opening_cents == 200_00


async def test_a_difference_from_the_fund_needs_a_lead_in_place(open_counter):
    async with open_counter(drawer=False) as counter:
        await counter.keys(*"d1", "enter", "enter", "1", "f9")
        assert "The count is 100.00; the fund is 200.00" in counter.message
        await counter.keys(*"ana", "enter", *"1357", "enter")
        assert "Nobody approves what they began" in counter.message
        await counter.keys(*"bo", "enter", *"2468", "enter")
        assert "may not approve" in counter.message
        await counter.keys(*"lee", "enter", *"9753", "enter")
        assert name(counter) == "payment"
        *_, approver = [args for called, args in counter.desk.calls if called == "open_drawer"][-1]
        assert approver.id == "lee"


async def test_a_drawer_open_under_somebody_else_is_refused(open_counter):
    async with open_counter(drawer=False) as counter:
        await counter.keys(*"d2", "enter") if False else None
        counter.app.area.drawer.set("D2")
        await counter.keys("enter")
        assert "open under bo" in counter.message


async def paid(counter, *numbers: str) -> None:
    for number in numbers:
        await counter.paste(f"{number}\n")
        await counter.keys("f9")


async def test_void_the_last_receipt_takes_four_keys_and_the_approver(open_counter):
    async with open_counter() as counter:
        await paid(counter, "10422301")
        await counter.keys("f3", "enter", "v", "1", *"lee", "enter", *"9753", "enter")
        assert counter.desk.receipts[0].state == "void"
        assert "Give back cash 84.17" in counter.message
        await counter.keys("v")
        assert "already void" in counter.message


async def test_with_no_second_person_the_void_is_requested_and_a_lead_decides_later(open_counter):
    async with open_counter() as counter:
        await paid(counter, "10422301")
        await counter.by_hand("f3", "enter", "v", *"spoiled", "enter", "enter")
        assert "Nobody there to approve?" in counter.message
        assert counter.desk.receipts[0].state == "taken", "a habitual Enter records nothing"
        await counter.keys("enter")
        assert counter.desk.receipts[0].state == "void_requested"
        await counter.keys("f10", "r", "a", *"lee", "enter", *"9753", "enter")
        assert counter.desk.receipts[0].state == "void"
        assert "Nothing is asked for" in counter.screen()


async def test_a_refused_request_needs_a_reason_and_leaves_the_receipt(open_counter):
    async with open_counter() as counter:
        await paid(counter, "10422301")
        await counter.keys("f3", "enter", "v", "1", "enter", "enter")
        await counter.keys("f10", "r", "r", "enter")
        assert "reason is needed" in counter.message
        await counter.keys(*"no", "enter", *"lee", "enter", *"9753", "enter")
        assert counter.desk.receipts[0].state == "taken"


async def test_a_refund_is_asked_for_with_its_method(open_counter):
    async with open_counter() as counter:
        await paid(counter, "10422301")
        counter.desk.session = None
        await counter.keys("f3", "enter", "u", "2", "3")
        assert "AP check or in cash" in counter.message
        await counter.keys("1")
        args = next(args for called, args in counter.desk.calls if called == "ask_refund")
        assert (args[2], args[3].value, args[4]) == ("Wrong amount", "ap_check", None)


async def test_a_refund_is_refused_at_once_while_its_drawer_is_open(open_counter):
    async with open_counter() as counter:
        await paid(counter, "10422301")
        await counter.keys("f3", "enter", "u")
        assert "drawer is still open" in counter.message
        assert not counter.app.area.undo.display


async def test_every_reason_is_seen_and_a_digit_that_picks_none_is_no_reason(open_counter):
    reasons = ("Wrong account", "Wrong amount", "Wrong tender", "Customer changed their mind", "Printed twice")
    desk = FakeDesk(rules=replace(RULES, void_reasons=reasons))
    async with open_counter(desk) as counter:
        await paid(counter, "10422301")
        await counter.keys("f3", "enter", "v")
        assert all(f"{n} {reason}" in counter.screen() for n, reason in enumerate(reasons, start=1))
        await counter.keys("9", "enter")
        assert "reason" in counter.message
        assert counter.app.area.undo.reason.value == ""


@pytest.mark.parametrize(
    ("state", "drawer", "words"),
    [
        ("void_requested", True, "Give back cash 84.17."),
        ("void_requested", False, "An AP check over 84.17 will be sent"),
        ("refund_requested ap_check", False, "By AP check: a check will be sent, give nothing from the drawer"),
        ("refund_requested cash", False, "In cash: give 84.17 from the drawer"),
    ],
)
async def test_an_approval_says_what_to_give_and_what_not(open_counter, state, drawer, words):
    row = ReceiptRow("T1-9", "09:41", "2026-11-23", "Marta", 84_17, "Cash", *asked_for(state), "Give back cash 84.17.")
    opened = [replace(SESSION, id="s9", operator="bo")] if drawer else []
    desk = FakeDesk(receipts=[row], others=opened)
    async with open_counter(desk, who="lee", drawer=False) as counter:
        await counter.keys("f10", "r", "a", "f9")
        assert words.casefold() in counter.message.casefold()
        assert words.casefold() in " ".join(counter.screen().casefold().split())


async def test_what_was_decided_at_the_ledger_is_carried_out_and_not_asked_again(open_counter):
    row = ReceiptRow("T1-9", "09:41", "2026-11-23", "Marta", 84_17, "Cash", *asked_for("void_requested"))
    desk = FakeDesk(receipts=[row], decided=[row])
    async with open_counter(desk) as counter:
        await counter.keys("f10", "r")
        line = next(line for line in counter.screen().splitlines() if "T1-9" in line)
        assert "decided: C" in line
        await counter.keys("a")
        assert "A lead decides" not in counter.screen()
        await counter.keys("c")
        assert "VOID, as lena decided" in counter.message
        assert desk.decided == []


def asked_for(state: str):
    """What follows the tenders in a row of that state and refund method."""
    state, _, refund = state.partition(" ")
    return state, "ana", 0, "s9", refund


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("refunded ap_check", "refunded, AP check"),
        ("refunded cash", "refunded, cash"),
        ("refund_requested cash", "refund asked"),
        ("void", "VOID"),
    ],
)
async def test_the_list_and_the_receipt_say_how_it_was_refunded(open_counter, state, said):
    row = ReceiptRow("T1-9", "09:41", "2026-11-23", "Bartholomew Longname", 1_084_17, "Cash + Check", *asked_for(state))
    async with open_counter(FakeDesk(receipts=[row])) as counter:
        await counter.keys("f3")
        line = next(line for line in counter.screen().splitlines() if "T1-9" in line)
        assert f" {said} " in line
        assert "Cash + Check" in line
        assert "1,084.17" in line
        await counter.keys("enter")
        assert said in next(line for line in counter.screen().splitlines() if "Receipt T1-9" in line)


async def test_reprint_the_last_receipt_takes_two_keys(open_counter):
    async with open_counter() as counter:
        await paid(counter, "10422301", "L-2041")
        await counter.keys("f3", "ctrl+r")
        assert "T1-2 is printing, marked DUPLICATE 1" in counter.message


async def test_receipts_are_found_by_typing(open_counter):
    async with open_counter() as counter:
        await paid(counter, "10422301", "L-2041")
        await counter.keys("f3", *"ellis")
        assert [row.receipt_no for row in counter.app.area.list.items] == ["T1-1"]


async def test_a_cashiers_x_report_shows_no_expected_money_until_revealed(open_counter):
    async with open_counter() as counter:
        await counter.keys("f10", "x")
        assert "X REPORT" in counter.screen()
        assert "Expected" not in counter.screen()
        await counter.keys("v", *"bo", "enter", *"2468", "enter")
        assert "may not see expected" in counter.message
        await counter.keys(*"tess", "enter", *"8642", "enter")
        assert "Expected cash 284.17" in counter.screen()


async def test_a_blind_count_of_no_cash_is_asked_about_before_it_tells_what_was_expected(open_counter):
    async with open_counter() as counter:
        await paid(counter, "10422301")
        await counter.keys("f10", "c", "f9")
        assert "No cash is typed." in counter.message
        assert "SHORT" not in counter.screen()
        await counter.keys("f9")
        assert "SHORT" in counter.screen()


async def test_closing_counts_blind_then_tells_then_closes_and_seals(open_counter):
    async with open_counter() as counter:
        await paid(counter, "10422301")
        await counter.keys("f10", "c")
        area = counter.app.area
        for field, pieces in zip(area.grid.fields, "201010", strict=False):
            field.set(pieces)
        assert "expected" not in counter.screen().casefold()
        await counter.keys("f9")
        assert "SHORT" in counter.screen()
        await counter.keys("enter")
        assert "needs a reason" in counter.message
        await counter.keys("f4")
        for field, pieces in zip(
            area.grid.fields, ["2", "1", "1", "1", "", "", "4", "", "", "1", "1", "2"], strict=True
        ):
            field.set(pieces)
        await counter.keys("f9")
        assert "even" in counter.screen()
        await counter.keys("f9")
        assert "Z REPORT" in counter.screen()
        assert counter.app.session is None
        await counter.keys("s")
        assert "posted, difference 0.00" in counter.message


async def test_a_count_of_checks_needs_number_and_total(open_counter):
    async with open_counter() as counter:
        await counter.keys("f10", "c")
        area = counter.app.area
        next(iter(area.counts.numbers.values())).set("2")
        await counter.keys("f9")
        assert "Checks: number and total" in counter.message
        assert counter.desk.counts == []


async def test_everything_is_counted_by_keys_from_the_largest_note_to_the_money_orders(open_counter):
    async with open_counter() as counter:
        await counter.keys(
            "f10", "c", "2", *["enter"] * 12, "3", "enter", *"84.17", "enter", "enter", "enter", "enter", "enter"
        )
        ((cash, counts),) = counter.desk.counts
        assert cash.total == 200_00
        assert [(one.kind.value, one.count, one.cents) for one in counts.values()] == [
            ("check", 3, 84_17),
            ("card", 0, 0),
            ("money_order", 0, 0),
        ]


@pytest.mark.parametrize("many", [1, 3, 5, 9])
async def test_every_open_item_is_seen_above_the_count(open_counter, many):
    items = [f"Never printed: T1-{n} (F10, P)." for n in range(many)]
    async with open_counter(FakeDesk(open=items)) as counter:
        await counter.keys("f10", "c")
        for item in items[:5]:
            assert item in counter.screen()
        assert ("and 4 more" in counter.screen()) is (many == 9)
        for field in ("100.00 ×", "Money orders", "F9 Commit"):
            assert field in counter.screen(), "the whole count is still there"


async def test_open_items_are_listed_and_block_nothing(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await counter.keys("f10", "c")
        assert "1 cart not paid for" in counter.screen()


async def test_somebody_locked_is_let_in_by_a_lead(open_counter):
    async with open_counter(FakeDesk(failures_of={"bo": 5})) as counter:
        await counter.keys("f10", "u", *"bo", "enter", *"lee", "enter", *"9753", "enter")
        assert counter.desk.failures_of == {}
        assert "Nobody is locked" in counter.screen()


async def test_who_is_locked_is_listed(open_counter):
    async with open_counter(FakeDesk(failures_of={"bo": 5, "lee": 4, "tess": 5})) as counter:
        await counter.keys("f10", "u")
        shown = counter.screen()
        assert "bo       Bo Marsh" in shown
        assert "tess     Tess Oakes" in shown
        assert "Lee Aldous" not in shown, "who has tries left is not locked"


async def test_the_one_who_is_locked_need_not_be_typed(open_counter):
    async with open_counter(FakeDesk(failures_of={"bo": 5})) as counter:
        await counter.keys("f10", "u", "enter", *"lee", "enter", *"9753", "enter")
        assert counter.desk.failures_of == {}
        assert "bo may try again" in counter.message


async def test_papers_in_doubt_are_settled_by_a_person(open_counter):
    async with open_counter(FakeDesk(notes=[PrintNote(3, "T1-9", "uncertain", "no answer")])) as counter:
        await counter.keys("f10", "p")
        assert "uncertain" in counter.screen()
        await counter.keys("i")
        assert "Nothing waits to be printed" in counter.screen()


async def test_a_paper_in_doubt_is_printed_again_here_or_at_another_printer(open_counter):
    notes = [PrintNote(n, f"T1-{n}", "uncertain", "no answer", "front counter") for n in (3, 4, 5)]
    names = ("front counter", "back office", "licenses")
    async with open_counter(FakeDesk(notes=notes, printers=names)) as counter:
        await counter.keys("f10", "p", "a", "o")
        assert "1 back office   2 licenses" in counter.screen()
        await counter.keys("escape")
        assert "1 back office" not in counter.screen()
        await counter.keys("o", "2")
        assert counter.desk.again == [(3, ""), (4, "licenses")]
        assert name(counter) == "printing"


async def test_a_paper_of_which_nothing_left_is_kept_or_not_wanted(open_counter):
    notes = [
        PrintNote(3, "T1-3", "refused", "paper out", "front counter"),
        PrintNote(4, "T1-4", "sending", "", "front counter"),
    ]
    async with open_counter(FakeDesk(notes=notes)) as counter:
        await counter.keys("f10", "p", "i")
        assert "not printed" in counter.screen(), "what never left can't be there"
        assert "Other printer" not in counter.screen()
        await counter.keys("l")
        assert "later" in counter.screen()
        await counter.keys("n")
        assert "T1-3" not in counter.screen()
        assert "goes on by itself" in counter.screen(), "one that waits for paper needs no key"
        await counter.keys("g")
        assert "uncertain" in counter.screen()


async def test_a_paper_in_doubt_is_told_beside_the_next_sale(open_counter):
    desk = FakeDesk(printed=[[PrintNote(3, "T1-1", "uncertain", "cover open", "front counter")]])
    async with open_counter(desk) as counter:
        await paid(counter, "10422301")
        await counter.settle()
        assert "Receipt T1-1 may not have printed: front counter: cover open." in counter.message
        assert "F10, P" in counter.message


async def test_the_drawer_is_opened_without_a_sale_with_a_reason(open_counter):
    async with open_counter() as counter:
        await counter.keys("f10", "t", "enter")
        assert "needs a reason" in counter.message
        await counter.by_hand(*"change", "enter")
        assert (counter.desk.no_sales, counter.desk.kicks) == (["change"], 1)
        assert name(counter) == "payment"


async def test_a_drawer_that_did_not_open_is_told(open_counter):
    desk = FakeDesk(shut="switched off")
    async with open_counter(desk) as counter:
        await paid(counter, "10422301")
        await counter.settle()
        assert "The drawer was not opened: switched off." in counter.message


async def test_what_waited_prints_when_its_printer_is_ready_again_but_not_in_haste(open_counter):
    desk = FakeDesk()
    async with open_counter(desk) as counter:
        asked = [called for called, _ in desk.calls].count("print_waiting")
        desk.can_print = True
        for _ in range(3):
            counter.app.chips.ask()
            await counter.settle()
        assert [called for called, _ in desk.calls].count("print_waiting") == asked + 1


async def test_a_check_is_endorsed_again_only_with_a_reason(open_counter):
    note = PrintNote(3, "T1-3", "uncertain", "no answer", "front counter", "endorsement", "Check 1041 of 45.00")
    async with open_counter(FakeDesk(notes=[note])) as counter:
        await counter.keys("f10", "p")
        assert "Check 1041 of 45.00" in counter.screen()
        await counter.keys("a", "enter")
        assert "needs a reason" in counter.message
        await counter.keys("escape", "a", *"torn", "enter")
        assert counter.desk.again == [(3, "torn")]
        assert "Nothing waits to be printed" in counter.screen()


async def test_the_list_of_papers_follows_what_the_printers_do(open_counter):
    note = PrintNote(3, "T1-1", "queued", "", "front counter", "endorsement", "Check 1041 of 45.00")
    desk = FakeDesk(notes=[note])
    async with open_counter(desk) as counter:
        await counter.keys("f10", "p")
        assert "Give up" not in counter.screen()
        desk.notes = [replace(note, state="sending")]
        desk.slips_said = [SlipSaid("insert", note.title, "front counter")]
        counter.app.devices.print_papers()
        await counter.settle()
        assert "G Give up" in counter.screen()
        assert "printing" in counter.screen()


async def test_who_takes_a_check_is_told_where_to_put_it(open_counter):
    check = "Check 1041 of 45.00"
    note = PrintNote(3, "T1-1", "refused", "no sheet was put in", "front counter", "endorsement", check)
    desk = FakeDesk(slips_said=[SlipSaid("insert", check, "front counter")])
    async with open_counter(desk) as counter:
        await paid(counter, "10422301")
        await counter.settle()
        assert "Put check 1041 of 45.00 into front counter." in counter.message
        desk.slipped = [[replace(note, state="processed")]]
        counter.app.devices.print_papers()
        await counter.settle()
        assert "Printed on: check 1041 of 45.00." in counter.message
        await counter.keys("f2", "f6")
        refusal = counter.message
        assert counter.app.message.refuses
        desk.slipped = [[replace(note, state="processed")]]
        counter.app.devices.print_papers()
        await counter.settle()
        assert counter.message == refusal, "what was refused meanwhile is to be read"
        desk.slipped = [[note]]
        await counter.keys("f3", "enter", "s")
        await counter.settle()
        assert desk.again == [(0, "T1-1")]
        assert "Check 1041 of 45.00 was not printed on: no sheet was put in." in counter.message


async def test_sync_fetches_the_newest_data(open_counter):
    async with open_counter() as counter:
        await counter.keys("f10", "y")
        await counter.settle()
        assert "Data 2 is in use" in counter.message


async def test_a_technician_has_no_payment_but_the_menu(open_counter):
    async with open_counter(who="tess", drawer=False) as counter:
        assert name(counter) == "menu"
        assert "Close drawer" not in counter.screen()


async def test_a_technician_who_wants_to_pay_is_told_that_letters_are_commands_there(open_counter):
    async with open_counter(who="tess", drawer=False) as counter:
        await counter.keys("f3", "f2")
        assert name(counter) == "menu"
        assert "You take no payments: this is the menu, where letters are commands." in counter.message


async def test_the_menu_names_what_it_has_no_room_for(open_counter):
    async with open_counter() as counter:
        await counter.keys("f10")
        await counter.until(
            lambda: "↓ 1 Checklist, Q Leave, Y Sync, U Unlock, I Your PIN, L Look and start" in counter.screen()
        )
        area = counter.app._areas["menu"]
        shown = {line[3] for line in counter.screen().splitlines()[3:21]}
        assert {each.key.upper() for each in area.list.items} - shown == {"1", "Q", "Y", "U", "I", "L"}
        await counter.keys("i")
        assert name(counter) == "own_pin"


async def test_a_capital_is_its_letter_in_a_menu_and_itself_in_a_field(open_counter):
    async with open_counter() as counter:
        await counter.keys("f10", "I")
        assert name(counter) == "own_pin"
        await counter.keys("f2", *"COPY")
        assert name(counter) == "payment"
        assert "COPY" in counter.screen()


@pytest.mark.parametrize("area", ["payment", "receipts", "menu"])
async def test_help_explains_the_screen_one_is_on_and_goes_back(open_counter, area):
    async with open_counter() as counter:
        await counter.app.go(area)
        await counter.keys("f1")
        assert f"Help: {counter.app._areas[area].TITLE}" in counter.screen()
        await counter.keys("escape")
        assert name(counter) == area


async def test_the_palette_lists_first_what_begins_with_what_is_typed(open_counter):
    async with open_counter() as counter:
        await counter.keys("ctrl+p", *"pa")
        listed = [line.lstrip(" ›").split() for line in counter.screen().splitlines()[4:7]]
        assert [words[0] for words in listed] == ["Ctrl+K", "Ctrl+N", "F2"], "what holds it elsewhere comes behind"


async def test_the_palette_finds_and_does_a_command(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await counter.keys("ctrl+p", *"exact", "enter")
        assert len(counter.desk.payments) == 1


async def test_every_key_that_is_shown_or_listed_is_explained(open_counter):
    async with open_counter() as counter:
        for area in ("payment", "receipts", "menu", "x_report", "close", "batches", "requests", "z_report", "leave"):
            await counter.app.go(area)
            for command in counter.app.commands():
                assert command.explains.endswith("."), command
            assert counter.app.area.HELP


async def test_leaving_is_asked(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await counter.keys("ctrl+q", "n")
        assert name(counter) == "payment"
        await counter.keys("ctrl+q", "y")
        assert [state for _, state in counter.desk.saved.values()] == ["parked"]


async def test_names_with_escape_codes_never_reach_the_terminal(open_counter, monkeypatch):
    from datetime import date

    import screens.fake_desk as fake

    evil = ("Utility", "Evil\x1b[2JName", "1 \x07 St", [charge("e1", "water", date(2026, 11, 1), 5_00)])
    monkeypatch.setitem(fake.ACCOUNTS, "666", evil)
    async with open_counter() as counter:
        await counter.keys(*"evil")
        assert "\x1b[2J" not in counter.screen()
        assert "Evil?" in counter.screen()
        await counter.keys("enter")
        assert "\x1b" not in counter.screen()
