"""Every earlier version of store.db is brought to schema.sql, and journals in it keep every byte.

golden/store-v<n>.sql is store.db as version n made it. A change to a store.db statement of schema.sql without a step in
store/migrations.py fails here.
"""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest

from countertui.store.connection import StoreUnusable, open_store
from countertui.store.migrations import steps
from countertui.store.schema import STORE_VERSION, statements_of
from countertui.store.verify import verify_guards

GOLDEN = Path(__file__).parent / "golden"


def _schema(connection: sqlite3.Connection) -> dict[str, str]:
    rows = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name <> '_sqlite_migrations'"
    ).fetchall()
    return {name: " ".join(re.sub(r"--[^\n]*", "", sql).split()) for name, sql in rows}


def _wanted() -> dict[str, str]:
    connection = sqlite3.connect(":memory:")
    for statement in statements_of("store.db"):
        connection.execute(statement)
    schema = _schema(connection)
    connection.close()
    return schema


def _as_version(path: Path, version: int) -> None:
    """A store as that version of the program made it, with its record of the steps up to there."""
    connection = sqlite3.connect(path)
    if version:
        connection.executescript((GOLDEN / f"store-v{version}.sql").read_text(encoding="utf-8"))
    connection.close()


def test_there_is_a_golden_store_for_every_version() -> None:
    versions = sorted(int(path.stem.removeprefix("store-v")) for path in GOLDEN.glob("store-v*.sql"))
    assert versions == list(range(1, STORE_VERSION + 1))


@pytest.mark.parametrize("version", range(STORE_VERSION + 1))
def test_migrating_from_every_earlier_version_gives_schema_sql(tmp_path: Path, version: int) -> None:
    _as_version(tmp_path / "store.db", version)
    connection = open_store(tmp_path / "store.db")
    schema, faults = _schema(connection), verify_guards(connection)
    (now,) = connection.execute("PRAGMA user_version").fetchone()
    recorded = [row[0] for row in connection.execute("SELECT name FROM _sqlite_migrations ORDER BY id").fetchall()]
    connection.close()
    assert schema == _wanted()
    assert faults == []
    assert now == STORE_VERSION
    assert recorded == [str(n) for n in range(1, STORE_VERSION + 1)]


