"""A ledger made again from a backup, in a place where there is none; nothing of it is believed unchecked."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import file_digest
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import ValidationError
from sqlalchemy import Connection, inspect, select
from sqlalchemy.exc import DBAPIError

from countertui.errors import AnswerNo, UsageError
from countertui.ledger import registry, tables
from countertui.ledger.after_restore import awaited, mark_backup, no_longer_await
from countertui.ledger.alarms import REGISTER, raise_alarm
from countertui.ledger.backed_up import note_backup
from countertui.ledger.backup import MANIFEST, Manifest, Progress, copy_table
from countertui.ledger.books import DATABASE, KEYS, Books, open_books
from countertui.ledger.bulk import stream
from countertui.ledger.engines import BooksUnusableError, postgres_engine, shown
from countertui.ledger.entries import make_partitions
from countertui.ledger.erased import withhold
from countertui.ledger.fsck import fsck
from countertui.ledger.keys import ledger_public_key, open_key
from countertui.ledger.migrations import mark_new
from countertui.ledger.settings import read_settings, write_settings
from countertui.ledger.tree import Tiles, newest
from countertui.sync.ack import LEDGER_KEY_ID
from countertui.sync.canonical import parse_strict
from countertui.sync.dsse import BACKUP, open_envelope, parse_envelope
from countertui.sync.durable import sync_all, sync_folder
from countertui.sync.ed25519 import checked_public_key
from countertui.sync.faults import (
    EnvelopeRefusedError,
    MalformedBytesError,
    MalformedEnvelopeError,
    RegistryRefusedError,
)
from countertui.sync.merkle import tree_root

_MOST_MANIFEST = 64 * 1024 * 1024
_UNFINISHED = ".unfinished"


class BackupRefusedError(AnswerNo):
    """A backup that is not whole, not this key's, or whose books do not bear out what they vouched for."""

    def __init__(self, happened: str) -> None:
        super().__init__(happened, "Nothing was restored.", "Take another backup.")


class NothingAwaitedError(UsageError):
    """No terminal is awaited: the ledger was not restored, or heard all of them since."""


class NotNamedError(UsageError):
    """It was not said which terminals are not to be awaited any more, or one was that is not awaited."""


class PlaceTakenError(UsageError):
    """There is a ledger where one was to be restored."""


def restore(
    backup: Path,
    to: Path,
    passphrase: str,
    *,
    database: str | None = None,
    everything: bool = False,
    progress: Progress = lambda *_: None,
) -> Manifest:
    """Make the ledger of a backup again in the new folder `to`, its books in that PostgreSQL database if one is named.

    Checked first: who signed the backup, every file's hash, the register's signatures, the log against its newest
    checkpoint; with `everything` the books are recomputed too. Its register waits for its terminals then. Raises
    BackupRefusedError, PlaceTakenError, WrongPassphraseError, KeyFileDamagedError, BooksUnusableError,
    DatabaseRefusedError, OSError.
    """
    if to.exists() and any(to.iterdir()):
        raise PlaceTakenError(f"{to} is not empty.", "Nothing was changed.", "Name a new folder with --dir.")
    _require_finished(backup)
    key = open_key(backup, passphrase).public_key()
    manifest = read_manifest(backup, key)
    _require_whole(backup, manifest)
    made = to.with_name(to.name + _UNFINISHED)
    shutil.rmtree(made, ignore_errors=True)
    try:
        made.mkdir(mode=0o700, parents=True)
        for n, file in enumerate(manifest.files, start=1):
            there = made / file.name
            there.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.copy2(backup / file.name, there)
            progress("files", n)
        _require_sound(made, manifest, everything=everything)
        with _opened(made) as books, books.writing() as connection:
            mark_backup(connection, manifest.made_at)
            # What was erased since the backup is told by the register, once a terminal gives that back.
            withhold(connection)
            note_backup(connection, manifest.made_at)
        if database is not None:
            _move_books(made, database, progress)
        sync_all(made)
        to.mkdir(mode=0o700, parents=True, exist_ok=True)
        made.rename(to)
        sync_folder(to.parent)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    return manifest


def named_of(connection: Connection, names: Sequence[str]) -> list[tuple[str, int]]:
    """Those of the awaited terminals, by code and epoch, that are named: `T2/1`, or `T2` where one epoch is awaited.

    Raises NothingAwaitedError; NotNamedError where none is named, or one that nobody waits for.
    """
    missing = awaited(connection)
    if not missing:
        raise NothingAwaitedError("This ledger waits for no terminal.", "Nothing was changed.")
    spelled = {f"{terminal}/{epoch}": (terminal, epoch) for terminal, epoch in missing}
    codes = [terminal for terminal, _ in missing]
    spelled |= {place[0]: place for place in missing if codes.count(place[0]) == 1}
    wrong = [name for name in names if name not in spelled]
    if wrong or not names:
        told = f"{', '.join(wrong)} is none that it waits for." if wrong else "Name whom it is to go on without."
        listed = ", ".join(f"{terminal}/{epoch}" for terminal, epoch in missing)
        raise NotNamedError(f"{told} It waits for {listed}.", "Nothing was changed.")
    return sorted({spelled[name] for name in names})


