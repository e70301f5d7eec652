"""A real station for tests: the demo city's store, keys and snapshot; clock, printer and ledger are a test's own."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from countertui.counter.cart import new_cart
from countertui.counter.find import open_account, open_fee, with_amount
from countertui.counter.open_drawer import open_drawer
from countertui.counter.sign_on import sign_on
from countertui.counter.station import Person, Place, Session, Station
from countertui.counter.take_payment import Taken, take_payment
from countertui.demo.city import DemoCity
from countertui.demo.folder import PASSPHRASE, make_demo
from countertui.domain.city import rules_from_json
from countertui.domain.drawers import CashCount, cash_count
from countertui.domain.money import Cents
from countertui.domain.office import OtherBatch, TerminalEntry
from countertui.domain.office_said import OfficeSaid
from countertui.domain.receipts import Cart, CartLine, FeeLine
from countertui.domain.reservations import Reserving
from countertui.domain.tenders import Tender, TenderKind
from countertui.errors import AnswerNo, EnvironmentFault
from countertui.machine import random_bytes, uuid7
from countertui.ports.devices import PrintOutcome
from countertui.ports.exchange import Answer, DeskReply, Heard, LogForked, LogSeen, Stick
from countertui.ports.snapshots import SnapshotOffer
from countertui.store.anchor import anchor_folder
from countertui.store.connection import open_for_reading
from countertui.store.reference import Reference
from countertui.store.store import Store
from countertui.sync.keyslots import CHEAP_COST, open_slots, public_identity
from countertui.sync.pins import PepperedPins
from countertui.sync.recorder import Recorder
from countertui.sync.vault import Vault

ACCOUNTS = 200
TODAY = date(2026, 11, 23)
PINS = DemoCity(0).pins
FUND = cash_count({20_00: 5, 10_00: 10})
"""Exactly the 200.00 of drawers D1 and D2."""


class SetClock:
    """A clock that stands still until a test moves it."""

    def __init__(self, said: str = "2026-11-23T09:41:07") -> None:
        self.now = datetime.fromisoformat(said).replace(tzinfo=UTC)
        self.mono = 1_000

    def set(self, said: str) -> None:
        self.now = datetime.fromisoformat(said).replace(tzinfo=UTC)

    def go_on(self, seconds: float = 1) -> None:
        self.now += timedelta(seconds=seconds)
        self.mono += round(seconds * 1000)

    def utc_ms(self) -> int:
        return round(self.now.timestamp() * 1000)

    def mono_ms(self) -> int:
        return self.mono

    def boot_id(self) -> str:
        return "boot-of-a-test"

    def local_text(self) -> str:
        return f"{self.now:%Y-%m-%d %H:%M}"

    def local_of(self, utc: str) -> str:
        return utc[:16].replace("T", " ")


@dataclass
class FakePrinter:
    """Takes paper documents as bytes; `outcomes` are given in order, then all is confirmed."""

    name: str = "front counter"
    has_drawer: bool = True
    drawer_open_ms: int | None = None
    has_slip: bool = False
    reads_checks: bool = False
    slips: list[dict[str, Any]] = field(default_factory=list)
    slip_outcomes: list[PrintOutcome] = field(default_factory=list)

    outcomes: list[PrintOutcome] = field(default_factory=list)
    printed: list[dict[str, Any]] = field(default_factory=list)
    process_ids: list[str] = field(default_factory=list)
    cleared: int = 0
    gave_up: int = 0
    kicks: int = 0
    kick_outcomes: list[PrintOutcome] = field(default_factory=list)

    def render(self, document: str) -> bytes:
        return document.encode()

    def send(self, data: bytes, process_id: str) -> PrintOutcome:
        self.process_ids.append(process_id)
        outcome = self.outcomes.pop(0) if self.outcomes else PrintOutcome("confirmed")
        if outcome.state != "refused":
            self.printed.append(json.loads(data))
        return outcome

    def print_slip(self, data: bytes, sheet: str, told: Callable[[str], None]) -> PrintOutcome:
        told("insert")
        outcome = self.slip_outcomes.pop(0) if self.slip_outcomes else PrintOutcome("processed")
        if outcome.state != "refused":
            self.slips.append(json.loads(data) | {"sheet": sheet})
        return outcome

    def clear(self) -> PrintOutcome:
        self.cleared += 1
        return PrintOutcome("processed")

    def give_up(self) -> None:
        self.gave_up += 1

    def kick(self, life_ms: int) -> PrintOutcome:
        self.kicks += 1
        return self.kick_outcomes.pop(0) if self.kick_outcomes else PrintOutcome("processed")

    def status(self) -> str:
        return "ok"

    def close(self) -> None:
        """Holds nothing."""


class Offline(EnvironmentFault):
    """There is no ledger in this test."""


@dataclass
class FakeExchange:
    """Seals with the terminal's own key; what `answer` says is the ledger's answer, an exception is raised."""

    recorder: Recorder
    answer: Callable[[int], Answer | Exception] = lambda no: Answer("posted", 0, 0, (), b"ack of %d" % no)
    offer: SnapshotOffer | None = None
    online: bool = True
    utc_ms: int | None = None
    forked: bool = False
    offered: list[int] = field(default_factory=list)
    desk: Callable[[str, Mapping[str, Any], Sequence[tuple[str, str]]], DeskReply] | None = None
    """What the ledger's desk says; the people's PINs are as typed."""
    asked: list[tuple[str, dict[str, Any], list[str]]] = field(default_factory=list)
    """What was asked at the desk, and by whom."""

    def seal(self, batch: Mapping[str, Any], records: list[tuple[bytes, bytes]]) -> tuple[bytes, str]:
        return self.recorder.seal_batch(batch, records)

    def send(self, batch_no: int, envelope: bytes, batch_hash: str) -> Answer:
        self.offered.append(batch_no)
        answer = self.answer(batch_no)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def ask(self, batch_no: int, batch_hash: str) -> Answer | None:
        answer = self.answer(batch_no)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def tell_personal(self, batch_no: int, sealed: Sequence[tuple[int, str, bytes]]) -> list[tuple[int, str]]:
        return [(seq, field) for seq, field, _ in sealed]

    def read(self, batch_no: int, batch_hash: str, ack: bytes) -> Answer:
        answer = self.answer(batch_no)
        if isinstance(answer, Answer) and answer.ack == ack:
            return answer
        raise AnswerNo("The ledger's answer cannot be trusted.")

    def follow_log(self, seen: LogSeen | None, answer: Answer) -> LogSeen | None:
        if self.forked:
            raise LogForked("The ledger's history was changed.")
        return seen if not answer.checkpoint else LogSeen(len(self.offered), "00", answer.checkpoint)

    def newest_log(self, seen: LogSeen) -> LogSeen:
        return seen

    def newer_entries(self) -> tuple[bytes, ...]:
        return ()

    def follow(self, entries: Sequence[bytes]) -> None:
        """Knows of no register."""

    def standing(self) -> str:
        return "active"

    def certificate(self, public_key: bytes) -> str:
        return ""

    def tell_records(self, records: list[tuple[bytes, bytes]]) -> Heard:
        raise Offline("There is no ledger in this test.")

    def tell_head(self, known: int, seq: int, h: bytes) -> Heard:
        raise Offline("There is no ledger in this test.")

    def ask_desk(
        self, what: str, said: Mapping[str, Any], people: Sequence[tuple[str, str]] = (), city_key: bytes = b""
    ) -> DeskReply:
        self.asked.append((what, {**said}, [id_ for id_, _ in people]))
        if self.desk is None or not self.online:
            raise Offline("There is no ledger in this test.")
        return self.desk(what, said, people)

    def newer_snapshot(self, than: int, in_use: str = "") -> SnapshotOffer | None:
        return self.offer if self.offer is not None and self.offer.version > than else None

    def ask_office(self) -> OfficeSaid:
        raise Offline("There is no ledger in this test.")

    def reserve(self, wanted: Reserving, within_s: float) -> None:
        raise Offline("There is no ledger in this test.")

    def terminals(self) -> list[TerminalEntry]:
        return []

    def read_batch(self, terminal: str, epoch: int, envelope: bytes) -> OtherBatch:
        raise AnswerNo("There is no register in this test.")

    def read_kept(self, terminal: str, epoch: int, envelope: bytes) -> Sequence[Mapping[str, Any]]:
        raise AnswerNo("There is no register in this test.")

    def from_stick(self, folder: Path) -> Stick:
        raise Offline("There is no stick in this test.")

    def reachable(self) -> bool:
        return self.online

    def ledger_utc_ms(self) -> int | None:
        return self.utc_ms


_known_pins: dict[tuple[str, str], bool] = {}


class RememberedPins(PepperedPins):
    """The real ones, each PIN worked out once a test run: they are costly on purpose."""

    def matches(self, verifier: str, pin: str) -> bool:
        if (verifier, pin) not in _known_pins:
            _known_pins[verifier, pin] = super().matches(verifier, pin)
        return _known_pins[verifier, pin]


@cache
def city() -> Path:
    """The demo city, made once a process; never opened, only copied."""
    home = Path(tempfile.mkdtemp(prefix="countertui-city-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    make_demo(home / "city", DemoCity(ACCOUNTS), SetClock(), uuid7, random_bytes, lambda _table, _rows: None)
    return home / "city"


def new_folder(home: Path, *, with_ledger: bool = False) -> Path:
    """A terminal's folder, with its anchor beside it. reference.db is shared: nobody writes it in place."""
    folder = home / "counter"
    folder.mkdir()
    for name in ("store.db", "keys.json", "demo.json"):
        shutil.copy(city() / name, folder / name)
    os.link(city() / "reference.db", folder / "reference.db")
    shutil.copytree(anchor_folder(city()), anchor_folder(folder))
    if with_ledger:
        shutil.copytree(city() / "ledger", folder / "ledger")
    return folder


