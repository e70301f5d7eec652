"""The wire format of a snapshot: a signed manifest, and one file of rows per table.

A table is newline-delimited JSON, one array a line in the manifest's column order, of text, whole numbers and null.
The manifest names each file's SHA-256, so signed manifest and files stand or fall together (no mix-and-match, TUF).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from hashlib import file_digest, sha256
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from countertui.sync.ack import LEDGER_KEY_ID
from countertui.sync.canonical import canonical, parse_strict
from countertui.sync.dsse import SNAPSHOT, open_envelope, parse_envelope
from countertui.sync.faults import (
    CanonicalError,
    EnvelopeRefusedError,
    MalformedBytesError,
    MalformedEnvelopeError,
    SnapshotRefusedError,
)

MAX_MANIFEST = 4 * 1024 * 1024
MAX_TABLE = 16 * 1024**3
_ROWS_AT_ONCE = 2000
_VALUES = frozenset({str, int, type(None)})


def _one_instant(text: str) -> str:
    if datetime.fromisoformat(text).tzinfo is None:
        raise ValueError("a time without its zone")
    return text


_Count = Annotated[int, Field(ge=0, lt=2**53)]
_Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
_Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
_Instant = Annotated[str, Field(max_length=40), AfterValidator(_one_instant)]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class TableEntry(_Strict):
    """One table: its columns in order, how many rows, and the SHA-256 (hex) and size in bytes of its file."""

    name: _Name
    columns: Annotated[list[_Name], Field(min_length=1, max_length=200)]
    rows: _Count
    sha256: _Hash
    bytes: Annotated[int, Field(ge=0, le=MAX_TABLE)]


class Included(_Strict):
    """The last record of a terminal that the snapshot's balances include."""

    epoch: Annotated[int, Field(ge=1, lt=2**53)]
    seq: _Count


class Manifest(_Strict):
    """What the ledger publishes: version strictly increasing, times ISO 8601 with zone, `includes` by terminal."""

    v: Literal[1] = 1
    ledger: Annotated[str, Field(min_length=1, max_length=64)]
    version: Annotated[int, Field(ge=1, lt=2**53)]
    made_at: _Instant
    expires_at: _Instant
    includes: dict[str, Included]
    tables: Annotated[list[TableEntry], Field(max_length=500)]

    def is_expired(self, utc: str) -> bool:
        """Whether `utc` (ISO 8601 with zone) is past its expiry: work goes on with it, flagged."""
        return datetime.fromisoformat(utc) > datetime.fromisoformat(self.expires_at)


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str | int | None]]) -> TableEntry:
    """Write rows to `path` as they come, synced and renamed into place; the table is named as the file's stem.

    Raises CanonicalError for a row of another length or with values other than text, whole numbers and None.
    """
    encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, check_circular=False).encode
    digest, count, size, width = sha256(), 0, 0, len(columns)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    remaining = iter(rows)
    try:
        with temporary.open("wb") as file:
            while chunk := list(islice(remaining, _ROWS_AT_ONCE)):
                for row in chunk:
                    if len(row) != width or not _VALUES.issuperset(map(type, row)):
                        raise CanonicalError(f"A row of {path.stem} is not {width} texts, whole numbers or nothing.")
                data = _encoded("".join([encode(row) + "\n" for row in chunk]), path.stem)
                file.write(data)
                digest.update(data)
                count += len(chunk)
                size += len(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return TableEntry(name=path.stem, columns=list(columns), rows=count, sha256=digest.hexdigest(), bytes=size)


def manifest_payload(manifest: Manifest) -> bytes:
    """The manifest's canonical bytes, to be sealed as an envelope of type SNAPSHOT."""
    return canonical(manifest.model_dump())


def manifest_hash(manifest: Manifest) -> str:
    """What a snapshot is known by: the SHA-256 of its manifest's bytes, hex."""
    return sha256(manifest_payload(manifest)).hexdigest()


def open_manifest(data: bytes, ledger_key: Ed25519PublicKey, ledger: str, newer_than: int | None) -> Manifest:
    """The manifest in an envelope, once the ledger's pinned key signed it and it is newer than the version in use.

    Expiry is not judged here: see `Manifest.is_expired`. Raises SnapshotRefusedError with reason malformed, wrong-type,
    unknown-key, bad-signature, other-ledger, same-version or rolled-back.
    """
    try:
        payload = open_envelope(parse_envelope(data, MAX_MANIFEST), SNAPSHOT, {LEDGER_KEY_ID: ledger_key})
        manifest = Manifest.model_validate(parse_strict(payload))
    except EnvelopeRefusedError as fault:
        raise SnapshotRefusedError(fault.reason, f"The snapshot cannot be trusted. {fault.happened}") from fault
    except (MalformedEnvelopeError, MalformedBytesError) as fault:
        raise SnapshotRefusedError("malformed", f"The snapshot cannot be read. {fault.happened}") from fault
    except ValidationError:
        raise SnapshotRefusedError("malformed", "The snapshot's manifest has another form than a manifest's.") from None
    names = [table.name for table in manifest.tables]
    if len(set(names)) != len(names) or manifest_payload(manifest) != payload:
        raise SnapshotRefusedError("malformed", "The snapshot's manifest has another form than a manifest's.")
    if manifest.ledger != ledger:
        raise SnapshotRefusedError("other-ledger", f"The snapshot is of ledger {manifest.ledger}, not {ledger}.")
    if newer_than is not None and manifest.version <= newer_than:
        reason = "same-version" if manifest.version == newer_than else "rolled-back"
        raise SnapshotRefusedError(reason, f"The snapshot has version {manifest.version}; {newer_than} is in use.")
    return manifest


def read_table(path: Path, entry: TableEntry) -> Iterator[list[Any]]:
    """The rows of a table's file, which is hashed before the first row is given and again while rows are read.

    Raises SnapshotRefusedError with reason altered (size or hash), or malformed (rows, columns or values). Whoever
    stores the rows must do so in one transaction: the last check comes after the last row.
    """
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size != entry.bytes or file_digest(file, "sha256").hexdigest() != entry.sha256:
            raise _altered(entry)
        file.seek(0)
        decode = json.JSONDecoder(parse_float=str.encode, parse_constant=str.encode).decode
        digest, width, count = sha256(), len(entry.columns), 0
        while lines := list(islice(file, _ROWS_AT_ONCE)):
            for line in lines:
                digest.update(line)
                try:
                    row = decode(line.decode())
                except ValueError:
                    raise _malformed(entry, count) from None
                if type(row) is not list or len(row) != width or not _VALUES.issuperset(map(type, row)):
                    raise _malformed(entry, count)
                count += 1
                yield row
        if digest.hexdigest() != entry.sha256:
            raise _altered(entry)
        if count != entry.rows:
            raise _malformed(entry, count)


def _encoded(text: str, table: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise CanonicalError(f"A text of {table} holds half a character (a lone surrogate).") from None


def _altered(entry: TableEntry) -> SnapshotRefusedError:
    return SnapshotRefusedError("altered", f"The snapshot's table {entry.name} is not the one the ledger signed.")


def _malformed(entry: TableEntry, row: int) -> SnapshotRefusedError:
    return SnapshotRefusedError("malformed", f"The snapshot's table {entry.name} cannot be read after row {row}.")
