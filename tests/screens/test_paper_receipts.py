"""Paper receipts by keys: which form, of which day; then the payment as ever, with the paper's number in it."""

from __future__ import annotations

import pytest

from countertui.counter.take_payment import PaymentRefused
from countertui.domain.paper_books import PaperReceipt
from countertui.widgets.stroke import shown_key
from screens.fake_desk import PEOPLE, FakeDesk
from screens.test_keys_told import NAMED

BILL = "p:10422301\n"
PAPER = ["f10", "n", *"b123", "enter", *"11/20/2026", "f9"]


async def test_a_paper_receipt_is_the_payment_with_its_number_and_date(open_counter):
    async with open_counter() as counter:
        await counter.keys("f10", "n")
        assert counter.app.area.NAME == "paper_receipts"
        assert (counter.app.area.number.value, counter.app.area.date.value) == ("B-000101", "11/23/2026")
        await counter.keys(*"b123", "enter", *"11/20/2026", "f9")
        assert counter.payment
        assert "paper B-000123 of 11/20/2026" in counter.screen()
        assert "B-000123 of 11/20/2026" in counter.message
        await counter.paste("10422301\n")
        await counter.keys("f5", *"100", "enter")
        [(cart, tenders)] = counter.desk.payments
        assert cart.paper == PaperReceipt("B", 123, "2026-11-20", 101)
        assert [tender.cents for tender in tenders] == [100_00]
        assert "B-000123" in counter.screen()
        await counter.paste("10422302\n")
        await counter.keys("f9")
        assert counter.desk.payments[1][0].paper is None, "the next cart is an ordinary one"
        await counter.keys("f10", "n")
        assert counter.app.area.number.value == "B-000124"
        assert "missing B-000101 to B-000122        used by 11/20/2026" in counter.screen()


async def test_a_spoiled_form_is_recorded_with_its_reason_and_the_lead_who_answers(open_counter):
    async with open_counter() as counter:
        await counter.keys("f10", "n", "enter", "enter", *"torn", "enter")
        assert "takes a second person" in counter.message
        await counter.keys(*"ana", "enter", *"1357", "enter")
        assert "Nobody approves" in counter.message
        await counter.keys(*"bo", "enter", *"2468", "enter")
        assert "may not approve" in counter.message
        assert counter.desk.papers == {}
        assert counter.app.area.reason.value == "torn"
        await counter.keys(*"lee", "enter", *"9753", "enter")
        assert counter.desk.papers == {101: "spoiled"}
        assert counter.desk.leads == [PEOPLE["lee"][0]]
        assert "B-000101 is recorded as spoiled" in counter.message
        area = counter.app.area
        assert (area.NAME, area.number.value, area.reason.value) == ("paper_receipts", "B-000102", "")


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ([*"12x", "enter", "f9"], "no paper receipt's number"),
        ([*"b123", "enter", *"11/31/2026", "f9"], "doesn't exist"),
        ([*"b123", "enter", *"soon", "f9"], "not a date"),
        ([*"b123", "enter", *"11/24/2026", "f9"], "after 2026-11-23"),
        ([*"b123", "enter", *"11/01/2026", "f9"], "before 2026-11-02"),
        ([*"b110", "enter", "f9"], "it is receipt T1-7"),
    ],
)
async def test_bad_input_is_said_here_and_what_was_typed_stays(open_counter, keys, words):
    async with open_counter(FakeDesk(papers={110: "T1-7"})) as counter:
        await counter.keys("f10", "n")
        area = counter.app.area
        await counter.keys(*keys[:-1])
        typed = area.number.value, area.date.value, area.reason.value
        await counter.keys("f9")
        assert words in counter.message
        assert counter.app.area is area
        assert (area.number.value, area.date.value, area.reason.value) == typed
        await counter.keys("f2")
        assert counter.payment.hand.held.cart.paper is None


@pytest.mark.parametrize(
    ("keys", "named", "again", "number", "date"),
    [
        ([*"1", "enter", "enter", "f9"], "number", "b123", "b123", "11/20/2026"),
        ([*"b110", "enter", "enter", "f9"], "number", "b123", "b123", "11/20/2026"),
        ([*"b123", "enter", *"soon", "enter", "f9"], "date", "11/20/2026", "b123", "11/20/2026"),
        ([*"b123", "enter", *"11/24/2026", "enter", "f9"], "date", "11/20/2026", "b123", "11/20/2026"),
    ],
)
async def test_keys_go_to_what_was_refused_and_replace_it(open_counter, keys, named, again, number, date):
    async with open_counter(FakeDesk(papers={110: "T1-7"})) as counter:
        await counter.keys("f10", "n", *keys)
        area = counter.app.area
        assert area.at is getattr(area, named)
        await counter.keys(*again)
        assert (area.number.value, area.date.value, area.reason.value) == (number, date, "")


