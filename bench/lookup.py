"""As-you-type lookup over a bare 50-row index-range SELECT, keystroke by keystroke, on a city of a million accounts.

The floor is a plain loop over a plain table: account columns in the order of names and an index on name, read with
sqlite3 alone. Both files stay under build/bench/ for the next run. Times are of warm files; floor and value alternate.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from countertui.counter.find import FEW, MOST_FOUND, MOST_KNOWN, MOST_NEAR, MOST_RECEIPTS
from countertui.demo.city import DemoCity
from countertui.domain.reference import NumberKind
from countertui.errors import EnvironmentFault
from countertui.store.reference import Reference
from countertui.store.reference_load import build_reference
from countertui.store.reference_rows import AccountRow

ACCOUNTS = 1_000_000
PEOPLE = 60
P50_GOAL, P99_GOAL, WORST_GOAL = 1.5, 10.0, 25.0
MISSPELT, MISSPELT_GOAL, PAGE = 300, 5.0, 50
MAY_BE_MISSED = 15
"""One in twenty of the misspelled."""
EXACT_GOAL = 5.0
PASSES = 5
LEAST = f"of each key the least of {PASSES} passes, each by a fresh reader: not what a single try may take"
NUMBERS = 1000
BUILD = Path(__file__).resolve().parents[1] / "build" / "bench"
COLUMNS = "number, kind, name, address, phone, status, flags, credit_gl, due_cents"
FLOOR = f"SELECT {COLUMNS} FROM account WHERE name >= ? ORDER BY name LIMIT 50"  # noqa: S608 - ours


@dataclass
class Made:
    version: int = 1
    made_at: str = "2026-11-23T05:00:00Z"
    expires_at: str = "2026-11-30T05:00:00Z"
    sha256: str = "00" * 32
    epoch: int = 1
    seq: int = 0


class Taken(NamedTuple):
    """Nanoseconds, one of each per key."""

    floor: list[int]
    wall: list[int]
    cpu: list[int]


def rows(accounts: int = ACCOUNTS) -> list[dict[str, Any]]:
    """A key's look-up, an exact number and a misspelled name, each over the wall median of a SELECT of the same run."""
    reference = city(accounts)
    floor = floor_file(accounts, reference.file.path)
    for path in (reference.file.path, floor_path(accounts)):
        warm(path)
    keys = list(keystrokes(floor, reference.file.path, 1))
    measure(
        reference, floor, list(keystrokes(floor, reference.file.path, 2))
    )  # a counter is warm, but not by the same people's names
    taken = measure(reference, floor, keys)
    misspelt = misspelled(floor, 3)
    others = [("misspelled", typed) for typed, _ in misspelled(floor, 4)]
    of_misspelt = least(_looked_up_anew(reference, floor, others, misspelt) for _ in range(PASSES))
    missed = sum(
        not any(row.name.startswith(name) for row in looked_up(reference, typed)[:PAGE]) for typed, name in misspelt
    )
    numbers = drawn(floor_path(accounts))
    by_number = least(_exact_anew(reference, accounts, numbers) for _ in range(PASSES))
    reference.close()
    floor.close()
    classes = tell(keys, taken)
    base, name = at(taken.floor, 50), f"lookup at {accounts:,} accounts"
    return [
        figure(f"misspelled, not in the first {PAGE} rows", MAY_BE_MISSED, missed, 1.0, "missed"),
        figure(
            f"{name}, misspelled, CPU p99",
            at(of_misspelt.floor, 50),
            at(of_misspelt.cpu, 99),
            MISSPELT_GOAL,
            detail=LEAST,
        ),
        figure(
            f"{name}, exact number, CPU p99", at(by_number.floor, 50), at(by_number.cpu, 99), EXACT_GOAL, detail=LEAST
        ),
        figure(f"{name}, worst class, CPU p99", base, max(classes.values()), WORST_GOAL),
        figure(f"{name}, p50", base, at(taken.wall, 50), P50_GOAL),
        figure(f"{name}, p99", base, at(taken.wall, 99), P99_GOAL),
        figure(f"{name}, CPU p99", base, at(taken.cpu, 99), P99_GOAL),
    ]


