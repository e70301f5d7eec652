"""A newer snapshot: what was posted is in its balances, what was taken since comes off them, nothing counts twice."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from counter_station import (
    at_work,
    close,
    exchange_of,
    kinds,
    last,
    new_folder,
    on,
    open_station,
    owing,
    pay_on,
    run_here,
)
from countertui.counter.account_changes import add_note, change_detail, changed_here
from countertui.counter.account_glance import glance
from countertui.counter.explain import explain
from countertui.counter.find import find, open_account
from countertui.counter.operators import add_operator, reset_operator
from countertui.counter.own_pin import change_pin, first_pin
from countertui.counter.seal_batch import seal_batch
from countertui.counter.sign_on import WrongPin, sign_on
from countertui.counter.station import Session, Station
from countertui.counter.take_snapshot import build, take_snapshot
from countertui.counter.void_receipt import void_now
from countertui.demo.folder import PASSPHRASE
from countertui.domain.account_details import Detail
from countertui.domain.rights import Role
from countertui.errors import AnswerNo
from countertui.ledger.answers import NEW
from countertui.ledger.books import open_books
from countertui.ledger.ingest import ingest
from countertui.ledger.keys import ledger_public_key, open_key
from countertui.ledger.publish import publish
from countertui.ports.snapshots import RowsFile
from countertui.store import accounts_child, reference_child
from countertui.store.working import sending
from countertui.sync.ed25519 import checked_public_key
from countertui.sync.exchange import Offer
from countertui.sync.snapshot import TableEntry, open_manifest

NOW = "2026-11-23T18:00:00+00:00"


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    opened = open_station(new_folder(tmp_path, with_ledger=True))
    yield opened
    close(opened)


@pytest.fixture
def session(station: Station) -> Session:
    return at_work(station)[1]


def _posted(station: Station) -> None:
    """Seal, and have the demo city's own ledger post it."""
    batch_no = seal_batch(station, on(station, "tess")).batch_no
    row = sending(station.db, batch_no)
    assert row is not None
    ledger = station.store.folder / "ledger"
    books = open_books(ledger)
    try:
        answer = ingest(books, open_key(ledger, PASSPHRASE), row.envelope, "T1", 1, batch_no, NOW)
    finally:
        books.close()
    assert answer.status == NEW


def _published(station: Station) -> Offer:
    ledger = station.store.folder / "ledger"
    books = open_books(ledger)
    try:
        version = publish(books, open_key(ledger, PASSPHRASE), NOW)
    finally:
        books.close()
    folder = ledger / "snapshots" / str(version)
    key = checked_public_key(ledger_public_key(ledger))
    manifest = open_manifest((folder / "manifest.json").read_bytes(), key, station.place.ledger, None)

    def fetch(entry: TableEntry, to: Path) -> None:
        shutil.copyfile(folder / f"{entry.name}.ndjson", to)

    return Offer(manifest, "T1", 1, fetch)


def _take(station: Station) -> int | None:
    exchange_of(station).offer = _published(station)
    return take_snapshot(station, run_here(station), lambda _table, _rows: None)


def test_without_a_newer_one_nothing_changes(station: Station) -> None:
    before = station.store.tip()
    assert take_snapshot(station, run_here(station), lambda _table, _rows: None) is None
    assert station.store.tip() == before


def test_it_is_recorded_and_used(station: Station, session: Session) -> None:
    assert _take(station) == 2
    record = last(station)
    assert (record["kind"], record["operator"], record["data"]["version"]) == ("snapshot_applied", "countertui", 2)
    assert station.reference.snapshot().version == 2
    assert on(station, "ben").id == "ben"
    assert last(station)["snapshot"] == 2
    assert not list(station.store.folder.glob("snapshot-*"))


