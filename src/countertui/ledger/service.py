"""What every route of the ledger's service works with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.ledger.books import Books
from countertui.sync.keyslots import Secrets

Now = Callable[[], str]
"""Gives the time, ISO 8601 UTC with zone."""


@dataclass(frozen=True, slots=True)
class Service:
    """An open ledger that answers: its books, its secrets, its clock."""

    books: Books
    secrets: Secrets
    now: Now

    @property
    def key(self) -> Ed25519PrivateKey:
        """The key that the ledger signs with."""
        return self.secrets.terminal_key
