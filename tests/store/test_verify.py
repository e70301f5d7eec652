"""`verify` finds whatever was done to a store, and nothing where nothing was done."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from counter_day import a_day
from counter_station import at_work, close, new_folder, open_station, pay
from countertui.counter.station import Station
from countertui.store.anchor import Tip, anchor_folder, read_tip
from countertui.store.connection import open_for_reading
from countertui.store.schema import marks_of
from countertui.store.verify import Fault, derived_tables, verify_anchor, verify_chain, verify_derived, verify_integrity
from countertui.sync.ed25519 import checked_public_key
from countertui.sync.recorder import verify_record


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Station:
    """A station after a day, closed."""
    station = open_station(new_folder(tmp_path_factory.mktemp("day")))
    a_day(station, seed=7, acts=60)
    close(station)
    return station


@pytest.fixture
def folder(day: Station, tmp_path: Path) -> Path:
    copy = tmp_path / "counter"
    shutil.copytree(day.store.folder, copy)
    shutil.copytree(anchor_folder(day.store.folder), anchor_folder(copy))
    return copy


def _verify(station: Station, folder: Path, from_seq: int = 1) -> list[Fault]:
    check = partial(verify_record, checked_public_key(station.recorder.public_key))
    connection = open_for_reading(folder / "store.db")
    try:
        return [
            *verify_chain(connection, check, station.recorder.genesis, from_seq),
            *verify_anchor(connection, read_tip(anchor_folder(folder))),
            *verify_integrity(connection),
            *verify_derived(connection),
        ]
    finally:
        connection.close()


def _tamper(folder: Path, *statements: str, guards: tuple[str, ...] = ()) -> None:
    """Change the file as somebody who knows SQLite would: take the guards off, change it, put them back."""
    connection = sqlite3.connect(folder / "store.db", isolation_level=None)
    kept = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in kept:
        connection.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        connection.execute(statement)
    for _, sql in kept:
        connection.execute(sql)
    connection.close()


def _codes(faults: list[Fault]) -> set[str]:
    return {fault.code for fault in faults}


def test_a_day_of_every_kind_is_well(day: Station, folder: Path) -> None:
    connection = open_for_reading(folder / "store.db")
    kinds = {row[0] for row in connection.execute("SELECT DISTINCT kind FROM journal").fetchall()}
    connection.close()
    assert kinds >= {"start", "login", "open", "pay", "void", "void_request", "count", "close", "seal", "reprint"}
    assert _verify(day, folder) == []


@pytest.mark.parametrize("seed", range(6))
def test_rebuilding_gives_the_same_derived_tables_after_a_random_day(tmp_path: Path, seed: int) -> None:
    station = open_station(new_folder(tmp_path))
    a_day(station, seed, acts=60)
    close(station)
    assert _verify(station, station.store.folder) == []


def test_progress_is_told_of_every_record(day: Station, folder: Path) -> None:
    check = partial(verify_record, checked_public_key(day.recorder.public_key))
    connection = open_for_reading(folder / "store.db")
    told: list[int] = []
    verify_chain(connection, check, day.recorder.genesis, 3, told.append)
    last = connection.execute("SELECT MAX(seq) FROM journal").fetchone()[0]
    connection.close()
    assert told == list(range(3, last + 1))


@pytest.mark.parametrize("seq", [1, 5, 20])
@pytest.mark.parametrize(
    ("column", "codes"),
    [("body", {"chain"}), ("sig", {"signature"}), ("h", {"chain"}), ("prev", {"chain"})],
)
def test_a_flipped_byte_is_found(day: Station, folder: Path, seq: int, column: str, codes: set[str]) -> None:
    connection = open_for_reading(folder / "store.db")
    data = bytearray(connection.execute(f"SELECT {column} FROM journal WHERE seq = ?", (seq,)).fetchone()[0])
    connection.close()
    data[-2] ^= 1
    _tamper(folder, f"UPDATE journal SET {column} = x'{bytes(data).hex()}' WHERE seq = {seq}")
    faults = _verify(day, folder)
    assert codes <= _codes(faults)
    assert {fault.seq for fault in faults if fault.code in codes} <= {seq, seq + 1}


@pytest.mark.parametrize("change", ["id = 'another'", "kind = 'login'"])
def test_a_column_beside_the_signed_bytes_is_compared(day: Station, folder: Path, change: str) -> None:
    """Whether a payment was taken is looked up by id: it has to be the signed one."""
    _tamper(folder, f"UPDATE journal SET {change} WHERE kind = 'pay' AND seq = (SELECT MIN(seq) FROM receipt)")
    assert [fault.code for fault in _verify(day, folder) if fault.seq] == ["columns"]


def test_a_removed_record_is_a_gap(day: Station, folder: Path) -> None:
    _tamper(folder, "DELETE FROM journal WHERE seq = 6")
    faults = _verify(day, folder)
    assert ("gap", 7) in {(fault.code, fault.seq) for fault in faults}
    assert "derived" in _codes(faults)


def test_an_end_between_two_looks_at_the_anchor_is_an_open_counters(day: Station, folder: Path) -> None:
    """`verify` beside an open counter: the anchor was read, receipts were taken, then the copy was made."""
    tip = read_tip(anchor_folder(folder))
    assert tip is not None
    connection = open_for_reading(folder / "store.db")
    before, h = connection.execute("SELECT seq, h FROM journal WHERE seq = ?", (tip.seq - 3,)).fetchone()
    earlier, later = Tip(before, h.hex()), Tip(tip.seq + 5, "ab" * 32)
    assert [fault.code for fault in verify_anchor(connection, earlier)] == ["ahead_of_anchor"]
    assert verify_anchor(connection, earlier, lambda: tip) == []
    assert verify_anchor(connection, earlier, lambda: later) == []
    still_behind = Tip(tip.seq - 2, "ab" * 32)
    assert [fault.code for fault in verify_anchor(connection, earlier, lambda: still_behind)] == ["ahead_of_anchor"]
    assert [fault.code for fault in verify_anchor(connection, later, lambda: later)] == ["behind_anchor"]
    other = Tip(before, "ab" * 32)
    assert [fault.code for fault in verify_anchor(connection, other, lambda: tip)] == ["other_than_anchor"]
    connection.close()


def test_a_cut_tail_is_found_by_the_anchor_alone(day: Station, folder: Path) -> None:
    """Chain and signatures of what is left are perfect, and so are derived tables somebody rebuilt."""
    tip = read_tip(anchor_folder(folder))
    assert tip is not None
    _tamper(folder, f"DELETE FROM journal WHERE seq = {tip.seq}")
    assert _codes(_verify(day, folder)) >= {"behind_anchor"}
    check = partial(verify_record, checked_public_key(day.recorder.public_key))
    connection = open_for_reading(folder / "store.db")
    assert verify_chain(connection, check, day.recorder.genesis) == []
    connection.close()


def test_an_old_copy_put_back_is_found(tmp_path: Path) -> None:
    station = open_station(new_folder(tmp_path))
    _, session = at_work(station)
    image = station.store.path.read_bytes()
    pay(station, session)
    close(station)
    station.store.path.write_bytes(image)
    assert [fault.code for fault in _verify(station, station.store.folder)] == ["behind_anchor"]


def test_an_old_copy_that_grew_again_is_found(tmp_path: Path) -> None:
    """Same length, other content: a second terminal with the same key, or the copy was worked on elsewhere."""
    station = open_station(new_folder(tmp_path))
    _, session = at_work(station)
    image = station.store.path.read_bytes()
    pay(station, session)
    anchored = anchor_folder(station.store.folder) / "anchor"
    known = anchored.read_bytes()
    close(station)
    station.store.path.write_bytes(image)
    shutil.rmtree(anchored.parent)
    elsewhere = open_station(station.store.folder)
    elsewhere.store.halted = None
    pay(elsewhere, session)
    close(elsewhere)
    anchored.write_bytes(known)
    assert [fault.code for fault in _verify(station, station.store.folder)] == ["other_than_anchor"]


@pytest.mark.parametrize(
    ("behind", "codes"),
    [(0, []), (1, []), (2, ["ahead_of_anchor"]), (5, ["ahead_of_anchor"])],
)
def test_the_journal_may_be_ahead_by_the_last_record_only(folder: Path, behind: int, codes: list[str]) -> None:
    connection = open_for_reading(folder / "store.db")
    rows = connection.execute("SELECT seq, h FROM journal ORDER BY seq DESC LIMIT 6").fetchall()
    faults = verify_anchor(connection, Tip(rows[behind][0], rows[behind][1].hex()))
    lost = verify_anchor(connection, None)
    connection.close()
    assert [fault.code for fault in faults] == codes
    assert [fault.code for fault in lost] == ["ahead_of_anchor"]


def test_a_torn_anchor_is_as_good_as_one_record_behind(day: Station, folder: Path) -> None:
    path = anchor_folder(folder) / "anchor"
    tip = read_tip(anchor_folder(folder))
    assert tip is not None
    data = bytearray(path.read_bytes())
    at = tip.seq % 2 * 96
    data[at + 40 : at + 96] = bytes(56)
    path.write_bytes(bytes(data))
    again = read_tip(anchor_folder(folder))
    assert again is not None
    assert again.seq == tip.seq - 1
    assert _verify(day, folder) == []


_EDITS: dict[str, str] = {
    "identity": "UPDATE identity SET office = 'COURT'",
    "counter": "UPDATE counter SET cum_net = cum_net + 1",
    "pin_state": "UPDATE pin_state SET failures = 1 WHERE operator = 'mei'",
    "operator_here": "INSERT INTO operator_here VALUES ('mallory', 'Mallory', 'lead', 'x', 3)",
    "operator_leave": "INSERT INTO operator_leave VALUES ('lena', NULL, 3)",
    "session": "UPDATE session SET biz_date = '2026-11-24'",
    "receipt": "UPDATE receipt SET total_cents = total_cents - 1",
    "receipt_line": "DELETE FROM receipt_line WHERE n = 2",
    "allocation": "UPDATE allocation SET cents = cents + 1 WHERE n = 1",
    "tender": "UPDATE tender SET kind = 'check' WHERE kind = 'cash'",
    "came_back": "INSERT INTO came_back VALUES (3, 0, 'T1-1', '1041', NULL, '2026-11-20', 500, 0)",
    "drawer_move": "UPDATE drawer_move SET cents = cents - 5 WHERE what = 'tender'",
    "drawer_count": "UPDATE drawer_count SET cents = 0",
    "close_count": "UPDATE close_count SET counted_cents = expected_cents + 1",
    "own_key": "UPDATE own_key SET public_key = hex(zeroblob(32))",
    "batch": "UPDATE batch SET last_seq = last_seq + 1",
    "account_said": "INSERT INTO account_said VALUES (3, 'U1', 'phone', '', '555-0100', 'rosa', '2026-11-23')",
    "paper_keyed": "INSERT INTO paper_keyed VALUES ('B', 101, 3, NULL, 'spoiled', '2026-11-20')",
    "charge_raised": "INSERT INTO charge_raised VALUES (3, 1, 'L1', 'c', 'penalty', '2026-11-20', '', '100-1', 5)",
    "dropped": "INSERT INTO dropped SELECT 3, id, 'BAG-1', 500 FROM session LIMIT 1",
    "deposit": "INSERT INTO deposit VALUES (3, 999, 'T9-D1', 'B1', '2026-11-23', 500, NULL, NULL)",
    "deposit_count": "INSERT INTO deposit_count VALUES (3, 500)",
    "deposit_session": "INSERT INTO deposit_session SELECT 'T9', 1, id, 3, biz_date FROM session LIMIT 1",
    "deposit_bag": "INSERT INTO deposit_bag SELECT 'T9', 1, id, 'BAG-1', 3 FROM session LIMIT 1",
    "deposit_carried": "INSERT INTO deposit_carried VALUES ('T9-D1/1', 3, 'cash', 500, '', '', 'a note', NULL)",
    "deposit_day": "INSERT INTO deposit_day VALUES ('2026-11-24', 3)",
    "with_courier": "INSERT INTO with_courier VALUES ('B1', 3)",
    "license_here": "INSERT INTO license_here VALUES (3, 'T1-L1', 'file', 1)",
    "trust_request": "INSERT INTO trust_request VALUES (3, 'TD-1', 84, 'asked', NULL)",
    "card_unknown": "INSERT INTO card_unknown VALUES (3, 'a', 'c', 's', 84, 'unknown', NULL)",
}


def test_every_derived_table_is_tampered_with_here() -> None:
    assert _EDITS.keys() == set(derived_tables())
    assert set(derived_tables()) == {table for table, mark in marks_of("store.db").items() if mark == "derived"}


@pytest.mark.parametrize("table", _EDITS)
def test_an_edited_derived_row_is_found(day: Station, folder: Path, table: str) -> None:
    before = (folder / "store.db").read_bytes()
    _tamper(folder, _EDITS[table])
    assert (folder / "store.db").read_bytes() != before
    faults = _verify(day, folder)
    assert _codes(faults) == {"derived"}
    assert all(fault.words.startswith(f"{table}: ") for fault in faults)


@pytest.mark.parametrize(
    "change",
    [
        "DROP TRIGGER journal_is_append_only",
        "DROP TRIGGER journal_keeps_everything",
        "DROP TRIGGER journal_has_no_gap_and_no_fork",
        "CREATE TRIGGER skim AFTER INSERT ON journal BEGIN DELETE FROM cart; END",
    ],
)
def test_guards_that_are_not_as_they_were_made_are_found(day: Station, folder: Path, change: str) -> None:
    connection = sqlite3.connect(folder / "store.db")
    connection.execute(change)
    connection.close()
    assert [fault.code for fault in _verify(day, folder)] == ["guards"]


def test_a_damaged_page_is_found(day: Station, folder: Path) -> None:
    """Bit rot in an index leaves every row readable."""
    connection = sqlite3.connect(folder / "store.db")
    (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'receipt_by_payor'").fetchone()
    (size,) = connection.execute("PRAGMA page_size").fetchone()
    connection.close()
    data = bytearray((folder / "store.db").read_bytes())
    data[(page - 1) * size + size - 20] ^= 0x40
    (folder / "store.db").write_bytes(bytes(data))
    assert "file" in _codes(_verify(day, folder))


def test_a_journal_that_cannot_be_replayed_is_told(day: Station, folder: Path) -> None:
    _tamper(folder, "UPDATE journal SET body = x'7b7d' WHERE seq = 5")
    faults = _verify(day, folder)
    assert {"unreadable", "chain"} <= _codes(faults)


def test_pages_that_read_as_rows_no_record_wrote_are_told(day: Station) -> None:
    """After a torn write SQLite can give back NULLs where no NULL may be."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE journal (seq, id, kind, prev, body, h, sig)")
    connection.execute("INSERT INTO journal (seq, body) VALUES (1, x'7b7d'), (2, NULL)")
    check = partial(verify_record, checked_public_key(day.recorder.public_key))
    faults = verify_chain(connection, check, day.recorder.genesis)
    connection.close()
    assert [(fault.code, fault.seq) for fault in faults if fault.code == "torn"] == [("torn", 1), ("torn", 2)]


def test_pages_that_lead_back_are_told_and_not_walked_for_ever() -> None:
    db = sqlite3.connect(":memory:")
    row = "CAST(x'6964' AS TEXT) AS id, 'pay' AS kind, x'00' AS prev, x'7b7d' AS body, x'00' AS h, x'00' AS sig"
    db.execute(f"CREATE VIEW journal AS SELECT 1 AS seq, {row} UNION ALL SELECT 1, {row}")
    faults = verify_chain(db, lambda *_: None, b"\0")
    db.close()
    assert [fault for fault in faults if "not in their order" in fault.words]


def test_working_tables_may_be_lost(day: Station, folder: Path) -> None:
    working: list[Callable[[], None]] = [
        partial(_tamper, folder, f"DELETE FROM {table}")
        for table, mark in marks_of("store.db").items()
        if mark == "working"
    ]
    assert len(working) == 14
    for lose in working:
        lose()
    assert _verify(day, folder) == []
