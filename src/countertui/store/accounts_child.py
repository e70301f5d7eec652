"""The accounts of a large city beside its charges: `python -m countertui.store.accounts_child FILE NEW ROWS`.

A second process works out of a file of account rows what people find accounts by, and puts rows and words into a
database of its own, NEW, while the first one stores the charges; that one then takes them over. Exit status 0 says that
NEW is whole.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from countertui.domain.reference import TABLES
from countertui.ports import RowsFile
from countertui.store.reference_load import FULL_SPEED, insert_accounts
from countertui.store.rows_file import read_rows
from countertui.store.schema import statements_of

_BEHIND = 10
_WORDS = ("account_words", "account_word_sets")


def start(file: RowsFile, new: Path) -> subprocess.Popen[bytes]:
    """Begin with a file of account rows."""
    return subprocess.Popen(
        [sys.executable, "-m", "countertui.store.accounts_child", file.path, str(new), str(file.rows)],
        stderr=subprocess.DEVNULL,  # what is wrong with it the first one says, who then does it all
    )


def go_behind() -> None:
    """Let the counter go first."""
    if hasattr(os, "nice"):
        os.nice(_BEHIND)


def take_over(connection: sqlite3.Connection, made: Path, due: Mapping[str, int]) -> None:
    """Put the accounts that were made, with what is due on each (cents by number), and their words where they go."""
    with closing(sqlite3.connect(made)) as source:
        columns = [row[1] for row in source.execute("PRAGMA table_info(account)")]
        marks = ", ".join("?" * len(columns))
        number, place = columns.index("number"), columns.index("due_cents")
        rows = source.execute("SELECT * FROM account ORDER BY id")
        connection.executemany(f"INSERT INTO account VALUES ({marks})", _with_due(rows, number, place, due))  # noqa: S608 - names are this program's own
        for table in _WORDS:
            rows = source.execute(f"SELECT * FROM {table}")  # noqa: S608 - as above
            connection.executemany(f"INSERT INTO {table} VALUES (?, ?)", rows)  # noqa: S608 - as above


def _with_due(
    rows: Iterator[Sequence[Any]], number: int, place: int, due: Mapping[str, int]
) -> Iterator[Sequence[Any]]:
    for row in rows:
        yield (*row[:place], due.get(row[number], 0), *row[place + 1 :])


def main() -> None:
    """Make NEW out of FILE, which has ROWS rows."""
    go_behind()
    file, new, rows = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    with closing(sqlite3.connect(new, isolation_level=None)) as connection:
        for pragma in FULL_SPEED:
            connection.execute(pragma).fetchall()
        connection.execute("BEGIN")
        for statement in statements_of("reference.db"):
            if statement.startswith(tuple(f"CREATE TABLE {table} " for table in ("account", *_WORDS))):
                connection.execute(statement)
        insert_accounts(connection, read_rows(file, "account", len(TABLES["account"])), {}, lambda *_: None)
        connection.execute("COMMIT")
        if connection.execute("SELECT count(*) FROM account").fetchone() != (rows,):
            sys.exit(1)


if __name__ == "__main__":
    main()
