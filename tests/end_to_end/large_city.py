"""The real program on a city of any size: made with its bar shown, then looked up in and paid at, by keys and by clock.

`large_city.py [ACCOUNTS] [--keep FOLDER]` tells the times for a million; `make test-million` runs it.
"""

from __future__ import annotations

import argparse
import re
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cli_city import PROGRAM, City, environment
from pty_terminal import PtyTerminal

A_MILLION = 1_000_000
BAR = re.compile(r"making (\w[\w ]*?) +\S*[━╸╺]\S* +([\d,]+) +(\d+:\d\d:\d\d)")


@dataclass
class Seen:
    """What the bar told, as (table, rows) in order, and how long things took, in seconds."""

    bar: list[tuple[str, int]] = field(default_factory=list)
    stood: tuple[float, str] = (0.0, "")
    """The longest that the bar stood still, and at what."""
    seconds: dict[str, float] = field(default_factory=dict)
    keys: list[float] = field(default_factory=list)
    """From a key of a lookup to its letter on the screen."""
    found: list[float] = field(default_factory=list)
    """From the echo of a lookup's last key to what it means among the results."""
    receipt: str = ""

    @contextmanager
    def timing(self, what: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self.seconds[what] = time.perf_counter() - started


def counter(folder: Path, accounts: int) -> PtyTerminal:
    """A person in front of the counter of a demo city of that size."""
    arguments = [*PROGRAM[1:], "demo", "--dir", str(folder), "--accounts", str(accounts)]
    return PtyTerminal(PROGRAM[0], arguments, environment(folder.parent))


def first_day(folder: Path, accounts: int, people: int = 3) -> Seen:
    """Make the city, sign on, open a drawer, look people up in three ways each, and take a payment."""
    seen = Seen()
    with counter(folder, accounts) as person:
        with seen.timing("making the city, until sign-on can be typed into"):
            _watch_the_bar(person, seen, seconds=60 + accounts / 500)
        _open_a_drawer(person)
        for number, name, address in _some_accounts(folder, accounts)[-people:]:
            family, given = name.split(",")[0], name.split(", ")[1].split()[0]
            street = address.split(" Apt")[0]
            ways = (number, number), (f"{given} {family}", f"{family}, "), (street, street[:14])
            for typed, meant in ways:
                _look_up(person, typed.lower(), meant, seen)
        number = _some_accounts(folder, accounts)[-1][0]
        _pay(person, number, seen)
        person.press("Ctrl+Q")
        person.wait_for("Leave the program?")
        person.press("y")
        assert person.wait_exit() == 0
    return seen


def second_day(folder: Path, accounts: int, seen: Seen) -> None:
    """Start again, and verify."""
    with counter(folder, accounts) as person:
        with seen.timing("starting it again, until sign-on can be typed into"):
            person.wait_for("Rosa Delgado", seconds=60)
        with seen.timing("the check of the journal's tail after that"):
            person.wait_gone("checking", seconds=60)
        person.press("Ctrl+Q")
        assert person.wait_exit() == 0
    with seen.timing("countertui verify"):
        said = City(folder).run("verify")
    assert said.status == 0, said.err


def _watch_the_bar(person: PtyTerminal, seen: Seen, seconds: float) -> None:
    until, moved = time.monotonic() + seconds, time.monotonic()
    while "Rosa Delgado" not in (shown := person.screen()):
        for table, rows, _ in BAR.findall(shown):
            if (told := (table, int(rows.replace(",", "")))) not in seen.bar[-1:]:
                stood, moved = time.monotonic() - moved, time.monotonic()
                seen.stood = max(seen.stood, (stood, seen.bar[-1][0] if seen.bar else "nothing"))
                seen.bar.append(told)
        assert time.monotonic() < until, shown
        assert person.child.isalive(), shown


def _open_a_drawer(person: PtyTerminal) -> None:
    person.press("rosa", "Enter", "1111", "Enter")
    person.wait_for("Open a drawer", "fund 200.00")
    person.press("D1", "Enter", "Enter", "2", "F9")
    person.wait_for("drawer D1", "Find ›")


def _some_accounts(folder: Path, accounts: int) -> list[tuple[str, str, str]]:
    """Number, name and address of people who owe something, far apart in the city."""
    reference = sqlite3.connect(f"{(folder / 'reference.db').as_uri()}?mode=ro", uri=True)
    rows = reference.execute(
        "SELECT number, name, address FROM account WHERE kind = 'utility' AND due_cents > 0 AND flags = ''"
        " AND name LIKE '%, %' AND name NOT LIKE '%&%' AND rowid IN"
        f" (SELECT rowid FROM account WHERE rowid % {max(1, accounts // 60)} = 7) ORDER BY rowid",
    ).fetchall()
    reference.close()
    return [rows[0], rows[len(rows) // 2], rows[-1]]


def _look_up(person: PtyTerminal, typed: str, meant: str, seen: Seen) -> None:
    for n in range(1, len(typed) + 1):
        started = time.perf_counter()
        person.press(typed[n - 1])
        person.wait_for(f"Find ›{typed[:n]}".rstrip(), seconds=20)
        seen.keys.append(time.perf_counter() - started)
    started = time.perf_counter()
    person.wait_for(meant, seconds=20)
    seen.found.append(time.perf_counter() - started)
    person.press("Esc")
    person.wait_gone(f"Find ›{typed}")


def _pay(person: PtyTerminal, number: str, seen: Seen) -> None:
    person.press(number)
    person.wait_for(f"Find ›{number}")
    with seen.timing("Enter: the account and its charges in the cart"):
        person.press("Enter")
        person.wait_gone(f"Find ›{number}")
    with seen.timing("F9: the payment recorded, its receipt number on the screen"):
        person.press("F9")
        person.wait_for("T1-1  ", "taken")
    seen.receipt = person.find(r"(T1-1 +[\d,.]+ taken +CHANGE [\d.]+)")


def told(seen: Seen, accounts: int) -> str:
    """What was seen, for a person."""
    tables = ", ".join(f"{table} {rows:,}" for table, rows in dict(seen.bar).items())
    lines = [f"a city of {accounts:,} accounts; its bar went through {len(seen.bar)} steps: {tables}"]
    lines.append(f"{seen.stood[0]:8.2f} s  the longest that the bar stood still, at {seen.stood[1]}")
    lines += [f"{took:8.2f} s  {what}" for what, took in seen.seconds.items()]
    for what, all_of in (("a lookup's key to its echo", seen.keys), ("from there to what it means", seen.found)):
        median, slowest = sorted(all_of)[len(all_of) // 2], max(all_of)
        lines.append(
            f"{median * 1000:6.0f} ms  {what}: the median of {len(all_of)}; the slowest {slowest * 1000:.0f} ms"
        )
    return "\n".join([*lines, f"the receipt: {seen.receipt}  (what is seen on the screen is seen to 50 ms)\n"])


def main() -> None:
    """Play it and tell of it."""
    parser = argparse.ArgumentParser(description="a city of a million accounts, by keys and by clock")
    parser.add_argument("accounts", nargs="?", type=int, default=A_MILLION)
    parser.add_argument("--keep", type=Path, help="a new folder for the city, which stays; else a temporary one")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="countertui-") as temporary:
        folder = (asked.keep or Path(temporary)).resolve() / "city"
        seen = first_day(folder, asked.accounts)
        second_day(folder, asked.accounts, seen)
    sys.stdout.write(told(seen, asked.accounts))


if __name__ == "__main__":
    main()
