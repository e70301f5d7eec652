"""A real terminal of a simulated city: its counter's own jobs on its own store, and all that befalls a machine."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from counter_day import count_all
from counter_station import FUND, PINS, TODAY, RememberedPins, SetClock, cart_of, cash, check, fee, money_order, pay
from countertui.assembly import WayToLedger, open_for_command
from countertui.bootstrap import close_station
from countertui.cli.batch import export
from countertui.cli.verify import verify
from countertui.counter.accept_log import accept_log
from countertui.counter.close_drawer import close_drawer, commit_count
from countertui.counter.find import open_account, with_amount
from countertui.counter.follow_register import follow_register
from countertui.counter.keep_in_touch import keep_in_touch
from countertui.counter.open_drawer import open_drawer
from countertui.counter.paper_receipt import read_paper
from countertui.counter.receipts import reprint
from countertui.counter.refund_receipt import approve_request, ask_refund
from countertui.counter.returned_checks import BankLine, return_checks
from countertui.counter.seal_batch import SealRefused, seal_batch
from countertui.counter.send_batches import send_batches, take_answer
from countertui.counter.sign_on import WrongPin, sign_on
from countertui.counter.start_up import after_check
from countertui.counter.station import Person, Session
from countertui.counter.take_payment import take_payment
from countertui.counter.take_snapshot import take_snapshot
from countertui.counter.trust import deposit_of, draw_line
from countertui.counter.trust_refunds import approve_trust_refund, ask_trust_refund, refunds_asked
from countertui.counter.void_receipt import ask_void, refuse_request, void_now
from countertui.demo.passphrase import PASSPHRASE
from countertui.domain.drawers import CashCount
from countertui.domain.money import Cents
from countertui.domain.receipts import AccountLine, Cart
from countertui.domain.record_data import RefundMethod
from countertui.domain.refusal import Refused
from countertui.domain.trust import Overdrawn
from countertui.errors import AnswerNo, EnvironmentFault
from countertui.machine import random_bytes
from countertui.ports.signing import SignedRecord
from countertui.store import receipt_rows, session_rows, working
from countertui.store.anchor import anchor_folder
from countertui.store.store import StoreHalted
from countertui.sync.chain import record_hash
from countertui.sync.keyslots import CHEAP_COST
from drawer_acts import AtDrawers
from license_acts import AtLicenses
from simulation.ledger_side import Killed
from simulation.network import Network, flipped
from simulation.town import deposits, ids_of, owing

MONEY = ("pay", "void", "refund")
PEOPLE = ("rosa", "ben", "lena", "hugo", "tess", "ken")


@dataclass(frozen=True, slots=True)
class Money:
    """A record about money: its place, kind, cents taken less given back, its receipt's number if it drew one."""

    seq: int
    kind: str
    cents: int
    receipt_no: str = ""


@dataclass(frozen=True, slots=True)
class Image:
    """A copy of a terminal's disk: where it lies, and the last record on it."""

    folder: Path
    seq: int


