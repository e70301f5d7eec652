"""Two cashiers, a lead and a technician close an office: a shortage, a substitution refused, a connection lost, a late
session; then the money is followed from each receipt to the line of the bank.

Two real programs in pseudo-terminals, a real ledger over HTTP, and the bank's file made of the deposits.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from cli_city import PROGRAM, REAL_LEDGER, City, Said, environment, run
from counter_station import TODAY
from countertui.demo.bank_files import FEE_CENTS, MISCOUNTED_CENTS, write_bank_files
from countertui.demo.city import DemoCity
from countertui.demo.folder import make_city
from countertui.demo.passphrase import PASSPHRASE
from countertui.ledger.books import open_books
from countertui.ledger.tie_out import tie_out
from countertui.machine import SystemClock, random_bytes, uuid7
from end_to_end.test_one_day import dollars, enter, find_and_add, owing, stored, type_pieces
from office_of_two import admitted
from pty_terminal import PtyTerminal

pytestmark = pytest.mark.timeout(240)

SHORT = 60_00
"""What T2's drawer lacks at its close."""
PINS = {"rosa": "1111", "ben": "2222", "lena": "5555", "hugo": "6666", "tess": "7777", "omar": "8888"}
GIVEN = {"COUNTERTUI_PASSPHRASE": PASSPHRASE}


