import sqlite3
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import inspect
from sqlalchemy.exc import IntegrityError

from countertui.domain.reference import TABLES
from countertui.ledger import engines, tables
from countertui.ledger.books import Books, BooksExistError, BooksUnusableError, draw_numbers, init_books, open_books
from countertui.ledger.bulk import insert_many
from countertui.ledger.imported import begin_import
from countertui.ledger.keep_terminals import TerminalRefusedError, register_terminal
from countertui.ledger.keys import SLOT_NAME, ledger_public_key, open_key
from countertui.ledger.reference import LoadRefusedError, load_reference
from countertui.sync.faults import UnsafeKeyError, WrongPassphraseError
from countertui.sync.keyslots import public_identity
from ledger.engine import only_sqlite
from ledger.town import LEDGER, NOW, PASSPHRASE


@only_sqlite
def test_every_connection_keeps_every_commit(books: Books) -> None:
    for manner in (books.writing, books.reading):
        with manner() as connection:
            answers = [
                connection.exec_driver_sql(f"PRAGMA {pragma}").scalar()
                for pragma in ("journal_mode", "synchronous", "foreign_keys", "mmap_size")
            ]
            assert answers == ["truncate", 3, 1, 0]


def test_a_pragma_that_answers_otherwise_is_not_passed_over(tmp_path: Path) -> None:
    class Deaf(sqlite3.Connection):
        def execute(self, sql: str, *parameters: object) -> sqlite3.Cursor:
            return super().execute(sql.replace("synchronous = EXTRA", "synchronous = NORMAL"), *parameters)

    connection = sqlite3.connect(tmp_path / "x.db", factory=Deaf)
    with pytest.raises(BooksUnusableError, match="synchronous"):
        engines._set_up_sqlite(connection, None)
    connection.close()


@only_sqlite
def test_a_writer_has_the_lock_from_its_first_statement(books: Books) -> None:
    with books.writing():
        other = sqlite3.connect(books.folder / "ledger.db", timeout=0, isolation_level=None)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.close()


def test_what_fails_half_way_leaves_nothing(books: Books) -> None:
    def half_way() -> None:
        with books.writing() as connection:
            draw_numbers(connection, "entry", 5)
            raise LookupError

    with pytest.raises(LookupError):
        half_way()
    with books.writing() as connection:
        assert draw_numbers(connection, "entry", 1) == 1


def test_numbers_are_drawn_once(books: Books) -> None:
    with books.writing() as connection:
        assert [draw_numbers(connection, "entry", n) for n in (3, 1, 2)] == [1, 4, 5]


def test_books_open_again_as_they_were(books: Books) -> None:
    again = open_books(books.folder)
    assert again.ledger == LEDGER
    again.close()


def test_books_are_not_made_over_others(books: Books) -> None:
    with pytest.raises(BooksExistError):
        init_books(books.folder, "OTHER", NOW)


def test_no_books_or_another_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(BooksUnusableError, match="ledger init"):
        open_books(tmp_path)
    (tmp_path / "ledger.db").write_bytes(b"not a database at all, " * 100)
    with pytest.raises(BooksUnusableError, match="no ledger's database"):
        open_books(tmp_path)


@only_sqlite
def test_only_the_owner_may_read_books_and_keys(books: Books) -> None:
    assert (books.folder / "ledger.db").stat().st_mode & 0o077 == 0
    assert (books.folder / "keys.json").stat().st_mode & 0o077 == 0


def test_the_key_opens_with_the_passphrase_only(books: Books) -> None:
    identity = public_identity(books.folder / "keys.json")
    assert (identity.ledger, identity.terminal, identity.epoch) == (LEDGER, SLOT_NAME, 1)
    key = open_key(books.folder, PASSPHRASE)
    assert key.public_key().public_bytes_raw() == ledger_public_key(books.folder)
    with pytest.raises(WrongPassphraseError):
        open_key(books.folder, "another one")


def test_rows_that_do_not_fit_are_refused_and_leave_nothing(books: Books) -> None:
    told: list[int] = []
    rows = [("A", "x", "1 Elm"), ("B", "y", "2 Elm")]
    with books.writing() as connection:
        assert load_reference(begin_import(connection), "office", rows, told.append) == 2
    assert told == [2]
    for table, bad in (
        ("office", [("C", "z", "3 Elm"), ("A", "again", "")]),
        ("office", [("D", None, "")]),
        ("drawer", [("D9", "A", "Drawer", "much")]),
        ("nonsense", []),
        ("terminal", []),
    ):
        with pytest.raises(LoadRefusedError), books.writing() as connection:
            load_reference(begin_import(connection), table, bad)
    with books.reading() as connection:
        assert connection.exec_driver_sql("SELECT code FROM office ORDER BY code").scalars().all() == ["A", "B", "HALL"]


def test_a_terminal_is_registered_once_per_epoch_and_key(books: Books, key: Ed25519PrivateKey) -> None:
    one, two = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32).public_key().public_bytes_raw() for n in (1, 2))
    register_terminal(books, key, "T1", "HALL", 1, one, now=NOW)
    with pytest.raises(TerminalRefusedError):
        register_terminal(books, key, "T1", "HALL", 1, two, now=NOW)
    with pytest.raises(TerminalRefusedError):
        register_terminal(books, key, "T2", "HALL", 1, one, now=NOW)
    register_terminal(books, key, "T1", "HALL", 2, two, now=NOW)
    with pytest.raises(UnsafeKeyError):
        register_terminal(books, key, "T3", "HALL", 1, bytes(32), now=NOW)


def test_an_error_of_the_database_names_no_person(books: Books) -> None:
    smith = ("U1", "utility", "P1", "SMITH, JOHN", "1 Elm St", "5550100", "", "", "510-2310", "", 1)
    columns = (*TABLES["account"], "changed_in")
    with pytest.raises(IntegrityError) as caught, books.writing() as connection:
        insert_many(connection, tables.reference["account"], columns, [smith])
    assert "SMITH" not in str(caught.value)
    assert "Elm" not in repr(caught.value)


def test_no_line_of_an_entry_asks_another_table_row_by_row(books: Books) -> None:
    """What a batch's lines name is checked as a set before they are written: see test_posting, row 19."""
    with books.reading() as connection:
        found = inspect(connection)
        assert {name: found.get_foreign_keys(name) for name in ("gl_line", "entry", "record")} == {
            "gl_line": [], "entry": [], "record": []
        }  # fmt: skip
