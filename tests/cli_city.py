"""The real program on a city of its own: commands as a script runs them, and a person at its counter."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from commands import run_command
from counter_day import count_all
from counter_station import TODAY, at_work, cash, check, fee, on, pay
from countertui.assembly import WayToLedger, open_for_command
from countertui.bootstrap import close_station
from countertui.counter.close_drawer import close_drawer, commit_count
from countertui.counter.open_drawer import session_of
from countertui.counter.refund_receipt import approve_request, ask_refund
from countertui.demo.city import DemoCity
from countertui.demo.folder import make_city
from countertui.demo.passphrase import PASSPHRASE
from countertui.domain.record_data import RefundMethod
from countertui.machine import SystemClock, random_bytes, uuid7
from countertui.store.anchor import anchor_folder
from countertui.sync.keyslots import CHEAP_COST
from pty_terminal import PtyTerminal

ACCOUNTS = 150
REAL_LEDGER = "FERNHOLLOW-1"
REAL_PASSPHRASE = "correct horse battery"
PROGRAM = [sys.executable, "-m", "countertui"]


def environment(home: Path, **more: str) -> dict[str, str]:
    """What the program sees: a home of its own, and nothing of the tester's."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "TZ") if name in os.environ}
    return {**kept, "HOME": str(home), "TERM": "xterm-256color", **more}


@dataclass(frozen=True, slots=True)
class Said:
    """How a command ended: exit status, standard output, standard error."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, which is one JSON value."""
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class City:
    """A folder with a terminal, its anchor beside it and its ledger inside."""

    folder: Path

    @property
    def ledger(self) -> Path:
        return self.folder / "ledger"

    def run(self, *arguments: str, stdin: str = "", **environ: str) -> Said:
        """A command with this city's --dir, or its ledger's."""
        of_ledger = arguments[0] == "ledger"
        return run(
            *arguments,
            "--dir",
            str(self.ledger if of_ledger else self.folder),
            stdin=stdin,
            home=self.folder.parent,
            **environ,
        )

    def copy(self, to: Path) -> City:
        shutil.copytree(self.folder, to)
        shutil.copytree(anchor_folder(self.folder), anchor_folder(to))
        return City(to)

    def counter(self) -> PtyTerminal:
        """A person in front of this city's open counter."""
        arguments = [*PROGRAM[1:], "--dir", str(self.folder)]
        return PtyTerminal(PROGRAM[0], arguments, environment(self.folder.parent))

    @contextmanager
    def serving(self, **environ: str) -> Iterator[str]:
        """The city's ledger, served by the real program; gives its address."""
        command = [*PROGRAM, "ledger", "serve", "--dir", str(self.ledger), "--until-stdin-closes"]
        with subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment(self.folder.parent, **environ),
        ) as server:
            assert server.stdout is not None
            assert server.stdin is not None
            yield json.loads(server.stdout.readline())["url"]
            server.stdin.close()
            assert server.wait(timeout=20) == 0


def run(*arguments: str, stdin: str = "", home: Path, **environ: str) -> Said:
    """Run a command to its end."""
    done = run_command(arguments, stdin=stdin, env=environment(home, **environ))
    assert "Traceback" not in done.stderr, done.stderr
    return Said(done.returncode, done.stdout, done.stderr)


FOUNDING = (
    f"clerk\n{REAL_PASSPHRASE}\nada\nAda Brook\n4711\nbea\nBea Fenn\n5822\n"
    "the first stick's own\nthe second stick's own\nthe third stick's own\n"
)
"""What `ledger init` asks for: opener, two admins, three root keys' passphrases."""


def roots_in(home: Path) -> tuple[str, str]:
    """Three folders as of three sticks, as `ledger init` takes them."""
    sticks = [home / f"stick{n}" for n in (1, 2, 3)]
    for stick in sticks:
        stick.mkdir(exist_ok=True)
    return "--roots", ",".join(map(str, sticks))


def take_payments(city: City, passphrase: str = PASSPHRASE) -> None:
    """Three receipts in drawer D1, by the counter's own jobs."""
    station = open_for_command(city.folder, passphrase, WayToLedger(city.folder, lambda _child: None))
    try:
        _, session = at_work(station)
        assert session.biz_date == TODAY.isoformat()
        for _ in range(2):
            pay(station, session, fee(station))
        line = fee(station, "NOTARY*2")
        pay(station, session, line, tenders=[check(line.amount - 1_00), cash(1_00)])
    finally:
        close_station(station)


def refund_by_check(city: City, receipt_no: str) -> None:
    """Close Rosa's drawer, then have a receipt of it refunded by AP check, by the counter's own jobs."""
    station = open_for_command(city.folder, PASSPHRASE, WayToLedger(city.folder, lambda _child: None))
    try:
        rosa = on(station, "rosa")
        session = session_of(station, rosa)
        assert session is not None
        commit_count(station, rosa, session, *count_all(station, session))
        close_drawer(station, rosa, session, "")
        ask_refund(station, rosa, receipt_no, "Paid twice", RefundMethod.AP_CHECK)
        approve_request(station, on(station, "lena"), receipt_no)
    finally:
        close_station(station)


def real_city(folder: Path) -> City:
    """A city that is no demo: a ledger id of its own, and keys that an opener's passphrase opens."""
    make_city(
        folder,
        DemoCity(ACCOUNTS),
        SystemClock(),
        uuid7,
        random_bytes,
        lambda _table, _rows: None,
        ledger_id=REAL_LEDGER,
        openers={"clerk": REAL_PASSPHRASE},
        cost=CHEAP_COST,
    )
    return City(folder)
