"""Keys and random bytes that are the same in every run."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from itertools import count
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


@pytest.fixture(scope="session")
def vectors(shared_data: Path) -> Path:
    return shared_data / "crypto_vectors"


@pytest.fixture(scope="session")
def terminal_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(sha256(b"terminal").digest())


@pytest.fixture(scope="session")
def ledger_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(sha256(b"ledger").digest())


@pytest.fixture(scope="session")
def other_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(sha256(b"someone else").digest())


@pytest.fixture
def random() -> Callable[[int], bytes]:
    numbers = count()
    return lambda n: sha256(b"%d" % next(numbers)).digest()[:n]
