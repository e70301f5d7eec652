"""What this terminal believes of the other terminals of its city, and what a stick brings of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol


class BatchPlace(NamedTuple):
    """Where a batch ends its terminal's journal, as far as was sealed: hashes in hex."""

    batch_no: int
    batch_hash: str
    last_seq: int
    head: str


class TerminalEntry(NamedTuple):
    """A terminal's epoch on the register: state is active, frozen or revoked."""

    code: str
    epoch: int
    office: str
    state: str


class SealedBatch(NamedTuple):
    """A batch of this terminal on its way: its envelope, and (record, field, sealed value) of its personal values."""

    batch_no: int
    envelope: bytes
    personal: Sequence[tuple[int, str, bytes]]


class OtherBatch(Protocol):
    """Another terminal's batch, whose envelope that terminal's key signed; its records are not verified yet."""

    @property
    def terminal(self) -> str:
        """Whose it is."""

    @property
    def epoch(self) -> int:
        """Of which epoch of that terminal."""

    @property
    def place(self) -> BatchPlace:
        """Where it ends that terminal's journal."""

    def records(self, after: BatchPlace | None) -> Sequence[Mapping[str, Any]]:
        """Its records' bodies, once chain and signatures hold and it follows `after`, the last one that was taken.

        None: it is the first. Raises an AnswerNo.
        """


class StickFile(Protocol):
    """A file on a stick that by its name holds a batch."""

    @property
    def name(self) -> str:
        """The file's name."""

    @property
    def terminal(self) -> str:
        """Whose batch it is, by its name."""

    @property
    def epoch(self) -> int:
        """Of which epoch."""

    @property
    def batch_no(self) -> int:
        """Which batch."""

    def read(self) -> bytes:
        """Its bytes. Raises an EnvironmentFault where they can't be read, an AnswerNo where they are too many."""
