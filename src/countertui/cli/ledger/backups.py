"""`countertui ledger backup|restore|copy-desk|lacks`: the whole ledger in one folder, and back out of it."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cyclopts import App

from countertui.cli.extras import require_extras
from countertui.cli.ledger.at_desk import at_desk
from countertui.cli.ledger.now import utc_now
from countertui.cli.lines import tell
from countertui.cli.places import books_folder, ledger_folder
from countertui.domain.words import number_of


def add_to(ledger: App) -> None:
    """Add this module's commands to `countertui ledger`."""
    ledger.command(backup)
    ledger.command(restore)
    ledger.command(copy_desk)
    ledger.command(lacks)


def backup(to: Path, /, *, dir: Path | None = None) -> int:  # noqa: A002
    """Back the ledger up into a new folder, while it is served: books, keys, snapshots, and a signed list of them.

    Parameters
    ----------
    to
        The folder to make. Keep it where the ledger isn't; the keys in it open by the openers' passphrases.
    dir
        The ledger's folder.
    """
    with at_desk(dir) as desk:
        from countertui.ledger.backup import back_up

        made = back_up(desk.books, desk.secrets.terminal_key, to.resolve(), utc_now(), _progress)
    size = sum(file.bytes for file in made.files)
    tell(f"Ledger {made.ledger} is backed up in {to}: {len(made.files):,} files, {size:,} bytes.")
    return 0


def restore(
    from_: Path,
    /,
    *,
    dir: Path | None = None,  # noqa: A002
    database: str | None = None,
    fsck: bool = False,
) -> int:
    """Make a ledger again from a backup, in a place where there is none; nothing is ever overwritten.

    Never let the old one and this one run side by side: terminals would see two ledgers under one key. It says what is
    not in the backup and at no terminal: acts of the ledger's desk since.

    Parameters
    ----------
    from_
        The backup's folder.
    dir
        The new ledger's folder.
    database
        An empty PostgreSQL database for the books. Without it they are an SQLite file in the folder.
    fsck
        Recompute the books from what came in as well, which takes its time.
    """
    require_extras("ledger")
    from countertui.cli.asking import passphrase_for
    from countertui.ledger.backed_up import lacking
    from countertui.ledger.books import open_books
    from countertui.ledger.restoring import restore as make_again

    folder = ledger_folder(dir)
    passphrase = passphrase_for(from_)
    made = make_again(from_, folder, passphrase, database=database, everything=fsck, progress=_progress)
    tell(f"Ledger {made.ledger} is in {folder} as it was at {made.made_at}.")
    if fsck:
        tell("Its books were recomputed, and everything agrees.")
    books = open_books(folder)
    try:
        with books.reading() as connection:
            for each in lacking(connection):
                tell(each)
    finally:
        books.close()
    return 0


def copy_desk(to: Path, /, *, dir: Path | None = None) -> int:  # noqa: A002
    """Copy what people did at the ledger's desk to the end of a file elsewhere, as far as it is not there yet.

    For every few minutes: no passphrase is needed. What was done since the last backup is in it, signed; a ledger that
    was restored says by it what has to be done again: countertui ledger lacks.

    Parameters
    ----------
    to
        The file, on another disk than the ledger's. It is made, and readable by its owner only.
    dir
        The ledger's folder.
    """
    require_extras("ledger")
    from countertui.ledger.books import open_books
    from countertui.ledger.desk_copy import copy_desk as copy

    books = open_books(books_folder(dir))
    try:
        with books.reading() as connection:
            done = copy(connection, to)
    finally:
        books.close()
    tell(f"{number_of(done, 'act')} copied to {to}.")
    return 0


def lacks(copy: Path, /, *, dir: Path | None = None, json_: bool = False) -> int:  # noqa: A002
    """What people did at the ledger's desk by a copy of their acts, and this ledger has not: it was restored.

    Exit status 1 if there is any.

    Parameters
    ----------
    copy
        The file that countertui ledger copy-desk wrote.
    dir
        The ledger's folder.
    json_
        Answer as JSON: the acts' records, whole.
    """
    require_extras("ledger")
    from countertui.errors import UsageError
    from countertui.ledger.books import open_books
    from countertui.ledger.desk_copy import DeskCopyRefusedError, in_words
    from countertui.ledger.desk_copy import lacks as missing_of

    if not copy.is_file():
        raise UsageError(f"There is no file {copy}.", "Nothing was looked at.")
    books = open_books(books_folder(dir))
    refused: DeskCopyRefusedError | None = None
    missing: Sequence[dict[str, Any]]
    try:
        with books.reading() as connection:
            missing = missing_of(connection, books.ledger, copy)
    except DeskCopyRefusedError as fault:
        refused, missing = fault, fault.proven
    finally:
        books.close()
    if json_:
        print(json.dumps(missing))
    else:
        for body in missing:
            tell(in_words(body))
        if missing or refused is None:
            nothing = "It lacks none of the acts in that file."
            tell(f"{number_of(len(missing), 'act')} to do again." if missing else nothing)
    if refused is not None:
        raise refused
    return 1 if missing else 0


def _progress(what: str, number: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{what.replace('_', ' ')}: {number:,}\r")
