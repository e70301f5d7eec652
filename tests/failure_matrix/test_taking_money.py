"""Rows 1 to 4: what becomes of a payment when process, disk or printer fail in the middle of it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from counter_station import (
    SetClock,
    at_work,
    cart_of,
    cash,
    close,
    fee,
    kinds,
    last,
    new_folder,
    on,
    open_station,
    pay,
    printer_of,
    reopened,
    run_here,
)
from countertui.counter.cart import Held, carts, save_cart
from countertui.counter.open_drawer import session_of
from countertui.counter.paper_choices import it_printed, print_again
from countertui.counter.print_queue import print_waiting, unprinted
from countertui.counter.receipts import receipts, reprint
from countertui.counter.start_up import after_check, left_behind
from countertui.counter.station import Session, Station
from countertui.counter.take_payment import take_payment
from countertui.ports.devices import PrintOutcome
from countertui.store.anchor import anchor_folder, read_tip
from countertui.store.connection import open_for_reading
from countertui.store.store import CommitUnknown, StoreHalted
from countertui.store.verify import verify_anchor, verify_chain, verify_derived, verify_integrity
from countertui.sync.ed25519 import checked_public_key
from countertui.sync.recorder import verify_record

Doomed = Callable[..., dict[str, Any]]
Command = Callable[..., CompletedProcess[str]]


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder where a receipt was printed before and a cart over 10.00 is about to be paid."""
    station = open_station(new_folder(tmp_path_factory.mktemp("ready")))
    rosa, session = at_work(station)
    pay(station, session)
    print_waiting(station, run_here(station), station.printer)
    save_cart(station, rosa, Held(cart_of(station, fee(station))))
    close(station)
    return station.store.folder


@pytest.fixture
def folder(ready: Path, tmp_path: Path) -> Path:
    return _copied(ready, tmp_path / "counter")


def _copied(ready: Path, to: Path) -> Path:
    shutil.copytree(ready, to)
    shutil.copytree(anchor_folder(ready), anchor_folder(to))
    return to


def _all_faults(station: Station) -> list[object]:
    check = partial(verify_record, checked_public_key(station.recorder.public_key))
    connection = open_for_reading(station.store.path)
    try:
        return [
            *verify_chain(connection, check, station.recorder.genesis),
            *verify_anchor(connection, read_tip(station.store.anchor.path.parent)),
            *verify_integrity(connection),
            *verify_derived(connection),
        ]
    finally:
        connection.close()


def _is_there(folder: Path) -> bool:
    """Reopen after the cut: the payment is wholly there or wholly absent, all verifies, the operator is told which."""
    station = open_station(folder, SetClock())
    try:
        assert station.store.halted is None
        assert _all_faults(station) == []
        assert after_check(station, ()) == ()
        told = left_behind(station)
        there = kinds(station).count("pay") == 2
        numbers = [row.receipt_no for row in receipts(station)]
        left = [one.total for one in carts(station)]
        jobs = [note.receipt_no for note in unprinted(station)]
        if there:
            assert (numbers, left, jobs) == (["T1-2", "T1-1"], [], ["T1-2"])
            assert told == ["Receipt T1-2 over 10.00 IS recorded; its paper is not known to have come out (F10, P)."]
        else:
            assert (numbers, left, jobs) == (["T1-1"], [10_00], [])
            assert told == ["1 cart was NOT taken: no money is recorded for it (Ctrl+K takes one back)."]
        assert read_tip(anchor_folder(folder)) == station.store.anchor.tip()
        assert station.store.anchor.tip() is not None
        assert station.store.anchor.tip().seq == station.store.tip()[0]  # type: ignore[union-attr]
        _, session = at_work(station, "ben", "D2")
        assert pay(station, session).receipt_no == f"T1-{len(numbers) + 1}"
        assert _all_faults(station) == []
        return there
    finally:
        close(station)


def test_row_01_killed_at_each_statement_of_taking_a_payment(ready: Path, tmp_path: Path, doomed: Doomed) -> None:
    statements = int(doomed(_copied(ready, tmp_path / "count"), "count")["said"])
    assert statements > 15
    there = []
    for n in range(1, statements + 1):
        folder = _copied(ready, tmp_path / f"at {n}")
        assert doomed(folder, "pay", n)["killed"]
        there.append(_is_there(folder))
    # Everything runs before COMMIT, the last statement; killed before it, nothing is there.
    assert there == [False] * statements


@pytest.mark.parametrize("point", ["after commit", "after anchor", "at the end"])
def test_row_01_killed_after_the_commit(folder: Path, doomed: Doomed, point: str) -> None:
    before = read_tip(anchor_folder(folder))
    assert before is not None
    assert doomed(folder, "pay", point)["killed"]
    anchored = read_tip(anchor_folder(folder))
    assert anchored is not None
    assert anchored.seq == before.seq + (point != "after commit")
    assert _is_there(folder)


