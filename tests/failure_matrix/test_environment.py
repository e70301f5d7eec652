"""Rows 24 and 26: a second program, a network disk, a journal mode that loses commits, a full disk."""

from __future__ import annotations

import os
import pty
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from counter_day import count_all
from counter_station import at_work, close, fee, kinds, new_folder, on, open_station, pay, run_here
from countertui.bootstrap import check_in_child
from countertui.counter.chips import chips
from countertui.counter.close_drawer import close_drawer, commit_count
from countertui.counter.find import find
from countertui.counter.seal_batch import seal_batch
from countertui.counter.send_batches import send_batches
from countertui.counter.start_up import after_check
from countertui.counter.station import Station
from countertui.counter.void_receipt import void_now
from countertui.folder_lock import FolderLock
from countertui.store import disk
from countertui.store.disk import LEAST_FREE_BYTES, DiskNearlyFull, NotLocal

Command = Callable[..., CompletedProcess[str]]


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Path]:
    """A folder with a sealed batch, which an open counter holds."""
    station = open_station(new_folder(tmp_path))
    _, session = at_work(station)
    pay(station, session)
    seal_batch(station, on(station, "tess"))
    close(station)
    lock = FolderLock(station.store.folder, "the counter")
    yield station.store.folder
    lock.close()


def test_row_24_a_second_instance_is_refused_by_name(held: Path) -> None:
    """The real program in a pseudo-terminal."""
    parent, child = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-m", "countertui", "--dir", str(held)],
        stdin=child,
        stdout=child,
        stderr=child,
        timeout=30,
        check=False,
    )
    os.close(child)
    said = os.read(parent, 10_000).decode()
    os.close(parent)
    assert done.returncode == 3
    assert f"the counter, process {os.getpid()}" in said
    assert "Nothing was changed" in said


@pytest.mark.parametrize(
    "words",
    [
        ("batch", "seal", "--operator", "tess"),
        ("operator", "reset", "rosa", "--admin", "ken"),
        ("sync", "--once"),
    ],
)
def test_row_24_commands_that_write_are_refused(held: Path, countertui: Command, words: tuple[str, ...]) -> None:
    before = (held / "store.db").read_bytes()
    done = countertui(*words, folder=held, typed="7777\n")
    assert done.returncode == 3
    assert f"the counter, process {os.getpid()}" in done.stderr
    assert (held / "store.db").read_bytes() == before


@pytest.mark.parametrize(
    "words",
    [
        ("verify",),
        ("verify", "--tail", "--json"),
        ("receipt", "show", "T1-1"),
        ("batch", "list"),
        ("report", "sessions"),
        ("report", "gaps"),
        ("operator", "list"),
    ],
)
def test_row_24_commands_that_read_run_beside_it(held: Path, countertui: Command, words: tuple[str, ...]) -> None:
    done = countertui(*words, folder=held)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout


def test_row_24_exporting_runs_beside_it(held: Path, countertui: Command, tmp_path: Path) -> None:
    done = countertui("batch", "export", str(tmp_path / "stick"), folder=held)
    assert done.returncode == 0, done.stdout + done.stderr
    assert {path.name for path in (tmp_path / "stick").iterdir()} == {"T1-1-1.ctb", "T1-registry.jsonl"}


def test_row_24_a_network_disk_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = new_folder(tmp_path)
    (tmp_path / "mounts").write_text(f"server:/city {tmp_path} nfs4 rw 0 0\n", encoding="utf-8")
    monkeypatch.setattr(disk.require_local, "__defaults__", (tmp_path / "mounts",))
    with pytest.raises(NotLocal, match=r"network disk \(nfs4\)") as told:
        open_station(folder)
    assert told.value.exit_status == 3


def test_row_24_wal_is_never_used(station: Station) -> None:
    """SQLite before 3.51.3 can lose committed writes in it."""
    close(station)
    other = sqlite3.connect(station.store.path)
    assert other.execute("PRAGMA journal_mode=WAL").fetchone() == ("wal",)
    other.close()
    again = open_station(station.store.folder)
    assert again.db.execute("PRAGMA journal_mode").fetchone() == ("persist",)
    assert again.db.execute("PRAGMA synchronous").fetchone() == (3,)
    _, session = at_work(again)
    pay(again, session)
    assert not again.store.path.with_name("store.db-wal").exists()
    close(again)


def test_row_26_disk_full(station: Station) -> None:
    """No new sale below the threshold; what was begun is undone, closed, sealed and sent, with the reserve freed."""
    store = station.store
    store.disk.free = lambda _folder: LEAST_FREE_BYTES * 10
    after_check(station, ())
    assert store.disk.reserve.exists()
    rosa, session = at_work(station)
    lena, tess, ben = (on(station, id_) for id_ in ("lena", "tess", "ben"))
    number = pay(station, session).receipt_no
    pay(station, session, fee(station, "MAP"))
    store.disk.free = lambda _folder: LEAST_FREE_BYTES - 1
    before = store.tip()
    with pytest.raises(DiskNearlyFull, match="no new payment is taken") as told:
        pay(station, session)
    assert told.value.exit_status == 3
    assert "Everything taken is recorded" in told.value.safe
    assert told.value.press.startswith("F10 C counts and closes the drawer, F10 S seals and sends")
    with pytest.raises(DiskNearlyFull, match="no drawer is opened"):
        at_work(station, "mei", "D2")
    assert store.disk.reserve.exists(), "Mei's login used up nothing that the close will need"
    assert store.tip()[0] == before[0] + 1
    assert find(station, number)[0].key == number
    assert chips(station, run_here(station)).disk_low
    store.disk.free = lambda _folder: 0
    void_now(station, rosa, lena, number, "Wrong account")
    counted, others = count_all(station, session)
    commit_count(station, rosa, session, counted, others)
    close_drawer(station, rosa, session, "")
    seal_batch(station, tess)
    assert [sent.state for sent in send_batches(station, lambda job, *args: job(station, *args))] == ["posted"]
    assert kinds(station)[-4:] == ["void", "count", "close", "seal"]
    assert store.disk.reserve.exists() is False
    store.disk.free = lambda _folder: LEAST_FREE_BYTES * 10
    assert not chips(station, run_here(station)).disk_low
    assert store.disk.reserve.exists(), "laid aside again without a restart"
    other = at_work(station, "ben", "D2")[1]
    assert pay(station, other).receipt_no == "T1-3"
    assert ben.id == "ben"
    close(station)
    assert check_in_child(store.folder) == ()
