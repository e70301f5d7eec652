"""A small town's ledger, open: every test that uses one runs on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.ledger.books import Books
from ledger.engine import ENGINES, Engine, Town
from ledger.town import Till, ledger_key


@pytest.fixture(scope="session", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Engine:
    """The engine that the books are on: SQLite, or this test process's own PostgreSQL server."""
    name: str = request.param
    return Engine(name, request.getfixturevalue("postgres") if name == "postgres" else None)


@pytest.fixture(scope="session")
def town(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Town:
    """The town's ledger as it was founded, to be copied."""
    return Town(engine, tmp_path_factory.mktemp("town") / "ledger")


@pytest.fixture
def books(town: Town, tmp_path: Path) -> Iterator[Books]:
    with town.copied(tmp_path / "ledger") as opened:
        yield opened


@pytest.fixture
def key(books: Books) -> Ed25519PrivateKey:
    return ledger_key(books)


@pytest.fixture
def till(books: Books) -> Till:
    return Till(books).registered(books)
