"""Sealed batches onto a stick: what waits, or all after a number; read back, and nothing recorded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from counter_station import at_work, close, new_folder, on, pay, run_here
from countertui import machine
from countertui.counter.seal_batch import seal_batch
from countertui.counter.station import Station
from countertui.counter.write_stick import NothingToWrite, media, write_folder
from countertui.errors import EnvironmentFault, UsageError
from countertui.store import working
from office_of_two import opened


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    here = opened(new_folder(tmp_path))
    yield here
    close(here)


def test_what_waits_is_written_and_goes_on_waiting(station: Station, tmp_path: Path) -> None:
    _, session = at_work(station)
    with pytest.raises(NothingToWrite, match="Nothing is sealed here yet"):
        write_folder(station, run_here(station), tmp_path)
    seal_batch(station, on(station, "rosa"))
    pay(station, session)
    tip = station.store.tip()
    written = write_folder(station, run_here(station), tmp_path)
    assert (written.batches, written.unsealed) == ((1,), 1)
    assert [path.name for path in sorted(tmp_path.glob("T1-*"))] == ["T1-1-1.ctb", "T1-registry.jsonl"]
    assert (tmp_path / "T1-1-1.ctb").read_bytes() == working.sendings(station.db)[0].envelope
    assert station.store.tip() == tip
    assert [row.state for row in working.sendings(station.db)] == ["sealed"]


def test_what_was_answered_is_written_where_a_number_is_given(station: Station, tmp_path: Path) -> None:
    for _ in range(3):
        seal_batch(station, on(station, "rosa"))
    station.store.write_working(lambda db: db.execute("UPDATE sending SET state = 'posted'"))
    with pytest.raises(NothingToWrite, match="has answered for every sealed batch"):
        write_folder(station, run_here(station), tmp_path)
    assert write_folder(station, run_here(station), tmp_path, 1).batches == (2, 3)
    with pytest.raises(NothingToWrite, match="no batch after 3: the last is 3"):
        write_folder(station, run_here(station), tmp_path, 3)


def test_a_stick_that_is_gone_or_takes_nothing_is_told(station: Station, tmp_path: Path) -> None:
    seal_batch(station, on(station, "rosa"))
    with pytest.raises(UsageError, match="There is no folder"):
        write_folder(station, run_here(station), tmp_path / "gone")
    (tmp_path / "T1-1-1.ctb").mkdir()  # no file can be put there: as good as a stick that takes none
    with pytest.raises(EnvironmentFault, match="can't be written to"):
        write_folder(station, run_here(station), tmp_path)


def test_media_are_those_that_are_mounted(station: Station, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ana/OFFICE", "ana/left behind", "usb"):
        (tmp_path / name).mkdir(parents=True)
    mounted = {str(tmp_path / "ana/OFFICE"), str(tmp_path / "usb")}
    monkeypatch.setattr(machine, "_MEDIA", (str(tmp_path), str(tmp_path / "none")))
    monkeypatch.setattr(machine.os.path, "ismount", lambda path: str(path) in mounted)
    assert media(station) == (str(tmp_path / "usb"), str(tmp_path / "ana/OFFICE"))
