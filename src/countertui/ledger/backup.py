"""A backup of a ledger while it works: one state of the books, its keys and snapshots, and a signed list of it all.

Whatever engine the books are on, the backup is a folder that needs nothing else, the books in it an SQLite file. What
terminals sent after it was made, they send again when they see that the ledger has gone back (failure matrix, row 15).
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from hashlib import file_digest
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, Table

from countertui.errors import EnvironmentFault, UsageError
from countertui.ledger import tables, tree
from countertui.ledger.after_restore import mark_backup
from countertui.ledger.backed_up import note_backup
from countertui.ledger.books import DATABASE, KEYS, REJECTS, SNAPSHOTS, Books
from countertui.ledger.bulk import insert_many, marked, stream
from countertui.ledger.engines import is_postgres, sqlite_engine
from countertui.ledger.keys import ledger_public_key
from countertui.ledger.migrations import mark_new, revision_of
from countertui.ledger.registry import key_in_force
from countertui.ledger.settings import LedgerSettings, read_settings, write_settings
from countertui.sync.ack import LEDGER_KEY_ID
from countertui.sync.canonical import canonical
from countertui.sync.dsse import BACKUP, sign_envelope, to_bytes
from countertui.sync.durable import sync_folder, write_durably

MANIFEST = "manifest.json"
_UNFINISHED = ".unfinished"
_PART = r"\.{0,2}[^./\\:\x00-\x1f][^/\\:\x00-\x1f]*"
"""A name in a path that leads nowhere else, on any system."""
_FEW = 16
_MANY = 5000
Progress = Callable[[str, int], None]
"""Is told a table or folder, and rows or files so far."""


class BackupExistsError(UsageError):
    """Something is there already: a backup never takes the place of another."""


class BackupUselessError(EnvironmentFault):
    """A backup that nobody could make a ledger of again: its keys are not those that its register has in force."""


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class File(_Strict):
    """One file of a backup: its path from the backup's folder, its size in bytes, its hash (hex)."""

    name: Annotated[str, Field(pattern=rf"^{_PART}(/{_PART}){{0,5}}$")]
    bytes: Annotated[int, Field(ge=0, lt=2**53)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Manifest(_Strict):
    """What a backup holds. log_size and log_root (hex): of its newest checkpoint, 0 and "" before the first."""

    v: Literal[1] = 1
    ledger: Annotated[str, Field(min_length=1, max_length=64)]
    made_at: Annotated[str, Field(max_length=40)]
    revision: Annotated[str, Field(max_length=32)]
    log_size: Annotated[int, Field(ge=0, lt=2**53)]
    log_root: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")]
    files: list[File]


def back_up(books: Books, key: Ed25519PrivateKey, to: Path, now: str, progress: Progress = lambda *_: None) -> Manifest:
    """Make a backup in the new folder `to`, which only its owner can read; it is complete once it has that name.

    On SQLite those who write wait while the file is copied; on PostgreSQL nobody does. `now` is ISO 8601 UTC. Raises
    BackupExistsError, BackupUselessError, OSError.
    """
    if to.exists():
        raise BackupExistsError(f"{to} is there already.", "Nothing was changed.", "Name a new folder.")
    beside = _beside(books.folder)
    made = to.with_name(to.name + _UNFINISHED)
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(mode=0o700, parents=True)
    with books.reading() as connection:
        given = tree.newest(connection)
        revision = revision_of(connection) or ""
        if is_postgres(connection):
            _copy_rows(connection, made / DATABASE, progress)
    if not (made / DATABASE).exists():
        given = _copy_file(books.folder / DATABASE, made / DATABASE)
    _mark(made, now)
    # Empty once every connection is closed (journal_mode TRUNCATE), and no part of the books.
    (made / f"{DATABASE}-journal").unlink(missing_ok=True)
    _copy_rest(books.folder, made, beside, progress)
    _require_keys_in_force(made, key)
    manifest = Manifest(
        ledger=books.ledger,
        made_at=now,
        revision=revision,
        log_size=given.size if given else 0,
        log_root=given.root.hex() if given else "",
        files=[_file(made, path) for path in sorted(made.rglob("*")) if path.is_file()],
    )
    envelope = sign_envelope(BACKUP, canonical(manifest.model_dump()), [(LEDGER_KEY_ID, key)])
    write_durably(made / MANIFEST, to_bytes(envelope))
    for folder in (path for path in made.rglob("*") if path.is_dir()):
        sync_folder(folder)
    made.rename(to)
    sync_folder(to.parent)
    with books.writing() as connection:
        note_backup(connection, now)
    return manifest


def copy_table(source: Connection, target: Connection, table: Table, progress: Progress) -> None:
    """Copy all of a table's rows from one engine to the other."""
    names = [column.name for column in table.columns]
    rows = _rows(source, table, names)
    # Envelopes have megabytes: a few at a time.
    most = _FEW if table is tables.inbox else _MANY
    done = 0
    while chunk := list(islice(rows, most)):
        done += insert_many(target, table, names, chunk)
        progress(table.name, done)


def _rows(connection: Connection, table: Table, names: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    columns = ", ".join(f'"{name}"' for name in names)
    whole = f'SELECT {columns} FROM "{table.name}"'  # noqa: S608 - names are this program's own
    if table is not tables.inbox:
        yield from stream(connection, whole)
        return
    statement = marked(connection, f'{whole} WHERE "sha256" = ?')
    for (sha256,) in list(stream(connection, 'SELECT "sha256" FROM "inbox"')):
        yield tuple(connection.exec_driver_sql(statement, (sha256,)).one())


def _copy_rows(connection: Connection, to: Path, progress: Progress) -> None:
    to.touch(mode=0o600)
    engine = sqlite_engine(to)
    try:
        with engine.begin() as target:
            tables.metadata.create_all(target)
            mark_new(target)
            for table in tables.metadata.sorted_tables:
                copy_table(connection, target, table, progress)
    finally:
        engine.dispose()


def _copy_file(source: Path, to: Path) -> tree.Given | None:
    """Copy an SQLite file in one piece by SQLite's own backup; the newest checkpoint that is in the copy."""
    to.touch(mode=0o600)
    only_reading = f"file:{source}?mode=ro"
    with closing(sqlite3.connect(only_reading, uri=True, timeout=120)) as here, closing(sqlite3.connect(to)) as there:
        here.backup(there)
    engine = sqlite_engine(to)
    try:
        with engine.connect() as connection:
            return tree.newest(connection)
    finally:
        engine.dispose()


def _mark(made: Path, now: str) -> None:
    """Copied into the ledger's place by hand, it waits all the same."""
    engine = sqlite_engine(made / DATABASE)
    try:
        with engine.begin() as connection:
            mark_backup(connection, now)
    finally:
        engine.dispose()


def _require_keys_in_force(made: Path, key: Ed25519PrivateKey) -> None:
    """Where the ledger's key was changed meanwhile, or never came to be in force. Raises BackupUselessError."""
    engine = sqlite_engine(made / DATABASE)
    try:
        with engine.connect() as connection:
            in_force = key_in_force(connection)
    finally:
        engine.dispose()
    if not in_force == ledger_public_key(made) == key.public_key().public_bytes_raw():
        raise BackupUselessError(
            "The ledger's key file is not the one that its register has in force, or it was changed meanwhile.",
            f"The ledger is unchanged; there is no new backup, only {made.name}, which nobody can restore.",
            "Try again; if it fails again: countertui ledger fsck, and put back the newest keys.json.",
        )


def _beside(folder: Path) -> list[str]:
    """The names of the ledger's files that its settings name: certificate, its key, the metrics' token."""
    settings = read_settings(folder)
    named = (settings.tls_cert, settings.tls_key, settings.metrics_token_file)
    names = [name for name in named if name is not None and "/" not in name and (folder / name).is_file()]
    for name in names:
        if not re.fullmatch(_PART, name):
            raise BackupUselessError(
                f"{name} is a name that no backup's list can have.",
                "Nothing was changed.",
                "Give the file a name of letters, digits, dots and hyphens, there and in ledger.toml.",
            )
    return names


def _copy_rest(folder: Path, to: Path, beside: Sequence[str], progress: Progress) -> None:
    shutil.copy2(folder / KEYS, to / KEYS)
    # Where the database is belongs to the machine, and a password may be in it.
    if (kept := read_settings(folder).model_copy(update={"database": None})) != LedgerSettings():
        write_settings(to, kept)
    for name in beside:
        # Terminals know the certificate by its key: lost, each of them had to be told.
        shutil.copy2(folder / name, to / name)
    for part in (SNAPSHOTS, REJECTS):
        for n, each in enumerate(sorted((folder / part).glob("*")), start=1):
            _copy_whole(each, to / part / each.name)
            progress(part, n)


def _copy_whole(source: Path, to: Path) -> None:
    """Copy a file, or a folder with all in it but what is being written; one that is taken away meanwhile, not at all:
    old snapshots are dropped as new ones come."""
    inside = [Path(at, name) for at, _, names in os.walk(source) for name in names] if source.is_dir() else [source]
    for path in sorted(inside):
        if path.name.startswith("."):
            continue
        there = to / path.relative_to(source)
        there.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            shutil.copy2(path, there)
        except FileNotFoundError:
            if to.is_dir():
                shutil.rmtree(to)
            return


def _file(folder: Path, path: Path) -> File:
    with path.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
        if os.name == "posix":
            os.fsync(file.fileno())  # the list of them may not be on the disk before they are
    return File(name=path.relative_to(folder).as_posix(), bytes=path.stat().st_size, sha256=digest)
