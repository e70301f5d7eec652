"""The accounts of a large city beside its charges: `python -m countertui.store.accounts_child FILE NEW ROWS`.

A second process works out of a file of account rows what people find accounts by, and puts rows and words into a
database of its own, NEW, while the first one stores the charges; that one then takes them over. Exit status 0 says that
NEW is whole.
"""

from __future__ import annotations

import gc
import os
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from countertui.domain.reference import TABLES
from countertui.ports.snapshots import RowsFile
from countertui.store.reference_load import FULL_SPEED, insert_accounts
from countertui.store.rows_file import read_rows
from countertui.store.schema import statements_of

_BEHIND = 10
_WORDS = ("account_words", "account_word_sets", "account_slips")


def start(file: RowsFile, new: Path) -> subprocess.Popen[bytes]:
    """Begin with a file of account rows."""
    return subprocess.Popen(
        [sys.executable, "-m", "countertui.store.accounts_child", file.path, str(new), str(file.rows)],
        stderr=subprocess.DEVNULL,  # what is wrong with it the first one says, who then does it all
    )


def go_behind() -> None:
    """Let the counter go first; and as nothing made here refers to itself, look for no such thing to throw away."""
    gc.disable()
    if hasattr(os, "nice"):
        os.nice(_BEHIND)


def take_over(connection: sqlite3.Connection, made: Path, due: Mapping[str, int]) -> None:
    """Put the accounts that were made, with what is due on each (cents by number), and their words where they go."""
    connection.create_function("due_of", 1, lambda number: due.get(number, 0), deterministic=True)
    connection.execute("ATTACH ? AS made", (str(made),))
    columns = [row[1] for row in connection.execute("PRAGMA made.table_info(account)")]
    taken = ", ".join("due_of(number)" if column == "due_cents" else column for column in columns)
    connection.execute(f"INSERT INTO main.account SELECT {taken} FROM made.account ORDER BY id")  # noqa: S608 - names are this program's own
    for table in _WORDS:
        connection.execute(f"INSERT INTO main.{table} SELECT * FROM made.{table}")  # noqa: S608 - as above


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
