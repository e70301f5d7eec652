"""A small town's ledger, open."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.ledger.books import Books
from ledger.town import Till, founded, ledger_key


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    opened = founded(tmp_path / "ledger")
    yield opened
    opened.close()


@pytest.fixture
def key(books: Books) -> Ed25519PrivateKey:
    return ledger_key(books)


@pytest.fixture
def till(books: Books) -> Till:
    return Till(books).registered(books)