def go_on(
    connection: Connection, named: Sequence[tuple[str, int]], by: Sequence[str], reason: str, now: str
) -> list[tuple[str, int]]:
    """Wait no longer for these terminals, by code and epoch, that were not heard since the ledger was restored; gives
    whom it still waits for. `by` two people who signed in. An alarm keeps who did it, and why.
    """
    for terminal, epoch in named:
        no_longer_await(connection, terminal, epoch)
    names = ", ".join(f"{terminal}/{epoch}" for terminal, epoch in named)
    told = f"{' and '.join(by)} went on after a restore without hearing {names}: {reason}"
    raise_alarm(connection, REGISTER, "", 0, None, told, now)
    return awaited(connection)


def read_manifest(backup: Path, key: Ed25519PublicKey) -> Manifest:
    """What a backup says it holds, once that key signed it. Raises BackupRefusedError, OSError."""
    _require_finished(backup)
    try:
        envelope = parse_envelope((backup / MANIFEST).read_bytes(), _MOST_MANIFEST)
        manifest = Manifest.model_validate(parse_strict(open_envelope(envelope, BACKUP, {LEDGER_KEY_ID: key})))
    except EnvelopeRefusedError:
        raise BackupRefusedError("The backup's list was not signed by the key that is in it.") from None
    except (MalformedEnvelopeError, MalformedBytesError, ValidationError):
        raise BackupRefusedError("The backup's list cannot be read.") from None
    if not {DATABASE, KEYS} <= {file.name for file in manifest.files}:
        raise BackupRefusedError("The backup's list names no books, or no keys.")
    return manifest


def _require_finished(backup: Path) -> None:
    if not (backup / MANIFEST).is_file():
        raise BackupRefusedError(f"{backup} is no backup, or one that was not finished: it has no {MANIFEST}.")


def _require_whole(backup: Path, manifest: Manifest) -> None:
    for file in manifest.files:
        path = backup / file.name
        if not path.is_file() or path.is_symlink() or path.stat().st_size != file.bytes:
            raise BackupRefusedError(f"{file.name} is missing, or not as long as it was.")
        with path.open("rb") as opened:
            if file_digest(opened, "sha256").hexdigest() != file.sha256:
                raise BackupRefusedError(f"{file.name} is not what it was.")


def _require_sound(folder: Path, manifest: Manifest, *, everything: bool) -> None:
    """Raises BackupRefusedError if the books do not bear out what the ledger vouched for."""
    with _opened(folder) as books:
        if books.ledger != manifest.ledger:
            raise BackupRefusedError("The books are another ledger's than the list says.")
        with books.reading() as connection:
            try:
                register, faults = registry.verified(connection, books.ledger)
            except RegistryRefusedError as fault:
                raise BackupRefusedError(f"The register of keys is not whole. {fault.happened}") from fault
            if faults:
                raise BackupRefusedError(faults[0])
            if checked_public_key(register.ledger_keys[-1]).public_bytes_raw() != ledger_public_key(folder):
                raise BackupRefusedError("The keys are not those that the register has in force.")
            _require_log(connection, manifest)
        if everything and (differences := fsck(books).differences):
            raise BackupRefusedError(f"The books can't be recomputed from what came in: {differences[0]}")


def _require_log(connection: Connection, manifest: Manifest) -> None:
    given = newest(connection)
    said = (given.size, given.root.hex()) if given else (0, "")
    if said != (manifest.log_size, manifest.log_root):
        raise BackupRefusedError("The log ends elsewhere than the list says.")
    if given is not None and tree_root(Tiles(connection).node, given.size) != given.root:
        raise BackupRefusedError("The log does not bear out the newest checkpoint that was given out.")


def _move_books(folder: Path, database: str, progress: Progress) -> None:
    """The books out of the file into a PostgreSQL database that has none, in one transaction."""
    engine = postgres_engine(database)
    try:
        with _opened(folder) as books, books.reading() as source, engine.begin() as target:
            if inspect(target).has_table(tables.state.name):
                raise PlaceTakenError("That database has a ledger already.", "It is unchanged.", "Name an empty one.")
            tables.metadata.create_all(target)
            mark_new(target)
            dates = source.execute(select(tables.entry.c.biz_date).distinct()).scalars()
            lines = stream(source, 'SELECT DISTINCT "biz_date" FROM "gl_line"')
            make_partitions(target, {*dates, *(date for (date,) in lines)})
            for table in tables.metadata.sorted_tables:
                copy_table(source, target, table, progress)
    except DBAPIError as fault:
        raise BooksUnusableError(f"{shown(database)} can't be used.", "Nothing was restored.") from fault
    finally:
        engine.dispose()
    write_settings(folder, read_settings(folder).model_copy(update={"database": database}))
    (folder / DATABASE).unlink()


@contextmanager
def _opened(folder: Path) -> Iterator[Books]:
    books = open_books(folder)
    try:
        yield books
    finally:
        books.close()