def test_carts_of_an_earlier_version_are_kept_and_none_is_committing(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    _as_version(path, 4)
    connection = sqlite3.connect(path)
    carts = [(state[0], "rosa", state, "2026-11-23 09:41", "{}") for state in ("open", "parked", "committing")]
    with connection:
        connection.executemany("INSERT INTO cart VALUES (?, ?, ?, ?, ?)", carts)
    connection.close()
    connection = open_store(path)
    kept = connection.execute("SELECT id, operator, state, saved_utc, body FROM cart ORDER BY id").fetchall()
    connection.close()
    assert kept == [("c", "rosa", "open", *carts[2][3:]), *carts[:2]]


def test_receipts_of_an_earlier_version_are_kept_with_what_points_at_them(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    _as_version(path, 5)
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("INSERT INTO session VALUES ('s', 'D1', 'rosa', '2026-11-23', 0, 0, 1, NULL, NULL)")
        connection.execute(
            "INSERT INTO receipt VALUES ('T1-1', 2, 'id', 'h', 's', '2026-11-23', 'rosa', 'Ann', 5, 0, 'taken',"
            " NULL, NULL, 1)"
        )
        connection.execute("INSERT INTO receipt_line VALUES ('T1-1', 1, 'A-7', NULL, 'Water', NULL, 5)")
        connection.execute("INSERT INTO tender VALUES ('T1-1', 1, 'check', 5, '1041')")
    connection.close()
    connection = open_store(path)
    assert connection.execute("SELECT seq, receipt_no, id, payor, copies FROM receipt").fetchall() == [
        (2, "T1-1", "id", "Ann", 1)
    ]
    assert connection.execute("SELECT * FROM receipt_line").fetchall() == [("T1-1", 1, "A-7", None, "Water", None, 5)]
    assert connection.execute("SELECT * FROM tender").fetchall() == [("T1-1", 1, "check", 5, "1041")]
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        connection.execute("INSERT INTO tender VALUES ('T1-9', 1, 'cash', 5, '')")
    connection.close()


def test_a_journal_of_an_earlier_version_keeps_every_byte_and_its_guards(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    _as_version(path, 7)
    records = [
        (seq, f"id-{seq}", "pay", bytes([seq - 1]) * 32, b"{}" * seq, bytes([seq]) * 32, bytes(64)) for seq in (1, 2)
    ]
    connection = sqlite3.connect(path)
    with connection:
        connection.executemany("INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?)", records)
    connection.close()
    connection = open_store(path)
    assert connection.execute("SELECT * FROM journal ORDER BY seq").fetchall() == records
    for statement in (
        "UPDATE journal SET kind = 'void'",
        "DELETE FROM journal",
        "INSERT INTO journal SELECT seq + 2, id || '-', kind, prev, body, h, sig FROM journal",
        "INSERT OR REPLACE INTO journal SELECT 3, id, kind, h, body, h, sig FROM journal WHERE seq = 2",
    ):
        with pytest.raises(sqlite3.IntegrityError, match="the journal"):
            connection.execute(statement)
    connection.close()


def test_opening_twice_changes_nothing(tmp_path: Path) -> None:
    open_store(tmp_path / "store.db").close()
    before = (tmp_path / "store.db").read_bytes()
    open_store(tmp_path / "store.db").close()
    assert (tmp_path / "store.db").read_bytes() == before


def test_a_step_that_fails_leaves_no_part_of_itself(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE receipt (somebody TEXT)")
    connection.close()
    with pytest.raises(StoreUnusable, match="already exists"):
        open_store(path)
    connection = sqlite3.connect(path)
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()}
    version = connection.execute("PRAGMA user_version").fetchone()
    recorded = connection.execute("SELECT * FROM _sqlite_migrations").fetchall()
    connection.close()
    assert (tables, version, recorded) == ({"receipt", "_sqlite_migrations"}, (0,), [])


def test_there_is_one_step_a_version(tmp_path: Path) -> None:
    from sqlite_utils import Database

    with sqlite3.connect(":memory:") as connection:
        pending = [step.name for step in steps.pending(Database(connection))]
    connection.close()
    assert pending == [str(n) for n in range(1, STORE_VERSION + 1)]


def test_a_count_half_typed_is_there_after_drafts_learnt_of_applicants(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    _as_version(path, 10)
    connection = sqlite3.connect(path)
    connection.execute("INSERT INTO draft VALUES ('closing', 's1', 'rosa', '2026-11-23 09:41', '{\"10000\":\"2\"}')")
    connection.commit()
    connection.close()
    connection = open_store(path)
    assert connection.execute("SELECT * FROM draft").fetchall() == [
        ("closing", "s1", "rosa", "2026-11-23 09:41", '{"10000":"2"}')
    ]
    connection.execute("INSERT INTO draft VALUES ('applicant', 'a1', 'rosa', '2026-11-23 09:41', '{}')")
    connection.close()


def test_half_filled_forms_are_there_after_any_form_may_be_one(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    _as_version(path, 15)
    connection = sqlite3.connect(path)
    kept = [("closing", "s1", "rosa", "2026-11-23 09:41", "{}"), ("applicant", "a1", "ben", "2026-11-22 10:00", "{}")]
    connection.executemany("INSERT INTO draft VALUES (?, ?, ?, ?, ?)", kept)
    connection.commit()
    connection.close()
    connection = open_store(path)
    rows = connection.execute("SELECT form, about, operator, saved_at, body FROM draft ORDER BY form DESC").fetchall()
    connection.close()
    assert rows == kept