@dataclass
class Terminal:
    """One machine at a counter. `known` is what happened to money, as its people were told; it outlives the disk."""

    name: str
    folder: Path
    network: Network
    random: Random
    clock: SetClock
    known: dict[str, Money] = field(default_factory=dict)
    unsure: dict[str, Money] = field(default_factory=dict)
    """Recorded, and cut off before anybody was told."""
    lost: dict[str, Money] = field(default_factory=dict)
    """Told, and then gone from this disk with an older copy of it."""
    befell: list[str] = field(default_factory=list)
    faults: tuple[str, ...] = ()
    """What its last start found wrong: it takes no money then."""
    images: list[Image] = field(default_factory=list)
    backups: list[Path] = field(default_factory=list)
    dead: bool = False
    """Whether nobody will ever start it again."""
    acts: Counter[str] = field(default_factory=Counter)
    starts: int = 0

    def __post_init__(self) -> None:
        self.noted = 0
        self.drawers = Random(f"drawers of {self.name}")
        """Chance of its own: a life's steps are the same whatever is done with its drawers."""
        self.licenses = Random(f"licenses of {self.name}")
        """The same for licenses."""
        self.session: Session | None = None
        self.people: dict[str, Person] = {}
        self.start()

    @property
    def code(self) -> str:
        return self.station.recorder.terminal

    @property
    def epoch(self) -> int:
        return self.station.recorder.epoch

    @property
    def place(self) -> tuple[str, int]:
        return self.code, self.epoch

    @property
    def stopped(self) -> bool:
        return self.station.store.halted is not None

    @property
    def sound(self) -> bool:
        """Whether nothing befell it but what a machine must bear without a trace."""
        return not self.befell

    @property
    def distrusts(self) -> bool:
        """Whether it works, and believes nothing the ledger says, as its register of keys is another than it was."""
        return not self.dead and any("ledger's register" in row.detail for row in working.waiting(self.station.db))

    def start(self) -> None:
        """Open it as the program does: the tail is checked before anything is recorded."""
        self.starts += 1
        way = WayToLedger(self.folder, lambda _child: None)
        self.station = open_for_command(self.folder, PASSPHRASE, way)
        way.client.found(self.network.client())
        self.station.clock = self.clock
        self.station.ids = ids_of(f"{self.name}/{self.starts}/{self.random.random()}")
        self.station.pins = RememberedPins(self.station.pins._pepper, random_bytes, CHEAP_COST)  # type: ignore[attr-defined]
        self.station.checking = True
        self.faults = after_check(self.station, tuple(fault["words"] for fault in self.verified(tail=True)))
        if not self.people:
            self.people = {id_: sign_on(self.station, id_, PINS[id_]) for id_ in PEOPLE}
        self._look_at_sessions()
        self.note(told=False)

    def stop(self) -> None:
        close_station(self.station)

    def run(self, job: Callable[..., Any], *args: object) -> Any:
        return job(self.station, *args)

    def verified(self, *, tail: bool = False) -> list[dict[str, Any]]:
        """What `countertui verify` finds wrong."""
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            verify(dir=self.folder, tail=tail, json_=True)
        found: list[dict[str, Any]] = json.loads(said.getvalue())["faults"]
        return found

    def note(self, *, told: bool) -> None:
        """Write down what was recorded since, and whether the people here were told so."""
        rows = self.station.db.execute("SELECT seq, id, body FROM journal WHERE seq > ? ORDER BY seq", (self.noted,))
        for seq, id_, body in rows.fetchall():
            self.noted, said = seq, json.loads(body)
            if said["kind"] in MONEY:
                cents = said["data"]["total_cents"] * (1 if said["kind"] == "pay" else -1)
                number = said["receipt_no"] if said["kind"] == "pay" else ""
                (self.known if told else self.unsure)[id_] = Money(seq, said["kind"], cents, number)

    # What people do.

    def work(self) -> None:
        """One thing that somebody does at the counter."""
        self.clock.go_on(self.random.randint(1, 90))
        act, _ = self.random.choices(_ACTS, [weight for _, weight in _ACTS])[0]
        self.acts[act.__name__.strip("_")] += 1
        try:
            act(self)
            if self.drawers.random() < 0.6:
                self.session = AtDrawers(self.station, self.people, self.drawers, self.name).act(self.session)
            if self.licenses.random() < 0.35:
                AtLicenses(self.station, self.people, self.licenses, self.name).act(self.session)
        except Overdrawn:
            self.acts["not taken back: a deposit that it paid into was drawn on since"] += 1
        except Refused as refusal:
            self.acts[f"refused: {type(refusal).__name__}"] += 1
        self.note(told=True)

    def pay(self) -> None:
        """A payment, of which the customer has the receipt."""
        _pay(self)
        self.note(told=True)

    def seal(self) -> None:
        with contextlib.suppress(SealRefused):
            seal_batch(self.station, self.people["tess"])

    def send(self) -> None:
        """Send what is sealed; after an alarm about the ledger's log an admin says why it is another."""
        if any("history" in sent.detail for sent in send_batches(self.station, self.run)):
            with contextlib.suppress(AnswerNo):
                accept_log(self.station, self.people["ken"], "The ledger was put back from a backup")
                self.acts["accepted another log"] += 1

    def keep_in_touch(self) -> None:
        """Say what is new and where the journal ends, as the open counter does by itself every minute."""
        self.clock.go_on(700)
        keep_in_touch(self.station, self.run)

    def follow_register(self) -> None:
        """Ask the ledger for its register of keys, and give it back what it lost of it."""
        with contextlib.suppress(EnvironmentFault, AnswerNo):
            follow_register(self.station, self.run)

    def take_snapshot(self) -> None:
        with contextlib.suppress(EnvironmentFault, AnswerNo):
            take_snapshot(self.station, self.run, lambda _table, _rows: None)

    def waiting(self) -> int:
        return working.count_waiting(self.station.db)

    def export(self, stick: Path) -> None:
        with contextlib.redirect_stdout(io.StringIO()):
            export(stick, dir=self.folder)

    def take_ack(self, batch_no: int, ack: bytes) -> None:
        """An answer that came on a stick."""
        row = working.sending(self.station.db, batch_no)
        if row is None:
            return
        with contextlib.suppress(EnvironmentFault, AnswerNo):
            take_answer(self.station, self.run, batch_no, self.station.exchange.read(batch_no, row.batch_hash, ack))

    # What befalls the machine.

    def crash(self) -> None:
        """Cut the power in the middle of something, then start again."""
        point = self._cut_off()
        self.start()
        assert not self.faults, f"{self.name}: a crash {point} left {self.faults}"

    def die(self) -> None:
        """Cut the power in the middle of something, for good."""
        self._cut_off()
        self.dead = True
        self.befell.append("died")

    def _cut_off(self) -> str:
        point = self.random.choice(("before the commit", "after the commit", "between two things"))
        if point == "before the commit":
            self.station.recorder = _Dying(self.station.recorder)
        elif point == "after the commit":
            self.station.store.anchor.advance = _die  # type: ignore[method-assign]
        try:
            if point != "between two things":
                _pay(self)
        except Killed:
            self.acts[f"killed {point}"] += 1
        except Refused as refusal:
            self.acts[f"refused: {type(refusal).__name__}"] += 1
        self.stop()
        return point

    def take_image(self) -> None:
        """Copy the disk, and the anchor with it."""
        to = self.folder.with_name(f"{self.folder.name}-image-{self.station.store.tip()[0]}")
        shutil.rmtree(to, ignore_errors=True)
        to.mkdir()
        shutil.copy(self.folder / "store.db", to)
        shutil.copytree(anchor_folder(self.folder), to / "anchor")
        self.images.append(Image(to, self.station.store.tip()[0]))

    def go_back(self, *, with_anchor: bool) -> Image | None:
        """Put an older copy of the disk back; which, None if there is none with less on it."""
        older = [image for image in self.images if image.seq < self.station.store.tip()[0]]
        if not older:
            return None
        image = self.random.choice(older)
        self.stop()
        for path in self.folder.glob("store.db*"):
            path.unlink()
        shutil.copy(image.folder / "store.db", self.folder)
        if with_anchor:
            shutil.rmtree(anchor_folder(self.folder))
            shutil.copytree(image.folder / "anchor", anchor_folder(self.folder))
        for kept in (self.known, self.unsure):
            gone = {id_: money for id_, money in kept.items() if money.seq > image.seq}
            self.lost |= gone
            for id_ in gone:
                del kept[id_]
        self.images = [each for each in self.images if each.seq <= image.seq]
        self.noted = image.seq
        self.start()
        return image

    def cloned(self, name: str) -> Terminal:
        """Another machine with the same disk and the same key."""
        to = self.folder.with_name(name)
        shutil.copytree(self.folder, to, ignore=shutil.ignore_patterns("reference.db"))
        os.link(self.folder / "reference.db", to / "reference.db")
        shutil.copytree(anchor_folder(self.folder), anchor_folder(to))
        return Terminal(
            name, to, self.network, Random(f"{self.random.random()}"), SetClock(f"{self.clock.now:%Y-%m-%dT%H:%M:%S}")
        )

    def alter_a_record(self) -> int:
        """Change a byte of a record behind the program's back, guards and all put back; the record's number."""
        self.stop()
        db = sqlite3.connect(self.folder / "store.db", isolation_level=None)
        guards = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        last = db.execute("SELECT MAX(seq) FROM journal").fetchone()[0]
        seq = self.random.randint(max(2, last - 12), last)
        (body,) = db.execute("SELECT body FROM journal WHERE seq = ?", (seq,)).fetchone()
        altered = bytes(body).replace(b'"mono_ms":', b'"mono_ms":1', 1)
        for name, _ in guards:
            db.execute(f"DROP TRIGGER {name}")
        db.execute("UPDATE journal SET body = ? WHERE seq = ?", (altered, seq))
        for _, sql in guards:
            db.execute(sql)
        db.close()
        self.start()
        return int(seq)

    def answered_for(self) -> int:
        """The last record in a batch that the ledger answered for; 0 if there is none."""
        seals = self.station.db.execute(
            "SELECT max(seq) FROM journal JOIN sending ON batch_no = body ->> '$.data.batch_no'"
            " WHERE kind = 'seal' AND ack IS NOT NULL"
        )
        return int(seals.fetchone()[0] or 0)

    def altered_there(self, seq: int) -> bool:
        """Whether that record's bytes are not those that its hash is of, on the disk as it is."""
        rows = self.on_disk(f"SELECT prev, body, h FROM journal WHERE seq = {seq}")
        return any(record_hash(seq, prev, body) != h for prev, body, h in rows)

    def sells(self) -> bool:
        """Whether a payment goes through."""
        before = self.station.store.tip()
        with contextlib.suppress(Refused, StoreHalted):
            _pay(self)
        return self.station.store.tip() != before

    def set_clock(self) -> None:
        """The machine's clock is set wrong: a bit, a lot, or to where it begins."""
        wrong = self.random.choice((timedelta(hours=-5), timedelta(days=-40), timedelta(days=3), None))
        if wrong is None:
            self.clock.set("1970-01-01T00:00:07")
        else:
            self.clock.now += wrong

    def key_in(self, paper: str, copies: int) -> bool:
        """Key in a paper receipt; whether that went through. The same one twice is refused where it is known."""
        try:
            session = self.opened()
            cart = cart_of(self.station, fee(self.station, f"COPY*{copies}"))
            cart = replace(cart, paper=read_paper(self.station, session, paper, session.biz_date))
            take_payment(self.station, session, cart, [cash(cart.total)])
        except Refused as refusal:
            self.acts[f"not keyed in: {type(refusal).__name__}: {refusal.happened}"] += 1
            return False
        finally:
            self.note(told=True)
        self.acts["keyed in"] += 1
        return True

    def highest_receipt(self) -> int:
        """The highest receipt number that a customer was given here."""
        told = [money.receipt_no for money in (*self.known.values(), *self.lost.values()) if money.receipt_no]
        return max((int(number.rpartition("-")[2]) for number in told), default=0)

    def journal_ids(self) -> set[str]:
        """Of the disk as it is, whether or not the program can open it."""
        return {id_ for (id_,) in self.on_disk("SELECT id FROM journal")}

    def on_disk(self, sql: str) -> list[tuple[Any, ...]]:
        """What the store holds as it is, whoever may open it."""
        with contextlib.closing(sqlite3.connect(f"{(self.folder / 'store.db').as_uri()}?mode=ro", uri=True)) as db:
            return db.execute(sql).fetchall()

    def cum_net(self) -> int:
        return int(self.station.db.execute("SELECT cum_net FROM counter").fetchone()[0])

    def _look_at_sessions(self) -> None:
        """Go on with a drawer that is open."""
        self.session = None
        for row in session_rows.open_sessions(self.station.db):
            person = self.people[row.operator]
            given = (row.drawer, row.operator, person.name, row.biz_date, row.fund_cents, row.opening_cents)
            self.session = Session(row.id, *given, row.open_seq)

    def opened(self) -> Session:
        if self.session is None:
            who = self.people[self.random.choice(("rosa", "ben"))]
            self.session = open_drawer(self.station, who, "D1", TODAY, FUND, self.people["lena"])
        return self.session

    def some_receipt(self, state: str, *, closed: bool) -> Any:
        rows = self.station.db.execute("SELECT receipt_no FROM receipt WHERE state = ? ORDER BY seq", (state,))
        found = []
        for (number,) in rows.fetchall():
            record = receipt_rows.receipt(self.station.db, number)
            session = session_rows.session(self.station.db, record.session) if record else None
            if session is not None and (session.close_seq is not None) == closed:
                found.append(record)
        return self.random.choice(found) if found else None

    def close_drawer(self) -> None:
        if self.session is None:
            return
        session, self.session = self.session, None
        counted, others = count_all(self.station, session)
        off = self.random.choice((0, 0, -7, 1_00))
        who = self.people[session.operator]
        commit_count(self.station, who, session, CashCount((*counted.pieces, (Cents(off), 1))), others)
        close_drawer(self.station, who, session, "")
        self.note(told=True)


