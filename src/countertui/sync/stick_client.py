"""The ledger's side of a stick, read as if the ledger answered: acks, the register of keys, the newest snapshot."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from countertui.sync.ack import MAX_ACK
from countertui.sync.faults import LedgerUnreachableError
from countertui.sync.request_auth import Signer
from countertui.sync.snapshot import MAX_MANIFEST
from countertui.sync.transport import MAX_ADMISSION, Reply

REGISTRY = "registry.jsonl"


def own_register_name(terminal: str) -> str:
    """The file name of what a terminal has of the register, for a ledger that lost some of it."""
    return f"{terminal}-registry.jsonl"


def ack_name(terminal: str, epoch: int, batch_no: int) -> str:
    """The file name of a batch's ack on a stick."""
    return f"{terminal}-{epoch}-{batch_no}.ack"


def snapshot_name(terminal: str) -> str:
    """The folder's name of a terminal's snapshot on a stick."""
    return f"snapshot-{terminal}"


class StickClient:
    """What the ledger wrote into `folder`; what isn't there is as if the ledger could not be reached."""

    said_utc_ms: int | None = None

    def __init__(self, folder: Path, terminal: str) -> None:
        self._folder = folder
        self._snapshot = folder / snapshot_name(terminal)

    def sign_as(self, signer: Signer) -> None:
        """Nobody asks a stick for a signature."""

    def get_ack(self, terminal: str, epoch: int, batch_no: int) -> bytes | None:
        """The ack in its file; None if there is none."""
        return self._read(self._folder / ack_name(terminal, epoch, batch_no), MAX_ACK)

    def get_registry(self, after: int) -> list[bytes]:
        """The entries of the register after that number."""
        return (self._read(self._folder / REGISTRY, MAX_ADMISSION) or b"").splitlines()[after:]

    def get_manifest(self, terminal: str) -> bytes | None:
        """The snapshot's manifest; None if there is none."""
        return self._read(self._snapshot / "manifest.json", MAX_MANIFEST)

    def get_delta(self, version: int, than: int, office: str) -> bytes | None:
        """What changed since snapshot `than`; None if that is not there."""
        return self._read(self._snapshot / f"delta-{than}.json", MAX_MANIFEST)

    def fetch_table(self, version: int, name: str, to: Path, most_bytes: int, office: str) -> None:
        """Copy the beginning of a table's file. Raises LedgerUnreachableError if it isn't there."""
        data = self._read(self._snapshot / f"{name}.ndjson", most_bytes, cut=True)
        if data is None:
            raise _not_here(f"table {name}")
        to.write_bytes(data)

    def get_checkpoint(self) -> str | None:
        """A stick holds no checkpoint but those in its acks."""
        raise _not_here("the ledger's log")

    def get_consistency(self, old_size: int, size: int) -> list[str] | None:
        """A stick holds no proof but those in its acks."""
        raise _not_here("a proof about the ledger's log")

    def put_batch(self, terminal: str, epoch: int, batch_no: int, envelope: bytes) -> Reply:
        """Nothing is sent by reading a stick."""
        raise _not_here("the ledger itself")

    def post_live(self, terminal: str, epoch: int, what: str, data: bytes) -> Reply:
        """Nothing is sent by reading a stick."""
        raise _not_here("the ledger itself")

    def put_personal(self, terminal: str, epoch: int, batch_no: int, part: bytes) -> Reply:
        """Nothing is sent by reading a stick."""
        raise _not_here("the ledger itself")

    def put_lost_entries(self, entries: Sequence[bytes]) -> Reply:
        """Nothing is sent by reading a stick."""
        raise _not_here("the ledger itself")

    def health(self) -> dict[str, Any]:
        """There is no ledger to be asked."""
        raise _not_here("the ledger itself")

    def _read(self, path: Path, most_bytes: int, *, cut: bool = False) -> bytes | None:
        try:
            with path.open("rb") as file:
                data = file.read(most_bytes if cut else most_bytes + 1)
        except FileNotFoundError:
            return None
        except OSError as fault:
            raise LedgerUnreachableError(
                f"{path.name} on the stick can't be read: {fault.strerror}.",
                "Everything recorded is safe here.",
                "Plug the stick in again; bring another if it stays so.",
            ) from fault
        if len(data) > most_bytes:
            raise _not_here(f"a {path.name} of a size that it may have")
        return data


def _not_here(what: str) -> LedgerUnreachableError:
    return LedgerUnreachableError(
        f"The stick does not hold {what}.", "Everything recorded is safe here.", "Bring the stick to the ledger again."
    )