def test_row_01_killed_inside_the_commit(ready: Path, tmp_path: Path, doomed: Doomed) -> None:
    """At every few pages of what COMMIT writes: first the rollback journal, then the database itself."""
    size = (ready / "store.db").stat().st_size
    killed = 0
    for most in range(300, size + 16_384, 7_000):
        folder = _copied(ready, tmp_path / f"past {most}")
        answer = doomed(folder, "past", most)
        killed += answer["killed"]
        assert _is_there(folder) is not answer["killed"]
    assert killed > 20


@pytest.mark.parametrize(("at", "there"), [(5, False), ("after commit", True)])
def test_row_01_the_real_verify_passes_afterwards(
    folder: Path, doomed: Doomed, countertui: Command, at: int | str, there: bool
) -> None:
    assert doomed(folder, "pay", at)["killed"]
    close(open_station(folder))
    done = countertui("verify", folder=folder)
    assert (done.returncode, "all is well" in done.stdout) == (0, True), done.stdout + done.stderr
    assert countertui("receipt", "show", "T1-2", folder=folder).returncode == (0 if there else 1)


def test_row_01_a_look_at_a_half_written_entry_says_what_to_do(
    ready: Path, tmp_path: Path, doomed: Doomed, countertui: Command
) -> None:
    """Killed inside COMMIT, with the rollback journal full: only a writer may roll it back."""
    folder = _copied(ready, tmp_path / "hot")
    size = (folder / "store.db").stat().st_size
    with sqlite3.connect(folder / "store.db", isolation_level=None) as writer:
        writer.execute("PRAGMA journal_mode=PERSIST")
        writer.execute("PRAGMA cache_spill=1")
        writer.execute("PRAGMA cache_size=1")
        writer.execute("BEGIN IMMEDIATE")
        for n in range(200):
            writer.execute("INSERT INTO cart VALUES (?, 'rosa', 'open', '', ?)", (f"c{n}", "x" * 3000))
        shutil.copytree(folder, tmp_path / "cut")
        shutil.copytree(anchor_folder(folder), tmp_path / "cut.anchor")
        writer.execute("ROLLBACK")
    writer.close()
    assert (tmp_path / "cut" / "store.db").stat().st_size > size
    done = countertui("verify", folder=tmp_path / "cut")
    assert done.returncode == 3
    assert "cut off half-way" in done.stderr
    assert not _is_there(tmp_path / "cut")
    assert countertui("verify", folder=tmp_path / "cut").returncode == 0


class FailingCommit:
    """A connection whose COMMIT reports an error, with or without having stored anything."""

    def __init__(self, real: sqlite3.Connection, *, stored: bool) -> None:
        self._real = real
        self._stored = stored

    def execute(self, sql: str, *values: object) -> sqlite3.Cursor:
        if sql == "COMMIT":
            if self._stored:
                self._real.execute(sql)
            raise sqlite3.OperationalError("disk I/O error")
        return self._real.execute(sql, *values)  # type: ignore[arg-type]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


@pytest.mark.parametrize("stored", [True, False])
def test_row_02_commit_returns_an_error(folder: Path, stored: bool) -> None:
    station = open_station(folder)
    session = _open_session(station)
    cart = cart_of(station, fee(station))
    station.store.connection = FailingCommit(station.store.connection, stored=stored)  # type: ignore[assignment]
    with pytest.raises(CommitUnknown) as told:
        take_payment(station, session, cart, [cash(10_00)])
    assert told.value.recorded is stored
    assert ("HOLDS" if stored else "does NOT hold") in told.value.safe
    assert "do not key it again" in told.value.safe
    assert station.store.holds(cart.id) is stored
    with pytest.raises(StoreHalted):
        take_payment(station, session, cart, [cash(10_00)])
    for more in (lambda: pay(station, session), lambda: on(station, "ben")):
        with pytest.raises(StoreHalted, match="the disk did not confirm"):
            more()
    with pytest.raises(StoreHalted) if stored else nullcontext():
        print_waiting(station, run_here(station), station.printer)
    assert printer_of(station).printed == [], "no receipt"
    close(station)
    again_open = open_station(folder)
    assert again_open.store.halted is None
    assert kinds(again_open).count("pay") == 1 + stored
    assert _all_faults(again_open) == []
    close(again_open)


def _open_session(station: Station) -> Session:
    session = session_of(station, on(station, "rosa"))
    assert session is not None
    return session


