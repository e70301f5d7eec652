"""A small town's ledger, open: tests that use one run on SQLite, and on PostgreSQL as `left_for_the_sweep` says."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.ledger.books import Books
from ledger.engine import ENGINES, Engine, Town, left_for_the_sweep
from ledger.town import Till, ledger_key

HERE = Path(__file__).parent


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave to `make test-engines` what runs on PostgreSQL for completeness; a test asked for by its name runs."""
    if any("::" in argument for argument in config.args):
        return
    left = left_for_the_sweep(item for item in items if HERE in item.path.parents)
    if left:
        config.hook.pytest_deselected(items=sorted(left, key=lambda item: item.nodeid))
        items[:] = [item for item in items if item not in left]


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
