"""The wire format of snapshots: a signed manifest that names every file of rows, and what signs the way from others.

A snapshot is the whole city's, or an office's share. The manifest names each file's SHA-256, so manifest and files
stand or fall together; a delta names the snapshot it starts from and the one it leads to by their manifests' hashes
(no rollback, no mix-and-match: The Update Framework, section 5). Files are described in `table_files`.
"""

from __future__ import annotations

from datetime import date, datetime
from hashlib import sha256
from typing import Annotated, Literal, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from msgspec import Meta, field

from countertui.forms import Count, Form, Hex32, Number, ValidationError, read_as, said_by
from countertui.forms import Name as _LedgerId
from countertui.sync.ack import LEDGER_KEY_ID
from countertui.sync.canonical import canonical, parse_strict
from countertui.sync.dsse import SNAPSHOT, SNAPSHOT_DELTA, open_envelope, parse_envelope
from countertui.sync.faults import (
    EnvelopeRefusedError,
    MalformedBytesError,
    MalformedEnvelopeError,
    SnapshotRefusedError,
)

MAX_MANIFEST = 4 * 1024 * 1024
MAX_TABLE = 16 * 1024**3


_Name = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,62}\Z")]
_File = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,62}(\.changes|\.gone)?\Z")]
_Instant = Annotated[str, Meta(max_length=40)]
_Day = Annotated[str, Meta(max_length=10)]
_Office = Annotated[str, Meta(max_length=64)]


class TableEntry(Form, frozen=True, kw_only=True):
    """One file, NAME.ndjson, or its beginning: columns in order, rows, SHA-256 (hex), size in bytes."""

    name: _File
    columns: Annotated[list[_Name], Meta(min_length=1, max_length=200)]
    rows: Count
    sha256: Hex32
    bytes: Annotated[int, Meta(ge=0, le=MAX_TABLE)]


class Included(Form, frozen=True, kw_only=True):
    """The last record of a terminal that the snapshot's balances include."""

    epoch: Number
    seq: Count


class Manifest(Form, frozen=True, kw_only=True):
    """What the ledger publishes: version strictly increasing, times ISO 8601 with zone, `includes` by terminal.

    office: whose share it is, empty for the whole city's; accounts: the kinds it has of them, empty for all.
    history_from: no receipt of before that day (ISO, empty for none) is in it.
    """

    v: Literal[2] = 2
    ledger: _LedgerId
    version: Number
    made_at: _Instant
    expires_at: _Instant
    office: _Office = ""
    accounts: Annotated[list[_Name], Meta(max_length=20)] = field(default_factory=list)
    history_from: _Day = ""
    includes: dict[str, Included]
    tables: Annotated[list[TableEntry], Meta(max_length=500)]

    def __post_init__(self) -> None:
        for instant in (self.made_at, self.expires_at):
            if datetime.fromisoformat(instant).tzinfo is None:
                raise ValueError("a time without its zone")
        if self.history_from and date.fromisoformat(self.history_from).isoformat() != self.history_from:
            raise ValueError("not a date")

    def is_expired(self, utc: str) -> bool:
        """Whether `utc` (ISO 8601 with zone) is past its expiry: work goes on with it, flagged."""
        return datetime.fromisoformat(utc) > datetime.fromisoformat(self.expires_at)


class Change(Form, frozen=True, kw_only=True):
    """What became of one table: rows that are new or other than before, and the keys of those that are not there.

    whole: `rows` are all the table has.
    """

    table: _Name
    whole: bool
    rows: TableEntry
    gone: TableEntry | None


class Delta(Form, frozen=True, kw_only=True):
    """The way from one snapshot to the next one published, or to any later: both by version and manifest's hash."""

    v: Literal[1] = 1
    ledger: _LedgerId
    office: _Office
    version: Number
    base_version: Number
    base_hash: Hex32
    new_hash: Hex32
    changes: Annotated[list[Change], Meta(max_length=500)]


_Read = TypeVar("_Read", Manifest, Delta)


def manifest_payload(manifest: Manifest | Delta) -> bytes:
    """The manifest's canonical bytes, to be sealed as an envelope of type SNAPSHOT (a delta's: SNAPSHOT_DELTA)."""
    return canonical(said_by(manifest))


