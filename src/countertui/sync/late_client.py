"""A ledger whose address becomes known later: the embedded one, which comes up while the counter is already open."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from countertui.sync.faults import LedgerUnreachableError
from countertui.sync.request_auth import Signer
from countertui.sync.stick_client import StickClient
from countertui.sync.transport import LedgerClient, Reply


class LateClient:
    """Answers like a `LedgerClient` once `found` told where the ledger is; before that nothing is reachable."""

    def __init__(self) -> None:
        self._client: LedgerClient | StickClient | None = None
        self._signer: Signer | None = None

    @property
    def said_utc_ms(self) -> int | None:
        """The time its last answer said."""
        return self._client.said_utc_ms if self._client is not None else None

    def found(self, client: LedgerClient | StickClient) -> None:
        """The ledger is there now."""
        if self._signer is not None:
            client.sign_as(self._signer)
        self._client = client

    def sign_as(self, signer: Signer) -> None:
        """Sign every request from here on as that terminal."""
        self._signer = signer
        if self._client is not None:
            self._client.sign_as(signer)

    def put_batch(self, terminal: str, epoch: int, batch_no: int, envelope: bytes) -> Reply:
        """Offer a sealed batch."""
        return self._ready().put_batch(terminal, epoch, batch_no, envelope)

    def put_personal(self, terminal: str, epoch: int, batch_no: int, part: bytes) -> Reply:
        """Give a side part."""
        return self._ready().put_personal(terminal, epoch, batch_no, part)

    def post_live(self, terminal: str, epoch: int, what: str, data: bytes) -> Reply:
        """Say what is new between batches."""
        return self._ready().post_live(terminal, epoch, what, data)

    def post_desk(self, what: str, data: bytes) -> Reply:
        """Ask at the ledger's desk."""
        client = self._ready()
        if isinstance(client, StickClient):
            raise LedgerUnreachableError("Nobody sits at a stick's desk.", "Nothing was asked.")
        return client.post_desk(what, data)

    def get_office(self, terminal: str, epoch: int) -> bytes | None:
        """What the ledger says of a terminal's office."""
        client = self._ready()
        if isinstance(client, StickClient):
            raise LedgerUnreachableError("A stick says nothing of the office.", "Nothing was asked.")
        return client.get_office(terminal, epoch)

    def post_reservation(self, terminal: str, epoch: int, data: bytes, within_s: float) -> Reply:
        """Ask for what is to be used next."""
        client = self._ready()
        if isinstance(client, StickClient):
            raise LedgerUnreachableError("A stick keeps nothing for anybody.", "Nothing was asked.")
        return client.post_reservation(terminal, epoch, data, within_s)

    def get_ack(self, terminal: str, epoch: int, batch_no: int) -> bytes | None:
        """The ledger's newest answer to a batch."""
        return self._ready().get_ack(terminal, epoch, batch_no)

    def get_manifest(self, terminal: str = "") -> bytes | None:
        """The newest snapshot's signed manifest."""
        return self._ready().get_manifest(terminal)

    def get_delta(self, version: int, base: int, office: str) -> bytes | None:
        """What changed since an earlier snapshot, signed."""
        return self._ready().get_delta(version, base, office)

    def fetch_table(self, version: int, name: str, to: Path, most_bytes: int, office: str = "") -> None:
        """Fetch one table of a snapshot."""
        self._ready().fetch_table(version, name, to, most_bytes, office)

    def get_checkpoint(self) -> str | None:
        """The newest checkpoint of the ledger's log."""
        return self._ready().get_checkpoint()

    def get_consistency(self, old_size: int, size: int) -> list[str] | None:
        """The proof that the ledger's log begins with what it was."""
        return self._ready().get_consistency(old_size, size)

    def get_registry(self, after: int) -> list[bytes]:
        """The entries of the ledger's register of keys after that number."""
        return self._ready().get_registry(after)

    def put_lost_entries(self, entries: Sequence[bytes]) -> Reply:
        """Give a ledger back what it lost of its register."""
        return self._ready().put_lost_entries(entries)

    def health(self) -> dict[str, Any]:
        """What the ledger says of itself."""
        return self._ready().health()

    def _ready(self) -> LedgerClient | StickClient:
        if self._client is None:
            raise LedgerUnreachableError(
                "The ledger is not there yet.",
                "Everything is kept here.",
                "Go on working; it is tried again by itself.",
            )
        return self._client
