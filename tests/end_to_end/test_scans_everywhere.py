"""A scanner at the real program's terminal: at full speed, slowly and with a pause in the middle, on every screen.

What is scanned is added or refused; no part of it stands in any field afterwards, and no letter of it is a command. Of
a card's stripe nothing is echoed, logged or kept. Run by `make test-scans`, alone: beside other whole programs a
machine of two cores brings a scanner's letters as far apart as hands type them.
"""

from __future__ import annotations

import io
import os
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import cycle
from pathlib import Path

import pytest

from countertui.demo.money_tables import UTILITY_STUB
from countertui.domain.documents import Qr, from_json
from countertui.store.anchor import anchor_folder
from countertui.widgets.field import BURST_SECONDS
from end_to_end.demo_city import made_city
from pty_terminal import PtyTerminal

pytestmark = pytest.mark.timeout(240)

CARD = "4111111111111111"
STRIPE = f"%B{CARD}^QUILL/ANA^29121010000000000?;{CARD}=29121010000000000?"
CHIPS, MESSAGE = 1, slice(21, 23)
"""Rows of the screen that change by themselves, or say what was refused."""
CTRL_N = "\x0e"
PLACES = {
    ("F5",): "Cash: Amount",
    ("F6",): "Check: ",
    ("F6", "Tab"): "Check: ",
    ("F6", "Tab", "Tab"): "Check: ",
    ("F8",): "Money order: ",
    ("F4",): "Enter takes the amount",
    ("F4", "Tab"): "Part of ",
    (CTRL_N,): "Received from:",
    ("F3",): "Enter shows it",
    ("F10",): "Virtual tape",
    ("F10", "k"): "Carts and forms",
    ("F10", "m"): "Count first",
    ("F10", "m", "1", "Enter", "2", "Enter"): " › (what they add up",
    ("F10", "n"): "Key in a paper receipt",
    ("F10", "t"): "Esc leaves it shut",
    ("F10", "v"): "Tape: all",
    ("F10", "a"): "Applicants for",
    ("F10", "i"): "Change your PIN",
    ("F10", "u"): "Unlock an operator",
    ("F10", "r"): "Requests: A",
    ("F10", "p"): "Printing   ",
    ("F10", "z"): "Z report",
    ("F10", "x"): "X report",
    ("F10", "j"): "Deposits due for release",
    ("F10", "j", "f"): "Find ›",
    ("F10", "l"): "Look and start",
    ("F10", "c"): "Close the drawer: count",
    ("F1",): "Help: Payment",
    ("Ctrl+P",): "Command ›",
}
"""Screens and fields by the keys that lead there from the payment, and what is seen there."""
ONLY_THE_MENU = PLACES["F10",]
EMPTY_BOX = "Find › (account"
Way = Callable[[PtyTerminal, str], None]


def at_once(person: PtyTerminal, text: str) -> None:
    """In one write, as a paste or a fast wedge."""
    person.paste(text)


@contextmanager
def in_its_own_time() -> Iterator[None]:
    """A scanner waits for nothing else that the machine does: nor does this, where the system allows it."""
    usual = os.sched_getscheduler(0), os.sched_getparam(0)
    with suppress(PermissionError):
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    try:
        yield
    finally:
        with suppress(PermissionError):
            os.sched_setscheduler(0, *usual)


def slowly(person: PtyTerminal, text: str) -> None:
    """Letter by letter, as far apart as the slowest scanners' are."""
    with in_its_own_time():
        for letter in text:
            os.write(person.child.child_fd, letter.encode())
            time.sleep(0.002)


