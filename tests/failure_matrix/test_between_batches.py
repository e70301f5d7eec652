"""Rows 5, 8, 9, 10 and 15 between a terminal and its ledger over HTTP: what is said between batches tells them all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from counter_station import at_work, new_folder, on, pay, run_here
from countertui.counter.chips import chips
from countertui.counter.keep_in_touch import AT_LEAST_MS, keep_in_touch
from countertui.counter.seal_batch import seal_batch
from countertui.counter.send_batches import batches, send_batches
from countertui.counter.station import Session, Station, Stopped
from countertui.demo.passphrase import PASSPHRASE
from countertui.ledger.alarms import FORK, stop_terminal
from countertui.ledger.books import Books
from countertui.ledger.keys import open_key
from countertui.ledger.status import status
from countertui.screens.chip_words import chip_words
from countertui.store import working
from countertui.store.store import StoreHalted
from failure_matrix.city_ledger import NOW, at_counter, image, serving


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return new_folder(tmp_path, with_ledger=True)


@pytest.fixture
def online(folder: Path) -> Iterator[tuple[Station, Books, str]]:
    with serving(folder / "ledger") as (books, url), at_counter(folder, url) as station:
        yield station, books, url


def touched(station: Station) -> bool:
    station.clock.mono += AT_LEAST_MS  # type: ignore[attr-defined]
    return keep_in_touch(station, run_here(station))


def of_terminal(books: Books) -> dict[str, object]:
    found: dict[str, object] = next(each for each in status(books)["terminals"] if each["terminal"] == "T1")
    return found


def kinds_of_alarms(books: Books) -> list[str]:
    return [each["kind"] for each in status(books)["alarms"]]


def opened(station: Station) -> Session:
    return at_work(station)[1]


def test_what_is_recorded_is_witnessed_at_once_and_money_is_not_posted(online: tuple[Station, Books, str]) -> None:
    station, books, _ = online
    session = opened(station)
    assert touched(station)
    assert not keep_in_touch(station, run_here(station)), "nothing is new"
    taken = pay(station, session)
    assert keep_in_touch(station, run_here(station)), "something is, so no minute is waited"
    found = of_terminal(books)
    assert found["unsealed_records"] == station.store.tip()[0]
    assert (found["unsealed_cents"], found["posted_cents"]) == (taken.total_cents, 0)
    assert station.store.halted is None


def test_a_ledger_that_is_away_is_asked_less_and_less(online: tuple[Station, Books, str]) -> None:
    station, _, _ = online
    station.exchange._client.base_url = "http://127.0.0.1:9"  # type: ignore[attr-defined]
    station.exchange._client.close()  # type: ignore[attr-defined]
    waits = []
    for _ in range(4):
        assert not touched(station)
        waits.append(station.touch.wait_ms)
    assert waits == sorted(waits)
    assert waits[-1] > AT_LEAST_MS
    assert not keep_in_touch(station, run_here(station))


def test_row_05_an_old_image_is_noticed_by_the_witnessed_head(folder: Path, tmp_path: Path) -> None:
    with serving(folder / "ledger") as (books, url):
        with at_counter(folder, url) as station:
            session = opened(station)
            pay(station, session)
            assert touched(station)
            old = image(folder, tmp_path / "old")
            pay(station, session)
            assert touched(station)
        with at_counter(old, url) as station:
            assert station.store.halted is None, "anchor and store went back together"
            touched(station)
            assert station.store.halted is not None
            assert "the ledger has seen" in station.store.halted
            with pytest.raises(StoreHalted):
                at_work(station)
        assert kinds_of_alarms(books) == ["rollback"]
        assert of_terminal(books)["state"] == "frozen"


def test_row_10_a_cloned_laptop_is_noticed_by_the_first_record_of_the_second_device(
    folder: Path, tmp_path: Path
) -> None:
    clone = image(folder, tmp_path / "clone")
    with serving(folder / "ledger") as (books, url):
        with at_counter(folder, url) as station, at_counter(clone, url) as other:
            session = opened(station)
            touched(station)
            opened(other)
            touched(other)
            assert other.store.halted is not None
            assert kinds_of_alarms(books) == ["fork"]
            touched(station)
            assert station.stopped
            with pytest.raises(Stopped, match="stopped this terminal"):
                pay(station, session)
            words = [chip.text for chip in chip_words(chips(station, run_here(station)))]
            assert any(word.startswith("STOPPED") for word in words)
            assert seal_batch(station, on(station, "rosa")).batch_no == 1, "what is here can still be sealed and sent"
            assert send_batches(station, run_here(station))[0].state == "held"
        with at_counter(folder, "http://127.0.0.1:9") as station:
            assert station.stopped, "offline and after a restart too"


@pytest.mark.parametrize(
    ("root", "more", "told"),
    [("", 0, ""), ("00" * 32, 0, "the ledger's history was changed"), ("", 9, "the ledger's log is shorter")],
)
def test_row_15_a_stopped_terminal_sees_that_the_log_is_another_though_no_answer_shows_it(
    online: tuple[Station, Books, str], root: str, more: int, told: str
) -> None:
    station, books, _ = online
    pay(station, opened(station))
    seal_batch(station, on(station, "rosa"))
    assert send_batches(station, run_here(station))[0].state == "posted"
    seen = working.log_seen(station.db)
    assert seen is not None
    other = replace(seen, root=root or seen.root, size=seen.size + more)
    station.store.write_working(lambda db: working.keep_log_seen(db, other))
    with books.writing() as connection:
        stop_terminal(connection, books, open_key(books.folder, PASSPHRASE), FORK, "T1", 1, None, "A copy", NOW)
    assert touched(station)
    assert station.stopped
    after = working.log_seen(station.db)
    assert after is not None
    assert told in after.alarm if told else after.alarm == ""
    shown = [chip.text for chip in chip_words(chips(station, run_here(station)))]
    assert any("ALARM" in text for text in shown) == bool(told)
    assert touched(station), "and it stays in touch"


def test_row_09_a_batch_that_differs_from_what_was_witnessed(folder: Path, tmp_path: Path) -> None:
    clone = image(folder, tmp_path / "clone")
    with serving(folder / "ledger") as (books, url):
        with at_counter(folder, url) as station:
            pay(station, opened(station))
            touched(station)
        with at_counter(clone, url) as other:
            pay(other, opened(other))
            seal_batch(other, on(other, "rosa"))
            (sent,) = send_batches(other, run_here(other))
            assert sent.state == "held"
            assert "two journals under one key" in sent.detail
        assert of_terminal(books)["receipts"] == 0, "no newest wins"
        assert kinds_of_alarms(books) == ["fork"]


@pytest.mark.parametrize("by", ["the next batch", "a word between batches"])
def test_rows_08_and_15_a_restored_ledger_gets_everything_from_its_own_end_on(
    folder: Path, tmp_path: Path, by: str
) -> None:
    with serving(folder / "ledger") as (_, url), at_counter(folder, url) as station:
        session = opened(station)
        for n in range(3):
            pay(station, session)
            seal_batch(station, on(station, "rosa"))
            assert [one.state for one in send_batches(station, run_here(station))] == ["posted"]
            if n == 0:
                shutil.copytree(folder / "ledger", tmp_path / "backup")
    with serving(tmp_path / "backup") as (books, url), at_counter(folder, url) as station:
        envelopes = [row.envelope for row in working.sendings(station.db)]
        if by == "the next batch":
            pay(station, session)
            seal_batch(station, on(station, "rosa"))
            assert send_batches(station, run_here(station))[-1].state == "posted"
            assert len(batches(station)) == 4
        else:
            touched(station)
        assert {one.state for one in batches(station)} == {"posted"}
        assert [row.envelope for row in working.sendings(station.db)][:3] == envelopes
        found = of_terminal(books)
        assert found["batches"] == found["posted"] == len(batches(station))
        assert kinds_of_alarms(books) == []
        assert working.log_seen(station.db).alarm == ""  # type: ignore[union-attr]
        assert station.store.halted is None
