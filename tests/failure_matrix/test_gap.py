"""Row 8: a batch that comes before the one before it waits for it; the terminal goes on from what the ledger says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from counter_station import at_work, new_folder, on, pay, run_here
from countertui.counter.seal_batch import seal_batch
from countertui.counter.send_batches import send_batches
from countertui.counter.station import Station
from countertui.ledger.books import Books
from countertui.store import working
from failure_matrix.city_ledger import at_counter, serving


@pytest.fixture
def three_sealed(tmp_path: Path) -> Iterator[tuple[Station, Books]]:
    """A terminal with three sealed batches of a receipt each, none sent yet, and its ledger."""
    folder = new_folder(tmp_path, with_ledger=True)
    with serving(folder / "ledger") as (books, url), at_counter(folder, url) as station:
        _, session = at_work(station)
        for _ in range(3):
            pay(station, session)
            seal_batch(station, on(station, "rosa"))
        yield station, books


def asked(books: Books, sql: str) -> list[tuple[object, ...]]:
    with books.reading() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(sql)]


def test_row_08_a_batch_before_its_turn_is_told_what_is_missing_and_kept(
    three_sealed: tuple[Station, Books],
) -> None:
    station, books = three_sealed
    third = working.sending(station.db, 3)
    assert third is not None
    client = station.exchange._client  # type: ignore[attr-defined]
    early = client.put_batch("T1", 1, 3, third.envelope)
    assert early.status == 409
    assert json.loads(early.body)["have_no"] == 0
    assert asked(books, "SELECT no, verdict FROM inbox") == [(3, "gap")]
    assert asked(books, "SELECT count(*) FROM record WHERE terminal = 'T1'") == [(0,)]


def test_row_08_the_terminal_sends_from_there_and_each_is_posted_once(three_sealed: tuple[Station, Books]) -> None:
    station, books = three_sealed
    third = working.sending(station.db, 3)
    assert third is not None
    station.exchange._client.put_batch("T1", 1, 3, third.envelope)  # type: ignore[attr-defined]
    sent = send_batches(station, run_here(station))
    assert [(one.batch_no, one.state) for one in sent] == [(1, "posted"), (2, "posted"), (3, "posted")]
    assert asked(books, "SELECT no, state FROM batch ORDER BY no") == [(1, "posted"), (2, "posted"), (3, "posted")]
    assert asked(books, "SELECT no, verdict FROM inbox ORDER BY no") == [(1, "posted"), (2, "posted"), (3, "posted")]


def test_row_08_what_the_ledger_lacks_and_once_answered_for_is_sent_again(
    three_sealed: tuple[Station, Books],
) -> None:
    """It says of batch 3 that 1 is missing, which the terminal has an answer for: from there on it sends all again."""
    station, books = three_sealed
    believed = b"an answer of before the ledger was restored"
    for no in (1, 2):
        station.store.write_working(lambda db, no=no: working.keep_ack(db, no, "posted", believed, ""))
    assert working.count_waiting(station.db) == 1
    sent = send_batches(station, run_here(station))
    assert [(one.batch_no, one.state) for one in sent if one.state != "waiting"] == [
        (1, "posted"),
        (2, "posted"),
        (3, "posted"),
    ]
    assert asked(books, "SELECT no, state FROM batch ORDER BY no") == [(1, "posted"), (2, "posted"), (3, "posted")]
