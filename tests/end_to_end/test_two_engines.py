"""Two offices and a ledger, on each engine, by the program's own commands: one office by network, one by stick alone.

The ledger is a process of its own, on SQLite or PostgreSQL; each terminal is a folder that the real commands made. Both
take money for the same account, and in the end everybody's figures are the same, the auditors' among them.
"""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from beancount import loader

from auditing.auditor import SCRIPT
from cli_city import Said, run
from counter_station import cash, fee, pay
from countertui.assembly import WayToLedger, open_for_command
from countertui.bootstrap import close_station
from countertui.counter.find import open_account, with_amount
from countertui.counter.open_drawer import open_drawer
from countertui.counter.sign_on import sign_on
from countertui.domain.drawers import cash_count
from countertui.domain.money import Cents
from countertui.sync.keyslots import public_identity
from end_to_end.test_a_real_city import COUNTER_PASSPHRASE, LEDGER_PASSPHRASE, PINS, Town
from postgres import Server

pytestmark = pytest.mark.timeout(300)

ACCOUNTS_MAP = """
kind = "accounts"
[columns.no]
required = true
[columns.owner]
required = true
[fields]
number = { column = "no" }
kind = { constant = "utility" }
name = { column = "owner" }
credit_gl = { constant = "101-2402" }
"""
CHARGES_MAP = """
kind = "charges"
[columns.id]
required = true
[columns.account]
required = true
[columns.amount]
money = "dollars"
[fields]
id = { column = "id" }
account = { column = "account" }
due = { constant = "2026-10-01" }
head = { constant = "water" }
gl = { constant = "101-4410" }
amount_cents = { column = "amount" }
"""
FUND = cash_count({100_00: 1, 50_00: 1, 25: 1})
OWED, HERE, THERE = 50_00, 20_00, 50_00
COPY = 25


class Offices(Town):
    """A ledger, an office beside it whose terminal is T1, and an office far away whose terminal is T2."""

    def __init__(self, home: Path, database: str | None) -> None:
        super().__init__(home)
        self.far, self.stick = home / "far", home / "stick"
        self.stick.mkdir()
        self.database = () if database is None else ("--database", database)

    def at_far(self, *arguments: str, stdin: str = "") -> Said:
        opened = {"COUNTERTUI_PASSPHRASE": COUNTER_PASSPHRASE}
        return run(*arguments, "--dir", str(self.far), stdin=stdin, home=self.home, **opened)

    def found(self) -> None:
        answers = ["clerk", LEDGER_PASSPHRASE, "ada", "Ada Brook", PINS["ada"], "bea", "Bea Fenn", PINS["bea"]]
        answers += [f"the secret of stick {n}" for n in (1, 2, 3)]
        roots = ",".join(map(str, self.sticks))
        given = ("ledger", "init", "FERNHOLLOW", "--roots", roots, *self.database)
        good(self.at_ledger(*given, stdin="\n".join(answers) + "\n"))

    def hire(self, id_: str, name: str, pin: str) -> None:
        """A cashier who chose a PIN at the ledger: it is good wherever the next snapshot is."""
        two = f"{PINS['ada']}\nbea\n{PINS['bea']}\n"
        added = good(self.at_ledger("operator", "add", id_, name, "cashier", "--admin", "ada", stdin=two))
        code = re.search(r"One-time code: (\S+)", added.out)
        assert code is not None, added.out
        good(self.at_ledger("operator", "pin", id_, stdin=f"{code[1]}\n{pin}\n"))

    def bill(self) -> None:
        self._import("accounts", ACCOUNTS_MAP, "no,owner", ["U-1,Alder Mills"])
        self._import("charges", CHARGES_MAP, "id,account,amount", [f"C-1,U-1,{OWED / 100:.2f}"])

    def admit_far(self) -> None:
        """The code by telephone, the rest on a stick that is carried there and back."""
        code = self.give_out_code("T2", "--to", str(self.stick))
        named = ("--terminal", "T2", "--code", code, "--dir", str(self.far))
        carried = ("--from", str(self.stick), "--to", str(self.stick))
        asked = good(run("init", *carried, *named, stdin=f"opener\n{COUNTER_PASSPHRASE}\n", home=self.home))
        fingerprint = asked.out.split("Fingerprint of T2: ")[1].split()[0]
        approved = f"bea\n{PINS['bea']}\n{fingerprint}\n"
        good(self.at_ledger("ledger", "admit", "T2", *carried, stdin=approved))
        good(run("init", *carried[:2], *named, stdin=f"{COUNTER_PASSPHRASE}\n", home=self.home))


def good(said: Said) -> Said:
    assert said.status == 0, said.out + said.err
    return said


@pytest.fixture(params=["sqlite", "postgres"])
def offices(request: pytest.FixtureRequest, tmp_path: Path) -> Offices:
    database = None
    if request.param == "postgres":
        server: Server = request.getfixturevalue("postgres")
        database = server.url(server.new_database())
    offices = Offices(tmp_path, database)
    offices.found()
    offices.furnish()
    offices.hire("rosa", "Rosa Delgado", "2468")
    offices.bill()
    return offices


