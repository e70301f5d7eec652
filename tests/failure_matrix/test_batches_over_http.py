"""Rows 7, 12, 16 and 19 between a terminal and its ledger over HTTP: every batch is posted once, or kept and told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, select

from counter_station import at_work, fee, new_folder, on, pay, run_here
from countertui.counter.seal_batch import seal_batch
from countertui.counter.send_batches import Sent, send_batches
from countertui.counter.station import Station
from countertui.ledger import custody, tables
from countertui.ledger.books import Books
from countertui.ledger.fsck import fsck
from countertui.ledger.status import status
from countertui.store import working
from countertui.sync.faults import LedgerUnreachableError
from countertui.sync.transport import Reply
from failure_matrix.city_ledger import at_counter, serving


@pytest.fixture
def online(tmp_path: Path) -> Iterator[tuple[Station, Books]]:
    """A terminal with one sealed batch of one receipt, and its ledger."""
    folder = new_folder(tmp_path, with_ledger=True)
    with serving(folder / "ledger") as (books, url), at_counter(folder, url) as station:
        pay(station, at_work(station)[1])
        seal_batch(station, on(station, "rosa"))
        yield station, books


def sent(station: Station) -> Sent:
    (one,) = send_batches(station, run_here(station))
    return one


def of_terminal(books: Books) -> dict[str, Any]:
    return next(each for each in status(books)["terminals"] if each["terminal"] == "T1")


def kept(books: Books) -> int:
    with books.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(tables.inbox)).scalar_one())


@pytest.mark.parametrize("what", ["request lost", "response lost", "duplicated", "delayed and repeated"])
def test_row_07_the_network_loses_and_repeats(
    online: tuple[Station, Books], monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    station, books = online
    client = station.exchange._client  # type: ignore[attr-defined]
    put, seen = client.put_batch, []

    def faulty(*offer: Any) -> Reply:
        if what != "request lost":
            seen.append(put(*offer))
        if what == "duplicated":
            seen.append(put(*offer))
            return seen[-1]
        raise LedgerUnreachableError("The connection broke.")

    monkeypatch.setattr(client, "put_batch", faulty)
    first = sent(station)
    assert first.state == ("posted" if what == "duplicated" else "waiting")
    monkeypatch.setattr(client, "put_batch", put)
    row = working.sendings(station.db)[0]
    if what != "duplicated":
        assert sent(station).state == "posted"
    if what == "delayed and repeated":
        seen.append(put("T1", 1, 1, row.envelope))
    ack = working.sendings(station.db)[0].ack
    assert {reply.body for reply in seen} <= {ack}, "always the same answer"
    assert (of_terminal(books)["receipts"], of_terminal(books)["batches"]) == (1, 1)
    assert fsck(books).differences == ()


@pytest.mark.parametrize("what", ["a signature", "a byte of a record", "no envelope"])
def test_row_12_altered_on_the_way_is_kept_raw_and_never_posted(
    online: tuple[Station, Books], monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    station, books = online
    client = station.exchange._client  # type: ignore[attr-defined]
    put, before = client.put_batch, kept(books)

    def altered(terminal: str, epoch: int, no: int, envelope: bytes) -> Reply:
        place = envelope.index(b'"payload":"') + 500
        other = b"A" if envelope[place : place + 1] != b"A" else b"B"
        changed = {
            "a signature": envelope.replace(b'"sig":"', b'"sig":"AA', 1).replace(b'=="}', b'"}', 1),
            "a byte of a record": envelope[:place] + other + envelope[place + 1 :],
            "no envelope": b"{}",
        }[what]
        return put(terminal, epoch, no, changed)

    monkeypatch.setattr(client, "put_batch", altered)
    one = sent(station)
    assert one.state == "waiting"
    assert "did not take batch 1" in one.detail
    assert kept(books) == before + 1
    assert of_terminal(books)["receipts"] == 0
    monkeypatch.setattr(client, "put_batch", put)
    assert sent(station).state == "posted"


def test_row_16_killed_half_way_all_or_nothing_and_the_retry_posts(
    online: tuple[Station, Books], monkeypatch: pytest.MonkeyPatch
) -> None:
    station, books = online
    whole = custody.signed_ack

    def dies(*_args: Any, **_more: Any) -> bytes:
        raise MemoryError("killed after everything was posted, before the commit")

    monkeypatch.setattr(custody, "signed_ack", dies)
    assert sent(station).state == "waiting"
    assert (of_terminal(books)["receipts"], of_terminal(books)["batches"], status(books)["days"]) == (0, 0, [])
    monkeypatch.setattr(custody, "signed_ack", whole)
    assert sent(station).state == "posted"
    assert of_terminal(books)["receipts"] == 1
    assert fsck(books).differences == ()


def test_row_19_what_cannot_be_posted_waits_in_suspense_and_the_batch_is_acked(
    online: tuple[Station, Books],
) -> None:
    station, books = online
    accounts = tables.reference["gl_account"]
    with books.writing() as connection:
        connection.execute(delete(accounts).where(accounts.c.code == fee(station).gl))
    assert sent(station).state == "posted"
    (item,) = [each for each in status(books)["error_items"] if each["cents"]]
    assert item["terminal"] == "T1"
    assert item["cents"] == of_terminal(books)["suspense_cents"] > 0
    assert status(books)["out_of_balance"] == {}
