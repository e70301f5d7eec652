"""Snapshots: all reference data, as it is after the last posting, signed as a whole, for terminals to work by.

Rows are streamed from the books into files; nothing holds a table in memory. The manifest in the books is what is
served, so a snapshot whose making was cut off was never published.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, insert, select

from countertui.domain.reference import TABLES
from countertui.ledger import tables
from countertui.ledger.books import SNAPSHOTS, Books, next_version
from countertui.ledger.bulk import stream
from countertui.ledger.certificates import certify_terminals
from countertui.sync.ack import LEDGER_KEY_ID
from countertui.sync.dsse import SNAPSHOT, sign_envelope, to_bytes
from countertui.sync.durable import write_durably
from countertui.sync.snapshot import Included, Manifest, TableEntry, manifest_payload, write_table

MANIFEST = "manifest.json"
"""Its file beside the tables, for whoever takes a snapshot on a stick."""
VALID_DAYS = 35
HISTORY_DAYS = 731
"""Receipts of the last 24 months are published."""
_KEPT = 2

Progress = Callable[[str], None]


def publish(books: Books, key: Ed25519PrivateKey, now: str, progress: Progress = lambda _: None) -> int:
    """Publish everything as the next snapshot in DIR/ledger/snapshots/<version>/; returns its version.

    `now` is ISO 8601 UTC with zone; `progress` is told each table's name as it is begun. The newest two are kept.
    Batches wait meanwhile: what a snapshot includes of each terminal is then exactly what its balances hold.
    """
    at = datetime.fromisoformat(now)
    with books.writing() as connection:
        certify_terminals(connection, key)
        version = next_version(connection)
        folder = books.folder / SNAPSHOTS / str(version)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        manifest = Manifest(
            ledger=books.ledger,
            version=version,
            made_at=now,
            expires_at=(at + timedelta(days=VALID_DAYS)).isoformat(),
            includes=_includes(connection),
            tables=list(_written(connection, folder, at.date(), progress)),
        )
        signed = to_bytes(sign_envelope(SNAPSHOT, manifest_payload(manifest), [(LEDGER_KEY_ID, key)]))
        connection.execute(
            insert(tables.snapshot).values(
                version=version,
                made_at=now,
                expires_at=manifest.expires_at,
                includes=json.dumps({name: included.model_dump() for name, included in manifest.includes.items()}),
                manifest=signed,
            )
        )
    write_durably(folder / MANIFEST, signed)
    _drop_old(books, version)
    return version


def latest_manifest(books: Books) -> bytes | None:
    """The envelope of the newest snapshot's manifest; None if nothing was published."""
    table = tables.snapshot
    with books.reading() as connection:
        manifest = connection.execute(select(table.c.manifest).order_by(table.c.version.desc()).limit(1)).scalar()
    return None if manifest is None else bytes(manifest)


def table_file(books: Books, version: int, name: str) -> Path | None:
    """The file of a published table; None if it is not there (any more)."""
    if name not in TABLES or version < 1:
        return None
    path = books.folder / SNAPSHOTS / str(version) / f"{name}.ndjson"
    return path if path.is_file() else None


def _written(connection: Connection, folder: Path, today: date, progress: Progress) -> Iterator[TableEntry]:
    for name, columns in TABLES.items():
        progress(name)
        yield write_table(folder / f"{name}.ndjson", columns, _rows(connection, name, columns, today))


def _rows(connection: Connection, name: str, columns: tuple[str, ...], today: date) -> Iterator[tuple[Any, ...]]:
    selected = ", ".join(f'"{column}"' for column in columns)
    where = ""
    parameters: tuple[Any, ...] = ()
    if name == "receipt_history":
        where = 'WHERE "biz_date" >= ?'
        parameters = ((today - timedelta(days=HISTORY_DAYS)).isoformat(),)
    elif name == "terminal":
        where = 'WHERE "epoch" = (SELECT MAX("epoch") FROM "terminal" AS newer WHERE newer."code" = "terminal"."code")'
    order = '"name", "number"' if name == "account" else ", ".join(f'"{key}"' for key in tables.key_of(name))
    return stream(connection, f'SELECT {selected} FROM "{name}" {where} ORDER BY {order}', parameters)  # noqa: S608 - names are this program's own


def _includes(connection: Connection) -> dict[str, Included]:
    """Per terminal, in its newest epoch, the last record that was posted."""
    table = tables.terminal
    rows = connection.execute(select(table.c.code, table.c.epoch, table.c.posted_seq).order_by(table.c.epoch))
    return {code: Included(epoch=epoch, seq=seq) for code, epoch, seq in rows}


def _drop_old(books: Books, version: int) -> None:
    for folder in (books.folder / SNAPSHOTS).iterdir():
        if folder.name.isdecimal() and int(folder.name) <= version - _KEPT:
            shutil.rmtree(folder, ignore_errors=True)
