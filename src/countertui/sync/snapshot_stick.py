"""A snapshot from a stick: the folder that the ledger wrote, taken as if it came by the network."""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from countertui.sync.faults import SnapshotRefusedError
from countertui.sync.offer import Offer, usable_delta
from countertui.sync.snapshot import MAX_MANIFEST, TableEntry, open_manifest
from countertui.sync.table_files import DELTAS, read_delta

MANIFEST = "manifest.json"
_CHUNK = 1024 * 1024


def offer_from(
    folder: Path,
    ledger_key: Ed25519PublicKey,
    *,
    ledger: str,
    terminal: str,
    epoch: int,
    than: int | None = None,
    in_use: str = "",
    office: str | None = None,
) -> Offer | None:
    """The snapshot in `folder` if there is one that is newer than version `than` (of hash `in_use`).

    office: the only one whose share is taken, None for any. Raises SnapshotRefusedError.
    """
    if not (folder / MANIFEST).is_file():
        return None
    try:
        manifest = open_manifest(_read(folder / MANIFEST), ledger_key, ledger, than, in_use=in_use, office=office)
    except SnapshotRefusedError as fault:
        if fault.reason == "same-version":
            return None
        raise

    def fetch(entry: TableEntry, to: Path) -> None:
        _copy(folder / f"{entry.name}.ndjson", to, entry)

    told = read_delta(folder / DELTAS, than) if than is not None and in_use else None
    if than is None or told is None:
        return Offer(manifest, terminal, epoch, fetch)
    return Offer(manifest, terminal, epoch, fetch, usable_delta(told, ledger_key, manifest, than, in_use))


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_MANIFEST + 1)


def _copy(path: Path, to: Path, entry: TableEntry) -> None:
    """The beginning that the entry is about."""
    left = entry.bytes
    if not path.is_file():
        raise SnapshotRefusedError("altered", f"The snapshot's table {entry.name} is not in its folder.")
    with path.open("rb") as source, to.open("wb") as target:
        while left and (data := source.read(min(left, _CHUNK))):
            target.write(data)
            left -= len(data)
