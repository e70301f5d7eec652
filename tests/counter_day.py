"""A seeded day at the counter: every kind of record, in an order that chance picks."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from random import Random

from counter_station import (
    FUND,
    cash,
    check,
    clock_of,
    drawer_of,
    fee,
    money_order,
    on,
    owing,
    pay,
)
from countertui.counter.close_drawer import close_drawer, commit_count
from countertui.counter.find import open_account, with_amount
from countertui.counter.receipts import reprint
from countertui.counter.refund_receipt import approve_request, ask_refund
from countertui.counter.reports import x_report
from countertui.counter.seal_batch import seal_batch
from countertui.counter.send_batches import send_batches
from countertui.counter.sign_on import WrongPin, sign_off, sign_on
from countertui.counter.station import Person, Session, Station
from countertui.counter.void_receipt import ask_void, refuse_request, void_now
from countertui.domain.drawers import CashCount, TenderCount, cash_kept
from countertui.domain.money import Cents
from countertui.domain.receipts import AccountLine
from countertui.domain.record_data import RefundMethod
from countertui.domain.refusal import Refused
from countertui.domain.tenders import Tender, TenderKind
from countertui.store import receipt_rows, session_rows
from drawer_acts import AtDrawers
from license_acts import AtLicenses


@dataclass
class Day:
    """A day as it goes: who works, which drawer is open, what was taken."""

    station: Station
    random: Random
    people: dict[str, Person] = field(default_factory=dict)
    session: Session | None = None
    receipts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.drawers = Random(f"{self.random.getstate()[1][:4]}")
        """Chance of its own: what is done at the counter is the same whatever is done with its drawers."""
        self.licenses = Random(f"{self.random.getstate()[1][4:8]}")
        """The same for licenses."""

    def go(self, acts: int) -> None:
        """Sign on, then do that many things, then close and seal."""
        for id_ in ("rosa", "ben", "lena", "hugo", "tess"):
            self.people[id_] = on(self.station, id_)
        for _ in range(acts):
            clock_of(self.station).go_on(self.random.randint(1, 90))
            self.random.choices([do for do, _ in _ACTS], [weight for _, weight in _ACTS])[0](self)
            if self.drawers.random() < 0.2:
                self.session = AtDrawers(self.station, self.people, self.drawers, "DAY").act(self.session)
            if self.licenses.random() < 0.4:
                with suppress(Refused):
                    AtLicenses(self.station, self.people, self.licenses, "Day").act(self.session)
        if self.session is not None:
            _close(self)
        sign_off(self.station, self.people["hugo"])
        seal_batch(self.station, self.people["tess"])


def count_all(station: Station, session: Session) -> tuple[CashCount, dict[TenderKind, TenderCount]]:
    """A count that finds exactly what is expected."""
    expected = session_rows.expected(station.db, session.id)
    cash_there = expected[TenderKind.CASH].cents
    others = {kind: TenderCount(kind, each.count, each.cents) for kind, each in expected.items() if kind != "cash"}
    return CashCount(((Cents(1), cash_there),)), others


def _session(day: Day) -> Session:
    if day.session is None:
        day.session = drawer_of(day.station, day.people[day.random.choice(("rosa", "ben"))], "D1", FUND)
    return day.session


def _pay(day: Day) -> None:
    session, random = _session(day), day.random
    lines: list[AccountLine] = []
    for account in random.sample(owing(), random.randint(0, 2)):
        line = open_account(day.station, account)
        lines.append(with_amount(line, Cents(random.randint(1, max(2, line.amount * 3 // 2)))))
    fees = [fee(day.station, f"COPY*{random.randint(1, 40)}")] if random.random() < 0.5 or not lines else []
    total = sum(line.amount for line in (*lines, *fees))
    tenders: list[Tender] = []
    if total > 1 and random.random() < 0.4:
        tenders.append(random.choice((check, money_order))(random.randint(1, total - 1)))
    tenders.append(cash(total - sum(tender.cents for tender in tenders) + random.choice((0, 0, 25, 1000))))
    day.receipts.append(pay(day.station, session, *lines, *fees, tenders=tenders).receipt_no)


def _some(day: Day, state: str, *, closed: bool) -> str | None:
    found = []
    for number in day.receipts:
        record = receipt_rows.receipt(day.station.db, number)
        assert record is not None
        session = session_rows.session(day.station.db, record.session)
        assert session is not None
        if record.state == state and (session.close_seq is not None) == closed:
            found.append(number)
    return day.random.choice(found) if found else None


def _asker(day: Day, number: str) -> Person:
    record = receipt_rows.receipt(day.station.db, number)
    assert record is not None
    return day.people[record.operator]


def _void(day: Day) -> None:
    if number := _some(day, "taken", closed=False):
        void_now(day.station, _asker(day, number), day.people["lena"], number, "Wrong account")


def _ask(day: Day) -> None:
    if number := _some(day, "taken", closed=False):
        ask_void(day.station, _asker(day, number), number, "Wrong amount")
    elif number := _some(day, "taken", closed=True):
        session = day.session
        total = receipt_rows.receipt(day.station.db, number).total_cents  # type: ignore[union-attr]
        kept = cash_kept(receipt_rows.body_of(day.station.db, number)["data"])
        method = RefundMethod.CASH if session and total <= min(kept, 50_00) else RefundMethod.AP_CHECK
        ask_refund(day.station, _asker(day, number), number, "Paid twice", method, session)


def _answer(day: Day) -> None:
    for state in ("void_requested", "refund_requested"):
        for closed in (False, True):
            if number := _some(day, state, closed=closed):
                if day.random.random() < 0.3:
                    refuse_request(day.station, day.people["hugo"], number, "It stands")
                else:
                    approve_request(day.station, day.people["hugo"], number, _session(day))
                return


def _reprint(day: Day) -> None:
    if day.receipts:
        reprint(day.station, day.people["ben"], day.random.choice(day.receipts))


def _look(day: Day) -> None:
    if day.session is not None:
        x_report(day.station, day.people["lena"], day.session)


def _wrong_pin(day: Day) -> None:
    try:
        sign_on(day.station, "mei", "0000")
    except WrongPin:
        sign_on(day.station, "mei", "3333")
        sign_off(day.station, day.people["ben"])


def _close(day: Day) -> None:
    if day.session is None:
        return
    person = day.people[day.session.operator]
    cash_there, others = count_all(day.station, day.session)
    off = day.random.choice((0, 0, -7, 1_00))
    counted = CashCount((*cash_there.pieces, (Cents(off), 1)))
    commit_count(day.station, person, day.session, counted, others)
    close_drawer(day.station, person, day.session, "")
    day.session = None


def _seal(day: Day) -> None:
    _wrong_pin(day)
    seal_batch(day.station, day.people["tess"])
    send_batches(day.station, lambda job, *args: job(day.station, *args))


_ACTS = (
    (_pay, 12),
    (_void, 2),
    (_ask, 3),
    (_answer, 3),
    (_reprint, 1),
    (_look, 1),
    (_wrong_pin, 1),
    (_close, 1),
    (_seal, 1),
)


def a_day(station: Station, seed: int, acts: int = 40) -> Day:
    """Go through a day of that seed."""
    day = Day(station, Random(seed))
    day.go(acts)
    return day