def open_station(folder: Path, clock: SetClock | None = None) -> Station:
    """The station of a folder, opened as the program opens it, but for printer, ledger and clock."""
    secrets = open_slots(folder / "keys.json", PASSPHRASE)
    recorder = Recorder(public_identity(folder / "keys.json"), secrets.terminal_key)
    store = Store(folder)
    reference = Reference(folder / "reference.db")
    rules = rules_from_json(reference.rules_json())
    place = Place(recorder.ledger, rules.name, "HALL", "City Hall", "1 Falls Square", recorder.terminal, recorder.epoch)
    return Station(
        store=store,
        reader=open_for_reading(store.path),
        reference=reference,
        rules=rules,
        place=place,
        clock=clock or SetClock(),
        ids=uuid7,
        recorder=recorder,
        pins=RememberedPins(secrets.pin_pepper, random_bytes, CHEAP_COST),
        printers=(FakePrinter(),),
        exchange=FakeExchange(recorder),
        vault=Vault(secrets.field_key, recorder.ledger, random_bytes),
    )


def close(station: Station) -> None:
    """Let go of all its files."""
    station.reader.close()
    station.reference.close()
    station.store.close()


def reopened(station: Station) -> Station:
    """The same folder after a restart of the program."""
    close(station)
    return open_station(station.store.folder, clock_of(station))


