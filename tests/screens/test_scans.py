"""A scan is caught whatever has the keys: it adds its bill at the payment, and is typed into nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from screens.fake_desk import FakeDesk
from screens.trust_desk import TrustDesk

STRIPE = "%B4111111111111111^QUILL/ANA^29121010000000000?"


def accounts(counter) -> list[str]:
    return [line.account for line in counter.payment.hand.held.cart.lines]


async def test_a_scan_adds_its_account_and_leaves_what_was_typed_out_of_it(open_counter):
    async with open_counter() as counter:
        await counter.keys(*"10422301", "enter")
        assert accounts(counter) == ["10422301"]
        assert counter.payment.finding.box.value == ""


async def test_a_stub_needs_no_enter_and_a_bare_number_does(open_counter):
    async with open_counter() as counter:
        await counter.keys(*"stub-10422301")
        assert accounts(counter) == ["10422301"]
        assert "The bill says 84.00; 84.17 is owed now" in counter.message
        await counter.keys(*"4111111111111111")
        assert accounts(counter) == ["10422301"]
        assert counter.payment.finding.box.value == "4111111111111111"


async def test_a_scan_replaces_what_is_half_typed_in_the_box(open_counter):
    async with open_counter() as counter:
        await counter.by_hand(*"mar")
        await counter.keys(*"20005177", "enter")
        assert accounts(counter) == ["20005177"]
        assert counter.payment.finding.box.value == ""


@pytest.mark.parametrize("opens", ["f5", "f6", "f7", "f8"])
async def test_a_scan_while_a_tender_is_asked_types_nothing_and_adds_nothing(open_counter, opens):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await counter.by_hand(opens, *"12")
        before = [field.value for field in counter.payment.inline.fields]
        await counter.keys(*"20005177", "enter")
        assert [field.value for field in counter.payment.inline.fields] == before
        assert "something is asked" in counter.message
        assert accounts(counter) == ["10422301"]
        assert counter.desk.payments == []


async def test_a_misread_stub_says_so_and_adds_nothing(open_counter):
    async with open_counter() as counter:
        await counter.keys(*"misread1", "enter")
        assert "check digit" in counter.message
        assert counter.payment.hand.empty
        assert counter.payment.finding.box.value == ""


@pytest.mark.parametrize("end", [("enter",), ()])
async def test_a_swiped_card_is_refused_unechoed_wherever_it_goes(open_counter, end):
    async with open_counter() as counter:
        for keys in ((), ("f6",), ("f10",), ("f10", "c")):
            await counter.keys(*keys)
            counter.send(*STRIPE, *end)
            await counter.settle()
            assert "card" in counter.message.casefold()
            assert "4111" not in counter.screen()
            assert all("4111" not in field.value for field in counter.app.area.ring())
            await counter.keys("escape", "f2")


async def test_a_scan_elsewhere_presses_no_letter_key_and_says_where_it_goes(open_counter):
    async with open_counter() as counter:
        await counter.keys("f10")
        await counter.keys(*"10422301", "enter")
        assert counter.app.area.NAME == "menu"
        assert "F2, then scan it again" in counter.message
        await counter.keys("f2")
        assert counter.payment.hand.empty


async def test_what_is_no_scan_is_typed_wholly(open_counter):
    async with open_counter() as counter:
        await counter.keys(*"marta ellison")
        assert counter.payment.finding.box.value == "marta ellison"
        await counter.keys("enter")
        assert accounts(counter) == ["10422301"]


async def test_one_key_alone_is_seen_before_the_next_could_come(open_counter):
    async with open_counter() as counter:
        await counter.by_hand("m")
        assert counter.payment.finding.box.value == "m"
        assert not counter.app.bursts.waiting


@pytest.mark.parametrize("opens", ["f5", "f6", "f8"])
async def test_what_is_no_scan_and_came_as_one_is_typed_into_a_tender_and_takes_no_money(open_counter, opens):
    """A label that nobody knows would be taken for a check's number, and the payment with it."""
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await counter.by_hand(opens)
        await counter.keys(*"0012345678", "enter")
        assert counter.app.area.at.value == "0012345678"
        assert "not taken yet" in counter.message
        assert (counter.desk.payments, counter.payment.hand.held.tenders) == ([], ())


