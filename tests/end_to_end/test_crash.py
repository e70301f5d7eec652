"""The real program killed (SIGKILL) three times in a day with something half-typed: it is all offered back."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from end_to_end.demo_city import made_city
from pty_terminal import PtyTerminal

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_city(tmp_path_factory.mktemp("crash") / "city")


def _rows(file: Path, query: str) -> list[tuple[object, ...]]:
    store = sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)
    try:
        return store.execute(query).fetchall()
    finally:
        store.close()


def _until_stored(city: Path, query: str, come: Callable[[list[tuple[object, ...]]], bool]) -> None:
    until = time.monotonic() + 15
    found: list[tuple[object, ...]] = []
    while time.monotonic() < until:
        with suppress(sqlite3.OperationalError):  # read in the middle of a write
            found = _rows(city / "store.db", query)
            if come(found):
                return
        time.sleep(0.02)
    raise AssertionError(f"{query}: {found}")


@contextmanager
def _rosa(city: Path) -> Iterator[PtyTerminal]:
    """Rosa in front of the program, which is killed once she has done what the test does."""
    environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": ""}
    with PtyTerminal(sys.executable, ["-m", "countertui", "demo", "--dir", str(city)], environment) as person:
        person.wait_for("Sign on", "demo PIN 1111")
        person.press("rosa", "Enter", "1111", "Enter")
        yield person
        person.child.kill(signal.SIGKILL)
        person.child.wait()


def test_what_was_half_typed_survives_a_kill(city: Path) -> None:
    (account, owed), *_ = _rows(
        city / "reference.db",
        "SELECT account.number, due_cents FROM account WHERE kind = 'utility' AND due_cents > 2000 ORDER BY number",
    )
    with _rosa(city) as person:
        person.wait_for("Open a drawer", "fund 200.00")
        person.press("D1", "Enter", "Enter", "1", "Enter")
        _until_stored(city, "SELECT body FROM draft WHERE form = 'opening'", lambda rows: '"10000": "1"' in str(rows))

    with _rosa(city) as person:
        person.wait_for("What was typed here is back", "Cash counted 100.00")
        assert _rows(city / "store.db", "SELECT * FROM session") == []
        person.press("Enter", "Enter", "Enter", "2")
        person.wait_for("Cash counted 200.00", "even")
        person.press("F9")
        person.wait_for("Drawer D1 is open")
        person.press(str(account), "Enter")
        person.wait_for(str(account), "REMAINING")
        person.press("F5", "10", "Enter")
        person.press("F6", "1042", "Tab", "5", "Enter")
        _until_stored(city, "SELECT body FROM cart", lambda rows: '"1042"' in str(rows))

    with _rosa(city) as person:
        person.wait_for("1 cart was NOT taken")
        person.press("Esc")
        person.wait_gone("1 cart was NOT taken")
        assert "1042" not in person.screen(), "nothing is applied by itself"
        person.press("Ctrl+K")
        person.wait_for("Laid beside it: cash 10.00, check 5.00;", "1042")
        assert _rows(city / "store.db", "SELECT * FROM receipt") == []
        person.press("F9")
        person.wait_for("T1-1", "taken")
        _until_stored(city, "SELECT receipt_no FROM receipt", lambda rows: len(rows) == 1)
        tenders = _rows(city / "store.db", "SELECT kind, cents, reference FROM tender ORDER BY n")
        assert tenders == [("cash", 10_00, ""), ("check", 5_00, "1042"), ("cash", int(str(owed)) - 15_00, "")]
        person.press("F10")
        person.wait_for("Close drawer")
        person.press("c")
        person.wait_for("Close the drawer", "F9 commits the count")
        person.press("2", "Enter", "3")
        _until_stored(city, "SELECT body FROM draft WHERE form = 'closing'", lambda rows: '"5000": "3"' in str(rows))

    with _rosa(city) as person:
        person.wait_for("Find ›")
        person.press("F10")
        person.wait_for("Close drawer")
        person.press("c")
        person.wait_for("What was typed here is back", "Cash counted 350.00")
        assert _rows(city / "store.db", "SELECT * FROM drawer_count") == []
        person.press("F9")
        person.wait_for("F9 closes, F4 counts again")
        assert _rows(city / "store.db", "SELECT cents FROM drawer_count WHERE tender = 'cash'") == [(350_00,)]

    verified = subprocess.run(
        [sys.executable, "-m", "countertui", "verify", "--dir", str(city)], capture_output=True, text=True, check=False
    )
    assert verified.returncode == 0, verified.stdout + verified.stderr


def test_a_terminal_that_is_gone_ends_the_program_and_lets_go_of_the_store(city: Path) -> None:
    """No signal comes: the pseudo-terminal is nobody's controlling one, as a window's may be that crashed."""
    line, end = os.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": ""}
    command = [sys.executable, "-m", "countertui", "demo", "--dir", str(city)]
    with subprocess.Popen(
        command, stdin=end, stdout=end, stderr=end, env=environment, start_new_session=True
    ) as counter:
        os.close(end)
        try:
            shown = b""
            while b"demo PIN" not in shown:
                shown += os.read(line, 4096)
        finally:
            os.close(line)
        assert counter.wait(timeout=20) == 0
    with _rosa(city) as person:
        person.wait_for("Rosa Delgado")