async def test_a_number_of_no_book_needs_a_lead_who_is_recorded(open_counter):
    async with open_counter() as counter:
        await counter.keys("f10", "n", *"c7", "f9")
        assert "No book of this office known here has C-000007" in counter.message
        await counter.keys(*"ana", "enter", *"1357", "enter")
        assert "Nobody approves" in counter.message
        await counter.keys(*"bo", "enter", *"2468", "enter")
        assert "may not approve" in counter.message
        assert counter.app.area.number.value == "c7"
        await counter.keys(*"lee", "enter", *"9753", "enter")
        assert "paper C-000007" in counter.screen()
        await counter.paste("10422301\n")
        await counter.keys("f9")
        assert counter.desk.payments[0][0].paper == PaperReceipt("C", 7, "2026-11-23", None)
        assert counter.desk.leads == [PEOPLE["lee"][0]]


async def test_a_lead_is_asked_once_for_a_spoiled_form_of_no_book_and_anew_for_the_next(open_counter):
    async with open_counter() as counter:
        lee = [*"lee", "enter", *"9753", "enter"]
        await counter.keys("f10", "n", *"c7", "enter", "enter", *"torn", "enter", *lee)
        assert counter.desk.papers == {7: "spoiled"}
        await counter.keys(*"b123", "enter", "enter", *"wet", "f9")
        assert counter.desk.papers == {7: "spoiled"}
        await counter.keys("escape")
        assert not counter.app.area.second.display
        await counter.keys("f9", *lee)
        assert counter.desk.papers == {7: "spoiled", 123: "spoiled"}


async def test_esc_takes_the_lead_back_and_the_number_is_typed_again(open_counter):
    async with open_counter() as counter:
        await counter.keys("f10", "n", *"c7", "f9", *"le", "escape")
        area = counter.app.area
        assert not area.second.display
        assert area.at is area.number
        await counter.keys(*"b5", "escape")
        assert counter.payment


async def test_a_lead_for_one_number_does_not_answer_for_another(open_counter):
    async with open_counter() as counter:
        await counter.keys("f10", "n", *"c7", "f9", *"lee", "enter", *"9753", "enter", *PAPER)
        await counter.paste("10422301\n")
        await counter.keys("f9")
        assert counter.desk.payments[0][0].paper == PaperReceipt("B", 123, "2026-11-20", 101)
        assert counter.desk.leads == [None]


async def test_another_payment_in_hand_is_not_made_a_paper_receipt(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await counter.keys(*PAPER)
        assert "Marta Ellison is in hand" in counter.message
        assert counter.app.area.number.value == "b123"
        await counter.keys("f2", "ctrl+k", "f10", "n", "f9")
        assert counter.payment.hand.held.cart.paper == PaperReceipt("B", 123, "2026-11-20", 101)


async def test_a_paper_cart_is_parked_and_taken_back_and_dropped_only_when_asked(open_counter):
    async with open_counter() as counter:
        await counter.keys(*PAPER, "ctrl+z")
        assert counter.payment.hand.held.cart.paper is not None, "undo takes no paper off a payment"
        await counter.keys("ctrl+k")
        assert "paper receipt B-000123 is parked" in counter.message
        await counter.keys("ctrl+k")
        assert "paper B-000123" in counter.screen()
        await counter.keys("escape", "n")
        assert counter.payment.hand.held.cart.paper is not None
        await counter.keys("escape", "y")
        assert counter.payment.hand.held.cart.paper is None


async def test_a_payment_that_comes_back_keeps_its_paper(open_counter):
    desk = FakeDesk(failures={"take_payment": [PaymentRefused("Changed.", press="Take it again.")]})
    async with open_counter(desk) as counter:
        await counter.keys(*PAPER)
        await counter.paste("10422301\n")
        await counter.keys("f9")
        assert "NOT TAKEN" in counter.message
        await counter.keys("escape", "f9")
        assert [cart.paper.text for cart, _ in desk.payments] == ["B-000123"]


async def test_a_card_number_typed_as_a_paper_number_is_refused(open_counter):
    async with open_counter() as counter:
        await counter.keys("f10", "n")
        await counter.paste("4012888888881881")
        assert "4012" not in counter.screen()
        assert counter.app.area.number.value == ""


async def test_the_menu_offers_it_to_who_takes_money_with_a_drawer(open_counter):
    for more in ({"who": "lee"}, {"drawer": False}):
        async with open_counter(**more) as counter:
            await counter.keys("f10")
            assert "Paper receipts" not in counter.screen()


async def test_keys_that_its_title_and_help_name_are_there(open_counter):
    async with open_counter() as counter:
        await counter.keys("f10", "n")
        area = counter.app.area
        there = {shown_key(command.key) for command in counter.app.commands()} | {"Esc"}
        assert set(NAMED.findall(f"{area.TITLE}. {area.HELP}")) <= there