async def test_an_unknown_label_opens_no_drawer_and_presses_no_key_of_a_list(open_counter):
    async with open_counter() as counter:
        await counter.by_hand("f10", "t")
        await counter.keys(*"SKU-99-OPQ", "enter")
        assert counter.desk.no_sales == []
        await counter.by_hand("f10")
        await counter.keys(*"SKU-99-OPQ", "enter")
        assert counter.app.area.NAME == "menu"
        assert "not known here" in counter.message


async def test_what_is_too_long_for_its_field_is_typed_wholly_or_not_at_all(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await counter.by_hand("f5")
        before = counter.app.area.at.value
        await counter.keys(*("7" + "01" * 20), "enter")
        assert counter.app.area.at.value == before
        assert "at most 24" in counter.message


async def test_the_first_letter_of_a_scan_leaves_no_trace_in_what_follows_from_a_field(open_counter):
    """A count's total, a list that a letter filters, what is kept of a form: as before the scan."""
    async with open_counter() as counter:
        await counter.by_hand("f10", "c", "2")
        await counter.by_hand("tab")
        await counter.keys(*"10422301", "enter")
        assert "Cash counted 200.00" in " ".join(counter.screen().split())
        await counter.settle()
        assert [draft.texts for draft in counter.desk.drafts.values()] == [{"10000": "2"}]
        await counter.by_hand("f2")
        await counter.keys(*"misread1", "enter")
        assert len(counter.payment.finding.results.items) == 0


@dataclass(frozen=True)
class Form:
    """The keys that lead to a form's last field, and the label whose Enter would record what stands there."""

    keys: tuple[str, ...]
    label: str = "SKU-99-OPQ"
    desk: Callable[[], FakeDesk] = FakeDesk
    who: str = "ana"
    drawer: bool = True


FORMS = {
    "opening": Form((*"d1", "shift+tab"), "123456", drawer=False),
    "close count": Form(("f10", "c", "1", "shift+tab"), "00123456"),
    "void reason": Form(("p:10422301\n", "f9", "f3", "enter", "v")),
    "note": Form(("p:10422301\n", "ctrl+a", "n")),
    "address": Form(("p:10422301\n", "ctrl+a", "a", "ctrl+u")),
    "returned check": Form(("f10", "g", *"1041", "tab", *"5", "tab"), who="tess", drawer=False),
    "deposit back": Form(("f10", "j", "enter", "g", "enter"), desk=TrustDesk),
    "request refused": Form(
        ("p:10422301\n", "f9", "f3", "enter", "v", "1", "enter", "enter", "escape", "escape", "f10", "r", "r")
    ),
    "paper spoiled": Form(("f10", "n", *"b123", "tab", "tab")),
    "mail's control": Form(("f10", "m", "1", "enter", "1", "enter"), "00123456"),
    "parts": Form(("p:10422301\n", "f4", "tab", "enter", "enter", "enter")),
    "command list": Form(("ctrl+p",)),
}


@pytest.mark.parametrize("form", FORMS)
async def test_an_unknown_label_is_typed_into_a_form_and_records_nothing(open_counter, form):
    """Nobody has looked at it: its Enter is not pressed where Enter records."""
    made = FORMS[form]
    async with open_counter(made.desk(), who=made.who, drawer=made.drawer) as counter:
        for key in made.keys:
            await (counter.paste(key[2:]) if key.startswith("p:") else counter.by_hand(key))
        area, field, calls = counter.app.area, counter.app.area.at, len(counter.desk.calls)
        await counter.keys(*made.label, "enter")
        assert (area.at, field.value) == (field, made.label)
        assert "not taken yet" in counter.message
        called = {name for name, _ in counter.desk.calls[calls:]}
        assert called <= {"recognise", "keep_draft", "draft_of"}
