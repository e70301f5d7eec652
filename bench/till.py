"""Terminals to measure with, made by the program's own demo city and its own jobs, kept under build/bench/.

While one is being made, nothing waits for the disk (`hurried`): that is for fixtures alone and never on while a
measurement runs. The payments in it are the real ones: settled, signed, checked, chained, projected, with their paper.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from hashlib import sha256
from itertools import cycle, islice
from pathlib import Path

from countertui.assembly import WayToLedger, open_for_command
from countertui.bootstrap import close_station
from countertui.counter.cart import Held, new_cart, save_cart
from countertui.counter.close_drawer import close_drawer, commit_count
from countertui.counter.find import open_account, open_fee, with_amount
from countertui.counter.open_drawer import open_drawer, session_of
from countertui.counter.seal_batch import seal_batch
from countertui.counter.station import Person, Session, Station
from countertui.counter.take_payment import Taken, take_payment
from countertui.demo.city import DemoCity
from countertui.demo.folder import PASSPHRASE, make_demo
from countertui.domain.drawers import CashCount
from countertui.domain.money import Cents
from countertui.domain.receipts import Cart
from countertui.domain.rights import Role
from countertui.domain.tenders import Tender, TenderKind
from countertui.hardware.no_printer import NoPrinter
from countertui.ledger.keys import open_key
from countertui.machine import SystemClock, random_bytes, uuid7
from countertui.store import working
from countertui.store.anchor import anchor_folder
from countertui.sync.ack import ack_payload
from countertui.sync.dsse import ACK, sign_envelope, to_bytes

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build" / "bench"
ACCOUNTS = 5500
CASHIER = Person("rosa", "Rosa Delgado", (Role.CASHIER,))
LEAD = Person("lena", "Lena Whitford", (Role.LEAD,))
FUND = CashCount(((Cents(20_00), 10),))
A_DAY = 5000
ON_ACCOUNT = Cents(20_00)

_MADE_BY = ("counter/take_payment.py", "demo", "documents", "domain", "ledger/tables", "store", "sync/recorder.py")


def stamp() -> str:
    """Changes with the code that decides what a fixture holds."""
    package = ROOT / "src" / "countertui"
    files = [ROOT / "schema.sql", Path(__file__)]
    for name in _MADE_BY:
        path = package / name
        files += sorted(path.glob("*.py")) if path.is_dir() else [path]
    return sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]


def demo_folder() -> Path:
    """A demo city as `countertui demo` makes it, untouched."""

    def make(folder: Path) -> None:
        make_demo(folder, DemoCity(ACCOUNTS), SystemClock(), uuid7, random_bytes, lambda _table, _rows: None)

    return _kept("city", make)


def day_folder(payments: int) -> Path:
    """A terminal whose drawer is open, with that many payments since the last seal."""

    def make(folder: Path) -> None:
        copy_terminal(demo_folder(), folder)
        with opened(folder) as station, hurried(station):
            fill(station, opened_drawer(station), payments)

    return _kept(f"day-{payments}", make)


def years_folder(records: int) -> Path:
    """A demo city's folder with a journal of that many records at least, sealed by the day, the last day under way."""

    def make(folder: Path) -> None:
        copy_terminal(demo_folder(), folder)
        with opened(folder) as station, hurried(station):
            while (left := records - station.store.tip()[0]) > 0:
                session = opened_drawer(station)
                fill(station, session, min(A_DAY, left))
                close_and_seal(station, session)
            acknowledge(station)
            fill(station, opened_drawer(station), 20)
            station.db.execute("UPDATE print_job SET state = 'confirmed'")

    return _kept(f"years-{records}", make)


def acknowledge(station: Station) -> None:
    """Every sealed batch as posted, with the demo ledger's signed answer: a start then checks the tail alone."""
    key = open_key(demo_folder() / "ledger", PASSPHRASE)
    for row in working.waiting(station.db):
        payload = ack_payload(
            ledger=station.place.ledger,
            terminal=station.place.terminal,
            epoch=station.place.epoch,
            batch_no=row.batch_no,
            batch_hash=row.batch_hash,
            status="posted",
            received_at="2026-11-23T18:00:00Z",
        )
        answer = to_bytes(sign_envelope(ACK, payload, [("ledger", key)]))
        working.keep_ack(station.db, row.batch_no, "posted", answer, "")


def copy_terminal(source: Path, to: Path) -> None:
    """A terminal's folder and its anchor, as they are."""
    for old, new in ((source, to), (anchor_folder(source), anchor_folder(to))):
        shutil.rmtree(new, ignore_errors=True)
        shutil.copytree(old, new, copy_function=_copied)


