"""Books in which a small day was lived, on either engine; no test changes them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection

from countertui.ledger.books import Books
from ledger.engine import Engine, Town
from ledger.reports.days import lived


@pytest.fixture(scope="session")
def lived_in(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Books]:
    """The books after those days; no test changes them."""
    folder = tmp_path_factory.mktemp("lived")
    with Town(engine, folder / "town", lived).copied(folder / "ledger") as books:
        yield books


@pytest.fixture
def asking(lived_in: Books) -> Iterator[Connection]:
    with lived_in.reading() as connection:
        yield connection
