"""A snapshot that can be taken: its verified manifest, what changed since the one in use, and where its files are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from countertui.ports.snapshots import RowsFile
from countertui.sync.faults import SnapshotRefusedError
from countertui.sync.snapshot import Change, Delta, Manifest, TableEntry, manifest_hash, open_delta
from countertui.sync.table_files import require_unaltered

Fetch = Callable[[TableEntry, Path], None]
"""Puts a table's file, or its beginning, at a path: from the ledger, or from a stick."""
_FIRST = {"charge": 0, "account": 1}
"""The largest: what is built of them begins while the others are still fetched."""


class Offer:
    """A verified manifest. `epoch` and `seq`: this terminal's last record that the snapshot's balances include.

    `base` is the version that `files` change, 0 where they are all there is.
    """

    def __init__(self, manifest: Manifest, terminal: str, epoch: int, fetch: Fetch, delta: Delta | None = None) -> None:
        included = manifest.includes.get(terminal)
        self.version = manifest.version
        self.made_at = manifest.made_at
        self.expires_at = manifest.expires_at
        self.sha256 = manifest_hash(manifest)
        self.epoch = epoch
        # Of an earlier key's journal nothing is in this one: its sequence numbers are another count.
        self.seq = included.seq if included and included.epoch == epoch else 0
        self.history_from = manifest.history_from
        self.base = delta.base_version if delta is not None else 0
        self._manifest, self._terminal, self._fetch, self._delta = manifest, terminal, fetch, delta

    def as_whole(self) -> Offer:
        """The same snapshot, to be fetched as a whole."""
        return Offer(self._manifest, self._terminal, self.epoch, self._fetch)

    def files(self, folder: Path) -> Iterator[RowsFile]:
        """Each table's file, fetched into `folder` and verified when it is reached; charges, then accounts, first.

        Raises LedgerUnreachableError, and SnapshotRefusedError (altered) if a file is not the one signed.
        """
        rows = {entry.name: entry.rows for entry in self._manifest.tables}
        for change in sorted(self._changes(), key=lambda each: _FIRST.get(each.table, len(_FIRST))):
            path = self._fetched(change.rows, folder)
            gone = self._fetched(change.gone, folder) if change.gone is not None and change.gone.rows else ""
            keys = tuple(change.gone.columns) if change.gone is not None else ()
            yield RowsFile(change.table, path, change.whole, gone, keys, rows[change.table])

    def _changes(self) -> list[Change]:
        if self._delta is not None:
            return self._delta.changes
        return [Change(table=entry.name, whole=True, rows=entry, gone=None) for entry in self._manifest.tables]

    def _fetched(self, entry: TableEntry, folder: Path) -> str:
        path = folder / f"{entry.name}.ndjson"
        self._fetch(entry, path)
        require_unaltered(path, entry)
        return str(path)


def usable_delta(data: bytes, key: Ed25519PublicKey, manifest: Manifest, base: int, base_hash: str) -> Delta | None:
    """The delta in an envelope; None if it tells of another snapshot than the one in use: then the whole is taken.

    A ledger restored from a backup has published that version again, with other content. Raises SnapshotRefusedError.
    """
    try:
        return open_delta(data, key, manifest, base, base_hash)
    except SnapshotRefusedError as fault:
        if fault.reason != "mixed":
            raise
        return None
