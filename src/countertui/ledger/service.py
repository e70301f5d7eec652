"""What every route of the ledger's service works with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.ledger.books import Books

Now = Callable[[], str]
"""Gives the time, ISO 8601 UTC with zone."""


@dataclass(frozen=True, slots=True)
class Service:
    """An open ledger that answers: its books, its signing key, its clock."""

    books: Books
    key: Ed25519PrivateKey
    now: Now