def least(passes: Iterable[Taken]) -> Taken:
    """Of several passes over the same keys the least that each took: more of it is what a neighbour took away."""
    every = list(passes)
    return Taken(*([*map(min, *each)] for each in zip(*every, strict=True)))


def _looked_up_anew(
    reference: Reference, floor: sqlite3.Connection, others: list[tuple[str, str]], misspelt: list[tuple[str, str]]
) -> Taken:
    """One pass over the misspelled, by a reader that is warm, but not by these."""
    reference.reopen()
    measure(reference, floor, others)
    return measure(reference, floor, [("misspelled", typed) for typed, _ in misspelt])


def _exact_anew(reference: Reference, accounts: int, numbers: list[str]) -> Taken:
    """One pass over the numbers by two readers that have seen none of their pages."""
    reference.reopen()
    floor = opened_floor(accounts)
    taken = exact(reference, floor, numbers)
    floor.close()
    return taken


def figure(name: str, floor: float, value: float, goal: float, unit: str = "us", detail: str = "") -> dict[str, Any]:
    ratio = value / floor
    return {"name": name, "floor": floor, "value": value, "ratio": ratio, "goal": goal, "unit": unit, "detail": detail}


def looked_up(reference: Reference, key: str) -> list[AccountRow]:
    """What a key asks of the file: what fits; where that is little, earlier receipts and what is spelled nearly so."""
    found = reference.search(key)
    if len(found) < MOST_FOUND:
        found += [known.account for known in reference.known_as(key, MOST_KNOWN)]
    if len(found) >= FEW:
        return found
    reference.past.found(key, MOST_RECEIPTS)
    return [*found, *reference.search_nearly(key, MOST_NEAR)]


def misspelled(floor: sqlite3.Connection, seed: int) -> list[tuple[str, str]]:
    """Surnames with one slip and the right first name, of accounts drawn at random, each with the name that is meant.

    A large city has more people of a name than a list shows: the list has one of them, or the slip is missed.
    """
    (last,) = floor.execute("SELECT max(rowid) FROM account").fetchone()
    chance = random.Random(seed)  # noqa: S311 - a sample, not a secret
    slips: list[tuple[str, str]] = []
    while len(slips) < MISSPELT:
        drawn = "SELECT name FROM account WHERE rowid >= ? AND kind = 'utility' AND name LIKE '%, %' LIMIT 1"
        row = floor.execute(drawn, (chance.randint(1, last),)).fetchone()
        if row is not None:
            surname, first = row[0].split(", ", 1)
            first = first.split()[0]
            slips.append((f"{with_a_slip(surname.lower(), chance)} {first.lower()}", f"{surname}, {first}"))
    return slips


def with_a_slip(word: str, chance: random.Random) -> str:
    """The word with one letter missing, added, wrong, or swapped with the next."""
    at, letter = chance.randrange(len(word)), chance.choice("abcdefghijklmnopqrstuvwxyz")
    return chance.choice(
        (
            word[:at] + word[at + 1 :],
            word[:at] + letter + word[at:],
            word[:at] + letter + word[at + 1 :],
            word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :],
        )
    )


def warm(path: Path) -> None:
    """Have the system read a file, so that none of its pages is read from the disk while something is measured."""
    with path.open("rb", buffering=0) as file:
        while file.read(1 << 22):
            pass


def drawn(path: Path) -> list[str]:
    """Account numbers at random, over a connection of their own: what is measured has not seen their pages."""
    draws = sqlite3.connect(path)
    numbers = [number for (number,) in draws.execute("SELECT number FROM account ORDER BY number")]
    draws.close()
    return random.Random(4).sample(numbers, min(NUMBERS, len(numbers)))  # noqa: S311 - a sample, not a secret


