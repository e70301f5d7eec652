"""A city's snapshot made, signed, fetched, verified, indexed and swapped in, over building the same file bare.

The floor holds the same rows in the same tables with the same indexes, from the ledger's own SQLite file: rows are
fetched, what accounts are found by is worked out in a plain loop, executemany puts them in, and the words' beginnings
go from a plain dictionary into the same Roaring bitmaps; one process, one connection, no JSON, no hash, no signature,
no HTTP. Both end with a synced file under its name. The value's ledger is a process of its own, as in a city.

The value uses both cores, the floor one. Where others use them too, the ratio of wall times says more of those; so the
processor time of both is told beside it, without that of the ledger's process while it hands out files.
"""

from __future__ import annotations

import os
import re
import resource
import sqlite3
import subprocess
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from unicodedata import combining, normalize

from bench.figures import Row, row, seconds
from pyroaring import BitMap

from bench import till
from countertui.assembly import WayToLedger, open_for_command
from countertui.bootstrap import close_station, end_child
from countertui.counter.station import Station
from countertui.counter.take_snapshot import take_snapshot
from countertui.demo.city import DemoCity
from countertui.demo.folder import PASSPHRASE, make_demo
from countertui.ledger.books import open_books
from countertui.ledger.keys import open_key
from countertui.ledger.publish import publish
from countertui.machine import SystemClock, random_bytes, uuid7
from countertui.store.schema import statements_of

GOAL = 1.5
NOW = "2026-11-23T18:00:00Z"
_FIRST = 51
_LETTERS = 10
_WORD = re.compile(r"[a-z0-9']+")
_HOUSE = re.compile(r"[0-9]{1,7}[a-z]? ")


def rows(accounts: int = 1_000_000, rounds: int = 3) -> list[Row]:
    folder = till._kept(f"snapshot-{accounts}", lambda made: _make(made, accounts))
    floors: list[float] = []
    values: list[float] = []
    parts: list[tuple[float, float]] = []
    spent = {"floor": 0.0, "value": 0.0}
    children: list[subprocess.Popen[str]] = []
    way = WayToLedger(folder, children.append)
    station = open_for_command(folder, PASSPHRASE, way)
    try:
        way.connect()
        for n in range(rounds):
            for work in ("floor", "value") if n % 2 else ("value", "floor"):
                before = _processor_time()
                if work == "floor":
                    floors.append(seconds(lambda: _floor(folder / "ledger" / "ledger.db", folder / "floor.db")))
                else:
                    parts.append(_value(folder, station))
                    values.append(sum(parts[-1]))
                spent[work] += _processor_time() - before
        _require_same(folder)
    finally:
        close_station(station)
        for child in children:
            end_child(child)
    made = ", ".join(f"{publishing:.1f} + {taking:.1f}" for publishing, taking in parts)
    return [
        row(
            f"snapshot of {accounts:,} accounts",
            floors,
            values,
            GOAL,
            "s",
            f"{rounds} rounds; made + taken: {made} s; processor time {spent['value'] / spent['floor']:.2f}x",
        )
    ]


def _processor_time() -> float:
    """Seconds that this process and its children that ended have used."""
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def _make(folder: Path, accounts: int) -> None:
    make_demo(folder, DemoCity(accounts), SystemClock(), uuid7, random_bytes, lambda _table, _rows: None)


def _value(folder: Path, station: Station) -> tuple[float, float]:
    """Seconds for making and signing it, and for all that the terminal does with it."""
    # The whole, as a new terminal or one whose snapshot the ledger no longer has gets it.
    snapshots = folder / "ledger" / "snapshots"
    books = open_books(folder / "ledger")
    try:
        with books.writing() as connection:
            connection.exec_driver_sql("UPDATE snapshot_share SET kinds = 'forgotten'")
        key = open_key(folder / "ledger", PASSPHRASE)
        making = seconds(lambda: publish(books, key, NOW))
    finally:
        books.close()

    def run(job: Any, *arguments: Any) -> Any:
        return job(station, *arguments)

    taking = seconds(lambda: take_snapshot(station, run, lambda _table, _rows: None))
    newest = max(int(path.name) for path in snapshots.iterdir())
    if station.reference.snapshot().version != newest:
        raise RuntimeError("the newest snapshot is not in use")
    return making, taking


def _floor(ledger: Path, path: Path) -> None:
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(ledger)) as source, closing(sqlite3.connect(path, isolation_level=None)) as made:
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "locking_mode=EXCLUSIVE", "cache_size=-131072"):
            made.execute(f"PRAGMA {pragma}").fetchall()
        made.execute("BEGIN")
        statements = statements_of("reference.db")
        for statement in statements:
            if "INDEX" not in statement.split("(", 1)[0]:
                made.execute(statement)
        for table in [
            name for (name,) in made.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        ]:
            _copy(source, made, table)
        for statement in statements:
            if "INDEX" in statement.split("(", 1)[0]:
                made.execute(statement)
        made.execute("COMMIT")
    with path.open("rb") as file:
        os.fsync(file.fileno())


