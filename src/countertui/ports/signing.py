"""What the counter needs of keys, as Protocols: signed records, PINs, personal data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from countertui.domain.personal import Place, Salted
from countertui.domain.record_data import KeyRotateData


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
    genesis: bytes
    """The hash record 1 points back to."""

    @property
    def public_key(self) -> bytes:
        """The public half, 32 bytes, of the key that signs now."""

    def next_key(self) -> KeyRotateData | None:
        """What a key_rotate record says of the key kept to follow; None if none is kept."""

    def turn_key(self, from_seq: int) -> None:
        """Sign with the next key from this record on."""

    def seal_record(self, seq: int, prev: bytes, body: dict[str, Any]) -> SignedRecord:
        """Canonical bytes, hash, signature, and a check of its own signature before returning."""

    def claim(self, fields: dict[str, Any], certificate_of: Callable[[bytes], str], address: str = "") -> str:
        """The signed claim for a receipt's QR code, by a key (32 bytes) that has a certificate (hex) if one is kept.

        `address` is the city's page, where there is one.
        """

    def license_claim(self, fields: dict[str, Any], certificate_of: Callable[[bytes], str], address: str = "") -> str:
        """The same for a license certificate's QR code."""

    def claimed(self, code: str) -> tuple[str, int, int]:
        """The terminal, epoch and record that a receipt's code names; nothing is verified. Raises an AnswerNo."""

    def claimed_license(self, code: str) -> str:
        """The number of the license that a certificate's code names; nothing is verified. Raises an AnswerNo."""


class Pins(Protocol):
    """PIN verifiers under the city's pepper, which only an unlocked terminal holds."""

    def verifier(self, pin: str) -> str:
        """The verifier of a new PIN. Raises a UsageError for one that is no PIN."""

    def code(self) -> tuple[str, str]:
        """A new one-time code, as it is shown, and the verifier of its plain spelling."""

    def matches(self, verifier: str, pin: str) -> bool:
        """Whether the PIN, or the code in its plain spelling, is the verifier's."""


class Vault(Protocol):
    """Personal data: kept under this terminal's key, and sealed to others' (32 bytes, X25519)."""

    def salted(self, value: str) -> Salted:
        """A value with a new salt, to be committed to."""

    def lock(self, place: Place, salted: Salted) -> bytes:
        """A value as it is kept."""

    def unlock(self, place: Place, locked: bytes) -> Salted:
        """A value that was kept at that place. Raises an AnswerNo if it was altered."""

    def blind(self, what: str, value: str) -> str:
        """What a value of that kind is found by without being read, hex."""

    def seal_for(self, reader: bytes, place: Place, salted: Salted) -> bytes:
        """A value sealed to a reader's key."""

    def unseal(self, place: Place, sealed: bytes) -> Salted:
        """A value that was sealed to this terminal. Raises an AnswerNo if it was altered, or is for another."""
