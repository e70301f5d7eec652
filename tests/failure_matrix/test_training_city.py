"""A training city and a real one over HTTP, under the very same keys: neither takes anything of the other's.

The worst case is a training folder that somebody copied and worked on as if it were a real one's: every key and PIN is
the same, only the ledger's id tells them apart.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy import func, select

from counter_station import SetClock, at_work, on, pay, run_here
from countertui.counter.keep_in_touch import AT_LEAST_MS, keep_in_touch
from countertui.counter.seal_batch import seal_batch
from countertui.counter.send_batches import send_batches
from countertui.counter.station import Station
from countertui.counter.take_snapshot import take_snapshot
from countertui.demo.city import DemoCity
from countertui.demo.folder import TRAINING_LEDGER_ID, make_city
from countertui.ledger import enrolment, tables
from countertui.ledger.books import Books
from countertui.machine import random_bytes, uuid7
from countertui.store import working
from countertui.sync.enrolment import make_request
from countertui.sync.faults import AckRefusedError, SnapshotRefusedError, TerminalNotKnownError
from countertui.sync.live import record_lines
from failure_matrix.city_ledger import NOW, at_counter, serving

REAL_LEDGER_ID = "ALDER-FALLS"


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A real city and a training city whose keys were drawn by the same dice."""
    home = tmp_path_factory.mktemp("cities")
    for name, ledger_id in (("real", REAL_LEDGER_ID), ("training", TRAINING_LEDGER_ID)):
        dice = Random(7).randbytes
        make_city(home / name, DemoCity(40), SetClock(), uuid7, dice, lambda _table, _rows: None, ledger_id=ledger_id)
    return home / "real", home / "training"


class Side(NamedTuple):
    """A terminal and its own ledger, which answers at url."""

    station: Station
    books: Books
    url: str


@pytest.fixture(scope="module")
def sides(folders: tuple[Path, Path]) -> Iterator[tuple[Side, Side]]:
    """Both at work: one receipt each, sealed and not sent."""
    real, training = folders
    with (
        serving(real / "ledger") as (real_books, real_url),
        serving(training / "ledger") as (training_books, training_url),
        at_counter(real, real_url) as real_station,
        at_counter(training, training_url) as training_station,
    ):
        for station in (real_station, training_station):
            pay(station, at_work(station)[1])
            seal_batch(station, on(station, "rosa"))
        yield Side(real_station, real_books, real_url), Side(training_station, training_books, training_url)


def rows_in(books: Books, table: str) -> int:
    with books.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(getattr(tables, table))).scalar_one())


def taken_of(books: Books) -> tuple[int, int]:
    """Batches in custody and records heard of."""
    return rows_in(books, "batch"), rows_in(books, "provisional")


def test_the_keys_are_the_same_and_the_ledgers_are_not(sides: tuple[Side, Side]) -> None:
    real, training = sides
    assert real.station.recorder.public_key == training.station.recorder.public_key
    assert (real.books.ledger, training.books.ledger) == (REAL_LEDGER_ID, TRAINING_LEDGER_ID)


@pytest.mark.parametrize("other_way", [False, True], ids=["training to real", "real to training"])
def test_a_terminal_at_the_other_kind_of_ledger_is_nobody_there(sides: tuple[Side, Side], other_way: bool) -> None:
    terminal, ledger = reversed(sides) if not other_way else sides
    client = terminal.station.exchange._client  # type: ignore[attr-defined]
    client.base_url = ledger.url
    client.close()
    try:
        (sent,) = send_batches(terminal.station, run_here(terminal.station))
        assert sent.state == "waiting"
        terminal.station.clock.mono += AT_LEAST_MS  # type: ignore[attr-defined]
        assert not keep_in_touch(terminal.station, run_here(terminal.station))
        with pytest.raises(TerminalNotKnownError):
            take_snapshot(terminal.station, run_here(terminal.station), lambda _table, _rows: None)
    finally:
        client.base_url = terminal.url
        client.close()
    assert taken_of(ledger.books) == (0, 0)


def test_a_real_ledger_posts_no_batch_and_hears_no_record_of_a_training_city(sides: tuple[Side, Side]) -> None:
    """As from a program that says it is the real terminal: its requests are let in, what they bring is not."""
    real, training = sides
    client = real.station.exchange._client  # type: ignore[attr-defined]
    (batch,) = working.sendings(training.station.db)
    reply = client.put_batch("T1", 1, 1, batch.envelope)
    assert reply.status == 422
    assert TRAINING_LEDGER_ID in json.loads(reply.body)["reason"]
    rows = training.station.db.execute("SELECT body, sig FROM journal ORDER BY seq").fetchall()
    assert client.post_live("T1", 1, "records", record_lines(rows)).status == 409
    seq, h = training.station.store.tip()
    sig = training.station.recorder.sign_head(0, seq, h)
    from countertui.sync.live import head_body

    assert client.post_live("T1", 1, "heads", head_body(0, seq, h, sig)).status == 401
    assert taken_of(real.books) == (0, 0)
    assert rows_in(real.books, "alarm") == 0, "the real terminal is not suspected for it"


def test_a_real_ledger_admits_no_terminal_of_a_training_city(sides: tuple[Side, Side]) -> None:
    real, _ = sides
    with real.books.writing() as connection:
        code, invitation = enrolment.begin(connection, real.books, "T9", "HALL", "ken", random_bytes, NOW)
    other = invitation.model_copy(update={"ledger": TRAINING_LEDGER_ID})
    request, _ = make_request(other, code, Ed25519PrivateKey.generate(), X25519PrivateKey.generate())
    answer = httpx2.put(f"{real.url}/v1/enrolments/T9/request", content=request)
    assert (answer.status_code, answer.json()["reason"]) == (403, "The request answers another invitation.")
    with real.books.reading() as connection:
        assert enrolment.waiting(connection, "T9", NOW) is None


def test_the_page_where_receipts_are_checked_says_training(sides: tuple[Side, Side]) -> None:
    real, training = sides
    for answer in (
        httpx2.get(f"{training.url}/receipt"),
        httpx2.post(f"{training.url}/receipt", data={"code": "CTUI2:"}),
    ):
        assert '<p class="city">TRAINING City of Alder Falls</p>' in answer.text
    assert '<p class="city">City of Alder Falls</p>' in httpx2.get(f"{real.url}/receipt").text


def test_a_real_terminal_believes_no_snapshot_and_no_answer_of_a_training_ledger(sides: tuple[Side, Side]) -> None:
    """Both are signed by the key that it believes."""
    real, training = sides
    exchange = real.station.exchange
    own = exchange._client  # type: ignore[attr-defined]
    exchange._client = training.station.exchange._client  # type: ignore[attr-defined]
    try:
        with pytest.raises(SnapshotRefusedError) as refused:
            exchange.newer_snapshot(0)
        assert refused.value.reason == "other-ledger"
        with pytest.raises(AckRefusedError):
            exchange.tell_records([])
        assert not exchange.reachable()
    finally:
        exchange._client = own  # type: ignore[attr-defined]
    assert real.station.reference.snapshot().version == 1