def in_parts(person: PtyTerminal, text: str) -> None:
    """With a pause in the middle, as a slow line delivers it."""
    middle = max(7, len(text) // 2)
    with in_its_own_time():
        os.write(person.child.child_fd, text[:middle].encode())
        time.sleep(0.04)
        os.write(person.child.child_fd, text[middle:].encode())


def stub_of(account: str, cents: int) -> str:
    digits = "".join(filter(str.isdigit, account)).zfill(UTILITY_STUB.account.last) + f"{cents:010}"
    return digits + UTILITY_STUB.checks[0].expected(digits)


def misread(stub: str) -> str:
    return stub[:-1] + str((int(stub[-1]) + 1) % 10)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small demo city, made by the program itself."""
    return made_city(tmp_path_factory.mktemp("scans") / "city")


@pytest.fixture(scope="module")
def bills(city: Path) -> list[str]:
    """Numbers of utility accounts that owe something."""
    reference = sqlite3.connect(f"{(city / 'reference.db').as_uri()}?mode=ro", uri=True)
    query = "SELECT number FROM account WHERE due_cents > 2000 AND kind = 'utility' ORDER BY number LIMIT 4"
    rows = reference.execute(query).fetchall()
    reference.close()
    return [number for (number,) in rows]


@pytest.fixture(scope="module")
def licenses(city: Path) -> list[tuple[str, str]]:
    """Numbers of two licenses that owe something, and of their accounts."""
    reference = sqlite3.connect(f"{(city / 'reference.db').as_uri()}?mode=ro", uri=True)
    query = (
        "SELECT license.number, account FROM license JOIN account ON account.number = account WHERE due_cents > 0"
        " ORDER BY license.number LIMIT 2"
    )
    rows: list[tuple[str, str]] = reference.execute(query).fetchall()
    reference.close()
    return rows


@pytest.fixture(scope="module")
def sent() -> io.BytesIO:
    """Every byte that the program sent to the terminal."""
    return io.BytesIO()


@pytest.fixture(scope="module")
def rosa(city: Path, sent: io.BytesIO) -> Iterator[PtyTerminal]:
    """Rosa at the sign-on."""
    environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": ""}
    with PtyTerminal(sys.executable, ["-m", "countertui", "demo", "--dir", str(city)], environment) as person:
        person.child.logfile_read = sent
        person.child.delaybeforesend = None
        person.wait_for("Sign on", "demo PIN 1111")
        yield person


def but_for_messages(screen: str) -> list[str]:
    lines = screen.splitlines()
    del lines[MESSAGE]
    del lines[CHIPS]
    return lines


def drawn(person: PtyTerminal) -> list[str]:
    """The screen once all of it is drawn: two looks at it, each of which waits for more, are the same."""
    before, shown = None, but_for_messages(person.screen())
    while shown != before:
        before, shown = shown, but_for_messages(person.screen())
    return shown


def refused(person: PtyTerminal, way: Way, scanned: str, told: str) -> None:
    """Scan something that can't be taken here: that is told, and nothing else on the screen changes."""
    before = drawn(person)
    way(person, f"{scanned}\r")
    person.wait_for(told)
    assert drawn(person) == before, person.screen()


@pytest.mark.timeout(400)
def test_a_scan_is_one_wherever_it_comes_and_a_card_nowhere(
    rosa: PtyTerminal, city: Path, bills: list[str], licenses: list[tuple[str, str]], sent: io.BytesIO
) -> None:
    """One sitting at one counter, and so one test: its parts could be run elsewhere, without those before."""
    _at_the_sign_on_and_the_opening_count(rosa, bills)
    _at_the_box_each_scan_is_added_wholly(rosa, bills)
    _on_every_screen_and_in_every_field(rosa, bills)
    _in_every_field_of_a_card_that_is_asked_and_where_its_answer_is(rosa, bills)
    _a_license_and_a_receipts_code_are_what_they_name(rosa, city, licenses)
    _nothing_of_the_card_is_echoed_logged_or_kept_and_no_scan_took_money(rosa, city, sent)


def _at_the_sign_on_and_the_opening_count(rosa: PtyTerminal, bills: list[str]) -> None:
    refused(rosa, in_parts, STRIPE, "card number")
    time.sleep(2 * BURST_SECONDS)  # what comes sooner is the rest of the stripe
    rosa.press("rosa")
    rosa.wait_for("›rosa")
    rosa.press("Enter")
    rosa.wait_gone("card number")
    refused(rosa, at_once, STRIPE, "card number")
    time.sleep(2 * BURST_SECONDS)
    rosa.press("1111")
    rosa.wait_for("••••")
    rosa.press("Enter")
    rosa.wait_for("Open a drawer", "fund 200.00")
    rosa.press("D1")
    rosa.wait_for("Fund ", "Difference")
    for keys in ((), ("Tab",), ("Tab",)):  # drawer, date, pieces
        rosa.press(*keys)
        refused(rosa, in_parts, bills[0], "takes none")
        refused(rosa, slowly, misread(stub_of(bills[0], 100)), "check digit")
        refused(rosa, at_once, STRIPE, "card number")
    time.sleep(2 * BURST_SECONDS)
    rosa.press("2")
    rosa.wait_for("Cash counted 200.00")
    rosa.press("F9")
    rosa.wait_for("Find ›", "drawer D1")


def _at_the_box_each_scan_is_added_wholly(rosa: PtyTerminal, bills: list[str]) -> None:
    ways = (at_once, slowly, in_parts)
    scans = bills[0], stub_of(bills[1], 1), bills[2]
    for way, scanned, account in zip(ways, scans, bills, strict=False):
        way(rosa, f"{scanned}\r")
        rosa.wait_for(f" {account} ", EMPTY_BOX)
    refused(rosa, at_once, bills[0], "already in this cart")
    refused(rosa, in_parts, misread(stub_of(bills[3], 1)), "check digit")
    refused(rosa, slowly, STRIPE, "card number")


def _on_every_screen_and_in_every_field(rosa: PtyTerminal, bills: list[str]) -> None:
    """Each way and each kind of scan everywhere; which way brings which turns from screen to screen."""
    turns = cycle([(at_once, slowly, in_parts), (slowly, in_parts, at_once), (in_parts, at_once, slowly)])
    for keys, seen in PLACES.items():
        rosa.press("F2")
        rosa.wait_for(EMPTY_BOX, "REMAINING")
        rosa.press(*keys)
        rosa.wait_for(seen)
        if keys[0] == "F10" and keys[1:]:
            rosa.wait_gone(ONLY_THE_MENU)  # it names the screens that it leads to
        first, second, third = next(turns)
        refused(rosa, first, bills[3], "Nothing was")
        refused(rosa, second, misread(stub_of(bills[3], 1)), "check digit")
        refused(rosa, third, STRIPE, "card number")
        rosa.press("Esc")


def _in_every_field_of_a_card_that_is_asked_and_where_its_answer_is(rosa: PtyTerminal, bills: list[str]) -> None:
    rosa.press("F2")
    rosa.wait_for(EMPTY_BOX, "REMAINING")
    rosa.press("F7")
    rosa.wait_for("Card: Approval code")
    for keys, ways in (((), (at_once, slowly)), (("Tab",), (in_parts, at_once)), (("Tab",), (slowly, in_parts))):
        rosa.press(*keys)
        refused(rosa, ways[0], bills[3], "Nothing was")
        refused(rosa, ways[1], misread(stub_of(bills[3], 1)), "check digit")
        refused(rosa, ways[0], STRIPE, "card number")
    rosa.press("Esc")
    rosa.wait_for("what did it say?")
    refused(rosa, at_once, bills[3], "Nothing was")
    refused(rosa, in_parts, STRIPE, "card number")
    time.sleep(2 * BURST_SECONDS)
    rosa.press("d")
    rosa.wait_for("The card was declined.", EMPTY_BOX)


def _a_license_and_a_receipts_code_are_what_they_name(
    rosa: PtyTerminal, city: Path, licenses: list[tuple[str, str]]
) -> None:
    """A license's barcode adds its account; the code on a receipt shows it as printed."""
    rosa.press("F2")
    rosa.wait_for(EMPTY_BOX, "REMAINING")
    for way, (license_, account) in zip((at_once, in_parts), licenses, strict=True):
        way(rosa, f"{license_}\r")
        rosa.wait_for(account, EMPTY_BOX)
    rosa.press("F9")
    rosa.wait_for("T1-1", "taken")
    store = sqlite3.connect(f"{(city / 'store.db').as_uri()}?mode=ro", uri=True)
    ((printed,),) = store.execute("SELECT document FROM print_job WHERE kind = 'receipt'").fetchall()
    store.close()
    (code,) = [block.s for block in from_json(printed).blocks if isinstance(block, Qr)]
    for way in (at_once, slowly, in_parts):
        way(rosa, f"{code}\r")
        rosa.wait_for("Receipt T1-1", "Received from")
        rosa.press("F2")
        rosa.wait_for(EMPTY_BOX)
        rosa.wait_gone("Receipt T1-1")


def _nothing_of_the_card_is_echoed_logged_or_kept_and_no_scan_took_money(
    rosa: PtyTerminal, city: Path, sent: io.BytesIO
) -> None:
    rosa.press("F10")
    rosa.wait_for("Virtual tape")
    rosa.press("q")
    rosa.wait_for("Leave the program?")
    rosa.press("y")
    assert rosa.wait_exit() == 0
    assert b"41111" not in sent.getvalue()
    for folder in (city, anchor_folder(city)):
        for file in folder.rglob("*"):
            if file.is_file():
                held = file.read_bytes()
                assert CARD.encode() not in held, file
                assert b"QUILL/ANA" not in held, file
    store = sqlite3.connect(f"{(city / 'store.db').as_uri()}?mode=ro", uri=True)
    taken = store.execute("SELECT COUNT(*) FROM journal WHERE kind IN ('pay', 'no_sale', 'void')").fetchone()
    carts = store.execute("SELECT COUNT(*) FROM cart").fetchone()
    store.close()
    assert (taken, carts) == ((1,), (0,)), "the one payment that was made by hand"
