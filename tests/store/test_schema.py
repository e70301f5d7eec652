"""schema.sql says what every table is, and makes the files the program uses."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from countertui.store import projection
from countertui.store.connection import open_store
from countertui.store.schema import marks_of, statements_of

_MARKS = {"store.db": {"journal", "derived", "working"}, "reference.db": {"snapshot"}}


@pytest.mark.parametrize("file", _MARKS)
def test_every_table_is_marked(file: str) -> None:
    connection = sqlite3.connect(":memory:")
    for statement in statements_of(file):
        connection.execute(statement)
    shadows = ("account_words_",)
    made = {
        row[0]
        for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        if not row[0].startswith(("sqlite_", *shadows))
    }
    connection.close()
    assert made
    assert {table: mark for table, mark in marks_of(file).items() if mark not in _MARKS[file]} == {}
    assert marks_of(file).keys() == made


def test_an_unmarked_table_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "countertui.store.schema.schema_text", lambda: "-- file: a.db\nCREATE TABLE plain (\n  a TEXT\n);\n"
    )
    marks_of.cache_clear()
    try:
        assert marks_of("a.db") == {"plain": None}
    finally:
        marks_of.cache_clear()


def test_the_journal_is_the_only_journal() -> None:
    assert [table for table, mark in marks_of("store.db").items() if mark == "journal"] == ["journal"]


def test_the_projection_writes_to_no_working_table(tmp_path: Path) -> None:
    """A working table may be lost: nothing that is rebuilt may depend on it."""
    parts = list(Path(projection.__file__).parent.glob("*.py"))
    source = "".join(part.read_text(encoding="utf-8") for part in parts)
    assert "INSERT INTO receipt" in source
    working = [table for table, mark in marks_of("store.db").items() if mark == "working"]
    assert not [table for table in working if f" {table} " in source]


def test_every_table_of_ours_checks_its_types(tmp_path: Path) -> None:
    connection = open_store(tmp_path / "store.db")
    loose = connection.execute("SELECT name FROM pragma_table_list WHERE schema = 'main' AND NOT strict").fetchall()
    connection.close()
    assert {name for (name,) in loose} == {"sqlite_schema", "_sqlite_migrations"}