class Office:
    """A ledger's folder, T1's and T2's, and the port at which the ledger is when it is there."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.first, self.second = City(home / "T1"), City(home / "T2")
        made = DemoCity(60)
        make_city(
            self.first.folder, made, SystemClock(), uuid7, random_bytes, lambda _t, _n: None, ledger_id=REAL_LEDGER
        )
        self.books = home / "books"
        (self.first.folder / "ledger").rename(self.books)
        admitted(self.second.folder, self.books, "T2", "HALL", self.first.folder)
        shutil.copy(self.first.folder / "reference.db", self.second.folder / "reference.db")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        for city in (self.first, self.second):
            (city.folder / "terminal.toml").write_text(f'[ledger]\nurl = "http://127.0.0.1:{self.port}"\n')

    @contextmanager
    def ledger(self) -> Iterator[None]:
        """The ledger answers; then its connection is lost."""
        command = [*PROGRAM, "ledger", "serve", "--dir", str(self.books), "--port", str(self.port)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        env = environment(self.home, **GIVEN)
        with subprocess.Popen([*command, "--until-stdin-closes"], text=True, env=env, **pipes) as server:  # type: ignore[call-overload]
            assert json.loads(server.stdout.readline())["url"]
            yield
            server.stdin.close()
            assert server.wait(timeout=20) == 0

    def at_ledger(self, *arguments: str, stdin: str = "") -> Said:
        return run("ledger", *arguments, "--dir", str(self.books), stdin=stdin, home=self.home, **GIVEN)

    @contextmanager
    def at(self, city: City) -> Iterator[PtyTerminal]:
        """Somebody in front of one terminal, who leaves in the end."""
        env = {**os.environ, **environment(self.home, **GIVEN), "COLORTERM": ""}
        arguments = ["-m", "countertui", "--dir", str(city.folder)]
        with PtyTerminal(sys.executable, arguments, env) as person:
            person.wait_for("Passphrase")
            person.paste(PASSPHRASE)
            person.press("Enter")
            person.wait_for("Sign on", seconds=30)
            yield person
            person.press("F10")
            person.wait_for("Menu", "Leave")
            person.press("q")
            person.wait_for("Leave the program?")
            person.press("y")
            assert person.wait_exit() == 0


def test_an_office_is_closed_and_its_money_followed_to_the_bank(tmp_path: Path) -> None:
    office = Office(tmp_path)
    bills = owing(office.first.folder, "utility", 5)
    cents = [bill[2] for bill in bills]
    with office.at(office.first) as at_one, office.at(office.second) as at_two:
        with office.ledger():
            open_drawer(at_one, "rosa", "D1")
            open_drawer(at_two, "ben", "D2")
            by_cash(at_one, bills[0], "T1-1")
            by_check(at_one, bills[1], "1024", "T1-2")
            by_cash(at_two, bills[2], "T2-1")
            at_two.wait_for("ledger online")
        # The connection is lost: at T2 they go on, close short, and what they seal waits.
        by_check(at_two, bills[3], "2048", "T2-2")
        by_cash(at_two, bills[4], "T2-3")
        close(office.second, at_two, short=SHORT, lead="lena")
        at_two.press("s")
        at_two.wait_for("Batch 1 is sealed", "waiting to be sent", seconds=40)
    with office.ledger(), office.at(office.first) as at_one:
        sign_on(at_one, "rosa")
        at_one.wait_for("drawer D1")
        close(office.first, at_one, short=0)
        seal_and_send(at_one, 1)
        hand_to(at_one, "tess")
        deposit(at_one, cash=cents[0], check="1024", bag="BAG-1", final=False, not_heard="T2")
        seal_and_send(at_one, 2)
        # The late session comes, and is the day's last deposit.
        with office.at(office.second) as at_two:
            sign_on(at_two, "tess")
            at_two.wait_for("Tess Hartley")
            deposit(at_two, cash=cents[2] + cents[4] - SHORT, check="2048", bag="BAG-2", final=True)
            seal_and_send(at_two, 2)
    assert office.at_ledger("items", "--json").json == []
    at_the_bank(office, cents)
    followed(office, cents)
    for city in (office.first, office.second):
        assert city.run("verify", **GIVEN).status == 0


def deposit(person: PtyTerminal, *, cash: int, check: str, bag: str, final: bool, not_heard: str = "") -> None:
    """The closed drawer that is there into a bag, cash counted blind; a check that no receipt has is refused."""
    person.press("F10")
    person.wait_for("Menu")
    person.press("2")
    person.wait_for("Bank deposit", "1 check", *([f"Not heard from {not_heard}"] if not_heard else []))
    person.press("F9")
    assert dollars(cash) not in person.wait_for("count the cash")
    type_pieces(person, cash)
    person.wait_for("mark each check", "1 not looked at")
    enter(person, "7777")
    person.wait_for(
        "No receipt here was paid with number 7777", "a check does not stand in for", "nothing was recorded"
    )
    person.press("Esc")
    person.wait_gone("»7777")
    enter(person, check)
    person.wait_for("It is marked")
    person.press("F9")
    person.wait_for("Second person")
    enter(person, bag)
    enter(person, "y" if final else "n")
    sign_on(person, "hugo")
    person.wait_for(f"in bag {bag}", "It is recorded")


def seal_and_send(person: PtyTerminal, batch: int) -> None:
    person.press("F10")
    person.wait_for("Seal and send")
    person.press("s")
    person.wait_for(f"Batch {batch}", "posted", "difference 0.00", seconds=40)


def hand_to(person: PtyTerminal, who: str) -> None:
    """Who is there signs off, another one on."""
    person.press("F10")
    person.wait_for("Sign off")
    person.press("o")
    person.wait_for("Operator id")
    sign_on(person, who)
    person.wait_for("Tess Hartley")


def at_the_bank(office: Office, cents: list[int]) -> None:
    """Its file is made of the deposits: one counted otherwise, a check come back, a fee. All of it is explained."""
    books = open_books(office.books)
    with books.reading() as connection:
        bai2, ofx = write_bank_files(connection, office.home / "bank", TODAY)
    books.close()
    two = "".join(f"{who}\n{PINS[who]}\n" for who in ("omar", "lena"))
    looked = office.at_ledger("bank", str(bai2), "--json")
    assert [(pair["bag"], pair["confidence"], pair["off_cents"]) for pair in looked.json["pairs"]] == [
        ("BAG-1", 100, 0),
        ("BAG-2", 70, -MISCOUNTED_CENTS),
    ]
    one = f"omar\n{PINS['omar']}\n"
    assert office.at_ledger("bank", str(bai2), "--take", "--json", stdin=one).json["taken"] == 4
    booked = office.at_ledger("bank", "--book", "--sure", "70", "--json", stdin=two)
    assert booked.json["booked"] == 2, booked
    back = office.at_ledger("bank", "--returns", "--json", stdin=two)
    assert [item["why_not"] for item in back.json["returned"]] == [""], back
    assert office.at_ledger("bank", "--book", "--returns", "--json").json["returned"] == []
    told_again = office.at_ledger("bank", str(ofx))
    assert (told_again.status, "lines are there from" in told_again.err) == (1, True), told_again
    again = office.at_ledger("bank", "--json").json
    assert [(line["cents"], line["kind"]) for line in again["lines"]] == [(-FEE_CENTS, "debit")]
    fee = again["lines"][0]["line"]
    office.at_ledger("explain", fee, "--to-gl", "100-5010", "--reason", "Fee of the month", stdin=two)
    assert office.at_ledger("bank").out == "Everything deposited is at the bank, and nothing else.\n"
    assert office.at_ledger("fsck", "--json").json["differences"] == []
    books = open_books(office.books)
    with books.reading() as connection:
        rows = tie_out(connection, TODAY.isoformat()[:7])
    books.close()
    money = {row.account: row.difference_cents for row in rows if row.account.startswith("100-10")}
    assert {"100-1010", "100-1020", "100-1030"} <= money.keys()
    assert not any(money.values()), money


def followed(office: Office, cents: list[int]) -> None:
    """From each receipt over its session, its deposit and its bag to the line of the bank; and all of it adds up."""
    asked = """
        SELECT entry.receipt_no, deposit.bag, bank_line.reference, bank_line.cents
        FROM entry JOIN record USING (terminal, epoch, seq)
        JOIN deposited ON deposited.terminal = entry.terminal AND deposited.epoch = entry.epoch
            AND deposited.session = CAST(record.body AS TEXT) ->> '$.session'
        JOIN deposit ON deposit.no = deposited.seq
        JOIN bank_line ON bank_line.deposit = deposit.no
        WHERE entry.kind = 'pay' ORDER BY entry.receipt_no
    """
    with closing(sqlite3.connect(office.books / "ledger.db")) as db:
        found = db.execute(asked).fetchall()
        balances = dict(db.execute("SELECT account, cents FROM gl_balance"))
    counted = cents[0] + cents[1], cents[2] + cents[3] + cents[4] - SHORT - MISCOUNTED_CENTS
    assert [row[:3] for row in found] == [
        *((f"T1-{n}", "BAG-1", "BAG-1") for n in (1, 2)),
        *((f"T2-{n}", "BAG-2", "BAG-2") for n in (1, 2, 3)),
    ]
    assert {row[3] for row in found} == set(counted)
    assert balances["100-1010"] == sum(counted) - FEE_CENTS - cents[3]
    assert balances["100-4911"] == SHORT + MISCOUNTED_CENTS
    assert [balances.get(account, 0) for account in ("100-1020", "100-1030")] == [0, 0]


def open_drawer(person: PtyTerminal, who: str, drawer: str) -> None:
    sign_on(person, who)
    person.wait_for("Open a drawer", "fund 200.00")
    person.press(drawer, "Enter")
    person.wait_for("Fund", "200.00")
    person.press("Enter")
    type_pieces(person, 200_00)
    person.wait_for("Cash counted 200.00")
    person.press("F9")
    person.wait_for(f"drawer {drawer}", "Find ›")


def sign_on(person: PtyTerminal, who: str) -> None:
    person.press(who, "Enter", PINS[who], "Enter")


def by_cash(person: PtyTerminal, bill: tuple[str, str, int], number: str) -> None:
    find_and_add(person, bill[0])
    person.press("F9")
    person.wait_for(f"{number}  ", dollars(bill[2]), "taken")


def by_check(person: PtyTerminal, bill: tuple[str, str, int], check: str, number: str) -> None:
    find_and_add(person, bill[0])
    person.press("F6")
    person.wait_for("Check no.")
    person.press(check, "Tab")
    enter(person, dollars(bill[2]))
    person.wait_for(f"{number}  ", "taken")


def close(city: City, person: PtyTerminal, *, short: int, lead: str = "") -> None:
    """Count what should be there but for some cents, and close; a lead sees what is short."""
    expected = {
        str(tender): (int(str(count)), int(str(cents)))
        for tender, count, cents in stored(
            city.folder, "SELECT tender, SUM(count), SUM(cents) FROM drawer_move GROUP BY tender"
        )
    }
    person.press("F10")
    person.wait_for("Close drawer")
    person.press("c")
    shown = person.wait_for("Close the drawer", "Cash counted")
    assert dollars(expected["cash"][1]) not in shown
    type_pieces(person, expected["cash"][1] - short)
    for tender in ("check", "card", "money_order"):
        count, cents = expected.get(tender, (0, 0))
        person.press(str(count), "Enter", dollars(cents))
        person.press(*(["Enter"] if tender != "money_order" else []))
    person.press("F9")
    person.wait_for("over and short", "SHORT" if short else "even")
    if short:
        person.press("counted twice")
        person.wait_for("counted twice")
        person.press("F9")
        person.wait_for("A difference this large needs a lead")
        sign_on(person, lead)
    else:
        person.press("F9")
    person.wait_for("Z REPORT", "drawer is closed")