def test_money_counts_once_whatever_the_snapshot_includes(station: Station, session: Session) -> None:
    account, other = owing()[:2]
    owed, owed_other = open_account(station, account).amount, open_account(station, other).amount
    pay_on(station, session, account, 1_00)
    _posted(station)
    pay_on(station, session, account, 2_00)
    pay_on(station, session, other, owed_other + 7_00)
    assert open_account(station, account).amount == owed - 3_00
    assert _take(station) == 2
    assert open_account(station, account).amount == owed - 3_00, "1.00 is in the snapshot, 2.00 was taken since"
    assert open_account(station, other).amount == 0
    _posted(station)
    assert _take(station) == 3
    assert open_account(station, account).amount == owed - 3_00
    (credit,) = open_account(station, other).charges
    assert (credit.head, credit.balance) == ("credit", -7_00)
    assert find(station, account)[0].due_cents == owed - 3_00


def test_a_void_after_the_snapshot_gives_back_what_is_in_it(station: Station, session: Session) -> None:
    account = owing()[0]
    line = open_account(station, account)
    number = pay_on(station, session, account, line.amount + 5_00).receipt_no
    _posted(station)
    assert _take(station) == 2
    assert [charge.balance for charge in open_account(station, account).charges] == [-5_00]
    void_now(station, on(station, "rosa"), on(station, "lena"), number, "Wrong account")
    after = open_account(station, account)
    assert after.amount == line.amount
    assert {(charge.id, charge.balance) for charge in after.charges} == {
        (charge.id, charge.balance) for charge in line.charges
    }


