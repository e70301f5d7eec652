"""How store.db is opened: each PRAGMA answers as it must, or nothing is opened."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from countertui.store import connection as under_test
from countertui.store.connection import MODES, StoreUnusable, open_for_reading, open_store, writing
from countertui.store.schema import STORE_VERSION


def test_the_store_is_written_in_the_mode_that_keeps_every_commit(tmp_path: Path) -> None:
    connection = open_store(tmp_path / "store.db")
    answers = {pragma: connection.execute(f"PRAGMA {pragma}").fetchone()[0] for pragma, _, _ in MODES}
    connection.close()
    assert answers["journal_mode"] == "persist"
    assert answers["synchronous"] == 3, "EXTRA"
    assert answers["foreign_keys"] == 1
    assert answers == {pragma: expected for pragma, _, expected in MODES}


@pytest.mark.parametrize("pragma", [pragma for pragma, _, _ in MODES])
def test_a_pragma_that_does_not_take_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pragma: str) -> None:
    modes = [(name, value, "something else" if name == pragma else expected) for name, value, expected in MODES]
    monkeypatch.setattr(under_test, "MODES", modes)
    with pytest.raises(StoreUnusable, match=pragma):
        open_store(tmp_path / "store.db")


def test_a_store_that_somebody_put_into_wal_mode_comes_back(tmp_path: Path) -> None:
    open_store(tmp_path / "store.db").close()
    other = sqlite3.connect(tmp_path / "store.db")
    assert other.execute("PRAGMA journal_mode=WAL").fetchone() == ("wal",)
    other.close()
    connection = open_store(tmp_path / "store.db")
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("persist",)
    connection.close()


def test_a_store_that_is_held_in_wal_mode_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_store(tmp_path / "store.db").close()
    other = sqlite3.connect(tmp_path / "store.db")
    other.execute("PRAGMA journal_mode=WAL")
    other.execute("SELECT * FROM journal").fetchall()
    with pytest.raises(StoreUnusable):
        open_store(tmp_path / "store.db")
    other.close()


def test_a_file_that_is_no_store_is_refused_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    path.write_bytes(b"not a database, but somebody's file" * 100)
    with pytest.raises(StoreUnusable, match="can't be opened"):
        open_store(path)
    assert path.read_bytes().startswith(b"not a database")


def test_a_store_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    connection = open_store(tmp_path / "store.db")
    connection.execute(f"PRAGMA user_version={STORE_VERSION + 1}")
    connection.close()
    with pytest.raises(StoreUnusable, match="newer version"):
        open_store(tmp_path / "store.db")


def test_readers_cannot_write(tmp_path: Path) -> None:
    open_store(tmp_path / "store.db").close()
    reader = open_for_reading(tmp_path / "store.db")
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader.execute("DELETE FROM cart")
    reader.close()


def test_reading_a_store_that_is_not_there_makes_none(tmp_path: Path) -> None:
    with pytest.raises(StoreUnusable, match="not there"):
        open_for_reading(tmp_path / "store.db")
    assert not list(tmp_path.iterdir())


def test_reading_a_damaged_file_says_so(tmp_path: Path) -> None:
    (tmp_path / "store.db").write_bytes(b"garbage " * 1000)
    with pytest.raises(StoreUnusable, match="can't be opened"):
        open_for_reading(tmp_path / "store.db")


def test_a_failed_transaction_leaves_nothing_open(tmp_path: Path) -> None:
    connection = open_store(tmp_path / "store.db")
    with pytest.raises(sqlite3.IntegrityError), writing(connection) as db:
        db.executemany("INSERT INTO cart VALUES ('c', 'rosa', ?, '', '')", [("open",), ("nonsense",)])
    assert not connection.in_transaction
    assert connection.execute("SELECT COUNT(*) FROM cart").fetchone() == (0,)
    connection.close()


def test_an_up_to_date_store_opens_without_sqlite_utils(tmp_path: Path) -> None:
    """Its import takes a tenth of a second, before the first paint."""
    open_store(tmp_path / "store.db").close()
    code = (
        "import sys; from pathlib import Path; from countertui.store.store import Store;"
        "Store(Path(sys.argv[1])).close(); print('sqlite_utils' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
