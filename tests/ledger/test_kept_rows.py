"""Rows kept of an import are set again by the columns they were kept with, also where a later program has more."""

from __future__ import annotations

import json
import zlib
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import Connection, insert

from countertui.domain.reference import TABLES
from countertui.ledger import tables
from countertui.ledger.books import Books
from countertui.ledger.imported import KeptRowsAlteredError, set_again
from ledger.test_ingest import asked
from ledger.town import brought

ACCOUNT = TABLES["account"]
ROW = dict.fromkeys(ACCOUNT, "") | {"number": "U7", "kind": "utility", "name": "KANE", "credit_gl": "510-2310"}
LATER = "language"


def kept(connection: Connection, *part: Any) -> str:
    """A list of one part, kept in the books as an earlier program kept it."""

    def keep(data: bytes) -> str:
        digest = sha256(data).hexdigest()
        connection.execute(insert(tables.kept_rows).values(sha256=digest, bytes=data))
        return digest

    return keep(json.dumps([keep(zlib.compress(json.dumps(part).encode()))]).encode())


def set_with(books: Books, columns: list[str], *named: list[str]) -> None:
    with books.writing() as connection:
        set_again(connection, kept(connection, "add", "account", [[ROW.get(name, "?") for name in columns]], *named))


@pytest.mark.parametrize("named", [True, False], ids=["by name", "of before they had names"])
def test_a_column_that_came_later_is_empty_in_them(books: Books, named: bool) -> None:
    assert ACCOUNT[-1] == LATER
    before = [name for name in ACCOUNT if name != LATER]
    set_with(books, before, *([before] if named else []))
    assert asked(books, "SELECT name, credit_gl, language FROM account WHERE number = 'U7'") == [
        ("KANE", "510-2310", "")
    ]


def test_they_are_set_by_name_whatever_the_order_was(books: Books) -> None:
    turned = list(reversed(ACCOUNT))
    set_with(books, turned, turned)
    assert asked(books, "SELECT name, kind, credit_gl FROM account WHERE number = 'U7'") == [
        ("KANE", "utility", "510-2310")
    ]


def test_a_column_that_is_not_known_here_is_told(books: Books) -> None:
    names = [*ACCOUNT, "fax"]
    with pytest.raises(KeptRowsAlteredError, match="columns that are not known here"):
        set_with(books, names, names)


def test_what_is_kept_now_names_its_columns(books: Books) -> None:
    brought(books, "account", [tuple(ROW[name] for name in ACCOUNT)])
    parts = [
        json.loads(zlib.decompress(data)) for (data,) in asked(books, "SELECT bytes FROM kept_rows") if data[:1] == b"x"
    ]
    assert ["add", "account", [[ROW[name] for name in ACCOUNT]], list(ACCOUNT)] in parts
