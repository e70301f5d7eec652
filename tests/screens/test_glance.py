"""An account at a glance by keys: what is owed, the party's other accounts, notes, address, telephone; and why."""

from __future__ import annotations

from datetime import date

import pytest

from countertui.domain.account_flags import FlagSaid
from countertui.domain.money import Cents
from countertui.errors import EnvironmentFault
from screens import fake_desk
from screens.fake_desk import FakeDesk, charge


def name(counter) -> str:
    return counter.app.area.NAME


@pytest.fixture
def of_one_party(monkeypatch):
    """Marta Ellison has three accounts: one owes, one is paid up."""
    more = {
        "L-77": ("License", "Marta Ellison", "118 Mill Race Rd", [charge("c8", "license", date(2026, 12, 31), 75_00)]),
        "30002": ("Utility", "Marta Ellison", "4 Calm Ct", []),
    }
    monkeypatch.setattr(fake_desk, "ACCOUNTS", fake_desk.ACCOUNTS | more)
    monkeypatch.setattr(fake_desk, "PARTIES", dict.fromkeys(("10422301", *more), "P9"))


async def test_the_page_says_what_is_owed_by_age_with_flags_in_words(open_counter):
    flags = (
        FlagSaid("shutoff", "Shut-off pending: pay 12.50 by 12/01/2026 to stay on", is_warning=True, left=Cents(12_50)),
        FlagSaid("collections", "In collections", is_warning=True, note="a" * 70),
        FlagSaid("autopay", "Paid automatically", is_warning=False),
        FlagSaid("paperless", "Bills by e-mail", is_warning=False),
    )
    async with open_counter(FakeDesk(flags=flags)) as counter:
        await counter.keys(*"10422301", "ctrl+a")
        assert name(counter) == "glance"
        screen = counter.screen()
        assert "! Shut-off pending: pay 12.50 by 12/01/2026 to stay on" in screen
        assert "a" * 70 in screen
        assert "Paid automatically · Bills by e-mail" in screen
        owed = next(line for line in screen.splitlines() if line.split()[:1] == ["84.17"])
        assert owed.split() == ["84.17", "0.00", "71.67", "12.50", "0.00", "0.00"]
        assert "53 days  Penalty Oct 2026" in screen
        assert "T9-4" in screen
        assert "taken back" in screen


@pytest.mark.parametrize("keys", [("f10 b", "10422301", "enter"), ("10422301", "enter", "ctrl+a")])
async def test_it_is_reached_from_the_menu_and_from_a_line(open_counter, keys):
    async with open_counter() as counter:
        for some in keys:
            await counter.keys(*(some.split() if not some.isdigit() else some))
        assert name(counter) == "glance"
        assert "Marta Ellison" in counter.screen()


async def test_somebody_without_a_drawer_looks_up_and_adds_nothing(open_counter):
    async with open_counter(who="tess", drawer=False) as counter:
        await counter.keys("f10", "b")
        await counter.keys(*"10422301", "enter")
        assert "Penalty Oct 2026" in counter.screen()
        assert "f9" not in {command.key for command in counter.app.commands()}


async def test_no_account_meant_is_said(open_counter):
    async with open_counter() as counter:
        await counter.keys("ctrl+a")
        assert "no account to look at" in counter.message
        await counter.keys(*"copy", "ctrl+a")
        assert "That is no account" in counter.message
        await counter.keys(*"marta", "ctrl+e")
        assert name(counter) == "payment"
        assert "2 fit" in counter.message
        await counter.keys("down", "down", "ctrl+e")
        assert name(counter) == "explain"


async def test_what_is_typed_stays_where_nothing_is_opened(open_counter):
    desk = FakeDesk()
    desk.failures["explain"] = [EnvironmentFault("The snapshot could not be read.")]
    desk.failures["glance"] = [EnvironmentFault("The snapshot could not be read.")]
    async with open_counter(desk) as counter:
        await counter.keys(*"10422301", "ctrl+e")
        assert "could not be read" in counter.message
        assert counter.payment.finding.box.value == "10422301"
        await counter.keys("ctrl+a")
        assert counter.payment.finding.box.value == "10422301"
        payment = counter.payment
        await counter.keys("ctrl+a")
        assert name(counter) == "glance"
        assert payment.finding.box.value == ""


async def test_one_key_adds_all_that_the_party_owes(open_counter, of_one_party):
    async with open_counter() as counter:
        await counter.keys(*"10422301", "ctrl+a")
        assert "owes 75.00 elsewhere" in counter.screen()
        assert "Add all" in counter.app.key_bar.plain_text()
        await counter.keys("f9")
        assert name(counter) == "payment"
        assert [line.account for line in counter.payment.hand.held.cart.lines] == ["10422301", "L-77"]
        assert "2 accounts" in counter.message


async def test_space_marks_what_is_added_and_what_is_in_the_cart_is_passed_over(open_counter, of_one_party):
    async with open_counter() as counter:
        await counter.keys(*"10422301", "enter", "ctrl+a", "down", "down", "down", "space")
        assert "Only accounts are marked" in counter.message
        await counter.keys("down", "space", "down", "space")
        assert "[x] License" in counter.screen()
        assert "Add 2" in counter.app.key_bar.plain_text()
        await counter.keys("f9")
        assert [line.account for line in counter.payment.hand.held.cart.lines] == ["10422301", "L-77"]
        assert "1 account in it already" in counter.message or "1 account; 1 account in it already" in counter.message