def test_row_02_a_store_that_cannot_be_reopened_says_that_nobody_knows(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    station = open_station(folder)
    session = _open_session(station)

    def gone(_path: Path) -> sqlite3.Connection:
        raise sqlite3.OperationalError("unable to open database file")

    station.store.connection = FailingCommit(station.store.connection, stored=True)  # type: ignore[assignment]
    monkeypatch.setattr("countertui.store.store.open_store", gone)
    with pytest.raises(CommitUnknown, match="can't be read now") as told:
        pay(station, session)
    assert told.value.recorded is None
    assert station.store.halted
    with pytest.raises(StoreHalted, match="takes no money"):
        pay(station, session)
    with pytest.raises(StoreHalted, match="can't be opened any more"):
        station.db.execute("SELECT 1")
    close(station)


def test_row_02_a_disk_that_stops_taking_bytes_is_told_truly(ready: Path, tmp_path: Path, doomed: Doomed) -> None:
    """Real writes fail at many places; whatever the operator was told, the reopened store agrees."""
    size = (ready / "store.db").stat().st_size
    said = set()
    for most in (64, 4_000, 20_000, 60_000, 90_000, size - 4096, size, size + 4096, size + 8192, size + 100_000):
        folder = _copied(ready, tmp_path / f"at most {most}")
        answer = doomed(folder, "limit", most)
        assert not answer["killed"]
        station = open_station(folder)
        there = kinds(station).count("pay") == 2
        assert station.store.halted is None
        assert _all_faults(station) == []
        close(station)
        what, told, *_ = answer["said"].split()
        said.add(what)
        assert (what, told) in {
            ("taken", "T1-2"),
            ("CommitUnknown", str(there)),
            ("CommitUnknown", "None"),
            ("NotWritten", "None"),
        }, answer
        assert what != "taken" or there
        assert what != "NotWritten" or not there
        assert ("halted True" in answer["said"]) == (what == "CommitUnknown")
    assert "taken" in said
    assert said & {"NotWritten", "CommitUnknown"}


def test_row_03_cut_after_the_commit_before_the_print(folder: Path, doomed: Doomed) -> None:
    assert doomed(folder, "pay", "after anchor")["killed"]
    station = open_station(folder)
    after_check(station, ())
    seq = last(station)["seq"]
    assert [(note.receipt_no, note.state) for note in unprinted(station)] == [("T1-2", "queued")]
    notes = print_waiting(station, run_here(station), station.printer)
    assert [(note.receipt_no, note.state) for note in notes] == [("T1-2", "confirmed")]
    assert [paper["copy"] for paper in printer_of(station).printed] == [0], "the first paper, marked as no duplicate"
    assert print_waiting(station, run_here(station), station.printer) == [], "printed once"
    assert station.store.tip()[0] == seq, "printing changes no record"
    close(station)


@pytest.mark.parametrize("point", ["sending", "sent"])
def test_row_03_cut_while_printing_waits_for_a_person(folder: Path, doomed: Doomed, point: str) -> None:
    """The bytes left or did not: only somebody who looks at the printer knows."""
    assert doomed(folder, "pay", "at the end")["killed"]
    assert doomed(folder, "print", point)["killed"]
    station = open_station(folder)
    after_check(station, ())
    told = left_behind(station)
    assert told[0].startswith("Receipt T1-2 over 10.00 IS recorded")
    (note,) = unprinted(station)
    assert (note.receipt_no, note.state, note.detail) == ("T1-2", "uncertain", "interrupted while printing")
    assert print_waiting(station, run_here(station), station.printer) == [], "never printed twice by itself"
    print_again(station, on(station, "rosa"), note.job)
    assert [one.state for one in print_waiting(station, run_here(station), station.printer)] == ["confirmed"]
    assert [paper["copy"] for paper in printer_of(station).printed] == [1], "DUPLICATE 1, as the first may exist"
    assert unprinted(station) == []
    close(station)


@pytest.mark.parametrize("state", ["refused", "uncertain"])
def test_row_04_the_printer_fails(station: Station, state: str) -> None:
    rosa, session = at_work(station)
    printer = printer_of(station)
    printer.outcomes = [PrintOutcome(state, "paper out")]
    taken = pay(station, session)
    seq = station.store.tip()[0]
    (note,) = print_waiting(station, run_here(station), station.printer)
    assert (note.receipt_no, note.state, note.detail) == (taken.receipt_no, state, "paper out")
    assert (kinds(station).count("pay"), station.store.tip()[0]) == (1, seq), "the record stays"
    pay(station, session)
    assert reprint(station, rosa, taken.receipt_no) == 1
    assert (last(station)["kind"], last(station)["data"]["copy"]) == ("reprint", 1)
    assert last(station)["data"]["original"]["receipt_no"] == taken.receipt_no
    print_waiting(station, run_here(station), station.printer)
    if state == "refused":
        assert [paper["copy"] for paper in printer.printed] == [0, 0, 1], "nothing left before, so the first comes now"
        assert unprinted(station) == []
    else:
        it_printed(station, unprinted(station)[0].job)
        assert unprinted(station) == []


def test_row_04_a_refusing_printer_keeps_the_others_waiting_in_order(station: Station) -> None:
    _, session = at_work(station)
    numbers = [pay(station, session).receipt_no for _ in range(3)]
    printer_of(station).outcomes = [PrintOutcome("refused", "off")]
    assert len(print_waiting(station, run_here(station), station.printer)) == 1
    again = reopened(station)
    notes = print_waiting(again, run_here(again), again.printer)
    assert [note.receipt_no for note in notes] == numbers
    close(again)