_GIVEN = {"payor_key": "lower(payor)", "number_key": "lower(number)"}
"""What a plain copy puts where there is more here than at the ledger."""


def _copy(source: sqlite3.Connection, made: sqlite3.Connection, table: str) -> None:
    columns = [column for _, column, *_ in made.execute(f"PRAGMA table_info({table})")]
    if table in ("snapshot", "account_words", "account_word_sets", "account_slips"):
        return
    if table == "account":
        _accounts(source, made)
        return
    given = ", ".join(_GIVEN.get(column, column) for column in columns)
    there = source.execute(f"SELECT {given} FROM {table}")  # noqa: S608 - ours
    made.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(columns))})", there)  # noqa: S608 - ours


def _accounts(source: sqlite3.Connection, made: sqlite3.Connection) -> None:
    due: dict[str, int] = {}
    for account, balance in source.execute("SELECT account, balance_cents FROM charge"):
        due[account] = due.get(account, 0) + balance
    words: defaultdict[str, array[int]] = defaultdict(lambda: array("I"))
    there = source.execute(
        "SELECT number, kind, party, name, address, phone, status, flags, credit_gl, language FROM account"
        " ORDER BY name, number"
    )
    made.executemany(f"INSERT INTO account VALUES ({', '.join('?' * 15)})", _with_keys(there, due, words))  # noqa: S608 - ours
    beginnings: defaultdict[str, BitMap] = defaultdict(BitMap)
    for word, ids in words.items():
        held = BitMap(ids)
        for length in range(1, min(len(word), _LETTERS) + 1):
            beginnings[word[:length]] |= held
        if len(word) > _LETTERS:
            beginnings[word] |= held
    sets = sorted(beginnings.items())
    heads = {word[:length] for word in words if len(word) > 2 and word.isalpha() for length in (3, 4, 5)}
    slips = {(head[:at] + head[at + 1 :], head) for head in heads for at in range(len(head))}
    slips |= {(head, head) for head in heads}
    made.executemany("INSERT INTO account_slips VALUES (?, ?)", sorted(slips))
    firsts = ((name, name in words, _first(ids)) for name, ids in sets)
    made.executemany("INSERT INTO account_words VALUES (?, ?, ?)", firsts)
    larger = ((name, ids.serialize()) for name, ids in sets if len(ids) > _FIRST)
    made.executemany("INSERT INTO account_word_sets VALUES (?, ?)", larger)


def _with_keys(
    there: Iterable[tuple[str, ...]], due: dict[str, int], words: defaultdict[str, array[int]]
) -> Iterator[tuple[Any, ...]]:
    for id_, account in enumerate(there, start=1):
        number, name, address, phone = account[0], account[3], account[4], account[5]
        text = f"{name} {address}".lower().replace(".", "")
        if not text.isascii():
            text = "".join(letter for letter in normalize("NFKD", text.replace("ł", "l")) if not combining(letter))
        pieces = _WORD.findall(text)
        after = [piece.partition("'")[2].replace("'", "") for piece in pieces if "'" in piece[1:]]
        for word in {*(piece.replace("'", "") for piece in pieces), *(word for word in after if len(word) > 1)}:
            words[word].append(id_)
        plain = address.lower().replace(".", "").strip()
        house = " ".join(_WORD.findall(plain)) if _HOUSE.match(plain) else ""
        digits = "".join(filter(str.isdigit, phone))[-10:]
        yield (id_, *account, due.get(number, 0), "".join(_WORD.findall(number.lower())), house, digits)


def _first(ids: BitMap) -> bytes:
    return array("I", ids[:_FIRST]).tobytes()


def _require_same(folder: Path) -> None:
    """The floor holds as much as the value does."""
    with (
        closing(sqlite3.connect(folder / "floor.db")) as floor,
        closing(sqlite3.connect(folder / "reference.db")) as value,
    ):
        for table in ("account", "charge", "receipt_history", "account_word_sets"):
            counted = f"SELECT count(*) FROM {table}"  # noqa: S608 - ours
            (held,), (wanted,) = floor.execute(counted).fetchone(), value.execute(counted).fetchone()
            # Words of other alphabets are folded more plainly in the floor: a handful of sets.
            if abs(held - wanted) > (wanted // 50 if table == "account_word_sets" else 0):
                raise RuntimeError(f"the floor's {table} has {held:,} rows, not {wanted:,}")
    (folder / "floor.db").unlink()
