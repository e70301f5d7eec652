"""A half-typed count survives the program: kept after every change, and offered back on its screen to who typed it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from countertui.counter.drafts import Draft, Form
from countertui.counter.station import Session
from countertui.domain.money import Cents
from countertui.domain.tenders import Tender, TenderKind
from countertui.errors import EnvironmentFault
from countertui.screens.asks import AskLead
from screens.fake_desk import FakeDesk
from screens.test_deciding import asked
from screens.trust_desk import TrustDesk

BOS = Session("s7", "D2", "bo", "Bo Marsh", "2026-11-22", 150_00, 150_00, 5)


async def test_a_half_typed_closing_count_comes_back_and_nothing_is_committed(open_counter):
    desk = FakeDesk()
    async with open_counter(desk) as counter:
        await counter.keys("f10", "c", "2", "enter", "enter", "1", *["tab"] * 10, "3", "tab", *"45.20")
    async with open_counter(desk) as counter:
        assert counter.app.area.NAME == "payment"
        await counter.keys("f10", "c")
        area = counter.app.area
        assert [field.value for field in area.counts.grid.fields[:3]] == ["2", "", "1"]
        assert (area.counts.numbers[TenderKind.CHECK].value, area.counts.totals[TenderKind.CHECK].value) == (
            "3",
            "45.20",
        )
        assert "What was typed here is back (kept 11/23/2026 09:41)" in counter.message
        assert "Cash counted 220.00" in " ".join(counter.screen().split())
        assert desk.counts == []
        await counter.keys("f9")
        assert desk.counts[0][0].total == 220_00
        await counter.keys(*"Counted twice", "f9")
        assert desk.closed == "s1"
        assert desk.drafts == {}, "forgotten with the close"


async def test_the_reason_of_a_difference_comes_back_with_the_count(open_counter):
    desk = FakeDesk()
    async with open_counter(desk) as counter:
        await counter.keys("f10", "c", "1", "f9", *"A note was torn")
    async with open_counter(desk) as counter:
        await counter.keys("f10", "c", "f9")
        assert counter.app.area.reason.value == "A note was torn"


async def test_a_half_typed_opening_count_comes_back_and_is_forgotten_once_the_drawer_is_open(open_counter):
    desk = FakeDesk()
    async with open_counter(desk, drawer=False) as counter:
        await counter.keys(*"d1", "enter", "enter", "1", "enter", "2")
    async with open_counter(desk, drawer=False) as counter:
        area = counter.app.area
        assert (area.drawer.value.casefold(), area.date.value) == ("d1", "11/23/2026")
        assert [field.value for field in area.grid.fields[:3]] == ["1", "2", ""]
        assert "Difference   0.00  even" in counter.screen()
        assert "Nothing of it is recorded yet" in counter.message
        assert counter.app.session is None
        await counter.keys("f9")
        assert counter.app.session.opening_cents == 200_00
        assert desk.drafts == {}


async def test_what_is_emptied_again_is_forgotten(open_counter):
    desk = FakeDesk()
    async with open_counter(desk) as counter:
        await counter.keys("f10", "c", "2")
        assert len(desk.drafts) == 1
        await counter.keys("backspace")
        assert desk.drafts == {}


async def test_nobody_is_shown_the_count_of_another(open_counter):
    """Each counts blind: a lead who closes an absent operator's drawer isn't told what that operator found."""
    desk = FakeDesk(others=[BOS])
    async with open_counter(desk, who="bo", drawer=False) as counter:
        counter.app.session = BOS
        await counter.keys("f10", "c", "7")
        assert [key[1:] for key in desk.drafts] == [("s7", "bo")]
    async with open_counter(desk, who="lee", drawer=False) as counter:
        await counter.keys("f10", "w", "enter")
        assert counter.app.area.grid.fields[0].value == ""
        await counter.keys("5")
        assert sorted(key[2] for key in desk.drafts) == ["bo", "lee"]


async def test_a_sign_off_loses_no_count(open_counter):
    desk = FakeDesk(delays={"keep_draft": 0.05})
    async with open_counter(desk) as counter:
        counter.send("f10", "c", "7", "f10", "o")
        await counter.until(lambda: counter.app.area.NAME == "sign_on")
        await counter.keys(*"ana", "enter", *"1357", "enter", "f10", "c")
        assert counter.app.area.grid.fields[0].value == "7"


async def test_a_card_number_leaves_nothing_of_itself_in_what_is_kept(open_counter):
    desk = FakeDesk()
    async with open_counter(desk) as counter:
        await counter.keys("f10", "c", "1", "f9", *"411111111111111")
        await counter.keys("1")
        assert "looked like a card number" in counter.message
        (draft,) = desk.drafts.values()
        assert "reason" not in draft.texts


async def test_keys_do_not_wait_for_what_they_changed_to_be_kept_and_all_of_it_is(open_counter):
    desk = FakeDesk(delays={"keep_draft": 0.2})
    async with open_counter(desk) as counter:
        counter.send("f10", "c", "1", "2", "3", "4")
        await counter.pilot.pause()
        await counter.app.hands.idle()
        assert counter.app.area.grid.fields[0].value == "1234"
        assert desk.drafts == {}, "the first is still being kept"
        await counter.until(lambda: any(draft.texts["10000"] == "1234" for draft in desk.drafts.values()))
        kept = [args for name, args in desk.calls if name == "keep_draft"]
        assert len(kept) <= 2, "changes made meanwhile are kept together"


async def test_a_count_that_cannot_be_kept_is_told_once(open_counter):
    desk = FakeDesk()
    desk.failures["keep_draft"] = [EnvironmentFault("The entry could not be written to the store.")] * 2
    async with open_counter(desk) as counter:
        await counter.keys("f10", "c", "1")
        assert "could not be written" in counter.message
        await counter.keys("backspace", "2")
        assert counter.message == ""
        assert counter.app.area.grid.fields[0].value == "2"


async def test_an_opening_is_never_followed_by_its_own_draft(open_counter):
    """The draft of the last key is kept before the drawer opens, so that the opening forgets it."""
    desk = FakeDesk(delays={"keep_draft": 0.05})
    async with open_counter(desk, drawer=False) as counter:
        counter.send(*"d1", "enter", "enter", "2", "f9")
        await counter.until(lambda: counter.app.session is not None)
        await counter.settle()
        assert [key for key in desk.drafts if key[0] is Form.OPENING] == []


async def again(open_counter, desk: FakeDesk, *keys: str, **how):
    """Type something, and let the program stop without a word."""
    async with open_counter(desk, **how) as counter:
        await counter.by_hand(*keys)
        await counter.settle()


async def test_why_a_drawer_is_opened_comes_back_until_it_was_opened_or_dropped(open_counter):
    desk = FakeDesk()
    await again(open_counter, desk, "f10", "t", *"change")
    async with open_counter(desk) as counter:
        await counter.keys("f10", "t")
        assert counter.app.area.reason.value == "change"
        assert "Nothing of it is recorded yet" in counter.message
        await counter.keys("escape", "f10", "t")
        assert counter.app.area.reason.value == ""
        await counter.by_hand(*"coins", "enter")
        assert (desk.no_sales, desk.drafts) == (["coins"], {})


@pytest.mark.parametrize(("letter", "form"), [("v", Form.VOID), ("u", Form.REFUND)])
async def test_why_a_receipt_is_undone_comes_back_for_that_receipt_alone(open_counter, letter, form):
    desk = FakeDesk()
    if form is Form.REFUND:
        desk.others = []
    async with open_counter(desk) as counter:
        for bill in ("10422301\n", "L-2041\n"):
            await counter.paste(bill)
            await counter.keys("f9")
        counter.app.session = replace(counter.app.session, id="another") if form is Form.REFUND else counter.app.session
        desk.session = counter.app.session
        await counter.keys("f3", "enter", letter)
        await counter.by_hand(*"keyed twice")
        assert [key[:2] for key in desk.drafts] == [(form, "T1-2")]
    async with open_counter(desk) as counter:
        counter.app.session = desk.session
        await counter.keys("f3", "down", "enter", letter)
        assert counter.app.area.undo.reason.value == ""
        await counter.keys("escape", "f10", "k", "enter")
        assert counter.app.area.undo.reason.value == "keyed twice"
        assert "What was typed here is back" in counter.message
        await counter.keys("escape")
        assert desk.drafts == {}


async def test_a_paper_receipt_half_typed_comes_back(open_counter):
    desk = FakeDesk()
    await again(open_counter, desk, "f10", "n", *"b123", "tab", *"11/20")
    async with open_counter(desk) as counter:
        await counter.keys("f10", "n")
        area = counter.app.area
        assert (area.number.value, area.date.value) == ("b123", "11/20")


async def test_what_was_counted_of_the_mail_comes_back_until_the_batch_is_open(open_counter):
    desk = FakeDesk()
    await again(open_counter, desk, "f10", "m", "1", "enter", *"12", "enter", *"4")
    async with open_counter(desk) as counter:
        await counter.keys("f10", "m")
        form = counter.app.area.control
        assert [field.value for field in form.fields] == ["1", "12", "4"]
        await counter.keys("f9")
        assert desk.mail.batch.control.words == "12 pieces, 4.00"
        assert desk.drafts == {}


async def test_a_piece_of_mail_half_keyed_in_comes_back_with_all_its_accounts_under_the_same_cart(open_counter):
    desk = FakeDesk()
    keys = ("f10", "m", "1", "enter", "1", "enter", *"159.17", "enter")
    piece = (*"10422301", "enter", *"1041", "f4", *"L-2041", "enter", *"70")
    await again(open_counter, desk, *keys, *piece)
    (kept,) = [key for key in desk.drafts if key[0] is Form.MAIL_PIECE]
    async with open_counter(desk) as counter:
        await counter.keys("f10", "m")
        row = counter.app.area.piece.row
        assert (row.text.value, row.amount.value) == ("1041", "70")
        assert "beside 1 account, 84.17" in counter.screen()
        await counter.keys("enter")
        ((cart, laid),) = desk.payments
        assert [(line.account, line.amount) for line in cart.lines] == [("10422301", 84_17), ("L-2041", 70_00)]
        assert (cart.id, laid[0].reference) == (kept[1], "1041")
        await counter.settle()
        assert desk.drafts == {}


async def test_a_piece_that_was_dropped_or_taken_does_not_come_back(open_counter):
    desk = FakeDesk()
    async with open_counter(desk) as counter:
        await counter.by_hand("f10", "m", "1", "enter", "2", "enter", *"159.17", "enter")
        await counter.by_hand(*"10422301", "enter", *"10", "escape", "f2", "f10", "m")
        assert counter.app.area.at is counter.app.area.finding.box
        await counter.by_hand(*"10422301", "enter", *"10", "enter", "f2", "f10", "m")
        assert counter.app.area.at is counter.app.area.finding.box
        assert desk.drafts == {}


async def test_why_a_difference_is_accepted_comes_back(open_counter):
    desk = FakeDesk()
    keys = ("f10", "m", "1", "enter", "1", "enter", *"159.17", "enter", "f9")
    await again(open_counter, desk, *keys, *"torn")
    async with open_counter(desk) as counter:
        await counter.keys("f10", "m", "f9")
        assert counter.app.area.difference.reason.value == "torn"
        assert "does not agree" in counter.screen()


async def test_a_tender_half_typed_comes_back_with_its_cart(open_counter):
    desk = FakeDesk()
    async with open_counter(desk) as counter:
        await counter.paste("10422301\n")
        await counter.by_hand("f6", *"1041", "tab", *"50")
    async with open_counter(desk) as counter:
        await counter.keys("ctrl+k")
        row = counter.payment.inline
        assert [field.value for field in row.fields] == ["1041", "50", ""]
        assert counter.payment.hand.held.tenders == ()
        await counter.keys("escape", "escape")
        await counter.settle()
        assert desk.drafts == {}


async def test_a_tender_half_typed_stays_with_its_own_cart_when_another_is_taken_back(open_counter):
    desk = FakeDesk()
    async with open_counter(desk) as counter:
        await counter.paste("L-2041\n")
        await counter.keys("ctrl+k")
        await counter.paste("10422301\n")
        await counter.by_hand("f6", *"1041")
        await counter.keys("f10", "k", "enter")
        assert counter.payment.hand.held.name == "Bramble Bakery"
        assert not counter.payment.inline.display
        await counter.keys("f10", "k", "enter")
        assert counter.payment.hand.held.name == "Marta Ellison"
        assert counter.payment.inline.text.value == "1041"


async def test_forms_are_listed_with_their_age_and_an_expired_one_says_so(open_counter):
    desk = FakeDesk()
    await again(open_counter, desk, "f10", "t", *"change")
    (key,) = desk.drafts
    desk.drafts[key] = replace(desk.drafts[key], expired=True)
    desk.drafts[Form.CLOSING, "s7", "bo"] = Draft({"10000": "2"}, "2026-11-23T09:41:07")
    async with open_counter(desk) as counter:
        await counter.keys("f10", "k")
        screen = counter.screen()
        assert "EXPIRED 11/25" in screen
        assert "begun till 11/25" in screen
        assert "by bo" in screen
        await counter.keys("down", "enter")
        assert "bo began this form" in counter.message
        await counter.keys("delete")
        assert "bo began this form" in counter.message
        await counter.keys("up", "delete", "y")
        assert list(desk.drafts) == [(Form.CLOSING, "s7", "bo")]
        assert "No sale: why was dropped" in counter.message
        await counter.keys("escape", "ctrl+k")
        assert "No cart is parked" in counter.message


PAYMENT_ROWS = {
    "amount": (("f4", *"12.5"), ("inline", ["12.5"])),
    "payor": (("ctrl+n", *"Quill Ltd"), ("inline", ["Quill Ltd"])),
    "parts": (("f4", "tab", *"3.5"), ("part", "3.5")),
    "next part": (("f4", "tab", *"3.5", "enter", *"7"), ("part", "7")),
    "reason": (("f4", "tab", "enter", "enter", *"3", "enter", *"as wish"), ("part", "as wish")),
}


@pytest.mark.parametrize("asked", PAYMENT_ROWS)
async def test_what_is_asked_about_a_cart_comes_back_with_it(open_counter, asked):
    keys, (where, typed) = PAYMENT_ROWS[asked]
    desk = FakeDesk()
    async with open_counter(desk) as counter:
        await counter.paste("10422301\n")
        await counter.by_hand(*keys)
    async with open_counter(desk) as counter:
        await counter.keys("ctrl+k")
        shown = counter.payment
        assert (
            [field.value for field in shown.inline.fields] if where == "inline" else shown.parts.field.value
        ) == typed
        assert "What was typed here is back" in counter.message
        await counter.by_hand("escape")
        await counter.settle()
        assert desk.drafts == {}


async def test_parts_by_hand_that_came_back_pay_as_typed_before(open_counter):
    desk = FakeDesk()
    async with open_counter(desk) as counter:
        await counter.paste("10422301\n")
        await counter.by_hand("f4", "tab", *"3.5", "enter", "enter", *"40", "enter", *"as wish")
    async with open_counter(desk) as counter:
        await counter.by_hand("ctrl+k", *"ed", "enter")
        (line,) = counter.payment.hand.held.cart.lines
        assert (line.reason, dict(line.by_hand)) == ("as wished", {"c1": 3_50, "c2": 31_20, "c3": 40_00})
        await counter.settle()
        assert desk.drafts == {}


@pytest.mark.parametrize("leaves", ["crash", "another form"])
async def test_a_price_half_typed_for_an_empty_cart_is_listed_and_comes_back(open_counter, leaves):
    """Nothing is in such a cart yet, so that no cart is listed for it."""
    desk = FakeDesk()
    async with open_counter(desk) as counter:
        await counter.paste("MISC\n")
        await counter.by_hand(*"12.5")
        if leaves == "another form":
            await counter.keys("f10", "t")
    async with open_counter(desk) as counter:
        await counter.paste("10422301\n")
        await counter.keys("f10", "k")
        assert "Asked at the payment" in counter.screen()
        await counter.by_hand(*["down"] * 2, "enter")
        row = counter.payment.inline
        assert ([field.value for field in row.fields], counter.payment.hand.empty) == (["12.5"], True)
        await counter.by_hand("enter")
        assert counter.payment.hand.held.cart.total == 12_50
        await counter.settle()
        assert desk.drafts == {}


async def test_what_was_answered_is_not_kept_any_more_when_it_goes_into_the_cart(open_counter):
    """A crash in between would have a price, or a tender, asked for a second time."""
    desk = FakeDesk()
    async with open_counter(desk) as counter:
        await counter.paste("MISC\n")
        await counter.by_hand(*"12.5", "enter", "f6", *"1041", "tab", *"5", "enter")
        await counter.settle()
        did = [(name, args) for name, args in desk.calls if name in {"keep_draft", "save_cart"}]
        saved = [n for n, (name, _) in enumerate(did) if name == "save_cart"]
        assert len(saved) == 2
        assert [(did[n - 1][0], did[n - 1][1][-1]) for n in saved] == [("keep_draft", {})] * 2


async def test_a_tender_that_a_lead_let_be_is_not_kept_any_more(open_counter):
    desk = FakeDesk()
    async with open_counter(desk) as counter:
        await counter.paste("10422301\n")
        await counter.by_hand("f6", *"1041", "tab", *"50")
        area = counter.payment
        area.ask(AskLead((), "check", lambda: area.taking.tender(Tender(TenderKind.CHECK, Cents(50_00), "1041"))))
        await counter.by_hand(*"lee")
        assert [draft.texts["reference"] for draft in desk.drafts.values()] == ["1041"], "what the lead is asked about"
        await counter.by_hand("enter", *"9753", "enter")
        assert [tender.cents for tender in area.hand.held.tenders] == [50_00]
        await counter.settle()
        assert desk.drafts == {}


async def test_a_change_is_kept_as_it_was_typed_however_late(open_counter):
    """The cart in hand is another one by then."""
    desk = FakeDesk(delays={"keep_draft": 0.1})
    async with open_counter(desk) as counter:
        await counter.paste("10422301\n")
        counter.send("f6", "1", "0")
        await counter.pilot.pause()
        await counter.app.hands.idle()
        counter.send("escape", "escape", "ctrl+k")
        await counter.pilot.pause()
        await counter.app.hands.idle()
        await counter.until(lambda: not desk.drafts and "keep_draft" in [name for name, _ in desk.calls])
        await counter.settle()
        assert desk.drafts == {}


async def test_a_draw_half_typed_comes_back_with_its_cart(open_counter):
    desk = TrustDesk()
    async with open_counter(desk) as counter:
        await counter.paste("10422301\n")
        await counter.by_hand("ctrl+t", *"50")
    async with open_counter(desk) as counter:
        await counter.keys("ctrl+k")
        assert [field.value for field in counter.payment.inline.fields] == ["TD-0101", "50"]
        await counter.keys("enter")
        assert "drawn from Bramble" in counter.screen()
        await counter.settle()
        assert desk.drafts == {}


async def test_marked_invoices_come_back_in_their_order_until_they_are_applied_or_left(open_counter):
    desk = TrustDesk()
    marking = ("f10", "j", "u", "enter", "a")
    async with open_counter(desk) as counter:
        await counter.keys(*marking, "down", "space", "up", "space")
    async with open_counter(desk) as counter:
        await counter.keys("f10", "k", "enter")
        assert counter.screen().count("[x]") == 2
        assert "What was typed here is back" in counter.message
        await counter.keys("f9")
        assert [args[2] for name, args in desk.calls if name == "apply_credit"] == [("INV-26-0002", "INV-26-0001")]
        assert desk.drafts == {}
        await counter.keys("f2", *marking, "space", "escape")
        assert desk.drafts == {}


@pytest.mark.parametrize("way", ["list", "R"])
async def test_why_a_request_is_refused_comes_back_until_it_is_refused_or_dropped(open_counter, way):
    desk = FakeDesk(receipts=[asked("T1-9"), asked("T1-8", "Joss Bramble")])
    async with open_counter(desk) as counter:
        await counter.by_hand("f10", "r", "down", "r", *"no proof")
    async with open_counter(desk) as counter:
        if way == "list":
            await counter.by_hand("f10", "k")
            assert "Refusal of T1-8" in counter.screen()
            await counter.by_hand("enter")
        else:
            await counter.by_hand("f10", "r", "r")
            assert counter.app.area.reason.value == "", "of another receipt"
            await counter.by_hand("escape", "down", "r")
        assert counter.app.area.reason.value == "no proof"
        await counter.by_hand("escape", "r")
        assert (counter.app.area.reason.value, desk.drafts) == ("", {})
        await counter.by_hand(*"no proof", "enter", *"lee", "enter", *"9753", "enter")
        assert [row.state for row in desk.receipts] == ["void_requested", "taken"]
        assert desk.drafts == {}