def _copied(source: str, to: str) -> None:
    """A copy that the disk has: else the first commit measured would wait for the whole file, as no real one does."""
    shutil.copy2(source, to)
    with Path(to).open("rb") as copy:
        os.fsync(copy.fileno())


class _Drawer(NoPrinter):
    """No paper, but a drawer that payments ask to be opened, as at a counter."""

    has_drawer = True


@contextmanager
def opened(folder: Path) -> Iterator[Station]:
    """The station of a folder, without the demo's children: a drawer and no paper, no ledger beside it."""
    station = open_for_command(folder, PASSPHRASE, WayToLedger(folder, lambda _child: None))
    station.printers = (_Drawer(),)
    try:
        yield station
    finally:
        close_station(station)


@contextmanager
def scratch(source: Path) -> Iterator[Path]:
    """A copy of a terminal on the same disk, gone afterwards."""
    folder = BUILD / "scratch"
    copy_terminal(source, folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(anchor_folder(folder), ignore_errors=True)


class _NoAnchor:
    def advance(self, seq: int, h: bytes) -> None:
        pass

    def close(self) -> None:
        pass


@contextmanager
def hurried(station: Station) -> Iterator[None]:
    """For making fixtures only: nothing waits for the disk until the end."""
    store = station.store
    anchor, store.anchor = store.anchor, _NoAnchor()
    station.db.execute("PRAGMA synchronous=OFF")
    station.db.execute("PRAGMA journal_mode=MEMORY")
    yield
    station.db.execute("PRAGMA journal_mode=PERSIST")
    station.db.execute("PRAGMA synchronous=EXTRA")
    store.anchor = anchor
    anchor.advance(*store.tip())


def opened_drawer(station: Station) -> Session:
    return open_drawer(station, CASHIER, "D1", date(2026, 11, 23), FUND)


def session_of_day(station: Station) -> Session:
    """The session that a folder of `day_folder` has open."""
    found = session_of(station, CASHIER)
    if found is None:
        raise RuntimeError("the day's drawer is not open")
    return found


def carts(station: Station) -> Iterator[Cart]:
    """Carts of one account line (all it owes, or 20.00 on account) and one fee, without end."""
    reader = sqlite3.connect(station.reference.file.path)
    numbers = [row[0] for row in reader.execute("SELECT number FROM account WHERE kind = 'utility' ORDER BY id")]
    (fee,) = reader.execute("SELECT code FROM fee WHERE unit_cents IS NOT NULL ORDER BY code LIMIT 1").fetchone()
    reader.close()
    for number in cycle(numbers):
        line = open_account(station, number)
        if line.amount <= 0:
            line = with_amount(line, ON_ACCOUNT)
        made = new_cart(station)
        yield Cart(made.id, (line, open_fee(station, fee)), line.name)


def tender_for(cart: Cart) -> tuple[Tender, ...]:
    """Cash, to the next 20.00 above the total."""
    return (Tender(TenderKind.CASH, Cents(cart.total // 20_00 * 20_00 + 20_00)),)


def fill(station: Station, session: Session, payments: int) -> None:
    for cart in islice(carts(station), payments):
        pay(station, session, cart)


def pay(station: Station, session: Session, cart: Cart) -> Taken:
    return take_payment(station, session, cart, tender_for(cart))


def saved(station: Station, cart: Cart) -> Cart:
    """The cart, kept in the store as at the counter."""
    save_cart(station, CASHIER, Held(cart))
    return cart


def close_and_seal(station: Station, session: Session) -> None:
    """The end of a day: close and seal."""
    close(station, session)
    seal(station)


def close(station: Station, session: Session) -> None:
    """The blind count, which is left to be short, and the close, with a reason and a lead."""
    commit_count(station, CASHIER, session, FUND, {})
    close_drawer(station, CASHIER, session, "A count of the bench, with nothing in the drawer but its fund", LEAD)


def seal(station: Station) -> None:
    """All that is recorded, in a signed batch."""
    seal_batch(station, LEAD)


def _kept(name: str, make) -> Path:  # type: ignore[no-untyped-def]
    """The folder of that name, made whole or not at all, and made anew when the code that makes it changed."""
    folder = BUILD / f"{name}-{stamp()}"
    if (folder / "whole").exists():
        return folder
    for stale in BUILD.glob(f"{name}-*"):
        shutil.rmtree(stale, ignore_errors=True)
    print(f"  making {name}")
    folder.parent.mkdir(parents=True, exist_ok=True)
    make(folder)
    (folder / "whole").touch()
    return folder
