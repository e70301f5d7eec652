"""What is left of a dead terminal is read without its passphrase, verified, and posted by two people."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from io import StringIO
from pathlib import Path

import pytest

from counter_station import at_work, close, new_folder, on, open_station, pay
from countertui.cli.batch import export
from countertui.cli.ledger.stick import import_, recover_
from countertui.counter.open_drawer import session_of
from countertui.counter.seal_batch import seal_batch
from countertui.demo.passphrase import PASSPHRASE
from countertui.domain.desk_records import DeskKind
from countertui.ledger.answers import HELD, NEW, SAME
from countertui.ledger.batch_states import step
from countertui.ledger.books import Books, open_books
from countertui.ledger.dead_store import Left, StoreRefusedError, read_store
from countertui.ledger.desk import Ground
from countertui.ledger.fsck import fsck
from countertui.ledger.ingest import ingest
from countertui.ledger.keep_terminals import register_terminal
from countertui.ledger.keys import open_key
from countertui.ledger.live import hear_records
from countertui.ledger.recovering import recover
from countertui.ledger.registry import entries_after
from countertui.ledger.status import status
from countertui.machine import uuid7
from countertui.store import working
from countertui.sync.live import record_lines
from failure_matrix.city_ledger import NOW, image
from ledger.town import Till, allocation, line


@pytest.fixture
def dead(tmp_path: Path) -> Path:
    """A terminal whose machine died: one batch sealed and never sent, two receipts after it."""
    folder = new_folder(tmp_path, with_ledger=True)
    station = open_station(folder)
    _, session = at_work(station)
    pay(station, session)
    seal_batch(station, on(station, "rosa"))
    pay(station, session)
    pay(station, session)
    close(station)
    return folder


@pytest.fixture
def books(dead: Path) -> Iterator[Books]:
    opened = open_books(dead / "ledger")
    yield opened
    opened.close()


def post_by_two(books: Books, no: int) -> None:
    key = open_key(books.folder, PASSPHRASE)
    with books.writing() as connection:
        ground = Ground(connection, books, key, NOW)
        step(ground, DeskKind.BATCH_RELEASE, "T1", 1, no, by="tess", reason="Looked at", id_=uuid7())
    with books.writing() as connection:
        ground = Ground(connection, books, key, NOW)
        step(ground, DeskKind.BATCH_POST, "T1", 1, no, by="omar", reason="", id_=uuid7())


def receipts(books: Books) -> int:
    return int(next(each["receipts"] for each in status(books)["terminals"] if each["terminal"] == "T1"))


def test_a_dead_terminals_records_are_recovered_once(dead: Path, books: Books, tmp_path: Path) -> None:
    key = open_key(books.folder, PASSPHRASE)
    (tmp_path / "image" / "home" / "counter").mkdir(parents=True)
    shutil.copy(dead / "store.db", tmp_path / "image" / "home" / "counter" / "store.db")
    left = read_store(tmp_path / "image")
    found = recover(books, key, left, "tess", NOW)
    assert (found.sealed, found.batch_no, found.bad) == (1, 2, None)
    assert found.last_seq == len(left.records)
    with books.reading() as connection:
        assert [entry for _, entry in left.entries] == entries_after(connection, 0), "the register, as it was signed"
    assert receipts(books) == 1, "what nobody sealed waits"
    assert [each["kind"] for each in status(books)["alarms"]] == ["recovered"]
    again = recover(books, key, left, "tess", NOW)
    assert (again.sealed, again.records, again.batch_no) == (0, 0, None)
    post_by_two(books, 2)
    assert receipts(books) == 3
    assert fsck(books).differences == ()


def sealed(folder: Path) -> bytes:
    """The terminal's own envelope of all that was not sealed yet."""
    station = open_station(folder)
    seal_batch(station, on(station, "rosa"))
    envelope = working.sendings(station.db)[-1].envelope
    close(station)
    return envelope


def test_row_27_a_genuine_batch_over_recovered_records_is_taken_as_the_same_records(dead: Path, books: Books) -> None:
    key = open_key(books.folder, PASSPHRASE)
    assert recover(books, key, read_store(dead / "store.db"), "tess", NOW).batch_no == 2
    envelope = sealed(dead)
    assert ingest(books, key, envelope, "T1", 1, 2, NOW).status == NEW
    assert receipts(books) == 3, "once each"
    assert ingest(books, key, envelope, "T1", 1, 2, NOW).status == SAME
    found = status(books)
    assert (found["inbox"], found["held"]) == ({}, [])
    assert [each["kind"] for each in found["alarms"]] == ["recovered"], "no fork"
    place = next(each for each in found["terminals"] if each["terminal"] == "T1")
    assert (place["state"], place["batches"], place["posted"], place["difference_cents"]) == ("active", 2, 2, 0)
    assert fsck(books).differences == ()
    station = open_station(dead)
    session = session_of(station, on(station, "rosa"))
    assert session is not None
    pay(station, session)
    close(station)
    assert ingest(books, key, sealed(dead), "T1", 1, 3, NOW).status == NEW, "and it goes on"
    assert fsck(books).differences == ()