async def test_enter_looks_into_what_the_cursor_is_on_and_esc_goes_back(open_counter, of_one_party):
    async with open_counter() as counter:
        await counter.keys(*"10422301", "ctrl+a", "down", "enter")
        assert name(counter) == "explain"
        await counter.keys("escape", "down", "down", "down", "down", "enter")
        assert "4 Calm Ct" in counter.screen() or "L-77" in counter.screen().splitlines()[2]
        await counter.keys("escape")
        assert "10422301" in counter.screen().splitlines()[2]
        await counter.keys("escape")
        assert name(counter) == "payment"


async def test_the_cursor_passes_headings_at_both_ends(open_counter, of_one_party):
    async with open_counter() as counter:
        await counter.keys(*"10422301", "ctrl+a", "up")
        page = counter.app.area
        for key in ("up",) * 12 + ("down",) * 12 + ("pageup", "pagedown"):
            await counter.keys(key)
            assert page.list.current in [item for item in page.list.items if type(item).__name__ != "Heading"]


async def test_a_receipt_of_another_terminal_is_not_shown_as_printed(open_counter):
    async with open_counter() as counter:
        await counter.keys(*"10422301", "ctrl+a", "end", *["down"] * 5, "enter")
        assert "was not taken at this terminal" in counter.message


async def test_a_note_is_recorded_and_shown(open_counter):
    async with open_counter() as counter:
        await counter.keys(*"10422301", "ctrl+a", "n", "enter")
        assert "The note is empty" in counter.message
        await counter.keys(*"Gate", "space", *"code", "f9")
        assert counter.desk.account_notes == [("10422301", "Gate code")]
        assert "ana: Gate code" in counter.screen()
        assert counter.app.area.at is None


@pytest.mark.parametrize(("letter", "detail", "typed"), [("a", "address", "9 Oak St"), ("p", "phone", "555-010-0199")])
async def test_another_address_or_telephone_replaces_what_is_shown(open_counter, letter, detail, typed):
    async with open_counter() as counter:
        await counter.by_hand(*"10422301", "ctrl+a", letter, "enter")
        assert "that is what it is" in counter.message
        await counter.by_hand(*typed, "enter")
        assert counter.desk.details == [("10422301", detail, typed)]
        assert typed in counter.screen()


async def test_esc_drops_what_is_typed_and_a_card_number_never_stays(open_counter):
    async with open_counter() as counter:
        await counter.keys(*"10422301", "ctrl+a", "n", *"half", "escape")
        assert name(counter) == "glance"
        assert counter.desk.account_notes == []
        await counter.keys("n", *"4111111111111111")
        assert "card number" in counter.message
        assert "41111" not in counter.screen()


async def test_a_scan_shows_the_account_and_is_refused_while_something_is_typed(open_counter):
    async with open_counter() as counter:
        await counter.keys("f10", "b")
        await counter.keys(*"10422301", "enter")
        await counter.keys(*"10422302", "enter")
        assert "10422302" in counter.screen().splitlines()[2]
        await counter.keys("n")
        await counter.keys(*"10422301", "enter")
        assert "10422302" in counter.screen().splitlines()[2]
        assert counter.app.area.writing.field.value == ""


async def test_explain_adds_up_and_goes_back_where_it_came_from(open_counter):
    async with open_counter() as counter:
        await counter.keys(*"10422301", "enter", "ctrl+e")
        screen = counter.screen()
        assert "Penalty Oct 2026, due 10/01/2026" in screen
        assert "OWED NOW" in screen
        await counter.keys("pagedown", "x", "escape")
        assert name(counter) == "payment"
        await counter.keys("ctrl+a", "f4", "escape")
        assert name(counter) == "glance"


async def test_what_is_half_typed_is_back_after_leaving_and_from_the_list_of_forms(open_counter):
    async with open_counter() as counter:
        await counter.keys(*"10422301", "ctrl+a", "n", *"Gate", "f2")
        await counter.keys(*"10422302", "ctrl+a", "n")
        assert "Gate" not in counter.screen()
        await counter.keys("escape", "escape", *"10422301", "ctrl+a", "n")
        assert "What was typed here is back" in counter.message
        await counter.keys(*"way", "f9")
        assert counter.desk.account_notes == [("10422301", "Gateway")]


async def test_esc_forgets_what_was_typed(open_counter):
    async with open_counter() as counter:
        await counter.keys(*"10422301", "ctrl+a", "n", *"Gate", "escape", "n")
        assert "Gate" not in counter.screen()


async def test_nothing_of_a_long_note_name_or_address_hides_what_stands_beside_it(open_counter, monkeypatch):
    long = {"77": ("Utility", "Ellison Family Revocable Trust of the Nineteenth of May " * 2, "x" * 80, [])}
    monkeypatch.setattr(fake_desk, "ACCOUNTS", fake_desk.ACCOUNTS | long)
    words = " ".join(f"word{n}" for n in range(30))
    async with open_counter(FakeDesk(account_notes=[("77", words)])) as counter:
        await counter.keys(*"77", "ctrl+a")
        screen = counter.screen()
        assert "Utility, active" in screen.splitlines()[2]
        assert "555-010-0123" in screen.splitlines()[3]
        assert "data of 11/23/2026 06:00" in screen.splitlines()[3]
        assert all(word in screen.replace("\n", " ").split() for word in words.split())
