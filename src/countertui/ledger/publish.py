"""Snapshots: all reference data, as it is after the last posting, signed as a whole, for terminals to work by.

Rows are streamed from the books into files; nothing holds a table in memory. The manifests in the books are what is
served, so a snapshot whose making was cut off was never published.

Beside the whole city's, each office that serves some kinds of accounts has a share of its own. For every earlier
snapshot that a terminal may still have, a signed delta says what became of each table since: its rows are the
beginnings of the same files, so forty deltas take the room of one.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, delete, insert, select

from countertui.domain.reference import TABLES
from countertui.forms import read_as, said_by
from countertui.ledger import tables
from countertui.ledger.books import SNAPSHOTS, Books, StateKey, next_version
from countertui.ledger.certificates import certify_terminals
from countertui.ledger.shares import WHOLE, Share, office_of, shares
from countertui.ledger.table_sweep import Swept, sweep
from countertui.sync.ack import LEDGER_KEY_ID
from countertui.sync.canonical import parse_strict
from countertui.sync.dsse import SNAPSHOT, SNAPSHOT_DELTA, parse_envelope, sign_envelope, to_bytes
from countertui.sync.durable import write_durably
from countertui.sync.snapshot import Delta, Included, Manifest, manifest_hash, manifest_payload
from countertui.sync.table_files import CHANGES, DELTAS, GONE, read_delta, write_deltas

MANIFEST = "manifest.json"
"""Its file beside the tables, for whoever takes a snapshot on a stick."""
VALID_DAYS = 35
HISTORY_DAYS = 731
"""Receipts of the last 24 months are published."""
BASES = 40
"""So many earlier snapshots have a delta to the newest; from an older one everything is fetched."""
_KEPT = 2
_AT_ONCE = 10
"""So many snapshots may have been published within one minute."""
_OFFICES = "offices"

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Base:
    """An earlier snapshot: its version, its manifest's hash (hex), and the first day (ISO) of its former receipts."""

    version: int
    sha256: str
    history_from: str


def publish(books: Books, key: Ed25519PrivateKey, now: str, progress: Progress = lambda _: None) -> int:
    """Publish everything as the next snapshot in DIR/ledger/snapshots/<version>/; returns its version.

    `now` is ISO 8601 UTC with zone; `progress` is told each table's name as it is begun. The newest two are kept.
    Batches wait meanwhile: what a snapshot includes of each terminal is then exactly what its balances hold.
    """
    at = datetime.fromisoformat(now)
    history_from = (at.date() - timedelta(days=HISTORY_DAYS)).isoformat()
    expires_at = (at + timedelta(days=VALID_DAYS)).isoformat()
    with books.writing() as connection:
        certify_terminals(connection, key)
        version = _version(connection, at)
        folder = books.folder / SNAPSHOTS / str(version)
        shutil.rmtree(folder, ignore_errors=True)
        included = _includes(connection)
        for share in shares(connection, history_from):
            into = share_folder(books, version, share.office)
            into.mkdir(parents=True)
            bases = _bases(connection, share)
            swept = sweep(connection, into, share, {base.version: base.history_from for base in bases}, progress)
            manifest = Manifest(
                ledger=books.ledger,
                version=version,
                made_at=now,
                expires_at=expires_at,
                office=share.office,
                accounts=list(share.kinds),
                history_from=history_from,
                includes=included,
                tables=swept.tables,
            )
            signed = to_bytes(sign_envelope(SNAPSHOT, manifest_payload(manifest), [(LEDGER_KEY_ID, key)]))
            _write_deltas(into, manifest, bases, swept, key)
            write_durably(into / MANIFEST, signed)
            _keep(connection, share, manifest, signed)
    _drop_old(books, version)
    return version


def publish_anew(books: Books, key: Ed25519PrivateKey, now: str) -> int | None:
    """Publish where the newest snapshot has other tables or columns than this program's; its version, None if not.

    A counter of this program could not read it, and would not open.
    """
    newest = latest_manifest(books)
    if newest is None or published_as_now(newest):
        return None
    return publish(books, key, now)


def published_as_now(manifest: bytes) -> bool:
    """Whether a published manifest, as it was signed, has the tables and columns of this program."""
    then = read_as(Manifest, parse_strict(parse_envelope(manifest, len(manifest)).payload))
    return {entry.name: tuple(entry.columns) for entry in then.tables} == TABLES


def _version(connection: Connection, at: datetime) -> int:
    """The version of what is published now: the next one, but the first after a restore leaves out some.

    Terminals may have what was published since the backup; they take none of an older number, and of two of one number
    they say that an auditor must see them. So that many are left out as may have been, were it one a minute.
    """
    restored_of = tables.state.c.key == StateKey.RESTORED_OF
    backup: str | None = connection.execute(select(tables.state.c.value).where(restored_of)).scalar()
    if backup is None:
        return next_version(connection)
    connection.execute(delete(tables.state).where(restored_of))
    minutes = (at - datetime.fromisoformat(backup)) // timedelta(minutes=1)
    return next_version(connection) + _AT_ONCE + max(0, minutes + 1)


