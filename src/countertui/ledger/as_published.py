"""Reference rows held to the newest snapshot, which is signed as a whole.

What was imported is not recomputed: it is what people put in. But what was once published was signed, and each row says
since which version it is as it is; so a row that says it was published as it stands must stand in that version's file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, bindparam, func, select

from countertui.domain.reference import TABLES
from countertui.ledger import tables
from countertui.ledger.books import SNAPSHOTS
from countertui.ledger.shares import WHOLE
from countertui.sync.faults import SnapshotRefusedError
from countertui.sync.snapshot import Manifest, TableEntry, open_manifest
from countertui.sync.table_files import require_unaltered

_OF_THE_BOOKS = "terminal"
"""Its rows don't say since when they are as they are; the register and the batches say what they must be."""


def published_problems(
    connection: Connection, folder: Path, ledger: str, keys: Sequence[Ed25519PublicKey]
) -> Iterator[str]:
    """In words, each row of the books that is not as the newest snapshot has it, though it says that it is.

    `folder` is the ledger's, `keys` are all it ever had. Nothing is told where no snapshot's files lie there.
    """
    table = tables.snapshot_share
    query = select(table.c.version, table.c.manifest).where(table.c.office == WHOLE).order_by(table.c.version.desc())
    newest = connection.execute(query.limit(1)).first()
    if newest is None:
        return
    manifest = _signed(bytes(newest.manifest), ledger, keys)
    if manifest is None or manifest.version != newest.version:
        yield f"Snapshot {newest.version}: its manifest is not signed by the ledger."
        return
    files = folder / SNAPSHOTS / str(manifest.version)
    for entry in manifest.tables:
        path = files / f"{entry.name}.ndjson"
        if entry.name == _OF_THE_BOOKS or entry.name not in TABLES or not path.is_file():
            continue
        try:
            require_unaltered(path, entry)
        except SnapshotRefusedError as fault:
            yield f"Snapshot {manifest.version}: {fault.happened}"
        else:
            yield from _table(connection, path, entry, manifest)


def _signed(data: bytes, ledger: str, keys: Sequence[Ed25519PublicKey]) -> Manifest | None:
    for key in reversed(keys):
        try:
            return open_manifest(data, key, ledger, None, office=WHOLE)
        except SnapshotRefusedError:
            continue
    return None


def _table(connection: Connection, path: Path, entry: TableEntry, manifest: Manifest) -> Iterator[str]:
    """Each published row that is gone or another, then whether there are rows that were not published."""
    table, columns = tables.reference[entry.name], entry.columns
    keys = tables.key_of(entry.name)
    places = [columns.index(key) for key in keys]
    query = select(*(table.c[column] for column in columns), table.c.changed_in).where(
        *(table.c[key] == bindparam(f"key_{key}") for key in keys)
    )
    found = 0
    with path.open("rb") as file:
        for line in file:
            row: list[Any] = json.loads(line)
            key = [row[place] for place in places]
            name = f"{entry.name} {'/'.join(map(str, key))}"
            here = connection.execute(query, {f"key_{k}": v for k, v in zip(keys, key, strict=True)}).first()
            if here is None:
                if not _removed(connection, entry.name, key, manifest.version):
                    yield f"{name} is gone, and was in snapshot {manifest.version}."
            elif here.changed_in <= manifest.version:
                found += 1
                if list(here[:-1]) != row:
                    others = [column for column, is_, was in zip(columns, here, row, strict=False) if is_ != was]
                    yield f"{name}: {', '.join(others)} not as in snapshot {manifest.version}, which has it as it is."
    count = select(func.count()).select_from(table).where(table.c.changed_in <= manifest.version)
    if entry.name == "receipt_history":
        count = count.where(table.c.biz_date >= manifest.history_from)
    more = int(connection.execute(count).scalar_one()) - found
    if more:
        yield f"{entry.name}: {more:,} rows say that snapshot {manifest.version} has them, and are not in it."


def _removed(connection: Connection, name: str, key: Sequence[Any], version: int) -> bool:
    removed = tables.removed
    said = json.dumps(list(key), ensure_ascii=False)
    query = select(removed.c.removed_in).where(removed.c.name == name, removed.c.key == said)
    return (connection.execute(query).scalar() or 0) > version
