"""What each screen looks like at 80x24. Look at the pictures before accepting new ones."""

from __future__ import annotations

from dataclasses import replace

import pytest

from countertui.counter.print_queue import PrintNote
from countertui.counter.receipts import ReceiptRow
from countertui.screens.app import CounterApp
from screens.conftest import SESSION, Counter
from screens.fake_desk import PEOPLE, FakeDesk, UnconfirmedError

BILL = "p:10422301\n"
SCREENS: dict[str, list[str]] = {
    "payment_empty": [],
    "payment": [BILL, "p:L-2041\n", "p:COPY*3\n", "f6", *"1042", "tab", *"100", "enter", *"mar"],
    "tender": [BILL, "f9", "p:20005177\n", "f5", *"20"],
    "check": [BILL, "f6", *"1042"],
    "change": [BILL, "f5", *"100", "enter"],
    "several_fit": [*"mart", "enter"],
    "amount": [BILL, "f4"],
    "parts": [BILL, "f4", "tab", *"12.50", "enter"],
    "drop": [BILL, "escape"],
    "card_refused": ["p:4012888888881881"],
    "carts": [BILL, "ctrl+k", "p:L-2041\n", "ctrl+k", "p:COPY*3\n", "ctrl+k", "ctrl+k"],
    "receipts": [BILL, "f9", "p:L-2041\n", "f9", "f3"],
    "receipt": [BILL, "f9", "f3", "enter"],
    "void": [BILL, "f9", "f3", "enter", "v", "1"],
    "tape": [BILL, "f9", "p:L-2041\n", "f6", *"1042", "enter", "f10", "v"],
    "mail_opening": ["f10", "m", "1", "enter", *"12", "enter", *"1024.17"],
    "mail": [
        *("f10", "m", "1", "enter", "3", "enter", *"1024.17", "enter"),
        *(*"10422301", "enter", *"1041", "enter", *"L-2041", "enter", *"77"),
    ],
    "mail_off": [
        *("f10", "m", "2", "enter", "2", "enter", *"100", "enter"),
        *(*"10422301", "enter", *"1041", "enter", "f9", *"unsigned", "enter", *"lee", "enter", *"97"),
    ],
    "requests": [BILL, "f9", "f3", "enter", "v", "1", "enter", "enter", "f10", "r"],
    "menu": ["f10"],
    "x_report": ["f10", "x", "v"],
    "close": [BILL, "f10", "c", "2", "tab"],
    "over_short": ["f10", "c", "1", "f9"],
    "z_report": ["f10", "c", "2", "f9", "f9"],
    "no_sale": ["f10", "t", *"change for a twenty"],
    "own_pin": ["f10", "i", *"1357", "enter", *"90"],
    "unlock": ["f10", "u", *"bo", "enter", *"lee", "enter", *"97"],
    "applicant": ["f10", "a", "f4", *"Jo Bell", "tab", *"9 Weir Ln"],
    "batches": ["f10", "s"],
    "help": ["f1"],
    "palette": ["ctrl+p", *"ca"],
    "leave": ["ctrl+q"],
}


def picture_of(
    snap_compare, keys: list[str], *, who: str | None = "ana", drawer: bool = True, size=(80, 24), desk=None
) -> bool:
    desk = desk or FakeDesk()
    app = CounterApp(desk, poll_seconds=0)

    async def work(pilot) -> None:
        counter = Counter(app, pilot, desk)
        if who is not None:
            await app.starting.opened()
            app.person = PEOPLE[who][0]
            app.session = desk.session = SESSION if drawer else None
            app.show_status()
            await app.go_home()
        await counter.settle()
        for key in keys:
            await (counter.paste(key[2:]) if key.startswith("p:") else counter.keys(key))
        await counter.settle()

    return snap_compare(app, run_before=work, terminal_size=size)


@pytest.mark.parametrize("screen", SCREENS)
def test_screen(snap_compare, screen):
    assert picture_of(snap_compare, SCREENS[screen])