class _Dying:
    """A recorder in a machine whose power goes the moment it has signed."""

    def __init__(self, recorder: Any) -> None:
        self._recorder = recorder

    def __getattr__(self, name: str) -> Any:
        return getattr(self._recorder, name)

    def seal_record(self, seq: int, prev: bytes, body: dict[str, Any]) -> SignedRecord:
        raise Killed


def _die(_seq: int, _h: bytes) -> None:
    raise Killed


def _pay(at: Terminal) -> None:
    random, station, session = at.random, at.station, at.opened()
    lines: list[AccountLine] = []
    for account in random.sample(owing(), random.randint(0, 2)):
        line = open_account(station, account)
        lines.append(with_amount(line, Cents(random.randint(1, max(2, line.amount * 3 // 2)))))
    fees = [fee(station, f"COPY*{random.randint(1, 40)}")] if random.random() < 0.5 or not lines else []
    total = sum(line.amount for line in (*lines, *fees))
    tenders = []
    if total > 1 and random.random() < 0.4:
        tenders.append(random.choice((check, money_order))(random.randint(1, total - 1)))
    tenders.append(cash(total - sum(tender.cents for tender in tenders) + random.choice((0, 0, 25, 1000))))
    pay(station, session, *lines, *fees, tenders=tenders)


def _deposit(at: Terminal) -> None:
    """Money into a trust deposit, or what it pays for its depositor, the rest in cash."""
    station, session = at.station, at.opened()
    number, other = at.random.choice(deposits())
    deposit = deposit_of(station, station.db, number)
    if other is None or not deposit.available or at.random.random() < 0.4:
        pay(station, session, with_amount(open_account(station, number), Cents(at.random.randint(1, 90_00))))
        return
    line = with_amount(open_account(station, other), Cents(at.random.randint(1, 60_00)))
    draw = draw_line(
        station, Cart("", (line,)), number, Cents(at.random.randint(1, min(line.amount, deposit.available)))
    )
    left = line.amount - draw.drawn
    take_payment(station, session, cart_of(station, line, draw), [cash(left)] if left else [])


def _give_back(at: Terminal) -> None:
    """Two people give a part of a deposit back that is held no longer than today."""
    number, _ = at.random.choice(deposits())
    session, deposit = at.opened(), deposit_of(at.station, at.station.db, number)
    until = deposit.terms.release_on
    if deposit.available and (until is None or until <= TODAY):
        part = Cents(at.random.randint(1, deposit.available))
        ask_trust_refund(at.station, at.people[session.operator], number, part, "Done", session)
        (asked,) = refunds_asked(at.station)
        approve_trust_refund(at.station, at.people["hugo"], asked.seq, session)


def _void(at: Terminal) -> None:
    if record := at.some_receipt("taken", closed=False):
        void_now(at.station, at.people[record.operator], at.people["lena"], record.receipt_no, "Wrong account")


def _ask(at: Terminal) -> None:
    if record := at.some_receipt("taken", closed=False):
        ask_void(at.station, at.people[record.operator], record.receipt_no, "Wrong amount")
    elif record := at.some_receipt("taken", closed=True):
        who = at.people[record.operator]
        ask_refund(at.station, who, record.receipt_no, "Paid twice", RefundMethod.AP_CHECK, at.session)


def _decide(at: Terminal) -> None:
    for state in ("void_requested", "refund_requested"):
        for closed in (False, True):
            if record := at.some_receipt(state, closed=closed):
                if at.random.random() < 0.3:
                    refuse_request(at.station, at.people["hugo"], record.receipt_no, "It stands")
                else:
                    approve_request(at.station, at.people["hugo"], record.receipt_no, at.opened())
                return


def _return_check(at: Terminal) -> None:
    """The bank sends a check back that was taken at a drawer since closed."""
    if record := at.some_receipt("taken", closed=True):
        tenders = receipt_rows.body_of(at.station.db, record.receipt_no)["data"]["tenders"]
        for tender in tenders:
            if tender["kind"] == "check":
                line = BankLine(tender["reference"], Cents(tender["cents"]), "NSF", record.receipt_no)
                return_checks(at.station, at.people["tess"], at.people["hugo"], [line])


def _reprint(at: Terminal) -> None:
    if record := at.some_receipt("taken", closed=False):
        reprint(at.station, at.people["ben"], record.receipt_no)


def _wrong_pin(at: Terminal) -> None:
    with contextlib.suppress(WrongPin):
        sign_on(at.station, "mei", "0000")
    sign_on(at.station, "mei", PINS["mei"])


def _close(at: Terminal) -> None:
    at.close_drawer()


_ACTS = (
    (_pay, 14),
    (_deposit, 3),
    (_give_back, 1),
    (_void, 2),
    (_ask, 3),
    (_decide, 3),
    (_return_check, 1),
    (_reprint, 1),
    (_wrong_pin, 1),
    (_close, 1),
)


def altered_file(path: Path, random: Random) -> None:
    """A stick that was pulled too early, or went bad."""
    path.write_bytes(flipped(path.read_bytes(), random))
