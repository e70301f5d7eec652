"""The journal takes records at its end and nothing else, whoever holds the SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from counter_station import at_work, close, new_folder, open_station, pay
from countertui.counter.station import Station
from countertui.sync.chain import record_hash

_COLUMNS = "seq, id, kind, prev, body, h, sig"


@pytest.fixture
def station(tmp_path: Path) -> Station:
    opened = open_station(new_folder(tmp_path))
    _, session = at_work(opened)
    pay(opened, session)
    close(opened)  # while it is open nobody else can write the file at all
    return opened


@pytest.fixture
def stranger(station: Station) -> Iterator[sqlite3.Connection]:
    """Any program that opens the file: it sets no PRAGMA."""
    connection = sqlite3.connect(station.store.path, isolation_level=None)
    yield connection
    connection.close()


@pytest.mark.parametrize("column", _COLUMNS.split(", "))
def test_no_column_of_a_record_can_be_changed(stranger: sqlite3.Connection, column: str) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        stranger.execute(f"UPDATE journal SET {column} = {column} WHERE seq = 3")


@pytest.mark.parametrize("which", ["", " WHERE seq = 1", " WHERE seq = (SELECT MAX(seq) FROM journal)"])
def test_no_record_can_be_deleted(stranger: sqlite3.Connection, which: str) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="keeps everything"):
        stranger.execute("DELETE FROM journal" + which)


def _insert(stranger: sqlite3.Connection, conflict: str, **changed: object) -> None:
    """Insert the last record once more as the next one, with columns changed."""
    row = stranger.execute(f"SELECT {_COLUMNS} FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
    values = dict(zip(_COLUMNS.split(", "), row, strict=True))
    new: dict[str, object] = {**values, "seq": values["seq"] + 1, "id": "new", "prev": values["h"], "h": b"\1" * 32}
    new |= changed
    marks = ", ".join("?" * len(new))
    stranger.execute(f"INSERT{conflict} INTO journal ({', '.join(new)}) VALUES ({marks})", tuple(new.values()))


def test_a_record_that_continues_the_chain_is_taken(stranger: sqlite3.Connection) -> None:
    before = stranger.execute("SELECT COUNT(*) FROM journal").fetchone()[0]
    _insert(stranger, "")
    assert stranger.execute("SELECT COUNT(*) FROM journal").fetchone()[0] == before + 1


@pytest.mark.parametrize("conflict", ["", " OR REPLACE", " OR IGNORE", " OR FAIL"])
@pytest.mark.parametrize("case", ["gap", "same number", "number 0", "fork", "same id"])
def test_nothing_but_the_next_record_is_taken(stranger: sqlite3.Connection, conflict: str, case: str) -> None:
    rows = stranger.execute(f"SELECT {_COLUMNS} FROM journal ORDER BY seq").fetchall()
    seq, id_ = rows[-1][0], rows[2][1]
    changed = {
        "gap": {"seq": seq + 2},
        "same number": {"seq": seq, "prev": rows[-1][3]},
        "number 0": {"seq": 0},
        "fork": {"prev": rows[-1][3]},
        "same id": {"id": id_},
    }[case]
    with pytest.raises(sqlite3.IntegrityError, match="no gap and no fork"):
        _insert(stranger, conflict, **changed)
    assert stranger.execute(f"SELECT {_COLUMNS} FROM journal ORDER BY seq").fetchall() == rows


@pytest.mark.parametrize("conflict", ["", " OR REPLACE"])
def test_a_record_under_anothers_hash_takes_none_away_and_is_told(stranger: sqlite3.Connection, conflict: str) -> None:
    rows = stranger.execute(f"SELECT {_COLUMNS} FROM journal ORDER BY seq").fetchall()
    _insert(stranger, conflict, h=rows[2][5])
    *before, added = stranger.execute(f"SELECT {_COLUMNS} FROM journal ORDER BY seq").fetchall()
    assert before == rows
    seq, _, _, prev, body, h, _ = added
    assert record_hash(seq, prev, body) != h


def test_an_upsert_changes_nothing(stranger: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        stranger.execute(
            "INSERT INTO journal SELECT * FROM journal WHERE seq = 3"
            " ON CONFLICT (seq) DO UPDATE SET body = x'00', h = zeroblob(32)"
        )
