"""Row 17: a stick carries batches to the ledger and answers back, whatever order and state its files are in."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from counter_station import at_work, close, new_folder, on, open_station, pay
from countertui.counter.seal_batch import seal_batch
from countertui.demo.passphrase import PASSPHRASE
from countertui.ledger.books import open_books
from countertui.ledger.registry import entries_after
from countertui.ledger.status import status
from countertui.store import working
from countertui.store.connection import open_for_reading
from ledger.town import Till, allocation, founded, line
from office_of_two import close_at, opened, second

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(autouse=True)
def _opener(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERTUI_PASSPHRASE", PASSPHRASE)


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """A terminal that was never online, with three sealed batches; its ledger is elsewhere."""
    folder = new_folder(tmp_path, with_ledger=True)
    shutil.move(folder / "ledger", tmp_path / "hall")
    station = open_station(folder)
    _, session = at_work(station)
    for _ in range(3):
        pay(station, session)
        seal_batch(station, on(station, "rosa"))
    close(station)
    return folder


@pytest.fixture
def hall(office: Path) -> Path:
    return office.parent / "hall"


@pytest.fixture
def stick(office: Path, tmp_path: Path, countertui: Command) -> Path:
    done = countertui("batch", "export", str(tmp_path / "stick"), folder=office)
    assert done.returncode == 0, done.stderr
    return tmp_path / "stick"


def taken(countertui: Command, hall: Path, stick: Path, returned: int = 0) -> dict[str, tuple[str, str]]:
    done = countertui("ledger", "import", str(stick), "--json", folder=hall)
    assert done.returncode == returned, done.stderr + done.stdout
    return {each["file"]: (each["verdict"], each["detail"]) for each in json.loads(done.stdout)["files"]}


def receipts(hall: Path) -> int:
    books = open_books(hall)
    try:
        return sum(int(each["receipts"]) for each in status(books)["terminals"])
    finally:
        books.close()


def states(office: Path) -> list[str]:
    db = open_for_reading(office / "store.db")
    try:
        return [row.state for row in working.sendings(db)]
    finally:
        db.close()


def test_row_17_a_stick_there_and_back_in_any_order_and_twice(
    office: Path, hall: Path, stick: Path, countertui: Command
) -> None:
    for n, name in enumerate(("z", "m", "a"), start=1):
        (stick / name).mkdir()
        (stick / f"T1-1-{n}.ctb").rename(stick / name / f"{name}.ctb")
    assert {verdict for verdict, _ in taken(countertui, hall, stick).values()} == {"posted"}
    assert {verdict for verdict, _ in taken(countertui, hall, stick).values()} == {"here already"}
    assert receipts(hall) == 3
    published = countertui("ledger", "publish", folder=hall)
    assert published.returncode == 0, published.stderr
    taken(countertui, hall, stick)
    back = countertui("batch", "import", str(stick), "--json", folder=office)
    assert back.returncode == 0, back.stdout + back.stderr
    said = json.loads(back.stdout)
    assert [one["state"] for one in said["answered"]] == ["posted"] * 3
    assert said["snapshot"] is not None
    assert states(office) == ["posted"] * 3
    again = json.loads(countertui("batch", "import", str(stick), "--json", folder=office).stdout)
    assert (again["answered"], again["snapshot"], again["faults"]) == ([], None, [])


def test_row_17_the_stick_carries_the_register_for_a_ledger_that_lost_some_of_it(hall: Path, stick: Path) -> None:
    books = open_books(hall)
    try:
        with books.reading() as connection:
            entries = entries_after(connection, 0)
    finally:
        books.close()
    assert len(entries) > 1
    assert (stick / "T1-registry.jsonl").read_bytes().splitlines() == entries


def test_row_17_truncated_early_old_and_of_another_city(
    hall: Path, stick: Path, tmp_path: Path, countertui: Command
) -> None:
    whole = (stick / "T1-1-1.ctb").read_bytes()
    (stick / "T1-1-1.ctb").write_bytes(whole[: len(whole) // 2])
    elsewhere = founded(tmp_path / "elsewhere", "DEMO-ELSEWHERE")
    till = Till(elsewhere).registered(elsewhere)
    till.pay(line(None, allocation(None, "100-4410", 25)))
    (stick / "other.ctb").write_bytes(till.seal())
    elsewhere.close()
    found = taken(countertui, hall, stick, returned=1)
    assert found["T1-1-1.ctb"][0] == "refused"
    assert "cut short" in found["T1-1-1.ctb"][1]
    assert found["other.ctb"] == ("refused", "It is for another city's ledger: DEMO-ELSEWHERE.")
    told = (
        "The last one here is batch 0. There: F10, S, W, all after batch 0 (countertui batch export FOLDER --after 0)"
    )
    assert found["T1-1-2.ctb"] == ("waits for an earlier batch", told)
    assert receipts(hall) == 0
    (stick / "T1-1-1.ctb").write_bytes(whole)
    (stick / "other.ctb").unlink()
    assert {verdict for verdict, _ in taken(countertui, hall, stick).values()} == {"posted"}
    shutil.copy(stick / "T1-1-1.ctb", stick / "an old copy.ctb")
    assert taken(countertui, hall, stick)["an old copy.ctb"][0] == "here already"
    assert receipts(hall) == 3


@pytest.mark.parametrize("what", ["ack", "snapshot"])
def test_row_17_what_comes_back_altered_is_not_believed(
    what: str, office: Path, hall: Path, stick: Path, countertui: Command
) -> None:
    taken(countertui, hall, stick)
    assert countertui("ledger", "publish", folder=hall).returncode == 0
    taken(countertui, hall, stick)
    path = {
        "ack": stick / "T1-1-1.ack",
        "snapshot": stick / "snapshot-T1" / "manifest.json",
    }[what]
    data = path.read_bytes()
    path.write_bytes(data.replace(b'"sig":"', b'"sig":"AAAA', 1))
    done = countertui("batch", "import", str(stick), "--json", folder=office)
    said = json.loads(done.stdout)
    assert done.returncode == 1
    assert said["faults"]
    if what == "ack":
        assert states(office)[0] == "sealed"
    if what == "snapshot":
        assert said["snapshot"] is None


def test_row_15_a_restored_ledger_gets_by_stick_what_it_had_before(
    office: Path, hall: Path, stick: Path, tmp_path: Path, countertui: Command
) -> None:
    shutil.copytree(hall, tmp_path / "older")
    taken(countertui, hall, stick)
    assert countertui("batch", "import", str(stick), folder=office).returncode == 0
    assert states(office) == ["posted"] * 3
    station = open_station(office)
    seal_batch(station, on(station, "rosa"))
    close(station)
    older, next_stick = tmp_path / "older", tmp_path / "next"
    assert countertui("batch", "export", str(next_stick), folder=office).returncode == 0
    ((verdict, detail),) = taken(countertui, older, next_stick, returned=1).values()
    assert verdict == "waits for an earlier batch"
    assert "countertui batch export FOLDER --after 0" in detail
    done = countertui("batch", "export", str(next_stick), "--after", "0", folder=office)
    assert done.returncode == 0, done.stderr
    assert [verdict for verdict, _ in taken(countertui, older, next_stick).values()] == ["posted"] * 4
    assert receipts(older) == 3


def test_row_17_a_terminal_takes_what_another_of_its_office_sealed(tmp_path: Path, countertui: Command) -> None:
    here, there, stick = new_folder(tmp_path), second(tmp_path), tmp_path / "stick"
    station = opened(there)
    ben, session = at_work(station, "ben", "D2")
    pay(station, session)
    close_at(station, ben, session)
    seal_batch(station, ben)
    close(station)
    assert countertui("batch", "export", str(stick), folder=there).returncode == 0
    done = countertui("batch", "import", str(stick), folder=here)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "T2: batch 1, 1 drawer, 1 receipt" in done.stdout
