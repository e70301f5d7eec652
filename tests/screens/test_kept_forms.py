"""A half-typed count survives the program: kept after every change, and offered back on its screen to who typed it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from countertui.counter.drafts import Draft, Form
from countertui.counter.station import Session
from countertui.domain.tenders import TenderKind
from countertui.errors import EnvironmentFault
from screens.fake_desk import FakeDesk

BOS = Session("s7", "D2", "bo", "Bo Marsh", "2026-11-22", 150_00, 150_00, 5)


async def test_a_half_typed_closing_count_comes_back_and_nothing_is_committed(open_counter):
    desk = FakeDesk()
    async with open_counter(desk) as counter:
        await counter.keys("f10", "c", "2", "enter", "enter", *"13", *["tab"] * 10, "3", "tab", *"45.20")
    async with open_counter(desk) as counter:
        assert counter.app.area.NAME == "payment"
        await counter.keys("f10", "c")
        area = counter.app.area
        assert [field.value for field in area.grid.fields[:3]] == ["2", "", "13"]
        assert (area.numbers[TenderKind.CHECK].value, area.totals[TenderKind.CHECK].value) == ("3", "45.20")
        assert "What was typed here is back (kept 11/23/2026 09:41)" in counter.message
        assert "Cash counted 460.00" in " ".join(counter.screen().split())
        assert desk.counts == []
        await counter.keys("f9")
        assert desk.counts[0][0].total == 460_00
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
        await counter.keys("f10", "m", "1", "enter", "2", "enter", *"159.17", "enter")
        await counter.keys(*"10422301", "enter", *"10", "escape", "f2", "f10", "m")
        assert counter.app.area.at is counter.app.area.finding.box
        await counter.keys(*"10422301", "enter", *"10", "enter", "f2", "f10", "m")
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