def manifest_hash(manifest: Manifest) -> str:
    """What a snapshot is known by: the SHA-256 of its manifest's bytes, hex."""
    return sha256(manifest_payload(manifest)).hexdigest()


def open_manifest(
    data: bytes,
    ledger_key: Ed25519PublicKey,
    ledger: str,
    newer_than: int | None,
    *,
    in_use: str = "",
    office: str | None = None,
) -> Manifest:
    """The manifest in an envelope, once the ledger's key in force signed it and it is newer than the version in use.

    in_use: the hash of the snapshot in use; of its version there is no other. office: the only one whose share is
    taken, beside the whole city's; None for any. Expiry is not judged here: see `Manifest.is_expired`. Raises
    SnapshotRefusedError with reason malformed, wrong-type, unknown-key, bad-signature, other-ledger, other-office,
    same-version, other-content or rolled-back.
    """
    manifest = _opened(data, SNAPSHOT, Manifest, ledger_key, ledger)
    names = [table.name for table in manifest.tables]
    if len(set(names)) != len(names) or any("." in name for name in names):
        raise _another_form()
    if office is not None and manifest.office not in ("", office):
        raise SnapshotRefusedError("other-office", f"The snapshot is office {manifest.office}'s, not {office}'s.")
    if newer_than is not None and manifest.version <= newer_than:
        if manifest.version < newer_than:
            raise SnapshotRefusedError(
                "rolled-back", f"The snapshot has version {manifest.version}; {newer_than} is in use."
            )
        if in_use and manifest_hash(manifest) != in_use:
            raise SnapshotRefusedError(
                "other-content", f"The ledger has two snapshots of version {newer_than}: an auditor must see this."
            )
        raise SnapshotRefusedError("same-version", f"The snapshot has version {manifest.version}, which is in use.")
    return manifest


def open_delta(
    data: bytes, ledger_key: Ed25519PublicKey, manifest: Manifest, base_version: int, base_hash: str
) -> Delta:
    """The delta in an envelope, once the ledger's key signed it and it leads from the snapshot in use to `manifest`.

    Raises SnapshotRefusedError with reason malformed, wrong-type, unknown-key, bad-signature, other-ledger, or
    mixed: it starts or ends elsewhere.
    """
    delta = _opened(data, SNAPSHOT_DELTA, Delta, ledger_key, manifest.ledger)
    whole = {table.name: table for table in manifest.tables}
    if [change.table for change in delta.changes] != list(whole):
        raise _another_form()
    for change in delta.changes:
        full = whole[change.table]
        named = full if change.whole else change.rows
        gone_named = change.gone is None or change.gone.name == f"{change.table}.gone"
        rows_named = change.whole or change.rows.name == f"{change.table}.changes"
        if change.rows != named or not (rows_named and gone_named) or change.rows.columns != full.columns:
            raise _another_form()
    leads = delta.base_version, delta.base_hash, delta.version, delta.new_hash, delta.office
    if leads != (base_version, base_hash, manifest.version, manifest_hash(manifest), manifest.office):
        raise SnapshotRefusedError("mixed", "What changed since the snapshot in use is told of another snapshot.")
    return delta


def _opened(data: bytes, kind: str, form: type[_Read], ledger_key: Ed25519PublicKey, ledger: str) -> _Read:
    try:
        payload = open_envelope(parse_envelope(data, MAX_MANIFEST), kind, {LEDGER_KEY_ID: ledger_key})
        read = read_as(form, parse_strict(payload))
    except EnvelopeRefusedError as fault:
        raise SnapshotRefusedError(fault.reason, f"The snapshot cannot be trusted. {fault.happened}") from fault
    except (MalformedEnvelopeError, MalformedBytesError) as fault:
        raise SnapshotRefusedError("malformed", f"The snapshot cannot be read. {fault.happened}") from fault
    except ValidationError:
        raise _another_form() from None
    if manifest_payload(read) != payload:
        raise _another_form()
    if read.ledger != ledger:
        raise SnapshotRefusedError("other-ledger", f"The snapshot is of ledger {read.ledger}, not {ledger}.")
    return read


def _another_form() -> SnapshotRefusedError:
    return SnapshotRefusedError("malformed", "The snapshot's manifest has another form than a manifest's.")