def test_row_27_recovered_records_that_were_posted_are_not_posted_again(dead: Path, books: Books) -> None:
    key = open_key(books.folder, PASSPHRASE)
    recover(books, key, read_store(dead / "store.db"), "tess", NOW)
    post_by_two(books, 2)
    answer = ingest(books, key, sealed(dead), "T1", 1, 2, NOW)
    assert answer.status == HELD
    assert receipts(books) == 3
    found = status(books)
    assert found["inbox"] == {"recovered": 1}
    assert [each["kind"] for each in found["alarms"]] == ["recovered"], "no fork"
    assert next(each["state"] for each in found["terminals"] if each["terminal"] == "T1") == "active"
    assert fsck(books).differences == ()


def test_another_journal_under_the_same_key_is_a_fork(dead: Path, books: Books, tmp_path: Path) -> None:
    key = open_key(books.folder, PASSPHRASE)
    other = image(dead, tmp_path / "other")
    for folder, number in ((dead, 1), (other, 2)):
        station = open_station(folder)
        session = session_of(station, on(station, "rosa"))
        assert session is not None
        for _ in range(number):
            pay(station, session)
        seal_batch(station, on(station, "rosa"))
        sent = working.sendings(station.db)
        close(station)
        if folder == dead:
            for row in sent:
                ingest(books, key, row.envelope, "T1", 1, row.batch_no, NOW)
    taken = receipts(books)
    with pytest.raises(StoreRefusedError, match="another than the one here"):
        recover(books, key, read_store(other), "tess", NOW)
    assert [each["kind"] for each in status(books)["alarms"]] == ["fork"]
    assert receipts(books) == taken


def test_a_hot_journal_beside_the_store_is_taken_back_in_a_copy(dead: Path, books: Books, tmp_path: Path) -> None:
    whole = read_store(dead / "store.db")
    child = sqlite3.connect(dead / "store.db", isolation_level=None)
    child.execute("PRAGMA cache_size=1")
    child.execute("BEGIN IMMEDIATE")
    child.execute("UPDATE counter SET cum_net = 999999")
    child.execute("CREATE TABLE spill AS SELECT randomblob(200000) AS x FROM journal")
    (tmp_path / "pulled").mkdir()
    for file in dead.glob("store.db*"):
        shutil.copy(file, tmp_path / "pulled" / file.name)
    child.execute("ROLLBACK")
    child.close()
    before = {file.name: file.read_bytes() for file in (tmp_path / "pulled").iterdir()}
    assert read_store(tmp_path / "pulled") == whole
    assert {file.name: file.read_bytes() for file in (tmp_path / "pulled").iterdir()} == before


def test_an_altered_record_ends_what_is_taken(dead: Path, books: Books) -> None:
    left = read_store(dead / "store.db")
    body, sig = left.records[-1]
    records = (*left.records[:-1], (body.replace(b'"change_cents":0', b'"change_cents":1'), sig))
    altered = type(left)(left.ledger, left.terminal, left.epoch, left.envelopes, records)
    found = recover(books, open_key(books.folder, PASSPHRASE), altered, "tess", NOW)
    assert found.bad == len(records)
    assert found.last_seq == len(records) - 1


@pytest.mark.parametrize("what", ["city", "terminal", "file"])
def test_what_is_not_of_this_city_is_refused(what: str, dead: Path, books: Books, tmp_path: Path) -> None:
    if what == "file":
        (tmp_path / "x.db").write_bytes(b"SQLite format 3\0" + bytes(4000))
        with pytest.raises(StoreRefusedError, match="can't be read as a terminal's store") as refused:
            read_store(tmp_path / "x.db")
        assert "image of a whole disk is mounted first" in refused.value.press
        return
    left = read_store(dead / "store.db")
    names = ("ELSEWHERE", "T1") if what == "city" else (left.ledger, "T9")
    with pytest.raises(StoreRefusedError):
        recover(books, open_key(books.folder, PASSPHRASE), type(left)(*names, 1, (), left.records), "tess", NOW)


