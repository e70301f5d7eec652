"""A real city from nothing, by the program's own commands alone: founded, admitted, a payment taken and posted."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from cli_city import PROGRAM, Said, environment, run
from pty_terminal import PtyTerminal

pytestmark = pytest.mark.timeout(300)

FERNHOLLOW = Path(__file__).parents[1] / "config" / "fernhollow"
LEDGER_PASSPHRASE, COUNTER_PASSPHRASE = "the ledger's own secret", "the counter's own secret"
PINS = {"ada": "4711", "bea": "5822"}
GL_MAP = """
kind = "gl"
[columns.code]
required = true
[columns.fund]
required = true
[columns.name]
required = true
[columns.type]
required = true
[fields]
code = { column = "code" }
fund = { column = "fund" }
name = { column = "name" }
type = { column = "type" }
"""
FEES_MAP = """
kind = "fees"
[columns.code]
required = true
[columns.description]
required = true
[columns.price]
money = "dollars"
[columns.gl]
required = true
[columns.since]
dates = ["%Y-%m-%d"]
[fields]
code = { column = "code" }
description = { column = "description" }
unit_cents = { column = "price" }
gl = { column = "gl" }
effective_from = { column = "since" }
"""
CONTROL = {"101": "1010 1020 1035 1040 2010 2401 2402 2990 4901 4902 4903 4904 4410", "401": "1310", "402": "1310"}


class Town:
    """A folder with a ledger's folder, three sticks and a counter's folder in it."""

    def __init__(self, home: Path) -> None:
        self.home, self.ledger, self.counter = home, home / "books", home / "counter"
        self.sticks = [home / f"stick{n}" for n in (1, 2, 3)]
        for stick in self.sticks:
            stick.mkdir()

    def at_ledger(self, *arguments: str, stdin: str = "") -> Said:
        opened = {"COUNTERTUI_PASSPHRASE": LEDGER_PASSPHRASE}
        return run(*arguments, "--dir", str(self.ledger), stdin=stdin, home=self.home, **opened)

    def at_counter(self, *arguments: str, stdin: str = "") -> Said:
        opened = {"COUNTERTUI_PASSPHRASE": COUNTER_PASSPHRASE}
        return run(*arguments, "--dir", str(self.counter), stdin=stdin, home=self.home, **opened)

    def found(self) -> None:
        answers = ["clerk", LEDGER_PASSPHRASE, "ada", "Ada Brook", PINS["ada"], "bea", "Bea Fenn", PINS["bea"]]
        answers += [f"the secret of stick {n}" for n in (1, 2, 3)]
        roots = ",".join(map(str, self.sticks))
        made = self.at_ledger("ledger", "init", "FERNHOLLOW", "--roots", roots, stdin="\n".join(answers) + "\n")
        assert made.status == 0, made.err
        for n, stick in enumerate(self.sticks, start=1):
            assert [path.name for path in stick.iterdir()] == [f"FERNHOLLOW-root-{n}.json"]

    def furnish(self) -> None:
        """The chart, a fee, and the city's folder: what was in the city's own files."""
        rows = [f"{fund}-{code},{fund},Control,asset" for fund, codes in CONTROL.items() for code in codes.split()]
        self._import("gl", GL_MAP, "code,fund,name,type", rows)
        self._import("fees", FEES_MAP, "code,description,price,gl,since", ["COPY,Copy,0.25,101-4410,2026-01-01"])
        done = self.at_ledger("ledger", "city", str(FERNHOLLOW), stdin=f"ada\n{PINS['ada']}\n")
        assert done.status == 0, done.err

    def _import(self, kind: str, mapping: str, header: str, rows: list[str]) -> None:
        file, map_ = self.home / f"{kind}.csv", self.home / f"{kind}.toml"
        file.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
        map_.write_text(mapping, encoding="utf-8")
        done = self.at_ledger("import", kind, str(file), "--map", str(map_), "--json", stdin=f"bea\n{PINS['bea']}\n")
        assert done.status == 0, done.err
        assert done.json["rejected"] == 0, done.out

    def give_out_code(self, terminal: str = "T1", *more: str) -> str:
        said = self.at_ledger("ledger", "admit", terminal, "--office", "HALL", *more, stdin=f"ada\n{PINS['ada']}\n")
        assert said.status == 0, said.err
        code = re.search(r"(?:[A-Z2-7]{4}-){3}[A-Z2-7]{4}", said.out)
        assert code is not None
        return code[0]

    def admit(self, fingerprint: str, *more: str, person: str = "bea") -> Said:
        return self.at_ledger("ledger", "admit", "T1", *more, stdin=f"{person}\n{PINS[person]}\n{fingerprint}\n")

    @contextmanager
    def serving(self) -> Iterator[str]:
        command = [*PROGRAM, "ledger", "serve", "--dir", str(self.ledger), "--until-stdin-closes"]
        env = environment(self.home, COUNTERTUI_PASSPHRASE=LEDGER_PASSPHRASE)
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        with subprocess.Popen(command, text=True, env=env, **pipes) as server:  # type: ignore[call-overload]
            yield json.loads(server.stdout.readline())["url"]
            server.stdin.close()
            assert server.wait(timeout=20) == 0

    def move_to(self, url: str) -> None:
        """The ledger's service is at another port today."""
        (self.counter / "terminal.toml").write_text(f'[ledger]\nurl = "{url}"\n', encoding="utf-8")

    def init_over(self, url: str, code: str) -> None:
        """`countertui init` at the terminal, and meanwhile the second person at the ledger."""
        command = [*PROGRAM, "init", "--ledger", url, "--terminal", "T1", "--code", code, "--dir", str(self.counter)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        with subprocess.Popen(command, text=True, env=environment(self.home), **pipes) as init:  # type: ignore[call-overload]
            init.stdin.write(f"opener\n{COUNTER_PASSPHRASE}\n")
            init.stdin.flush()
            shown = init.stdout.readline()
            assert shown.startswith("Fingerprint of T1: "), shown + init.stderr.read()
            fingerprint = shown.split(": ")[1].strip()
            alone = self.admit(fingerprint, person="ada")
            assert alone.status == 1
            assert "Nobody approves" in alone.err
            other = self.admit("AAAA-BBBB-CCCC-DDDD")
            assert other.status == 1
            assert "not the fingerprint" in other.err
            assert not (self.counter / "store.db").exists()
            admitted = self.admit(fingerprint.lower().replace("-", " "))
            assert admitted.status == 0, admitted.err
            out, err = init.communicate(timeout=60)
            assert init.returncode == 0, out + err


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    town = Town(tmp_path_factory.mktemp("real"))
    town.found()
    town.furnish()
    return town


def test_a_real_city_from_its_founding_to_a_posted_payment(town: Town) -> None:
    code = town.give_out_code()
    with town.serving() as url:
        town.init_over(url, code)
        both = "".join(f"{id_}\n{PINS[id_]}\n" for id_ in ("ada", "bea"))
        added = town.at_counter("operator", "add", "rosa", "Rosa Delgado", "cashier", stdin=both)
        assert added.status == 0, added.err
        first = re.search(r"One-time code: (\S+)", added.out)
        assert first is not None, added.out
        chosen = town.at_counter("operator", "pin", "rosa", stdin=f"{first[1]}\n2468\n")
        assert chosen.status == 0, chosen.err
        _have_a_snapshot_of_before_the_admission(town)
        _take_a_payment(town)
        _is_proven_by_the_ledgers_key_alone(town, "T1-1")
        sealed = town.at_counter("batch", "seal", "--operator", "rosa", "--json", stdin="2468\n")
        assert sealed.status == 0, sealed.err
        sent = town.at_counter("sync", "--once", "--json")
        assert sent.status == 0, sent.out + sent.err
        (batch,) = sent.json["sent"]
        assert (batch["state"], batch["difference_cents"]) == ("posted", 0), batch
        assert batch["posted_cents"] == 75
    assert town.at_counter("verify").status == 0
    status = town.at_ledger("ledger", "status", "--json").json
    assert status["ledger"] == "FERNHOLLOW"
    assert sum(day["net_cents"] for day in status["days"]) == 75
    assert status["held"] == []


def _take_a_payment(town: Town) -> None:
    with PtyTerminal(sys.executable, ["-m", "countertui", "--dir", str(town.counter)], dict(os.environ)) as person:
        person.wait_for("Passphrase")
        person.press(*COUNTER_PASSPHRASE, "Enter")
        person.wait_for("Sign on", seconds=30)
        person.press("rosa", "Enter", "2468", "Enter")
        person.wait_for("Open a drawer")
        person.press("D1", "Enter")
        person.wait_for("Fund", "150.25")
        person.press("Enter")
        for pieces in (1, 1, 0, 0, 0, 0, 0, 0, 1):
            person.press(*([str(pieces)] if pieces else []), "Enter")
        person.wait_for("Cash counted 150.25")
        person.press("F9")
        person.wait_for("drawer D1", "Find ›")
        person.press("COPY*3")
        person.wait_for("COPY")
        person.press("Enter")
        person.wait_for("3 ×")
        person.press("F9")
        person.wait_for("T1-1  ", "0.75", "taken")
        person.press("F10")
        person.wait_for("Menu", "Leave")
        person.press("q")
        person.wait_for("Leave the program?")
        person.press("y")
        assert person.wait_exit() == 0


def _have_a_snapshot_of_before_the_admission(town: Town) -> None:
    """Nothing but the register's entry of its admission vouches for the terminal's key now."""
    with closing(sqlite3.connect(town.counter / "reference.db")) as reference, reference:
        assert reference.execute("UPDATE terminal SET certificate = NULL").rowcount == 1


def _is_proven_by_the_ledgers_key_alone(town: Town, receipt_no: str) -> None:
    with closing(sqlite3.connect(town.counter / "store.db")) as store:
        (ledger_key,) = store.execute("SELECT ledger_key FROM identity").fetchone()
        (paper,) = store.execute("SELECT document FROM print_job WHERE receipt_no = ?", (receipt_no,)).fetchone()
    code = next(block["s"] for block in json.loads(paper)["blocks"] if block["t"] == "qr")
    said = run("receipt", "verify", code, "--ledger-key", ledger_key, "--json", home=town.home)
    assert (said.status, said.json["claim"]["receipt_no"]) == (0, receipt_no), said


def test_the_terminal_changes_its_key_and_goes_on(town: Town) -> None:
    """Follows the day before."""
    refused = town.at_counter("key", "rotate", "--admin", "rosa", stdin="2468\n")
    assert refused.status == 1
    changed = town.at_counter("key", "rotate", "--admin", "ada", stdin=f"{PINS['ada']}\n")
    assert changed.status == 0, changed.err
    twice = town.at_counter("key", "rotate", "--admin", "ada", stdin=f"{PINS['ada']}\n")
    assert twice.status == 1
    keys = town.counter / "keys.json"
    before = json.loads(keys.read_bytes())
    assert "next" in before
    assert town.at_counter("batch", "seal", "--operator", "rosa", stdin="2468\n").status == 0
    assert town.at_counter("verify").status == 0
    with town.serving() as url:
        town.move_to(url)
        for _ in range(2):
            sent = town.at_counter("sync", "--once", "--json")
            assert sent.status == 0, sent.out + sent.err
            assert all(batch["state"] == "posted" for batch in sent.json["sent"]), sent.out
            assert town.at_counter("batch", "seal", "--operator", "rosa", stdin="2468\n").status == 0
        assert town.at_counter("sync", "--once").status == 0
    after = json.loads(keys.read_bytes())
    assert "next" not in after
    assert after["public_key"] == before["next"]["public_key"]
    for arguments in (("verify",), ("verify", "--tail")):
        assert town.at_counter(*arguments).status == 0


@pytest.mark.parametrize("by_roots", [False, True])
def test_the_ledger_changes_its_key_and_the_terminal_follows(town: Town, by_roots: bool) -> None:
    people = f"ada\n{PINS['ada']}\nbea\n{PINS['bea']}\n"
    if by_roots:
        (town.ledger / "keys.json").unlink()
        files = ",".join(str(town.sticks[n - 1] / f"FERNHOLLOW-root-{n}.json") for n in (1, 3))
        alone = town.at_ledger(
            "ledger", "rotate", "--reason", "Lost", "--roots", files.split(",")[0],
            stdin=f"the secret of stick 1\n{people}clerk\n{LEDGER_PASSPHRASE}\n",
        )  # fmt: skip
        assert alone.status == 1
        assert "not signed by all" in alone.err
        answers = f"the secret of stick 1\nthe secret of stick 3\n{people}clerk\n{LEDGER_PASSPHRASE}\n"
        changed = town.at_ledger("ledger", "rotate", "--reason", "Lost", "--roots", files, stdin=answers)
    else:
        changed = town.at_ledger("ledger", "rotate", "--reason", "Once a year", stdin=people)
    assert changed.status == 0, changed.err
    with town.serving() as url:
        town.move_to(url)
        assert town.at_counter("batch", "seal", "--operator", "rosa", stdin="2468\n").status == 0
        sent = town.at_counter("sync", "--once", "--json")
        assert sent.status == 0, sent.out + sent.err
        assert sent.json["sent"][-1]["state"] == "posted"
        assert sent.json["snapshot"] is not None
    listed = town.at_counter("batch", "list", "--json").json
    assert {batch["state"] for batch in listed} == {"posted"}
    assert town.at_counter("verify", "--tail").status == 0


def test_an_office_without_a_network_is_let_in_by_stick(town: Town, tmp_path: Path) -> None:
    """Code by telephone, the rest in a folder that is carried; the terminal is T2, elsewhere."""
    stick = tmp_path / "stick"
    stick.mkdir()
    code = town.give_out_code("T2", "--to", str(stick))
    office = tmp_path / "office"

    def at_office(*arguments: str) -> Said:
        stdin = f"opener\n{COUNTER_PASSPHRASE}\n" if not (office / "keys.json").exists() else f"{COUNTER_PASSPHRASE}\n"
        named = ("--terminal", "T2", "--code", code, "--dir", str(office))
        return run("init", *arguments, *named, stdin=stdin, home=tmp_path)

    asked = at_office("--from", str(stick), "--to", str(stick))
    assert asked.status == 0, asked.err
    fingerprint = asked.out.split("Fingerprint of T2: ")[1].split()[0]
    assert not (office / "store.db").exists()
    files = ("--from", str(stick), "--to", str(stick))
    stdin = f"bea\n{PINS['bea']}\n{fingerprint}\n"
    admitted = town.at_ledger("ledger", "admit", "T2", *files, stdin=stdin)
    assert admitted.status == 0, admitted.err
    made = at_office("--from", str(stick))
    assert made.status == 0, made.err
    assert "key was made at the first try, with a passphrase of opener" in made.out
    assert "first try" not in asked.out
    assert not (office / "terminal.toml").exists()
    assert run("verify", "--dir", str(office), home=tmp_path).status == 0
    again = at_office("--from", str(stick))
    assert again.status == 2
    # Somebody else's stick: the same files do not make a second terminal.
    office = tmp_path / "copy"
    copied = at_office("--from", str(stick))
    assert copied.status == 1, copied.out
    assert not (office / "store.db").exists()


def test_a_demo_citys_ledger_lets_no_real_terminal_in_and_the_reverse(town: Town, tmp_path: Path) -> None:
    from countertui.sync.canonical import canonical
    from countertui.sync.enrolment import Invitation

    stick = tmp_path / "stick"
    stick.mkdir()
    demo = Invitation(ledger="DEMO-FALLS", terminal="T9", office="HALL", epoch=1, nonce="0" * 64)
    (stick / "T9-invitation.json").write_bytes(canonical(demo.model_dump()))
    named = ("--terminal", "T9", "--code", "AAAA-BBBB-CCCC-DDDD", "--dir", str(tmp_path / "office"))
    stdin = f"opener\n{COUNTER_PASSPHRASE}\n"
    refused = run("init", "--from", str(stick), *named, stdin=stdin, home=tmp_path)
    assert refused.status == 1
    assert "demo city" in refused.err
    assert not (tmp_path / "office" / "keys.json").exists()
    (town.counter / "demo.json").write_text("{}")
    try:
        assert town.at_counter("batch", "seal", "--operator", "rosa", stdin="2468\n").status == 3
    finally:
        (town.counter / "demo.json").unlink()
