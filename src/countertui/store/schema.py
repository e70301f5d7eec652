"""Reading schema.sql: the statements of each of the two files, and what each table is."""

from __future__ import annotations

import re
import sqlite3
from functools import cache
from importlib.resources import files
from pathlib import Path

STORE_VERSION = 24
"""Of store.db's statements in schema.sql, kept in its user_version; raised with each step of store/migrations.py."""

_FILE = re.compile(r"^-- file: (\S+)$", re.MULTILINE)
_TABLE = re.compile(r"^CREATE (?:VIRTUAL )?TABLE (\w+)[^\n]*?(?:-- (\w+)[^\n]*)?$", re.MULTILINE)
_CHECKOUT = Path(__file__).parents[3] / "schema.sql"


@cache
def schema_text() -> str:
    """The whole of schema.sql: of the checkout where there is one, else as the package ships it."""
    if _CHECKOUT.is_file():
        return _CHECKOUT.read_text(encoding="utf-8")
    return files("countertui").joinpath("schema.sql").read_text(encoding="utf-8")


@cache
def statements_of(file: str) -> tuple[str, ...]:
    """The statements that make one of the files, `store.db` or `reference.db`, in order."""
    statements: list[str] = []
    pending = ""
    for line in _part(file).splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            statements.append(pending.strip())
            pending = ""
    return tuple(statement for statement in statements if "CREATE" in statement)


@cache
def marks_of(file: str) -> dict[str, str | None]:
    """Each table of a file with its mark: journal, derived, working or snapshot; None where the mark is missing."""
    return {name: mark or None for name, mark in _TABLE.findall(_part(file))}


def _part(file: str) -> str:
    parts = _FILE.split(schema_text())
    return dict(zip(parts[1::2], parts[2::2], strict=True))[file]