def test_a_store_whose_parts_are_of_another_kind_is_read_as_far_as_it_is_one(dead: Path, tmp_path: Path) -> None:
    whole = read_store(dead / "store.db")
    db = sqlite3.connect(tmp_path / "store.db")
    db.execute("CREATE TABLE sending (batch_no, envelope)")
    db.execute("CREATE TABLE journal (seq, body, sig)")
    db.executemany(
        "INSERT INTO journal VALUES (?, ?, ?)", ((n, *each) for n, each in enumerate(whole.records, start=1))
    )
    db.executemany("INSERT INTO sending VALUES (?, ?)", [(1, "text"), (2, None), ("x", b""), (3, b"bytes")])
    db.commit()
    assert read_store(tmp_path / "store.db") == Left(whole.ledger, "T1", 1, ((3, b"bytes"),), whole.records)
    said = whole.records[0][0].replace(b'"epoch":1', b'"epoch":"1"')
    db.execute("UPDATE journal SET body = ? WHERE seq = 1", (said,))
    db.commit()
    db.close()
    with pytest.raises(StoreRefusedError):
        read_store(tmp_path / "store.db")


def test_a_terminal_that_a_restored_ledger_forgot_for_good_is_let_in_again_by_two_people(
    dead: Path, books: Books, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Another terminal's admission came in the place of its own: the command says what to do, and does it."""
    key = open_key(books.folder, PASSPHRASE)
    shutil.copytree(books.folder, tmp_path / "lost")
    lost = open_books(tmp_path / "lost")
    till = Till(lost, "T9")
    register_terminal(lost, key, "T9", "HALL", 1, till.identity.public_key, by=("ken", "uma"), now=NOW)
    with lost.reading() as connection:
        entries = entries_after(connection, 0)
    lost.close()
    register_terminal(books, key, "T8", "HALL", 1, Till(books, "T8").identity.public_key, by=("ken", "uma"), now=NOW)
    till.open("S1")
    till.pay(line(None, allocation(None, "100-4410", 25)))
    store = tmp_path / "store.db"
    with closing(sqlite3.connect(store)) as db, db:
        db.execute("CREATE TABLE journal (seq, body, sig)")
        db.executemany("INSERT INTO journal VALUES (?, ?, ?)", [(n, *each) for n, each in enumerate(till.records, 1)])
        db.execute("CREATE TABLE registry (no, envelope)")
        db.executemany("INSERT INTO registry VALUES (?, ?)", list(enumerate(entries, 1)))
    monkeypatch.setattr("sys.stdin", StringIO("tess\n7777\n"))
    with pytest.raises(StoreRefusedError, match="T9, epoch 1, is not on the register") as refused:
        import_(store, dir=books.folder)
    assert "--admit-again" in refused.value.press
    monkeypatch.setattr("sys.stdin", StringIO("ken\n1010\numa\n2020\ntess\n7777\n"))
    assert import_(store, admit_again=True, dir=books.folder) == 1, "what the register says otherwise is told again"
    said = capsys.readouterr()
    assert "The key of T9, epoch 1, is let in again by ken and uma." in said.err
    assert f"Of the register that it has, no more is taken: Entry {len(entries)} of the register is another" in said.out
    assert "Two people release and post them: countertui ledger release T9 1" in said.out
    assert fsck(books).differences == ()


def test_row_27_of_a_stolen_terminal_what_was_heard_live_is_taken_for_two_people(
    dead: Path, books: Books, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    key = open_key(books.folder, PASSPHRASE)
    till = Till(books, "T9")
    register_terminal(books, key, "T9", "HALL", 1, till.identity.public_key, by=("ken", "uma"), now=NOW)
    till.open("S1")
    till.pay(line(None, allocation(None, "100-4410", 25)))
    assert hear_records(books, key, "T9", 1, record_lines(till.records), NOW).status == 200
    monkeypatch.setattr("sys.stdin", StringIO("tess\n7777\n"))
    assert recover_("T9", dir=books.folder) == 0
    said = capsys.readouterr().out
    assert "T9, epoch 1: 2 records taken that were heard live." in said
    assert "countertui ledger release T9 1 --reason TEXT" in said
    assert [each["terminal"] for each in status(books)["held"]] == ["T9"]
    assert fsck(books).differences == ()


def test_a_store_that_lies_beside_batches_is_told_to_be_unread(
    dead: Path, books: Books, capsys: pytest.CaptureFixture[str]
) -> None:
    export(dead / "stick", dir=dead)
    shutil.copy(dead / "store.db", dead / "stick")
    assert import_(dead / "stick", dir=books.folder) == 0
    assert f"{dead / 'stick' / 'store.db'} was not read: name it" in capsys.readouterr().out
