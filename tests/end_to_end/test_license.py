"""A walk-in applies for a license, is reviewed, pays by check, takes the certificate, and renews late by mail."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp

from commands import run_command
from countertui.demo.city import LICENSES
from end_to_end.demo_city import made_city
from end_to_end.test_one_day import dollars, enter, type_pieces
from pty_terminal import PtyTerminal

pytestmark = pytest.mark.timeout(300)

LEAD = ("lena", "5555")


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small demo city, made by the program itself."""
    return made_city(tmp_path_factory.mktemp("license") / "city")


def countertui(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command to its end; the program started from nothing is what the person sits at."""
    return run_command(arguments, stdin=stdin, env=os.environ)


def by_lead(person: PtyTerminal, done: str) -> None:
    """A lead agrees in place, with id and PIN."""
    person.wait_for("A lead decides:")
    enter(person, LEAD[0])
    person.press(LEAD[1])
    person.wait_for("PIN ›••••")
    person.press("Enter")
    person.wait_for(done)


def mark(person: PtyTerminal, words: str) -> None:
    """Move the cursor onto a row."""
    for _ in range(20):
        if any(line.startswith("›") and words in line for line in person.screen().splitlines()):
            return
        person.press("Down")
        person.wait_for("›")
    raise AssertionError(person.screen())


def test_a_walk_in_takes_a_license_home_and_renews_it_late_by_mail(city: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": ""}
    program = [sys.executable, ["-m", "countertui", "demo", "--dir", str(city)], environment]
    with PtyTerminal(*program) as person:
        person.wait_for("Sign on", "demo PIN 1111", seconds=60)
        person.press("rosa", "Enter", "1111", "Enter")
        person.wait_for("Open a drawer", "fund 200.00")
        person.press("D1", "Enter")
        person.wait_for("Fund", "200.00")
        person.press("Enter")
        type_pieces(person, 200_00)
        person.wait_for("Cash counted 200.00")
        person.press("F9")
        person.wait_for("drawer D1", "Find ›")
        _apply(person)
        _review(person)
        _pay(person)
        _issue(person)
        _seal_and_send(person, 1)
        _leave(person)
    _the_certificate_stands(city, tmp_path)
    _renewal_is_charged(city, tmp_path)
    owed, penalty, working = _owed_late()
    with PtyTerminal(*program) as person:
        _open_next_year(person)
        _pay_late_by_mail(person, owed, penalty, working)
        _is_in_force(person)
        _seal_and_send(person, 2)
        _leave(person)
    _the_books_have_it(city, owed, penalty, working)


def _seal_and_send(person: PtyTerminal, number: int) -> None:
    person.press("F10")
    person.wait_for("Seal and send")
    person.press("s")
    person.wait_for(f"Batch {number}", "posted", "difference 0.00", seconds=40)


def _leave(person: PtyTerminal) -> None:
    person.press("F10")
    person.wait_for("Menu", "Leave")
    person.press("q")
    person.wait_for("Leave the program?")
    person.press("y")
    assert person.wait_exit() == 0


def _apply(person: PtyTerminal) -> None:
    enter(person, "license")
    person.wait_for("License application", "1 Business")
    enter(person, "taco truck")
    person.wait_for("FOODTRUCK")
    enter(person, "Rosas Tacos")
    person.press("Tab", "Tab")
    enter(person, "12 N Market St, Alder Falls CO 80121")
    person.press("Tab", "n", "Tab")
    enter(person, "12/01/2026")
    person.press("\x1b[6~")
    person.wait_for("2 Owners")
    enter(person, "Rosa Ruiz")
    person.press("\x1b[6~")
    person.wait_for("3 Questions")
    for answer in ("3", "50000", "y", "n", "n", "y", "y"):
        enter(person, answer)
    person.press("F9")
    person.wait_for("4 Fee")
    person.press("F9")
    person.wait_for("Filed: license T1-L1, submitted.")


def _review(person: PtyTerminal) -> None:
    person.press("F10")
    person.wait_for("F   Licenses")
    person.press("f")
    person.wait_for("Applications to decide", "Rosas Tacos")
    person.press("Enter")
    person.wait_for("never issued", "not passed")
    for review in ("fire", "health"):
        mark(person, review)
        person.press("v")
        person.wait_for(f"{review} of T1-L1: passed?")
        person.press("Enter")
        by_lead(person, "has a review's result, by Lena")
    mark(person, "Commissary agreement")
    person.press("b")
    person.wait_for("has its documents noted, by Rosa")
    person.press("a")
    person.wait_for("Approve T1-L1?")
    person.press("Enter")
    by_lead(person, "is approved, by Lena")


def _pay(person: PtyTerminal) -> None:
    person.press("f")
    person.wait_for("Not charged yet", "Business license (BASE)")
    person.press("F9")
    person.wait_for("its fee is charged", "fees due")
    person.press("i")
    person.wait_for("140.00 is unpaid", "P Pay")
    person.press("p")
    person.wait_for("REMAINING", "T1-L1")
    person.press("F6")
    person.wait_for("Check no.")
    enter(person, "1041")
    person.wait_for("T1-1  ", "140.00", "taken")


def _issue(person: PtyTerminal) -> None:
    person.press("F10")
    person.wait_for("F   Licenses")
    person.press("f", "d")
    person.wait_for("To be paid, or to be issued", "Rosas Tacos")
    person.press("Enter")
    person.wait_for("paid until")
    person.press("i")
    person.wait_for("Issue T1-L1?")
    person.press("Enter")
    person.wait_for("The certificate of T1-L1 is written", seconds=30)


def _the_certificate_stands(city: Path, tmp_path: Path) -> None:
    """Read off the paper by another program, it is proven by the terminal's folder; altered, it is not."""
    paper = tmp_path / "license.pdf"
    written = countertui("license", "certificate", "T1-L1", "--to", str(paper), "--dir", str(city))
    assert written.returncode == 0, written.stderr
    pdf = pypdfium2.PdfDocument(paper)
    assert len(pdf) == 1
    (code,) = zxingcpp.read_barcodes(pdf[0].render(scale=4).to_pil())
    pdf.close()
    proven = countertui("license", "verify", code.text, "--dir", str(city), "--on", "2026-12-15")
    assert (proven.returncode, "This certificate is valid" in proven.stdout) == (0, True), proven
    assert "Rosas Tacos" in proven.stdout
    altered = countertui("license", "verify", code.text[:-4] + "0000", "--dir", str(city), "--on", "2026-12-15")
    assert altered.returncode == 1
    over = countertui("license", "verify", code.text, "--dir", str(city), "--on", "2027-01-01")
    assert (over.returncode, "has expired" in over.stdout) == (1, True), over
    assert countertui("verify", "--dir", str(city)).returncode == 0


def _renewal_is_charged(city: Path, tmp_path: Path) -> None:
    """The renewal run of December: two people charge the next year's fees, and the counter takes the snapshot."""
    window = ("--from", "2026-12-01", "--to", "2026-12-31", "--assess", "--out", str(tmp_path / "mail"))
    ran = countertui(
        *("license", "notices", *window, "--on", "2026-11-30", "--dir", str(city)),
        stdin="tess\n7777\nomar\n8888\n",
    )
    assert ran.returncode == 0, ran
    for command in (("ledger", "publish"), ("sync", "--once")):
        done = countertui(*command, "--dir", str(city))
        assert done.returncode == 0, done


def _owed_late() -> tuple[int, int, list[str]]:
    """What next year costs in cents, paid on March 10th with a postmark of February 3rd: a month late, not two.

    The penalty that is in it, and the lines of its working.
    """
    answers = ("employees=3", "gross_receipts=50000", "home_occupation=no", "inside_city=yes", "nonprofit=no")
    arguments = (*answers, "operated_unlicensed=no", "--class", "FOODTRUCK", "--starts", "2027-01-01", "--json")
    late = ("--paid", "2027-03-10", "--postmarked", "2027-02-03", "--dir", str(LICENSES.parent))
    in_time, owed = (
        json.loads(countertui("license", "fee", *arguments, *more).stdout)["lines"] for more in (late[-2:], late)
    )
    (penalty,) = (line for line in owed if line not in in_time)
    assert (penalty["code"], penalty["working"] != []) == ("LATE", True)
    # Processing is charged with an application alone, and once.
    total = sum(int(line["cents"]) for line in owed if line["code"] != "PROCESSING")
    return total, int(penalty["cents"]), [text for text, _ in penalty["working"]]


def _open_next_year(person: PtyTerminal) -> None:
    """Another cashier, another drawer, March 10th: a lead agrees to a business date that far off."""
    person.wait_for("Sign on", "demo PIN 2222", seconds=60)
    person.press("ben", "Enter", "2222", "Enter")
    person.wait_for("Open a drawer", "fund 200.00")
    person.press("D2", "Enter")
    person.wait_for("Fund", "200.00")
    enter(person, "03/10/2027")
    type_pieces(person, 200_00)
    person.wait_for("Cash counted 200.00")
    person.press("F9")
    person.wait_for("A lead approves it:")
    enter(person, LEAD[0])
    person.press(LEAD[1])
    person.wait_for("PIN ›••••")
    person.press("Enter")
    person.wait_for("drawer D2", "Find ›")


def _pay_late_by_mail(person: PtyTerminal, owed: int, penalty: int, working: list[str]) -> None:
    person.press("F10")
    person.wait_for("Mail, dropbox")
    person.press("m")
    person.wait_for("Pieces", "Control total")
    for text in ("1", "1", dollars(owed)):
        enter(person, text)
    person.wait_for("The batch is open")
    enter(person, "T1-L1")
    person.wait_for("Rosas Tacos", "Check no.", f"owes {dollars(owed + penalty)}", "Late penalty")
    person.press("\x0f")
    person.wait_for("Postmarked on")
    enter(person, "02/03/2027")
    shown = person.wait_for("Check no.", f"owes {dollars(owed)}", f"Late penalty {dollars(penalty)}: ")
    assert "; ".join(working) in " ".join(shown.split())
    enter(person, "2099")
    person.wait_for(f"T1-2  {dollars(owed)} for T1-L1", "AGREES: F9")
    person.press("F9")
    person.wait_for("closed")
    person.press("F3")
    person.wait_for("Receipts", "T1-2", "T1-1")
    person.press("T1-2")
    person.wait_gone("T1-1 ")
    person.press("Enter")
    person.wait_for("Receipt T1-2", f"Penalty {dollars(penalty)}", f"of {dollars(owed)}", "check 2099")


def _is_in_force(person: PtyTerminal) -> None:
    """The counter knows it before anything is sent, and prints the new term's certificate."""
    person.press("F10")
    person.wait_for("F   Licenses")
    person.press("f", "f")
    person.wait_for("Find ›")
    enter(person, "T1-L1")
    person.wait_for("Found: ", "until 12/31/2027")
    person.press("Enter")
    person.wait_for("paid until 12/31/2027", "R New certificate")
    person.press("r")
    person.wait_for("Print the certificate of T1-L1 for its new term?")
    person.press("Enter")
    person.wait_for("The certificate of T1-L1 is written", "T1-L1-20270101-1.pdf", "R Print again", seconds=30)


def _the_books_have_it(city: Path, owed: int, penalty: int, working: list[str]) -> None:
    """What the envelope brought is posted, what it was late by as a charge of its own; the new term is published."""
    ledger = ("--dir", str(city / "ledger"))
    status = json.loads(countertui("ledger", "status", *ledger, "--json").stdout)
    assert (status["out_of_balance"], status["held"], status["error_items"]) == ({}, [], [])
    books = sqlite3.connect(f"{(city / 'ledger' / 'ledger.db').as_uri()}?mode=ro", uri=True)
    year = "FROM charge WHERE account = 'T1-L1' AND id LIKE 'T1-L1/2027-01-01/%'"
    (late,) = books.execute(f"SELECT id, amount_cents, balance_cents {year} AND head = 'penalty'").fetchall()
    assert late[1:] == (penalty, 0)
    assert books.execute(f"SELECT SUM(amount_cents), SUM(balance_cents) {year}").fetchone() == (owed, 0)
    steps = books.execute("SELECT what FROM charge_step WHERE charge = ? ORDER BY source, n", (late[0],)).fetchall()
    assert [what for (what,) in steps] == [*(f"Late penalty: {text}" for text in working), "Receipt T1-2"]
    stands = ("issued", "2027-12-31")
    of_license = "SELECT status, expires_on FROM license WHERE number = 'T1-L1'"
    assert books.execute(of_license).fetchone() == stands
    books.close()
    for command in (("ledger", "publish"), ("sync", "--once")):
        done = countertui(*command, "--dir", str(city))
        assert done.returncode == 0, done
    reference = sqlite3.connect(f"{(city / 'reference.db').as_uri()}?mode=ro", uri=True)
    assert reference.execute(of_license).fetchone() == stands
    reference.close()
    assert json.loads(countertui("ledger", "fsck", *ledger, "--json").stdout)["differences"] == []
    assert countertui("verify", "--dir", str(city)).returncode == 0
