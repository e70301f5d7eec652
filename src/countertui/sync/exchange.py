"""The Exchange port: batches out, the ledger's verified answers and snapshots in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from countertui.errors import EnvironmentFault
from countertui.ports import Answer, LogSeen
from countertui.sync.ack import open_ack
from countertui.sync.canonical import parse_strict
from countertui.sync.faults import (
    BatchNotTakenError,
    LedgerGapError,
    LedgerUnreachableError,
    MalformedBytesError,
    SnapshotRefusedError,
)
from countertui.sync.late_client import LateClient
from countertui.sync.log_watch import follow
from countertui.sync.notes import origin_of
from countertui.sync.recorder import Recorder
from countertui.sync.snapshot import Manifest, TableEntry, manifest_hash, open_manifest, read_table
from countertui.sync.transport import LedgerClient, Reply

Fetch = Callable[[TableEntry, Path], None]
"""Puts a table's file at a path: from the ledger, or from a stick."""
_ROWS_BETWEEN_REPORTS = 5000


class LedgerExchange:
    """One terminal's dealings with the ledger whose key it has pinned."""

    def __init__(self, recorder: Recorder, ledger_key: Ed25519PublicKey, client: LedgerClient | LateClient) -> None:
        self._recorder = recorder
        self._ledger_key = ledger_key
        self._client = client

    def seal(self, batch: Mapping[str, Any], records: list[tuple[bytes, bytes]]) -> tuple[bytes, str]:
        """The signed envelope of a batch, and the batch's hash: see `Recorder.seal_batch`."""
        return self._recorder.seal_batch(batch, records)

    def send(self, batch_no: int, envelope: bytes, batch_hash: str) -> Answer:
        """Offer a sealed batch and verify the answer.

        Raises LedgerGapError (an earlier batch comes first), BatchNotTakenError (refused, with the ledger's reason),
        AckRefusedError (the answer proves nothing), LedgerUnreachableError (no usable answer).
        """
        terminal, epoch = self._recorder.terminal, self._recorder.epoch
        reply = self._client.put_batch(terminal, epoch, batch_no, envelope)
        if reply.status in {200, 201, 202}:
            return self.read(batch_no, batch_hash, reply.body)
        if reply.status == 409:
            raise _gap(batch_no, reply)
        if 400 <= reply.status < 500:
            raise _not_taken(batch_no, reply)
        raise LedgerUnreachableError(
            f"The ledger has a fault of its own ({reply.status}).",
            f"Batch {batch_no} is safe here and stays unsent.",
            "Go on working; sending is tried again by itself.",
        )

    def read(self, batch_no: int, batch_hash: str, ack: bytes) -> Answer:
        """The answer in an ack's envelope, from the network or from a stick. Raises AckRefusedError."""
        opened = open_ack(
            ack,
            self._ledger_key,
            ledger=self._recorder.ledger,
            terminal=self._recorder.terminal,
            epoch=self._recorder.epoch,
            batch_no=batch_no,
            batch_hash=batch_hash,
        )
        return Answer(
            opened.status,
            opened.posted_cents,
            opened.difference_cents,
            tuple(opened.reasons),
            ack,
            opened.checkpoint or "",
            (opened.extends.size, tuple(opened.extends.proof)) if opened.extends else None,
        )

    def follow_log(self, seen: LogSeen | None, answer: Answer) -> LogSeen | None:
        """What is seen of the ledger's log once the answer's checkpoint is proven; see `sync.log_watch.follow`."""
        if not answer.checkpoint:
            return seen
        origin = origin_of(self._recorder.ledger)
        return follow(seen, answer.checkpoint, answer.extends, self._ledger_key, origin, self._client.get_consistency)

    def newer_snapshot(self, than: int) -> Offer | None:
        """The newest snapshot if its version is above `than`. Raises SnapshotRefusedError, LedgerUnreachableError."""
        data = self._client.get_manifest()
        if data is None:
            return None

        def fetch(entry: TableEntry, to: Path) -> None:
            self._client.fetch_table(manifest.version, entry.name, to, entry.bytes)

        try:
            manifest = open_manifest(data, self._ledger_key, self._recorder.ledger, than)
        except SnapshotRefusedError as fault:
            if fault.reason == "same-version":
                return None
            raise
        return Offer(manifest, self._recorder.terminal, self._recorder.epoch, fetch)

    def reachable(self) -> bool:
        """Whether this terminal's ledger answers now."""
        try:
            return self._client.health().get("ledger") == self._recorder.ledger
        except EnvironmentFault:
            return False

    def ledger_utc_ms(self) -> int | None:
        """The time the ledger's last answer said, milliseconds since 1970 UTC; None if none did."""
        return self._client.said_utc_ms


class Offer:
    """A verified manifest. `epoch` and `seq`: this terminal's last record that the snapshot's balances include."""

    def __init__(self, manifest: Manifest, terminal: str, epoch: int, fetch: Fetch) -> None:
        included = manifest.includes.get(terminal)
        self.version = manifest.version
        self.made_at = manifest.made_at
        self.expires_at = manifest.expires_at
        self.sha256 = manifest_hash(manifest)
        self.epoch = epoch
        # Of an earlier key's journal nothing is in this one: its sequence numbers are another count.
        self.seq = included.seq if included and included.epoch == epoch else 0
        self._tables = manifest.tables
        self._fetch = fetch

    def tables(
        self, folder: Path, progress: Callable[[str, int], None]
    ) -> Iterator[tuple[str, Iterable[Sequence[Any]]]]:
        """Each table's name and rows, after all files were fetched into `folder`.

        Raises LedgerUnreachableError, and SnapshotRefusedError if a file is not the one signed: also after its last
        row, so whoever stores the rows does it in one transaction.
        """
        for entry in self._tables:
            progress(entry.name, 0)
            self._fetch(entry, folder / f"{entry.name}.ndjson")
        for entry in self._tables:
            yield entry.name, _counted(entry, folder, progress)


def _counted(entry: TableEntry, folder: Path, progress: Callable[[str, int], None]) -> Iterator[list[Any]]:
    for n, row in enumerate(read_table(folder / f"{entry.name}.ndjson", entry), start=1):
        yield row
        if n % _ROWS_BETWEEN_REPORTS == 0 or n == entry.rows:
            progress(entry.name, n)


def _gap(batch_no: int, reply: Reply) -> LedgerGapError:
    said = _said(reply)
    have_no = said.get("have_no")
    if type(have_no) is not int or have_no < 0:
        raise LedgerUnreachableError(
            f"The ledger's answer to batch {batch_no} cannot be read.", "It stays unsent here."
        )
    return LedgerGapError(have_no, f"The ledger has batches up to {have_no}; batch {have_no + 1} comes first.")


def _not_taken(batch_no: int, reply: Reply) -> BatchNotTakenError:
    reason = _said(reply).get("reason")
    why = f": {reason[:300]}" if type(reason) is str else ""
    return BatchNotTakenError(
        f"The ledger did not take batch {batch_no} ({reply.status}){why}.",
        "The batch is safe here and stays unsent.",
        "Call a technician; the ledger's log says more.",
    )


def _said(reply: Reply) -> dict[str, Any]:
    try:
        said = parse_strict(reply.body)
    except MalformedBytesError:
        return {}
    return said if type(said) is dict else {}