def exact(reference: Reference, floor: sqlite3.Connection, numbers: list[str]) -> Taken:
    """Looking exact numbers up, and a bare SELECT by a unique index, alternating."""
    select = f"SELECT {COLUMNS} FROM account WHERE number = ?"  # noqa: S608 - ours
    taken = Taken([], [], [])
    for number in numbers:
        begun = time.perf_counter_ns()
        floor.execute(select, (number,)).fetchone()
        between = time.perf_counter_ns()
        cpu_begun = time.thread_time_ns()
        reference.account(number)
        taken.cpu.append(time.thread_time_ns() - cpu_begun)
        taken.wall.append(time.perf_counter_ns() - between)
        taken.floor.append(between - begun)
    return taken


def at(taken: list[int], percent: int) -> float:
    """A percentile of nanoseconds, in microseconds."""
    return sorted(taken)[min(len(taken) - 1, len(taken) * percent // 100)] / 1000


def tell(keys: list[tuple[str, str]], taken: Taken) -> dict[str, float]:
    """Print each class of keys; gives its CPU p99 in microseconds."""
    kinds: dict[str, list[int]] = {}
    for (kind, _), nanoseconds in zip(keys, taken.cpu, strict=True):
        kinds.setdefault(kind, []).append(nanoseconds)
    print(f"  {'floor, wall':24} {len(keys):5} keys  p50 {at(taken.floor, 50):6.0f}  p99 {at(taken.floor, 99):6.0f} us")
    for kind, cpu in kinds.items():
        print(f"  {kind:24} {len(cpu):5} keys  p50 {at(cpu, 50):6.0f}  p99 {at(cpu, 99):6.0f} us of CPU")
    slowest = sorted(zip(taken.cpu, keys, strict=True), reverse=True)[:5]
    print("  slowest:", ", ".join(f"{key!r} {worst // 1000} us" for worst, (_, key) in slowest))
    return {kind: at(cpu, 99) for kind, cpu in kinds.items()}


@cache
def some_names(floor: sqlite3.Connection) -> list[str]:
    """Names for the floor to begin at, read once: the look through a whole table is not to be charged to the key after
    it, which finds nothing where it was in the processor's memory."""
    return [name for (name,) in floor.execute("SELECT name FROM account WHERE rowid % 97 = 1")]


def measure(reference: Reference, floor: sqlite3.Connection, keys: list[tuple[str, str]]) -> Taken:
    """One floor and one search per key, alternating."""
    names = some_names(floor)
    chance = random.Random(0)  # noqa: S311 - a sample, not a secret
    taken = Taken([], [], [])
    for _, key in keys:
        name = chance.choice(names)
        begun = time.perf_counter_ns()
        floor.execute(FLOOR, (name,)).fetchall()
        between = time.perf_counter_ns()
        cpu_begun = time.thread_time_ns()
        looked_up(reference, key)
        cpu_done = time.thread_time_ns()
        done = time.perf_counter_ns()
        taken.floor.append(between - begun)
        taken.wall.append(done - between)
        taken.cpu.append(cpu_done - cpu_begun)
    return taken


def known_by(reference: Path) -> tuple[dict[str, list[str]], list[str]]:
    """Numbers of parcels, invoices and citations, and those of earlier receipts, some of each."""
    city = sqlite3.connect(f"{reference.as_uri()}?mode=ro", uri=True)
    numbers: dict[str, list[str]] = {}
    for what in (NumberKind.PARCEL, NumberKind.INVOICE, NumberKind.CITATION):
        rows = city.execute(
            "SELECT number FROM known_as WHERE what = ? AND (rowid % 997 = 1 OR what <> 'parcel')", (what,)
        )
        numbers[what] = [number for (number,) in rows]
    receipts = [number for (number,) in city.execute("SELECT receipt_no FROM receipt_history WHERE rowid % 97 = 1")]
    city.close()
    return numbers, receipts


def keystrokes(floor: sqlite3.Connection, reference: Path, seed: int) -> Iterator[tuple[str, str]]:
    """Every beginning of what people type of accounts drawn at random, with the kind of what they type."""
    (last,) = floor.execute("SELECT max(rowid) FROM account").fetchone()
    licenses = [number for (number,) in floor.execute("SELECT number FROM account WHERE kind = 'license'")]
    known, past = known_by(reference)
    chance = random.Random(seed)  # noqa: S311 - likewise
    for _ in range(PEOPLE):
        drawn = "SELECT number, name, address, phone FROM account WHERE rowid >= ? AND kind = 'utility' LIMIT 1"
        account = floor.execute(drawn, (chance.randint(1, last - 1000),)).fetchone()
        for kind, typed in typed_for(account, chance):
            yield from beginnings(kind, typed)
        yield from beginnings("license", chance.choice(licenses))
        for what, numbers in known.items():
            yield from beginnings(what, chance.choice(numbers))
        yield from beginnings("receipt of another terminal", chance.choice(past))


def beginnings(kind: str, typed: str) -> Iterator[tuple[str, str]]:
    return ((kind, typed[:end]) for end in range(1, len(typed) + 1) if typed[end - 1] != " ")


def typed_for(account: tuple[str, ...], chance: random.Random) -> Iterator[tuple[str, str]]:
    number, name, address, phone = account
    words = name.replace(",", "").lower().split()
    house, *street = address.lower().split()
    yield "name, smi joh", f"{words[0][: chance.randint(3, 6)]} {words[1][:3]}"
    yield "name, john smith", f"{words[1]} {words[0]}"
    yield "address, 123 main", f"{house} {street[0]}"
    yield "street, main st spring", f"{' '.join(street)} {words[0][:4]}"
    yield "mixture, smi 12 mai", f"{words[0][:3]} {house[:2]} {street[0][:3]}"
    yield "account number", number
    yield "account number, digits", number.replace("-", "")
    yield "telephone", phone or "555-234"
    yield "telephone, local", phone[4:] or "234-78"


def city(accounts: int) -> Reference:
    """The demo city's reference.db, made if it isn't there or is of another form."""
    path = BUILD / f"reference-{accounts}.db"
    try:
        return Reference(path)
    except EnvironmentFault:
        pass
    print(f"  making a city of {accounts:,} accounts")
    path.parent.mkdir(parents=True, exist_ok=True)
    tables: dict[str, Any] = dict(DemoCity(accounts).tables())
    tables["account"] = sorted(tables["account"], key=lambda row: (row[3], row[0]))
    begun = time.perf_counter()
    build_reference(path, tables.items(), Made())
    print(f"  reference.db: {time.perf_counter() - begun:.1f} s, {path.stat().st_size / 1e6:.0f} MB")
    floor_path(accounts).unlink(missing_ok=True)
    return Reference(path)


def floor_file(accounts: int, reference: Path) -> sqlite3.Connection:
    """The floor's table: the same accounts, in the order of names, with an index on name."""
    path = floor_path(accounts)
    if not path.exists():
        made = sqlite3.connect(path.with_suffix(".new"))
        made.execute("ATTACH ? AS city", (str(reference),))
        made.execute(f"CREATE TABLE account AS SELECT {COLUMNS} FROM city.account ORDER BY name, number")  # noqa: S608
        made.execute("CREATE INDEX account_name ON account (name)")
        made.execute("CREATE UNIQUE INDEX account_number ON account (number)")
        made.commit()
        made.close()
        path.with_suffix(".new").replace(path)
    return opened_floor(accounts)


def opened_floor(accounts: int) -> sqlite3.Connection:
    return sqlite3.connect(f"{floor_path(accounts).as_uri()}?mode=ro", uri=True)


def floor_path(accounts: int) -> Path:
    return BUILD / f"floor-{accounts}.db"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=ACCOUNTS)
    for row in rows(parser.parse_args().accounts):
        met = "met" if row["ratio"] <= row["goal"] else "MISSED"
        times = f"{row['value']:.0f} / {row['floor']:.0f} us = {row['ratio']:.2f}x"
        print(f"{row['name']}: {times} (goal {row['goal']}) {met}")