def take_money(folder: Path, cents: int) -> tuple[str, int]:
    """A payment on the account and a fee, by the counter's own jobs; the first receipt's code, and the net in cents."""
    station = open_for_command(folder, COUNTER_PASSPHRASE, WayToLedger(folder, lambda _child: None))
    try:
        rosa = sign_on(station, "rosa", "2468")
        session = open_drawer(station, rosa, "D1", date.fromisoformat(station.clock.local_text()[:10]), FUND)
        taken = pay(station, session, with_amount(open_account(station, "U-1"), Cents(cents)), tenders=[cash(cents)])
        pay(station, session, fee(station, "COPY"))
        row = station.db.execute("SELECT document FROM print_job WHERE seq = ?", (taken.seq,)).fetchone()
        return code_in(json.loads(row[0])), cents + COPY
    finally:
        close_station(station)


def owed_at(folder: Path) -> int:
    """What a terminal shows as owed on the account, in cents."""
    reference = sqlite3.connect(f"{(folder / 'reference.db').as_uri()}?mode=ro", uri=True)
    try:
        (cents,) = reference.execute("SELECT SUM(balance_cents) FROM charge WHERE account = 'U-1'").fetchone()
        return int(cents)
    finally:
        reference.close()


def code_in(document: object) -> str:
    """The text of the QR code in a print document."""
    if isinstance(document, dict):
        document = list(document.values())
    if isinstance(document, list):
        return next((found for each in document if (found := code_in(each))), "")
    return document if isinstance(document, str) and "CTUI" in document.upper() else ""


def test_two_offices_one_account_and_everybodys_figures(offices: Offices) -> None:
    code = offices.give_out_code()
    with offices.serving() as url:
        offices.init_over(url, code)
        offices.admit_far()
        # A snapshot that names both terminals' keys: from it on their receipts prove themselves.
        good(offices.at_ledger("ledger", "publish"))
        good(offices.at_counter("sync", "--once"))
        receipt, here = take_money(offices.counter, HERE)
        _, there = take_money(offices.far, THERE)
        for at in (offices.at_counter, offices.at_far):
            good(at("batch", "seal", "--operator", "rosa", stdin="2468\n"))
        (sent,) = good(offices.at_counter("sync", "--once", "--json")).json["sent"]
        assert (sent["state"], sent["posted_cents"], sent["difference_cents"]) == ("posted", here, 0)
        brought = by_stick(offices)
        assert (brought["state"], brought["posted_cents"], brought["difference_cents"]) == ("posted", there, 0)
        asked = ("receipt", "verify", receipt, "--online", "--url", url, "--json")
        proven = good(offices.at_counter(*asked)).json
        assert (proven["ok"], proven["online"]["state"], proven["online"]["in_log"]) == (True, "posted", True)
        # More than is owed, at offices that knew nothing of one another: a credit that everybody sees, and no error.
        good(offices.at_ledger("ledger", "publish"))
        good(offices.at_counter("sync", "--once"))
        assert owed_at(offices.counter) == OWED - HERE - THERE
    for at in (offices.at_counter, offices.at_far):
        assert good(at("verify", "--json")).json["faults"] == []
        assert {batch["state"] for batch in good(at("batch", "list", "--json")).json} == {"posted"}
    the_books_agree(offices, here + there)
    the_auditors_agree(offices, there)


def by_stick(offices: Offices) -> dict[str, object]:
    """The far office's batch out, in at the ledger twice over, and the answer back."""
    good(offices.at_far("batch", "export", str(offices.stick)))
    for verdict in ("posted", "here already"):
        taken = good(offices.at_ledger("ledger", "import", str(offices.stick), "--json")).json
        assert [(each["terminal"], each["verdict"]) for each in taken["files"]] == [("T2", verdict)]
    (answered,) = good(offices.at_far("batch", "import", str(offices.stick), "--json")).json["answered"]
    return dict(answered)


def the_books_agree(offices: Offices, cents: int) -> None:
    status = good(offices.at_ledger("ledger", "status", "--json")).json
    assert sum(day["net_cents"] for day in status["days"]) == cents
    assert status["held"] == status["error_items"] == []
    assert not status["out_of_balance"]
    assert "everything agrees" in good(offices.at_ledger("ledger", "fsck")).out
    exported = good(offices.at_ledger("ledger", "export", "--format", "beancount"))
    entries, errors, _ = loader.load_string(exported.out)
    assert errors == []
    assert entries


def the_auditors_agree(offices: Offices, cents: int) -> None:
    """Nothing but the stick and two public keys."""
    keys = {name: public_identity(folder / "keys.json") for name, folder in (("T2", offices.far), ("", offices.ledger))}
    command = [sys.executable, str(SCRIPT), str(offices.stick), "--ledger", "FERNHOLLOW"]
    command += ["--ledger-key", keys[""].public_key.hex(), "--terminal-key", f"T2/1={keys['T2'].public_key.hex()}"]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr
    assert told.stdout.endswith("all is well\n")
    assert f"{cents // 100}.{cents % 100:02} in all" in told.stdout
