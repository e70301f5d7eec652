"""Row 5: what a restored copy may and may not do, with the real program: it never goes on with an old journal."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from counter_station import at_work, close, new_folder, on, open_station, pay
from countertui.counter.begin import StartData, begin, is_begun
from countertui.demo.passphrase import PASSPHRASE
from countertui.domain.record_data import RestoreData
from countertui.errors import UsageError
from countertui.machine import uuid7
from countertui.store.anchor import anchor_folder, read_tip
from countertui.store.connection import open_for_reading
from countertui.store.copying import highest_receipt, last_good
from countertui.store.report_rows import gaps
from countertui.store.store import Store, read_body

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(autouse=True)
def _opener(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERTUI_PASSPHRASE", PASSPHRASE)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = new_folder(tmp_path, with_ledger=True)
    station = open_station(made)
    pay(station, at_work(station)[1])
    close(station)
    return made


@pytest.fixture
def backup(folder: Path, tmp_path: Path, countertui: Command) -> Path:
    done = countertui("backup", str(tmp_path / "backup"), folder=folder, typed="rosa\n1111\n")
    assert done.returncode == 0, done.stderr
    return tmp_path / "backup"


def test_row_05_a_backup_is_whole_and_holds_its_own_record_but_no_anchor(folder: Path, backup: Path) -> None:
    assert sorted(path.name for path in backup.iterdir()) == ["keys.json", "store.db"]
    good = last_good(backup / "store.db")
    tip = read_tip(anchor_folder(folder))
    assert tip is not None
    assert (good.seq, good.h) == (tip.seq, tip.h)
    db = open_for_reading(backup / "store.db")
    body = read_body(db, good.seq)
    db.close()
    assert (body["kind"], body["operator"], body["data"]["seq"]) == ("backup", "rosa", good.seq - 1)
    assert good.receipt_n == 1


def test_row_05_a_backup_is_never_written_over(folder: Path, backup: Path, countertui: Command) -> None:
    before = (backup / "store.db").read_bytes()
    done = countertui("backup", str(backup), folder=folder, typed="rosa\n1111\n")
    assert done.returncode == 1
    assert "not empty" in done.stderr
    assert (backup / "store.db").read_bytes() == before


def test_row_05_a_copy_put_back_in_place_halts_by_the_anchor(folder: Path, backup: Path, countertui: Command) -> None:
    station = open_station(folder)
    on(station, "rosa")
    close(station)
    shutil.copy(backup / "store.db", folder / "store.db")
    station = open_station(folder)
    halted = station.store.halted
    close(station)
    assert halted is not None
    assert "an old copy was put back" in halted
    done = countertui("verify", "--json", folder=folder)
    assert done.returncode == 1
    assert any(fault["code"] == "behind_anchor" for fault in json.loads(done.stdout)["faults"])
    assert countertui("batch", "export", str(folder.parent / "out"), folder=folder).returncode == 0


def test_row_05_numbers_go_on_above_what_copy_anchor_or_paper_shows(folder: Path, backup: Path) -> None:
    good = last_good(backup / "store.db")
    tip = read_tip(anchor_folder(folder))
    assert tip is not None
    assert highest_receipt(good, tip, 0) == 1
    assert highest_receipt(good, type(tip)(tip.seq + 3, tip.h), 0) == 4, "each record after may have drawn one"
    assert highest_receipt(good, None, 17) == 17


@pytest.mark.parametrize(("witnessed", "first"), [(0, 4), (9, 10)])
def test_row_05_a_new_epoch_names_the_last_good_record_and_lists_the_gap(
    backup: Path, tmp_path: Path, witnessed: int, first: int
) -> None:
    good = last_good(backup / "store.db")
    station = open_station(_again(backup, tmp_path))
    offer = _Offer()
    start = StartData(
        office="HALL", public_key="aa" * 32, ledger_key="bb" * 32, registry="cc" * 32, receipt_n=witnessed
    )
    restored = RestoreData(
        epoch=1, seq=good.seq, h=good.h, receipt_n=good.receipt_n, anchor_seq=None, paper_n=3, first_n=4
    )
    begin(tmp_path / "new", station.recorder, station.clock, uuid7, start, (), offer, lambda *_: None, restored)  # type: ignore[arg-type]
    close(station)
    db = open_for_reading(tmp_path / "new" / "store.db")
    said = read_body(db, 3)
    assert said["kind"] == "restore"
    assert (said["data"]["seq"], said["data"]["h"], said["data"]["first_n"]) == (good.seq, good.h, first)
    assert gaps(db) == [{"after": 1, "before": first}]
    assert db.execute("SELECT receipt_n FROM counter").fetchone() == (first - 1,)
    db.close()


@pytest.mark.parametrize("cut_at", [1, 2, 3])
def test_row_05_a_new_epoch_that_was_cut_off_as_it_began_goes_on_and_still_lists_the_gap(
    backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cut_at: int
) -> None:
    good = last_good(backup / "store.db")
    station = open_station(_again(backup, tmp_path))
    start = StartData(office="HALL", public_key="aa" * 32, ledger_key="bb" * 32, registry="cc" * 32, receipt_n=0)
    restored = RestoreData(
        epoch=1, seq=good.seq, h=good.h, receipt_n=good.receipt_n, anchor_seq=None, paper_n=3, first_n=4
    )
    new, append = tmp_path / "new", Store.append

    def begun(said: RestoreData) -> None:
        begin(new, station.recorder, station.clock, uuid7, start, (), _Offer(), lambda *_: None, said)  # type: ignore[arg-type]

    def cut(store: Store, *rest: object) -> object:
        if store.tip()[0] == cut_at - 1:
            raise KeyboardInterrupt
        return append(store, *rest)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(Store, "append", cut)
        with pytest.raises(KeyboardInterrupt):
            begun(restored)
    assert not is_begun(new, restoring=True)
    if cut_at > 1:
        with pytest.raises(UsageError, match="begun to go on with receipt 4, now it is to be 9"):
            begun({**restored, "first_n": 9})
    begun({**restored, "first_n": 4 if cut_at == 1 else 2})
    close(station)
    assert is_begun(new, restoring=True)
    db = open_for_reading(new / "store.db")
    assert [kind for (kind,) in db.execute("SELECT kind FROM journal")] == ["start", "snapshot_applied", "restore"]
    assert gaps(db) == [{"after": 1, "before": 4}], "as the first record has it, whatever is typed the second time"
    db.close()


def _again(backup: Path, tmp_path: Path) -> Path:
    station_folder = tmp_path / "again"
    shutil.copytree(backup, station_folder)
    shutil.copy(tmp_path / "counter" / "reference.db", station_folder / "reference.db")
    return station_folder


class _Offer:
    version, sha256 = 2, "dd" * 32


@pytest.fixture(autouse=True)
def _no_snapshot(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    if "new_epoch" in request.node.name:

        def build(_offer: object, folder: Path, _progress: object) -> None:
            folder.mkdir(exist_ok=True)

        monkeypatch.setattr("countertui.counter.begin.build", build)