def latest_manifest(books: Books, office: str = WHOLE) -> bytes | None:
    """The envelope of the newest manifest, the office's own if it has a share; None if nothing was published."""
    table = tables.snapshot_share
    with books.reading() as connection:
        rows = connection.execute(
            select(table.c.office, table.c.manifest)
            .where(table.c.office.in_({WHOLE, office}))
            .where(table.c.version == next_version(connection) - 1)
        )
        found = {of: bytes(manifest) for of, manifest in rows}
    return found.get(office, found.get(WHOLE))


def latest_manifest_for(books: Books, terminal: str) -> bytes | None:
    """The newest manifest of the share that a terminal works by; None if nothing was published."""
    with books.reading() as connection:
        office = office_of(connection, terminal)
    return latest_manifest(books, office)


def table_file(books: Books, version: int, name: str, office: str = WHOLE) -> Path | None:
    """A published file of rows by its manifest's name for it; None if it is not there (any more)."""
    table, _, part = name.partition(".")
    if table not in TABLES or part not in ("", CHANGES, GONE):
        return None
    return _file(books, version, office, f"{name}.ndjson")


def delta_from(books: Books, version: int, base: int, office: str = WHOLE) -> bytes | None:
    """The signed delta from an earlier snapshot; None where there is none."""
    path = _file(books, version, office, DELTAS)
    return None if path is None else read_delta(path, base)


def share_folder(books: Books, version: int, office: str) -> Path:
    """Where the files of a share of a snapshot lie."""
    folder = books.folder / SNAPSHOTS / str(version)
    # Of a code's letters in hex: whatever is in it, it names one folder in here.
    return folder / _OFFICES / office.encode().hex() if office != WHOLE else folder


def _file(books: Books, version: int, office: str, name: str) -> Path | None:
    if version < 1 or len(office) > 64:
        return None
    path = share_folder(books, version, office) / name
    return path if path.is_file() else None


def _bases(connection: Connection, share: Share) -> list[Base]:
    """The earlier snapshots of the same share that have a delta, the newest first."""
    table = tables.snapshot_share
    rows = connection.execute(
        select(table.c.version, table.c.sha256, table.c.history_from)
        .where(table.c.office == share.office, table.c.kinds == json.dumps(share.kinds))
        .order_by(table.c.version.desc())
        .limit(BASES)
    )
    return [Base(version, sha256, history_from) for version, sha256, history_from in rows]


def _write_deltas(folder: Path, manifest: Manifest, bases: list[Base], swept: Swept, key: Ed25519PrivateKey) -> None:
    new_hash = manifest_hash(manifest)
    signed: dict[int, bytes] = {}
    for base in bases:
        changes = swept.delta(base.version)
        if changes is None:
            continue
        delta = Delta(
            ledger=manifest.ledger,
            office=manifest.office,
            version=manifest.version,
            base_version=base.version,
            base_hash=base.sha256,
            new_hash=new_hash,
            changes=changes,
        )
        envelope = sign_envelope(SNAPSHOT_DELTA, manifest_payload(delta), [(LEDGER_KEY_ID, key)])
        signed[base.version] = to_bytes(envelope)
    write_deltas(folder / DELTAS, signed)


def _keep(connection: Connection, share: Share, manifest: Manifest, signed: bytes) -> None:
    connection.execute(
        insert(tables.snapshot_share).values(
            version=manifest.version,
            office=share.office,
            kinds=json.dumps(share.kinds),
            history_from=share.history_from,
            sha256=manifest_hash(manifest),
            manifest=signed,
        )
    )
    if share.office == WHOLE:
        connection.execute(
            insert(tables.snapshot).values(
                version=manifest.version,
                made_at=manifest.made_at,
                expires_at=manifest.expires_at,
                includes=json.dumps({name: said_by(included) for name, included in manifest.includes.items()}),
                manifest=signed,
            )
        )


def _includes(connection: Connection) -> dict[str, Included]:
    """Per terminal, in its newest epoch, the last record that was posted."""
    table = tables.terminal
    rows = connection.execute(select(table.c.code, table.c.epoch, table.c.posted_seq).order_by(table.c.epoch))
    return {code: Included(epoch=epoch, seq=seq) for code, epoch, seq in rows}


def _drop_old(books: Books, version: int) -> None:
    for folder in (books.folder / SNAPSHOTS).iterdir():
        if folder.name.isdecimal() and int(folder.name) <= version - _KEPT:
            shutil.rmtree(folder, ignore_errors=True)
