"""What the counter needs from the outside world, as Protocols: time, ids, signing, printing, sending."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol


class Clock(Protocol):
    """The clock is evidence, never a decider."""

    def utc_ms(self) -> int:
        """Wall time, milliseconds since 1970 UTC."""

    def mono_ms(self) -> int:
        """Monotonic milliseconds since an arbitrary point of this boot."""

    def boot_id(self) -> str:
        """The id of this boot of the machine."""

    def local_text(self) -> str:
        """Local date and time for paper and screen, `2026-11-23 09:41`."""


Ids = Callable[[], str]
"""Gives a new UUIDv7 as text at each call."""

Random = Callable[[int], bytes]
"""Gives that many random bytes."""


@dataclass(frozen=True, slots=True)
class SignedRecord:
    """A record as stored and sent: canonical body, its chain hash (32 bytes) and signature (64 bytes)."""

    seq: int
    prev: bytes
    body: bytes
    h: bytes
    sig: bytes


class Recorder(Protocol):
    """Makes signed bytes (`sync/`); only it and the ledger know the wire format. Named for one terminal and its key."""

    ledger: str
    terminal: str
    epoch: int
    public_key: bytes
    genesis: bytes
    """The hash record 1 points back to."""

    def seal_record(self, seq: int, prev: bytes, body: dict[str, Any]) -> SignedRecord:
        """Canonical bytes, hash, signature, and a check of its own signature before returning."""

    def claim(self, fields: dict[str, Any]) -> str:
        """The signed claim for a receipt's QR code."""

    def seal_batch(self, batch: dict[str, Any], records: list[tuple[bytes, bytes]]) -> bytes:
        """The signed DSSE envelope of a batch; records are (body, signature)."""


@dataclass(frozen=True, slots=True)
class PrintOutcome:
    """What became of a print attempt: confirmed, processed, sent, refused (nothing left) or uncertain, and why."""

    state: str
    detail: str = ""


class Printer(Protocol):
    """The receipt printer. Paper never decides whether money was taken."""

    def render(self, document: str) -> bytes:
        """The printer's bytes for a print document (JSON), made in a child process."""

    def send(self, data: bytes) -> PrintOutcome:
        """Send one job and say what became of it."""

    def kick(self) -> PrintOutcome:
        """Open the cash drawer, at most once."""

    def status(self) -> str:
        """One word for the chip: ok, paper low, paper out, cover open, off, unknown."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer of the ledger."""

    status: int
    body: bytes


class Transport(Protocol):
    """The way to the central ledger. Raises a CounterError of exit status 3 where there is none."""

    def put_batch(self, terminal: str, epoch: int, batch_no: int, envelope: bytes) -> Reply:
        """Offer a sealed batch; idempotent."""

    def latest_manifest(self) -> bytes | None:
        """The signed manifest of the newest snapshot, None if there is none."""

    def fetch_table(self, version: int, name: str, to: Path, most_bytes: int) -> None:
        """Fetch one table of a snapshot into a file."""

    def health(self) -> dict[str, Any]:
        """What the ledger says of itself."""
