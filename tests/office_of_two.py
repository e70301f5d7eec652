"""A second terminal of the demo city, with keys and a store of its own, on the register of that city's ledger."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from counter_station import SetClock, city, open_station
from countertui.counter.begin import StartData
from countertui.counter.clock_watch import PROGRAM
from countertui.counter.close_drawer import close_drawer, commit_count
from countertui.counter.figures import figures_of
from countertui.counter.station import Person, Session, Station
from countertui.demo.passphrase import PASSPHRASE
from countertui.domain.drawers import TenderCount, cash_count
from countertui.domain.money import Cents
from countertui.domain.records import Fact, Kind
from countertui.domain.tenders import TenderKind
from countertui.ledger.books import open_books
from countertui.ledger.keep_terminals import register_terminal
from countertui.ledger.keys import open_key
from countertui.ledger.registry import entries_after, present
from countertui.machine import random_bytes, uuid7
from countertui.store import registry_log, working
from countertui.store.anchor import anchor_folder
from countertui.store.store import Store, read_body
from countertui.sync.batch import batch_name
from countertui.sync.ed25519 import checked_public_key
from countertui.sync.exchange import LedgerExchange
from countertui.sync.keyslots import CHEAP_COST, Secrets, create_slots, open_slots, public_identity
from countertui.sync.late_client import LateClient
from countertui.sync.recorder import Recorder
from countertui.sync.stick_client import own_register_name

NOW = "2026-11-23T18:00:00+00:00"


@cache
def town() -> Path:
    """The demo city's ledger with T2 of the same office and T3 of another on its register, and their folders."""
    home = Path(tempfile.mkdtemp(prefix="countertui-office-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    shutil.copytree(city() / "ledger", home / "ledger")
    for code, office in (("T2", "HALL"), ("T3", "UTIL")):
        admitted(home / code, home / "ledger", code, office)
    return home


def admitted(folder: Path, ledger: Path, code: str, office: str, beside: Path | None = None) -> None:
    """Make the folder of a terminal and put it on a ledger's register. beside: one of that city, if not the demo."""
    folder.mkdir()
    pepper = open_slots((beside or city()) / "keys.json", PASSPHRASE).pin_pepper
    secrets = Secrets(Ed25519PrivateKey.from_private_bytes(random_bytes(32)), random_bytes(32), pepper)
    books = open_books(ledger)
    try:
        public_key = secrets.terminal_key.public_key().public_bytes_raw()
        register_terminal(books, open_key(ledger, PASSPHRASE), code, office, 1, public_key, by=("ken", "uma"), now=NOW)
        with books.reading() as connection:
            register, now = entries_after(connection, 0), present(connection, books.ledger)
    finally:
        books.close()
    slots = {"ledger": now.ledger, "terminal": code, "epoch": 1, "secrets": secrets, "openers": {"demo": PASSPHRASE}}
    create_slots(folder / "keys.json", **slots, random=random_bytes, cost=CHEAP_COST)  # type: ignore[arg-type]
    recorder = Recorder(public_identity(folder / "keys.json"), secrets.terminal_key)
    store = Store(folder)
    start = StartData(
        office=office,
        public_key=recorder.public_key.hex(),
        ledger_key=now.ledger_keys[0].hex(),
        registry=now.founding,
        receipt_n=0,
    )
    store.append(Fact(id=uuid7(), kind=Kind.START, operator=PROGRAM, data=start), recorder, SetClock())
    store.write_working(lambda db: registry_log.keep(db, register))
    store.close()


def second(home: Path, code: str = "T2") -> Path:
    """The folder of that terminal, as it was when it was admitted."""
    folder = home / code
    shutil.copytree(town() / code, folder)
    shutil.copytree(anchor_folder(town() / code), anchor_folder(folder))
    shutil.copy(city() / "demo.json", folder / "demo.json")
    os.link(city() / "reference.db", folder / "reference.db")
    return folder


def offline(station: Station) -> LedgerExchange:
    """What a terminal believes of its ledger while it can't reach it."""
    identity = station.store.identity()
    assert identity is not None
    return LedgerExchange(
        station.recorder,  # type: ignore[arg-type]
        checked_public_key(bytes.fromhex(identity.ledger_key)),
        LateClient(),
        founding=read_body(station.db, 1)["data"].get("registry"),
        entries=registry_log.entries(station.db),
    )


def opened(folder: Path) -> Station:
    """The station of a folder, without a network."""
    station = open_station(folder)
    station.exchange = offline(station)
    return station


def close_at(station: Station, person: Person, session: Session, **off: int) -> None:
    """Count what should be in the drawer, each tender `off` by so many cents, and close it."""
    expected = figures_of(station, session).expected()
    cash = expected[TenderKind.CASH].cents + off.get("cash", 0)
    counts = {
        kind: TenderCount(kind, each.count, Cents(each.cents + off.get(kind.value, 0)))
        for kind, each in expected.items()
        if kind is not TenderKind.CASH
    }
    commit_count(station, person, session, cash_count({100: cash // 100, 1: cash % 100}), counts)
    close_drawer(station, person, session, "counted twice" if off else "")


def exported(station: Station, stick: Path, after: int = 0) -> Path:
    """What `batch export` writes of a terminal: its batches after that number, and its register."""
    stick.mkdir(exist_ok=True)
    place = station.place
    for row in working.sendings(station.db):
        if row.batch_no > after:
            (stick / batch_name(place.terminal, place.epoch, row.batch_no)).write_bytes(row.envelope)
    lines = b"".join(entry + b"\n" for entry in registry_log.entries(station.db))
    (stick / own_register_name(place.terminal)).write_bytes(lines)
    return stick