def test_an_expired_cart(snap_compare):
    assert picture_of(snap_compare, SCREENS["carts"], desk=FakeDesk(expired={"cart-1"}))


def test_sign_on(snap_compare):
    assert picture_of(snap_compare, [*"an"], who=None)


def test_first_pin(snap_compare):
    keys = [*"bo", "enter", *"7KQ3M-0XW9A", "enter", *"902108", "enter", *"90"]
    assert picture_of(snap_compare, keys, who=None, desk=FakeDesk(codes={"bo": "7KQ3M-0XW9A"}))


def test_opening(snap_compare):
    assert picture_of(snap_compare, [*"d1", "enter", "enter", "1", "f9"], drawer=False)


def test_opening_asks_a_lead(snap_compare):
    keys = [*"d1", "enter", "enter", "1", "f9", *"lee", "enter", *"97"]
    assert picture_of(snap_compare, keys, drawer=False)


def test_passphrase(snap_compare):
    assert picture_of(snap_compare, [*"open s"], who=None, desk=FakeDesk(needs_passphrase=True))


def test_printing(snap_compare):
    notes = [
        PrintNote(3, "T1-9", "uncertain", "no answer", "front counter"),
        PrintNote(4, None, "refused", "paper out", "back office", "z_report"),
        PrintNote(5, "T1-9", "refused", "no sheet was put in", "front counter", "endorsement", "Check 1041 of 84.17"),
    ]
    desk = FakeDesk(notes=notes, printers=("front counter", "back office"))
    assert picture_of(snap_compare, ["f10", "p"], desk=desk)


def test_halted(snap_compare):
    desk = FakeDesk(faults=["The journal's chain is broken at record 7."])
    assert picture_of(snap_compare, [BILL, "f9"], desk=desk)


@pytest.mark.parametrize("recorded", [True, False, None])
def test_a_commit_not_confirmed(snap_compare, recorded):
    desk = FakeDesk()
    desk.failures["take_payment"] = [UnconfirmedError(recorded=recorded)]
    assert picture_of(snap_compare, [BILL, "f5", *"100", "enter"], desk=desk)


def test_what_a_crash_left(snap_compare):
    note = "Receipt T1-17 over 84.17 IS recorded; its paper is not known to have come out (F10, P)."
    cart = "1 cart was NOT taken: no money is recorded for it (Ctrl+K takes one back)."
    desk = FakeDesk(left=[note, cart], check_seconds=0.1, others=[SESSION])
    assert picture_of(snap_compare, [*"ana", "enter", *"1357", "enter"], who=None, desk=desk)


def test_an_approval_is_asked_about(snap_compare):
    paid = "T1-4", "09:41", "2026-11-23", "Marta Ellison", 84_17, "Check + Cash"
    row = ReceiptRow(*paid, "refund_requested", "bo", 0, "s7", "cash")
    other = replace(row, receipt_no="T1-9", payor="Bramble Bakery", state="void_requested", session="s1", refund="")
    assert picture_of(snap_compare, ["f10", "r", "down", "a"], who="lee", desk=FakeDesk(receipts=[row, other]))


def test_open_drawers(snap_compare):
    others = [replace(SESSION, id="s7", drawer="D2", operator="bo", operator_name="Bo Marsh")]
    assert picture_of(snap_compare, ["f10", "w"], who="lee", drawer=False, desk=FakeDesk(others=others))


def test_closing_the_drawer_of_another(snap_compare):
    others = [replace(SESSION, id="s7", drawer="D2", operator="bo", operator_name="Bo Marsh")]
    keys = ["f10", "w", "enter", "2", "tab"]
    assert picture_of(snap_compare, keys, who="lee", drawer=False, desk=FakeDesk(others=others))


def test_payment_on_a_wide_screen(snap_compare):
    assert picture_of(snap_compare, SCREENS["payment"], size=(132, 43))


def test_payment_in_sixteen_colors(snap_compare, monkeypatch):
    monkeypatch.setenv("TERM", "linux")
    assert picture_of(snap_compare, SCREENS["payment"])