def test_the_citys_rules_come_with_it(station: Station, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    station.rules = replace(station.rules, pin_tries=99)
    _take(station)
    assert station.rules.pin_tries == 5


def test_operators_set_here_are_the_snapshots_from_then_on(
    station: Station, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the ledger made of the record counts: it may have refused it, or changed the PIN again since."""
    ken, lena = on(station, "ken"), on(station, "lena")
    first_pin(station, "nia", add_operator(station, ken, lena, "nia", "Nia Brandt", (Role.CASHIER,)), "42427")
    first_pin(station, "rosa", reset_operator(station, ken, lena, "rosa"), "8642")
    assert sign_on(station, "nia", "42427").name == "Nia Brandt"
    _posted(station)
    _take(station)
    assert sign_on(station, "nia", "42427").roles == (Role.CASHIER,), "now the snapshot's"
    on_now = sign_on(station, "rosa", "8642")
    without = [row for row in station.reference.operators() if row.id != "nia"]
    monkeypatch.setattr(station.reference, "operators", lambda: without)
    with pytest.raises(WrongPin):
        sign_on(station, "nia", "42427")
    change_pin(station, on_now, "8642", "1357")
    assert sign_on(station, "rosa", "1357").id == "rosa", "set since, so it counts here"


def test_one_that_cannot_be_read_leaves_the_old_one(station: Station, session: Session) -> None:
    offer = _published(station)

    def broken(entry: TableEntry, to: Path) -> None:
        raise AnswerNo(f"{entry.name} is not the file that was signed.")

    offer._fetch = broken
    exchange_of(station).offer = offer
    before = kinds(station)
    with pytest.raises(AnswerNo):
        take_snapshot(station, run_here(station), lambda _table, _rows: None)
    assert kinds(station) == before
    assert station.reference.snapshot().version == 1
    assert open_account(station, owing()[0]).amount > 0
    assert not list(station.store.folder.glob("snapshot-*"))


@pytest.mark.parametrize("spoilt", [False, True])
def test_a_large_citys_accounts_are_made_by_a_second_child(
    station: Station, session: Session, monkeypatch: pytest.MonkeyPatch, spoilt: bool
) -> None:
    """It is the same file; if the second child fails, the first does it all."""
    offer = _published(station)
    build(offer, station.store.folder, lambda _table, _rows: None)
    alone = _contents(station.reference.file.path)
    started: list[int] = []
    start = accounts_child.start

    def seen(file: RowsFile, new: Path) -> subprocess.Popen[bytes]:
        started.append(file.rows)
        return start(replace(file, rows=file.rows + spoilt), new)

    monkeypatch.setattr(accounts_child, "start", seen)
    monkeypatch.setattr(reference_child, "_LARGE", 100)
    build(offer, station.store.folder, lambda _table, _rows: None)
    assert started
    assert _contents(station.reference.file.path) == alone
    assert not list(station.store.folder.glob("snapshot-*"))


def _contents(path: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(path)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: sorted(connection.execute(f"SELECT * FROM {name}"), key=repr) for name in names}


def test_what_was_written_of_an_account_stands_once_whatever_the_snapshot_includes(
    station: Station, session: Session
) -> None:
    person, number = on(station, "rosa"), owing()[0]
    old, said = glance(station, number), ("9 Quince Terrace", "555-010-0177")
    change_detail(station, person, session, number, Detail.ADDRESS, old.address, said[0])
    change_detail(station, person, session, number, Detail.PHONE, old.phone, said[1])
    add_note(station, person, session, number, "Rings twice")
    _posted(station)
    add_note(station, person, session, number, "And once more")
    assert _take(station) == 2
    assert changed_here(station, station.reader) == {}, "the snapshot has them"
    seen = glance(station, number)
    assert (seen.address, seen.phone) == said
    assert [note.note for note in seen.notes if note.note.startswith(("Rings", "And"))] == [
        "And once more",
        "Rings twice",
    ]
    assert any(note.note.startswith("Address is 9 Quince Terrace") for note in seen.notes)
    assert find(station, "quince terrace")[0].key == number
    assert find(station, "010-0177")[0].key == number


def test_where_another_office_changed_it_first_theirs_comes_down_and_ours_is_in_the_notes(
    station: Station, session: Session
) -> None:
    person, number = on(station, "rosa"), owing()[0]
    change_detail(station, person, session, number, Detail.ADDRESS, glance(station, number).address, "9 Quince Terrace")
    books = open_books(station.store.folder / "ledger")
    with books.writing() as connection:
        connection.exec_driver_sql("UPDATE account SET address = '7 Ash St' WHERE number = ?", (number,))
    books.close()
    assert glance(station, number).address == "9 Quince Terrace"
    _posted(station)
    assert _take(station) == 2
    seen = glance(station, number)
    assert seen.address == "7 Ash St"
    assert any("Not taken" in note.note and "9 Quince Terrace" in note.note for note in seen.notes)


@pytest.mark.parametrize("beyond", [-20_00, 5_00])
def test_a_balance_is_explained_the_same_before_and_after_its_money_is_posted(
    station: Station, session: Session, beyond: int
) -> None:
    number = owing()[0]
    owed = open_account(station, number).amount
    first = pay_on(station, session, number, 7_01).receipt_no
    void_now(station, on(station, "rosa"), on(station, "lena"), first, "Wrong account")
    pay_on(station, session, number, owed + beyond)

    def lines() -> list[tuple[str, str, int]]:
        found = explain(station, number)
        assert all(sum(step.cents for step in one.steps) == one.charge.balance for one in found.workings)
        return [(one.charge.description, step.what, step.cents) for one in found.workings for step in one.steps]

    before = lines()
    assert any(step.here for one in explain(station, number).workings for step in one.steps)
    _posted(station)
    assert _take(station) == 2
    paid_off = {description for description, *_ in before} - {description for description, *_ in lines()}
    assert [line for line in before if line[0] not in paid_off] == lines()
    assert not any(step.here for one in explain(station, number).workings for step in one.steps)
    assert explain(station, number).owed == -beyond


def test_what_keeps_it_on_counts_what_was_paid_once_whatever_the_snapshot_includes(
    station: Station, session: Session
) -> None:
    number = str(station.reference.file.rows("SELECT account FROM account_flag WHERE flag = 'shutoff' LIMIT 1")[0][0])

    def left() -> int:
        return next(flag.left or 0 for flag in glance(station, number).flags if flag.flag == "shutoff")

    before = left()
    first = pay_on(station, session, number, 3_00).receipt_no
    _posted(station)
    pay_on(station, session, number, 2_00)
    assert left() == before - 5_00
    assert _take(station) == 2
    assert left() == before - 5_00
    void_now(station, on(station, "rosa"), on(station, "lena"), first, "Wrong account")
    assert left() == before - 2_00
    _posted(station)
    assert _take(station) == 3
    assert left() == before - 2_00
