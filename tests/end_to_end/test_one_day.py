"""One working day at the counter of the real program, by keys alone; then the money is followed from paper to books."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from beancount import loader
from beancount.core import data as beancount_data

from end_to_end.demo_city import made_city
from pty_terminal import KEYS, PtyTerminal

pytestmark = pytest.mark.timeout(300)

PIECES = {100_00: 0, 50_00: 1, 20_00: 2, 10_00: 3, 5_00: 4, 2_00: 5, 1_00: 6, 50: 7, 25: 8, 10: 9, 5: 10, 1: 11}


def countertui(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command of the program, as a script would."""
    return subprocess.run(
        [sys.executable, "-m", "countertui", *arguments], input=stdin, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small demo city, made by the program itself."""
    return made_city(tmp_path_factory.mktemp("day") / "city")


def owing(city: Path, kind: str, number: int) -> list[tuple[str, str, int]]:
    """Accounts that owe money: number, name, cents."""
    reference = sqlite3.connect(f"{(city / 'reference.db').as_uri()}?mode=ro", uri=True)
    rows = reference.execute(
        "SELECT account.number, account.name, SUM(balance_cents) FROM account JOIN charge ON charge.account = number"
        " WHERE kind = ? GROUP BY number HAVING MIN(balance_cents) > 0 AND SUM(balance_cents) > 2000"
        " ORDER BY number LIMIT ?",
        (kind, number),
    ).fetchall()
    reference.close()
    return rows


def dollars(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def count_pieces(cents: int) -> dict[int, int]:
    """The fewest pieces that make an amount."""
    pieces = {}
    for denomination in PIECES:
        pieces[denomination], cents = divmod(cents, denomination)
    return pieces


def type_pieces(person: PtyTerminal, cents: int) -> None:
    """Type a count into the grid, going on with Enter, as fast as hands that know it: between Enters it is no scan."""
    person.paste("".join(f"{pieces or ''}{KEYS['Enter']}" for pieces in count_pieces(cents).values()))


def stored(city: Path, query: str, *values: object) -> list[tuple[object, ...]]:
    store = sqlite3.connect(f"{(city / 'store.db').as_uri()}?mode=ro", uri=True)
    rows = store.execute(query, values).fetchall()
    store.close()
    return rows


def find_and_add(person: PtyTerminal, number: str) -> None:
    """Type an account number and put what it owes into the cart."""
    person.press(number)
    person.wait_for(f"Find ›{number}")
    person.press("Enter")
    person.wait_for(number, "REMAINING")
    person.wait_gone(f"Find ›{number}")


def enter(person: PtyTerminal, text: str) -> None:
    """Type a text, look at it, then press Enter: together they would come as a scanner types, and be held back."""
    person.press(text)
    person.wait_for(f"›{text}")
    person.press("Enter")


def test_one_day_and_the_day_after(city: Path) -> None:
    environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": ""}
    program = [sys.executable, "-m", "countertui", "demo", "--dir", str(city)]
    with PtyTerminal(program[0], program[1:], environment) as person:
        _sign_on_and_open(person)
        _take_payments(person, city)
        _undo(person)
        _x_report_is_blind(person)
        _close(person, city)
        _seal_and_send(person)
        person.press("F10")
        person.wait_for("Menu", "Leave")
        person.press("q")
        person.wait_for("Leave the program?")
        person.press("y")
        assert person.wait_exit() == 0
    _money_is_the_same_everywhere(city)
    _the_day_after(city)  # no test of its own: it could be run elsewhere, without the day


def _the_day_after(city: Path) -> None:
    """A receipt of a closed drawer is refunded by two people, and the books still agree."""
    environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": ""}
    with PtyTerminal(sys.executable, ["-m", "countertui", "demo", "--dir", str(city)], environment) as person:
        person.wait_for("Sign on", "demo PIN 1111")
        person.press("rosa", "Enter", "1111", "Enter")
        person.wait_for("Open a drawer", "fund 200.00")
        person.press("F3")
        person.wait_for("Receipts", "T1-3")
        person.press("T1-3")
        person.wait_gone("T1-6")
        person.press("Enter")
        person.wait_for("Receipt T1-3", "U refund")
        person.press("u")
        person.wait_for("Reason")
        person.press("1")
        person.press("Enter")
        person.wait_for("Paid by", "1 AP check")
        person.press("1")
        person.wait_for("recorded as requested")
        person.press("F10")
        person.wait_for("Sign off")
        person.press("o")
        person.wait_for("Operator id")
        person.press("lena", "Enter", "5555", "Enter")
        person.wait_for("Lena Whitford")
        person.press("F10")
        person.wait_for("Requests")
        person.press("r")
        person.wait_for("T1-3", "T1-6")
        person.press("Down", "a")
        person.wait_for("Approve the void of T1-6", "F9 approves")
        person.press("F9")
        person.wait_for("T1-3", "an AP check over")
        person.press("F10")
        person.wait_for("Seal and send")
        person.press("s")
        person.wait_for("Batch 2 posted, difference 0.00", seconds=40)
        person.press("F10")
        person.wait_for("Menu", "Leave")
        person.press("q")
        person.wait_for("Leave the program?")
        person.press("y")
        assert person.wait_exit() == 0
    _money_is_the_same_everywhere(city)


def _sign_on_and_open(person: PtyTerminal) -> None:
    person.wait_for("Sign on", "demo PIN 1111")
    person.press("rosa", "Enter", "9999", "Enter")
    person.wait_for("4 tries left")
    person.press("1111", "Enter")
    person.wait_for("Open a drawer", "fund 200.00")
    person.press("D1", "Enter")
    person.wait_for("Fund", "200.00")
    person.press("Enter")
    type_pieces(person, 200_00)
    person.wait_for("Cash counted 200.00")
    person.press("F9")
    person.wait_for("drawer D1", "Find ›")


def _take_payments(person: PtyTerminal, city: Path) -> None:
    bills = owing(city, "utility", 6)
    licenses = owing(city, "license", 2)
    # A bill in full, exact cash.
    find_and_add(person, bills[0][0])
    person.press("F9")
    person.wait_for("T1-1  ", dollars(bills[0][2]), "taken")
    # Two accounts and a fee with quantity, a check for a part and cash for the rest, with change.
    find_and_add(person, bills[1][0])
    find_and_add(person, licenses[0][0])
    person.press("COPY*3")
    person.wait_for("COPY")
    person.press("Enter")
    person.wait_for("3 ×")
    person.press("F6")
    person.wait_for("Check no.")
    person.press("1024", "Tab", "20.00", "Enter")
    person.wait_for("TENDERED 20.00")
    person.press("F5")
    person.wait_for("Cash:")
    enter(person, dollars(bills[1][2] + licenses[0][2] + 45 - 20_00 + 5_00))
    person.wait_for("T1-2  ", "CHANGE")
    # A part of a bill by card.
    find_and_add(person, bills[2][0])
    person.press("F4")
    person.wait_for("Amount")
    enter(person, "15.00")
    person.wait_for("DUE 15.00")
    person.press("F7")
    person.wait_for("Approval code")
    enter(person, "A1B2C3")
    person.wait_for("T1-3  ", "15.00 taken")
    # More than is owed, by money order: the rest is a credit.
    find_and_add(person, bills[3][0])
    person.press("F4")
    person.wait_for("Amount")
    enter(person, dollars(bills[3][2] + 25_00))
    person.wait_for(f"DUE {dollars(bills[3][2] + 25_00)}")
    person.press("F8")
    person.wait_for("Money order no.")
    person.press("MO-77", "Enter")
    person.wait_for("T1-4  ", "taken")
    # One to be voided, one whose void is only asked for.
    find_and_add(person, bills[4][0])
    person.press("F9")
    person.wait_for("T1-5  ", "taken")
    find_and_add(person, bills[5][0])
    person.press("F9")
    person.wait_for("T1-6  ", "taken")


def _undo(person: PtyTerminal) -> None:
    person.press("F3")
    person.wait_for("Receipts", "T1-6", "T1-1")
    person.press("T1-5")
    person.wait_gone("T1-6")
    person.press("Enter")
    person.wait_for("Receipt T1-5", "V void")
    person.press("v")
    person.wait_for("Void T1-5?")
    person.press("1")
    person.wait_for("A lead approves")
    person.press("rosa", "Enter", "1111", "Enter")
    person.wait_for("Nobody approves")
    person.press("Esc")
    person.wait_gone("A lead approves")
    person.press("v", "1")
    person.wait_for("A lead approves")
    person.press("lena", "Enter", "5555", "Enter")
    person.wait_for("T1-5 is VOID", "Lena Whitford")
    person.press("F3")
    person.wait_for("T1-6")
    person.press("T1-6")
    person.wait_gone("T1-4")
    person.press("Enter")
    person.wait_for("Receipt T1-6", "V void")
    person.press("v", "2")
    person.wait_for("A lead approves")
    person.press("Enter")
    person.wait_for("Nobody there to approve?")
    person.press("Enter")
    person.wait_for("recorded as requested")


def _x_report_is_blind(person: PtyTerminal) -> None:
    person.press("F10")
    person.wait_for("X report")
    person.press("x")
    shown = person.wait_for("X REPORT", "Receipts")
    assert "expected" not in shown.lower().replace("shows expected money", "")


def _close(person: PtyTerminal, city: Path) -> None:
    session = stored(city, "SELECT id FROM session")[0][0]
    expected = {
        str(tender): (int(str(count)), int(str(cents)))
        for tender, count, cents in stored(
            city, "SELECT tender, SUM(count), SUM(cents) FROM drawer_move WHERE session = ? GROUP BY tender", session
        )
    }
    person.press("F10")
    person.wait_for("Close drawer")
    person.press("c")
    shown = person.wait_for("Close the drawer", "Cash counted", "T1-6")
    assert dollars(expected["cash"][1]) not in shown
    type_pieces(person, expected["cash"][1] - 1_00)
    for tender in ("check", "card", "money_order"):
        count, cents = expected[tender]
        person.press(str(count), "Enter", dollars(cents))
        person.press(*(["Enter"] if tender != "money_order" else []))
    person.press("F9")
    person.wait_for("over and short", "1.00", "SHORT", "even")
    person.press("F9")
    person.wait_for("Z REPORT", "drawer is closed")


def _seal_and_send(person: PtyTerminal) -> None:
    person.press("F10")
    person.wait_for("Seal and send")
    person.press("s")
    person.wait_for("Batch 1 posted, difference 0.00", seconds=40)


def _money_is_the_same_everywhere(city: Path) -> None:
    verified = countertui("verify", "--dir", str(city), "--json")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert json.loads(verified.stdout)["faults"] == []

    journal_net = stored(city, "SELECT cum_net FROM counter")[0][0]
    taken = dict(stored(city, "SELECT receipt_no, total_cents FROM receipt"))
    given_back = {no for (no,) in stored(city, "SELECT receipt_no FROM receipt WHERE state IN ('void', 'refunded')")}
    assert "T1-5" in given_back
    assert journal_net == sum(int(str(cents)) for no, cents in taken.items() if no not in given_back)

    # Paper: every receipt once, each with the total the journal has.
    paper = (city / "paper.txt").read_text(encoding="utf-8")
    printed = re.findall(r"^Receipt (T1-\d+) .*?^TOTAL +([\d,]+\.\d\d)", paper, re.MULTILINE | re.DOTALL)
    assert {no: int(total.replace(",", "").replace(".", "")) for no, total in printed} == taken
    assert len(printed) == len(taken)

    # Ledger: its status, and its books as Beancount reads them.
    status = json.loads(countertui("ledger", "status", "--dir", str(city / "ledger"), "--json").stdout)
    assert status["out_of_balance"] in ({}, [])
    assert status["held"] == []
    assert status["error_items"] == []
    assert sum(day["net_cents"] for day in status["days"]) == journal_net
    exported = countertui("ledger", "export", "--format", "beancount", "--dir", str(city / "ledger"))
    assert exported.returncode == 0
    entries, errors, _ = loader.load_string(exported.stdout)
    assert errors == []
    sums: dict[str, int] = {}
    for entry in entries:
        if isinstance(entry, beancount_data.Transaction):
            for posting in entry.postings:
                sums[posting.account] = sums.get(posting.account, 0) + int(posting.units.number * 100)
    assert sum(sums.values()) == 0
    books = sqlite3.connect(city / "ledger" / "ledger.db")
    kept = [cents for (cents,) in books.execute("SELECT cents FROM gl_balance").fetchall() if cents]
    books.close()
    assert sorted(kept) == sorted(cents for cents in sums.values() if cents)
