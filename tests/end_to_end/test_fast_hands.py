"""Fast hands on the real store: threads, keys, transaction and printer as the program has them, the commit 2 s late."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from counter_station import fee, new_folder, owing
from countertui.bootstrap import ThreadedDesk
from countertui.counter.find import open_account
from countertui.domain.records import Kind
from countertui.ports.signing import Recorder, SignedRecord
from countertui.screens.app import CounterApp
from screens.conftest import Counter

pytestmark = pytest.mark.timeout(120)

LATE_SECONDS = 2.0


class LateRecorder:
    """The Recorder of a slow disk: a payment's record takes 2 s, and longer until all keys of the test are handled."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self.typed = threading.Event()
        self.begun = threading.Event()

    def seal_record(self, seq: int, prev: bytes, body: dict[str, Any]) -> SignedRecord:
        if body["kind"] == Kind.PAY:
            self.begun.set()
            time.sleep(LATE_SECONDS)
            self.typed.wait(60)
        return self._recorder.seal_record(seq, prev, body)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._recorder, name)


class IdleDesk(ThreadedDesk):
    """The program's own, which a test can wait for."""

    async def idle(self) -> None:
        await self.job(lambda _station: None)


class Till:
    """A cashier at the real counter, and what its store holds."""

    def __init__(self, counter: Counter, desk: IdleDesk, late: LateRecorder, folder: Path) -> None:
        self.counter = counter
        self.desk = desk
        self.late = late
        self._store = folder / "store.db"

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        store = sqlite3.connect(f"{self._store.as_uri()}?mode=ro", uri=True)
        try:
            return store.execute(query).fetchall()
        finally:
            store.close()

    @property
    def taken(self) -> list[tuple[Any, ...]]:
        return self.rows("SELECT seq, id, total_cents, change_cents FROM receipt ORDER BY seq")

    async def all_handled(self) -> None:
        """Every key sent is handled while the first payment is still being recorded: none of them waits for it."""
        await self.counter.pilot.pause()
        while self.counter.app.bursts.waiting:
            await self.counter.pilot.pause(0.01)
        await asyncio.wait_for(self.counter.app.hands.idle(), 30)
        assert self.late.begun.is_set()
        assert self.taken == []
        self.late.typed.set()

    async def settle(self) -> None:
        await self.counter.payment.taking.checkout.settled()
        await self.counter.settle()


@asynccontextmanager
async def _till(home: Path) -> AsyncIterator[Till]:
    """Rosa with drawer D1 open on the demo city, whose next payments are late."""
    folder = new_folder(home, with_ledger=True)
    desk = IdleDesk(folder)
    app = CounterApp(desk, poll_seconds=0)
    try:
        async with app.run_test(size=(80, 24)) as pilot:
            counter = Counter(app, pilot, desk)  # type: ignore[arg-type]  # it asks of a desk only what this one has
            await app.starting.opened()
            await counter.keys(*"rosa", "enter", *"1111", "enter")
            await counter.keys(*"d1", "enter", "enter", "2", "f9")
            assert app.session is not None, counter.screen()
            late = LateRecorder(desk.station.recorder)
            desk.station.recorder = late
            yield Till(counter, desk, late, folder)
            late.typed.set()
            await counter.settle()
    finally:
        desk.close()


async def test_a_whole_payment_pasted_during_the_commit_is_the_second_in_order(tmp_path: Path) -> None:
    first, second = owing()[:2]
    async with _till(tmp_path) as till:
        counter = till.counter
        await counter.paste(f"{first}\n")
        due = counter.payment.hand.held.cart.total
        next_due = (await till.desk.look(open_account, second)).amount + fee(till.desk.station, "COPY*2").amount
        handed = next_due // 20_00 * 20 + 20
        counter.send("f9", "enter", "enter", "enter")
        counter.send_paste(f"{second}\nCOPY*2\n")
        counter.send("f5", *str(handed), "enter", "enter", "f9", "enter")
        counter.type("notary")
        await till.all_handled()
        assert counter.payment.finding.box.value == "notary"
        await till.settle()
        (one, other) = till.taken
        assert one[0] < other[0]
        assert one[2:] == (due, 0)
        assert other[2:] == (next_due, handed * 100 - next_due)
        lines = till.rows("SELECT seq, account, fee, quantity FROM receipt_line JOIN receipt USING (receipt_no)")
        assert lines == [(one[0], first, None, None), (other[0], second, None, None), (other[0], None, "COPY", 2)]
        assert till.rows("SELECT * FROM cart") == []
        await counter.keys("enter")
        assert [line.description for line in counter.payment.hand.held.cart.lines] == ["Notary, per signature"]
        assert len(till.taken) == 2


async def test_a_repeated_enter_never_takes_a_second_payment(tmp_path: Path) -> None:
    (number,) = owing()[:1]
    async with _till(tmp_path) as till:
        counter = till.counter
        await counter.paste(f"{number}\n")
        counter.send("f5", *["enter"] * 10, "f9", "enter", "f9", *["enter"] * 10)
        await till.all_handled()
        await till.settle()
        assert len(till.taken) == 1
        assert till.rows("SELECT COUNT(*) FROM journal WHERE kind = 'pay'") == [(1,)]
        assert counter.payment.hand.empty
