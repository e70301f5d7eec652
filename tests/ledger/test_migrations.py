"""Books from step to step: migrating empty books comes to what new ones are made as, and old ones are brought up."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from countertui.ledger import books as module
from countertui.ledger import migrations, tables
from countertui.ledger.books import Books, BooksUnusableError, open_books
from countertui.ledger.engines import is_postgres, postgres_engine, sqlite_engine
from countertui.ledger.migrations import HEAD, bring_up, mark_new, revision_of
from ledger import engine as under

HOW = "Tables were changed: python tools/ledger_revision.py 'what changed' (or --baseline, before the first release)."


@contextmanager
def a_database(folder: Path, address: str | None) -> Iterator[Engine]:
    opened = sqlite_engine(folder / "x.db") if address is None else postgres_engine(address)
    try:
        yield opened
    finally:
        opened.dispose()


def shape(connection: Connection) -> set[tuple[Any, ...]]:
    """All there is in a database, as the database itself tells it."""
    if not is_postgres(connection):
        rows = connection.execute(text("SELECT name, sql FROM sqlite_master"))
        return {(name, *sorted(_parts(sql or ""))) for name, sql in rows}
    found = connection.execute(
        text(
            """SELECT c.relname, c.relkind::text, pg_get_partkeydef(c.oid), pg_get_indexdef(i.indexrelid)
          FROM pg_class c LEFT JOIN pg_index i ON i.indexrelid = c.oid WHERE c.relnamespace = 'public'::regnamespace
          UNION SELECT table_name, column_name, data_type, is_nullable || coalesce(collation_name, '')
            || coalesce(column_default, '') FROM information_schema.columns WHERE table_schema = 'public'
          UNION SELECT conrelid::regclass::text, conname, contype::text, pg_get_constraintdef(oid) FROM pg_constraint
            WHERE connamespace = 'public'::regnamespace"""
        )
    )
    return {tuple(row) for row in found}


def _parts(sql: str) -> list[str]:
    return [" ".join(line.split()).rstrip(",").replace('"', "") for line in sql.splitlines() if line.strip(" ()")]


def ours(name: str | None, type_: str, _parents: object) -> bool:
    return type_ != "table" or name in tables.metadata.tables


def test_migrating_empty_books_comes_to_what_new_books_are_made_as(engine: under.Engine, tmp_path: Path) -> None:
    shapes = []
    for n, make in enumerate((lambda c: (tables.metadata.create_all(c), mark_new(c)), bring_up)):
        (tmp_path / str(n)).mkdir()
        with (
            engine.database() as address,
            a_database(tmp_path / str(n), address) as opened,
            opened.begin() as connection,
        ):
            make(connection)
            assert revision_of(connection) == HEAD
            shapes.append(shape(connection))
            context = MigrationContext.configure(connection, opts={"include_name": ours, "compare_type": True})
            assert compare_metadata(context, tables.metadata) == [], HOW
    assert shapes[0] == shapes[1], HOW


def test_the_newest_step_is_the_one_that_books_are_made_at() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_the_baseline_is_named_by_what_it_makes_so_that_books_of_an_earlier_day_are_told_from_it() -> None:
    (step,) = (Path(migrations.__file__).parent / "versions").glob("0001_*.py")
    place = Path(__file__).parents[2] / "tools" / "ledger_revision.py"
    spec = importlib.util.spec_from_file_location("ledger_revision", place)
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    assert f'revision = "first_{tool.digest_of(step.read_text())}"' in step.read_text(), HOW


STEP = """
import sqlalchemy as sa
from alembic import op
revision = "9999"
down_revision = {before!r}

def upgrade() -> None:
    op.create_table("added", sa.Column("a", sa.Integer))
    with op.batch_alter_table("office") as batch:
        batch.add_column(sa.Column("note", sa.Text, nullable=True))
    op.execute("UPDATE office SET note = 'brought up'")
    {more}
"""


@pytest.fixture
def a_step_more(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    folder = tmp_path / "steps"
    folder.mkdir()
    monkeypatch.setattr(migrations, "_VERSIONS", (*migrations._VERSIONS, folder))
    monkeypatch.setattr(module, "HEAD", "9999")
    monkeypatch.setattr(bring_up, "__defaults__", ("9999",))
    return folder / "9999_more.py"


def offices(books: Books) -> list[tuple[Any, ...]]:
    with books.reading() as connection:
        return [tuple(row) for row in connection.execute(text("SELECT * FROM office"))]


def test_older_books_are_brought_up_when_they_are_opened(books: Books, a_step_more: Path) -> None:
    a_step_more.write_text(STEP.format(before=HEAD, more=""))
    before = offices(books)
    again = open_books(books.folder)
    assert offices(again) == [(*row, "brought up") for row in before]
    with again.reading() as connection:
        assert revision_of(connection) == "9999"
    again.close()
    open_books(books.folder).close()


def test_a_step_that_fails_leaves_the_books_as_they_were(books: Books, a_step_more: Path) -> None:
    a_step_more.write_text(STEP.format(before=HEAD, more="raise LookupError('half way')"))
    with books.reading() as connection:
        before = shape(connection)
    rows = offices(books)
    with pytest.raises(LookupError):
        open_books(books.folder)
    with books.reading() as connection:
        assert shape(connection) == before
        assert revision_of(connection) == HEAD
    assert offices(books) == rows


def test_books_of_a_newer_or_an_unknown_version_are_not_touched(books: Books) -> None:
    with books.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '8888'"))
    with pytest.raises(BooksUnusableError, match="changed by another version"):
        open_books(books.folder)
    for earlier in ("0001", "first_00000000"):
        with books.writing() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :earlier"), {"earlier": earlier})
        with pytest.raises(BooksUnusableError, match="changed by another version"):
            open_books(books.folder)
    with books.writing() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    with pytest.raises(BooksUnusableError, match="another version"):
        open_books(books.folder)
