"""A city with several real terminals, made once a process and copied for every life of it that is simulated."""

from __future__ import annotations

import atexit
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import in_memory
from counter_station import TODAY, SetClock
from countertui.counter.begin import StartData, begin
from countertui.demo.city import DemoCity, Rows
from countertui.demo.folder import make_demo
from countertui.demo.passphrase import PASSPHRASE
from countertui.ledger.books import open_books
from countertui.ledger.keep_terminals import register_terminal
from countertui.ledger.keys import open_secrets
from countertui.ledger.registry import entries_after, present
from countertui.store.anchor import anchor_folder
from countertui.sync.ed25519 import checked_public_key
from countertui.sync.exchange import Offer
from countertui.sync.keyslots import CHEAP_COST, Secrets, create_slots, open_slots, public_identity
from countertui.sync.recorder import Recorder
from countertui.sync.snapshot import TableEntry, open_manifest

CODES = ("T1", "T2", "T3")
DEPOSITS = 12
ACCOUNTS = 60
MORNING = f"{TODAY}T09:41:07"


def new_home(prefix: str) -> Path:
    """A folder of its own, in memory where there is room: commits that wait for the disk cost next to nothing there."""
    return Path(tempfile.mkdtemp(prefix=prefix, dir=in_memory.folder()))


def ids_of(seed: object) -> Callable[[], str]:
    """UUIDv7s that only look random: the same seed gives the same."""
    numbers = count(1)

    def next_id() -> str:
        n = next(numbers)
        random = sha256(f"{seed}/{n}".encode()).hexdigest()
        return f"0190b2c4-{n:04x}-7{random[:3]}-8{random[3:6]}-{random[6:18]}"

    return next_id


def bytes_of(seed: object) -> Callable[[int], bytes]:
    """Bytes that only look random."""
    numbers = count(1)
    return lambda n: b"".join(sha256(f"{seed}/{next(numbers)}".encode()).digest() for _ in range(n // 32 + 1))[:n]


class SmallCity(DemoCity):
    """The demo city without its hundreds of businesses: what is recomputed after each life is quickly recomputed."""

    def _tables(self, verifier: Callable[[str], str], public_keys: Mapping[str, str]) -> Iterator[tuple[str, Rows]]:
        kept: set[object] = set()
        for name, rows in super()._tables(verifier, public_keys):
            if name == "account":
                accounts = _few(list(rows))
                kept = {row[0] for row in accounts}
                yield name, iter(accounts)
            elif name in ("charge", "license", "receipt_history"):
                yield name, (row for row in rows if row[1] in kept)
            elif name in ("trust_terms", "trust_move"):
                yield name, (row for row in rows if row[0] in kept)
            else:
                yield name, rows


def _few(accounts: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Those of utilities, a few deposits, and the licenses of their depositors."""
    deposits = [row for row in accounts if row[1] == "trust"][:DEPOSITS]
    depositors = {row[2] for row in deposits}
    return [
        row
        for row in accounts
        if row[1] == "utility" or row in deposits or (row[1] == "license" and row[2] in depositors)
    ]


@cache
def city() -> Path:
    """DIR with the demo city's terminal T1 in `T1`, T2 and T3 beside it, anchors beside those, the books in `ledger`.

    Never opened, only copied.
    """
    home = new_home("countertui-simulated-")
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    clock = SetClock(MORNING)
    random, ids = bytes_of("city"), ids_of("city")
    make_demo(home / "T1", SmallCity(ACCOUNTS), clock, ids, random, lambda _table, _rows: None)
    shutil.move(home / "T1" / "ledger", home / "ledger")
    for code in CODES[1:]:
        _admit(home, code, clock)
    return home


@cache
def owing() -> tuple[str, ...]:
    """Accounts that owe something and may be paid by check, by number."""
    reference = sqlite3.connect(f"{(city() / 'T1' / 'reference.db').as_uri()}?mode=ro", uri=True)
    rows = reference.execute(
        "SELECT DISTINCT number FROM account JOIN charge ON account = number WHERE balance_cents > 0"
        " AND kind = 'utility' AND flags NOT LIKE '%cash-only%' ORDER BY number LIMIT 8"
    ).fetchall()
    reference.close()
    return tuple(number for (number,) in rows)


@cache
def deposits() -> tuple[tuple[str, str | None], ...]:
    """Trust deposits, each with a license account of its depositor, if there is one, both by number."""
    reference = sqlite3.connect(f"{(city() / 'T1' / 'reference.db').as_uri()}?mode=ro", uri=True)
    rows = reference.execute(
        "SELECT t.number, MIN(a.number) FROM account t LEFT JOIN account a ON a.party = t.party AND a.kind = 'license'"
        " WHERE t.kind = 'trust' GROUP BY t.number ORDER BY t.number"
    ).fetchall()
    reference.close()
    return tuple(rows)


def copied(to: Path) -> Path:
    """A copy of it all. Snapshots are shared: nobody writes one in place."""
    source = city()
    for code in CODES:
        shutil.copytree(source / code, to / code, ignore=shutil.ignore_patterns("reference.db"))
        os.link(source / code / "reference.db", to / code / "reference.db")
        shutil.copytree(anchor_folder(source / code), anchor_folder(to / code))
    shutil.copytree(source / "ledger", to / "ledger")
    return to


def newest_offer(ledger: Path, ledger_id: str, ledger_key: bytes, code: str, epoch: int) -> Offer:
    """The newest snapshot in a ledger's folder, as a new terminal gets it."""
    newest = max((ledger / "snapshots").iterdir(), key=lambda path: int(path.name))
    manifest = open_manifest((newest / "manifest.json").read_bytes(), checked_public_key(ledger_key), ledger_id, None)

    def fetch(entry: TableEntry, path: Path) -> None:
        shutil.copyfile(newest / f"{entry.name}.ndjson", path)

    return Offer(manifest, code, epoch, fetch)


def _admit(home: Path, code: str, clock: SetClock) -> None:
    """One more terminal of the city, in the same office."""
    folder, ledger = home / code, home / "ledger"
    folder.mkdir()
    own = open_secrets(ledger, PASSPHRASE)
    pepper = open_slots(home / "T1" / "keys.json", PASSPHRASE).pin_pepper
    random = bytes_of(code)
    secrets = Secrets(Ed25519PrivateKey.from_private_bytes(random(32)), random(32), pepper)
    named = public_identity(home / "T1" / "keys.json")
    create_slots(
        folder / "keys.json",
        ledger=named.ledger,
        terminal=code,
        epoch=1,
        secrets=secrets,
        openers={"demo": PASSPHRASE},
        random=random,
        cost=CHEAP_COST,
    )
    shutil.copy(home / "T1" / "demo.json", folder / "demo.json")
    recorder = Recorder(public_identity(folder / "keys.json"), secrets.terminal_key)
    books = open_books(ledger)
    try:
        now = f"{MORNING}+00:00"
        register_terminal(books, own.terminal_key, code, "HALL", 1, recorder.public_key, by=("ken", "uma"), now=now)
        with books.reading() as connection:
            register = entries_after(connection, 0)
            founding = present(connection, books.ledger).founding
    finally:
        books.close()
    ledger_key = own.terminal_key.public_key().public_bytes_raw()
    start = StartData(
        office="HALL",
        public_key=recorder.public_key.hex(),
        ledger_key=ledger_key.hex(),
        registry=founding,
        receipt_n=0,
    )
    offer = newest_offer(ledger, named.ledger, ledger_key, code, 1)
    begin(
        folder,
        recorder,
        clock,
        ids_of(code),
        start,
        register,
        offer,
        lambda _table, _rows: None,
    )
