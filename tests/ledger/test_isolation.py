"""Readers and writers side by side: isolation is the ledger's own choice, and who reads long stops nobody."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from threading import Barrier, Thread

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text

from countertui.ledger.answers import NEW
from countertui.ledger.books import Books, draw_numbers
from countertui.ledger.fsck import fsck
from countertui.ledger.ingest import ingest
from ledger.engine import only_postgres, only_sqlite
from ledger.test_posting import BOTH
from ledger.town import NOW, Till

_THREADS, _TIMES = 3, 10


@only_postgres
@pytest.mark.parametrize("level", ["repeatable read", "serializable"])
def test_a_server_whose_default_isolation_is_stricter_changes_nothing(books: Books, level: str) -> None:
    with books.writing() as connection:
        name = connection.execute(text("SELECT current_database()")).scalar_one()
        connection.execute(text(f"ALTER DATABASE \"{name}\" SET default_transaction_isolation = '{level}'"))
    books.engine.dispose()
    faults: list[str] = []
    together = Barrier(_THREADS)

    def draw() -> None:
        together.wait()
        for _ in range(_TIMES):
            try:
                with books.writing() as connection:
                    draw_numbers(connection, "entry", 1)
            except Exception as fault:
                faults.append(str(fault).splitlines()[0])

    threads = [Thread(target=draw) for _ in range(_THREADS)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert faults == []
    with books.writing() as connection:
        assert connection.execute(text("SHOW transaction_isolation")).scalar() == "read committed"
    with books.reading() as connection:
        assert connection.execute(text("SHOW transaction_isolation")).scalar() == "repeatable read"
    with books.writing_beside() as connection:
        assert connection.execute(text("SHOW transaction_isolation")).scalar() == "read committed"


@only_sqlite
def test_recomputing_the_books_stops_nobody_who_writes(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    till.pay(BOTH)
    assert ingest(books, key, till.seal(), "T1", 1, 1, NOW).status == NEW
    path = books.engine.url.database
    assert path is not None
    written: list[int] = []

    def write(_: int) -> None:
        with closing(sqlite3.connect(path, timeout=0)) as beside:
            beside.execute("BEGIN EXCLUSIVE")  # refused at once while anybody reads
            beside.rollback()
        written.append(1)

    fsck(books, write)
    assert written