def clock_of(station: Station) -> SetClock:
    assert isinstance(station.clock, SetClock)
    return station.clock


def printer_of(station: Station) -> FakePrinter:
    assert isinstance(station.printer, FakePrinter)
    return station.printer


def exchange_of(station: Station) -> FakeExchange:
    assert isinstance(station.exchange, FakeExchange)
    return station.exchange


def run_here(station: Station) -> Callable[..., Any]:
    """Runs the writer's jobs in this thread."""
    return lambda job, *args: job(station, *args)


def on(station: Station, id_: str) -> Person:
    """Somebody signed on with their demo PIN."""
    return sign_on(station, id_, PINS[id_])


def drawer_of(station: Station, person: Person, drawer: str = "D1", count: CashCount = FUND) -> Session:
    """An open drawer with its fund in it."""
    return open_drawer(station, person, drawer, TODAY, count)


def at_work(station: Station, id_: str = "rosa", drawer: str = "D1") -> tuple[Person, Session]:
    """A cashier with an open drawer."""
    person = on(station, id_)
    return person, drawer_of(station, person, drawer)


def fee(station: Station, typed: str = "NOTARY") -> FeeLine:
    """A fee at its price."""
    line = open_fee(station, typed)
    assert isinstance(line, FeeLine)
    return line


def cart_of(station: Station, *lines: CartLine, payor: str = "") -> Cart:
    return Cart(new_cart(station).id, lines, payor)


def cash(cents: int) -> Tender:
    return Tender(TenderKind.CASH, Cents(cents))


def check(cents: int, number: str = "1041") -> Tender:
    return Tender(TenderKind.CHECK, Cents(cents), number)


def card(cents: int, approval: str = "OK7731") -> Tender:
    return Tender(TenderKind.CARD, Cents(cents), approval)


def money_order(cents: int, number: str = "MO-55") -> Tender:
    return Tender(TenderKind.MONEY_ORDER, Cents(cents), number)


def pay(station: Station, session: Session, *lines: CartLine, tenders: Sequence[Tender] = (), payor: str = "") -> Taken:
    """Take a payment, in cash to the cent if no tenders are named."""
    cart = cart_of(station, *(lines or (fee(station),)), payor=payor)
    return take_payment(station, session, cart, tenders or [cash(cart.total)])


def pay_on(station: Station, session: Session, account: str, cents: int) -> Taken:
    """Take cash for an account."""
    return pay(station, session, with_amount(open_account(station, account), Cents(cents)))


@cache
def owing(most: int = 6) -> tuple[str, ...]:
    """Numbers of accounts with more than one open charge, paid with any tender; the same at every call."""
    reference = Reference(city() / "reference.db")
    try:
        found = reference.file.rows(
            "SELECT account FROM charge WHERE balance_cents > 0"
            " AND account NOT IN (SELECT number FROM account WHERE flags LIKE '%cash-only%') GROUP BY account"
            " HAVING COUNT(*) > 2 AND COUNT(DISTINCT head) > 2 ORDER BY account LIMIT ?",
            most,
        )
    finally:
        reference.close()
    return tuple(row[0] for row in found)


def kinds(station: Station) -> list[str]:
    """The kinds of all records, in order."""
    return [row[0] for row in station.db.execute("SELECT kind FROM journal ORDER BY seq").fetchall()]


def body(station: Station, seq: int) -> dict[str, Any]:
    """A record's parsed body."""
    found: dict[str, Any] = json.loads(
        station.db.execute("SELECT body FROM journal WHERE seq = ?", (seq,)).fetchone()[0]
    )
    return found


def last(station: Station) -> dict[str, Any]:
    """The last record's body."""
    return body(station, station.store.tip()[0])
