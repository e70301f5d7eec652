"""One transaction a record: wholly there or wholly absent, and afterwards the anchor knows it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from counter_station import clock_of, close, new_folder, open_station, reopened
from countertui.counter.station import Station
from countertui.domain.records import Fact, Kind
from countertui.store.anchor import Tip, read_tip
from countertui.store.connection import StoreUnusable, open_store
from countertui.store.store import CommitUnknown, NotWritten, Recorded, Store, StoreHalted, read_body
from countertui.store.working import CartRow, save_cart


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    opened = open_station(new_folder(tmp_path))
    yield opened
    close(opened)


def _login(station: Station, id_: str = "") -> Fact:
    return Fact(id_ or station.ids(), Kind.LOGIN, "rosa", {})


def _append(station: Station, fact: Fact | None = None) -> Recorded:
    return station.store.append(fact or _login(station), station.recorder, station.clock)


def test_a_record_is_stored_as_signed_and_anchored(station: Station) -> None:
    seq, h = station.store.tip()
    recorded = _append(station)
    assert recorded.seq == seq + 1
    row = station.db.execute("SELECT id, kind, prev, body, h FROM journal WHERE seq = ?", (recorded.seq,)).fetchone()
    assert row[:3] == (recorded.id, "login", h)
    assert json.loads(row[3]) == recorded.body == read_body(station.db, recorded.seq)
    assert row[4] == recorded.h
    assert station.store.anchor.tip() == Tip(recorded.seq, recorded.h.hex())
    assert station.store.holds(recorded.id)


def test_a_body_says_where_when_and_by_which_snapshot(station: Station) -> None:
    clock_of(station).set("2026-11-23T10:00:00.250")
    head = _append(station).body
    assert (head["ledger"], head["terminal"], head["epoch"]) == ("DEMO-ALDER-FALLS", "T1", 1)
    assert (head["utc"], head["clock"], head["boot_id"]) == ("2026-11-23T10:00:00.250Z", {}, "boot-of-a-test")
    assert head["snapshot"] == 1


def test_what_belongs_into_the_transaction_goes_with_it(station: Station) -> None:
    before = station.store.tip()

    def fails(db: sqlite3.Connection, _recorded: Recorded) -> None:
        save_cart(db, CartRow("c", "rosa", "open", "", "{}"))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        station.store.append(_login(station), station.recorder, station.clock, fails)
    assert station.store.tip() == before
    assert station.db.execute("SELECT COUNT(*) FROM cart").fetchone() == (0,)
    assert not station.db.in_transaction
    assert _append(station).seq == before[0] + 1


def test_one_id_makes_one_record(station: Station) -> None:
    recorded = _append(station)
    with pytest.raises(NotWritten) as told:
        _append(station, _login(station, recorded.id))
    assert told.value.safe == "Nothing of it was recorded; everything before it is safe."
    assert station.store.tip()[0] == recorded.seq
    assert station.store.halted is None


def test_a_reader_that_holds_on_too_long_costs_a_try_and_nothing_else(station: Station) -> None:
    """SQLITE_BUSY at COMMIT: in a rollback journal the writer waits for every reader."""
    station.db.execute("PRAGMA busy_timeout=50")
    before = station.store.tip()
    other = sqlite3.connect(station.store.path, isolation_level=None)
    other.execute("BEGIN")
    other.execute("SELECT * FROM journal").fetchall()
    with pytest.raises(NotWritten, match="another program held it"):
        _append(station)
    other.execute("COMMIT")
    assert station.store.tip() == before
    assert _append(station).seq == before[0] + 1
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(NotWritten, match="another program held it"):
        _append(station)
    with pytest.raises(NotWritten, match="another program held it"):
        station.store.write_working(lambda db: save_cart(db, CartRow("c", "rosa", "open", "", "{}")))
    other.close()
    _append(station)


def test_an_anchor_that_cannot_be_written_is_told_as_recorded(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(seq: int, h: bytes) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(station.store.anchor, "advance", fails)
    fact = _login(station)
    with pytest.raises(CommitUnknown, match="HOLDS the record") as told:
        _append(station, fact)
    assert told.value.recorded is True
    assert station.store.holds(fact.id)
    with pytest.raises(StoreHalted, match="anchor"):
        _append(station)


def test_a_halted_store_takes_nothing(station: Station) -> None:
    station.store.halt("a reason")
    station.store.halt("another one")
    before = station.store.tip()
    with pytest.raises(StoreHalted, match="a reason"):
        _append(station)
    with pytest.raises(StoreHalted):
        station.store.write_working(lambda db: save_cart(db, CartRow("c", "rosa", "open", "", "{}")))
    assert station.store.tip() == before


def test_a_restart_goes_on_where_the_journal_ends(station: Station) -> None:
    recorded = _append(station)
    again = reopened(station)
    assert again.store.halted is None
    assert again.store.tip() == (recorded.seq, recorded.h)
    assert _append(again).seq == recorded.seq + 1
    close(again)


def test_the_identity_is_record_1s(station: Station, tmp_path: Path) -> None:
    identity = station.store.identity()
    assert identity is not None
    assert (identity.ledger, identity.terminal, identity.epoch, identity.office) == (
        "DEMO-ALDER-FALLS",
        "T1",
        1,
        "HALL",
    )
    assert identity.public_key == station.recorder.public_key.hex()
    empty = Store(tmp_path / "empty")
    assert empty.identity() is None
    assert empty.tip() == (0, b"")
    empty.close()


def test_a_journal_behind_its_anchor_opens_halted_and_leaves_the_anchor_alone(station: Station) -> None:
    """Were one more record taken, and then another, the anchor would forget what it knew."""
    close(station)
    image = station.store.path.read_bytes()
    ahead = open_station(station.store.folder)
    tips = [_append(ahead) for _ in range(3)]
    close(ahead)
    station.store.path.write_bytes(image)
    for _ in range(3):
        old = open_station(station.store.folder)
        assert old.store.halted is not None
        assert "its tail is cut or an old copy was put back" in old.store.halted
        with pytest.raises(StoreHalted):
            _append(old)
        close(old)
    assert read_tip(old.store.anchor.path.parent) == Tip(tips[-1].seq, tips[-1].h.hex())


def test_a_journal_two_ahead_of_its_anchor_opens_halted(station: Station) -> None:
    old = station.store.anchor.path.read_bytes()
    _append(station)
    _append(station)
    close(station)
    station.store.anchor.path.write_bytes(old)
    again = Store(station.store.folder)
    assert "the anchor at" in (again.halted or "")
    again.close()


def test_a_journal_without_its_guards_opens_halted(station: Station) -> None:
    close(station)
    other = sqlite3.connect(station.store.path)
    other.execute("DROP TRIGGER journal_keeps_everything")
    other.close()
    again = open_station(station.store.folder)
    assert again.store.halted == "The triggers that guard the journal are not as they were made."
    close(again)


def test_a_store_that_cannot_be_opened_whole_lets_go_of_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[sqlite3.Connection] = []

    def kept(path: Path) -> sqlite3.Connection:
        opened.append(open_store(path))
        return opened[-1]

    def no_anchor(_folder: Path) -> None:
        raise PermissionError("no")

    monkeypatch.setattr("countertui.store.store.open_store", kept)
    monkeypatch.setattr("countertui.store.store.Anchor", no_anchor)
    with pytest.raises(PermissionError):
        Store(tmp_path / "counter")
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        opened[0].execute("SELECT 1")


def test_nobody_else_can_write_the_file_while_it_is_open(station: Station) -> None:
    before = station.store.path.read_bytes()
    with closing(sqlite3.connect(station.store.path, timeout=0, isolation_level=None)) as stranger:
        assert stranger.execute("SELECT COUNT(*) FROM journal").fetchone() == (station.store.tip()[0],)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            stranger.execute("UPDATE counter SET cum_net = 0")
    assert station.store.path.read_bytes() == before
    station.store.close()
    with closing(sqlite3.connect(station.store.path, timeout=0, isolation_level=None)) as stranger:
        stranger.execute("UPDATE counter SET cum_net = 0")


def test_a_journal_that_cannot_be_read_is_told_in_words(station: Station) -> None:
    (page,) = station.db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'journal'").fetchone()
    (size,) = station.db.execute("PRAGMA page_size").fetchone()
    station.store.close()
    data = bytearray(station.store.path.read_bytes())
    data[(page - 1) * size : page * size] = b"\xff" * size
    station.store.path.write_bytes(bytes(data))
    with pytest.raises(StoreUnusable, match="can't be opened"):
        Store(station.store.folder)
    assert station.store.path.read_bytes() == bytes(data)
