"""`countertui ledger backup|restore`: the whole ledger in one folder, and back out of it."""

from __future__ import annotations

import sys
from pathlib import Path

from cyclopts import App

from countertui.cli.extras import require_extras
from countertui.cli.ledger.at_desk import at_desk
from countertui.cli.ledger.now import utc_now
from countertui.cli.lines import tell
from countertui.cli.places import ledger_folder


def add_to(ledger: App) -> None:
    """Add this module's commands to `countertui ledger`."""
    ledger.command(backup)
    ledger.command(restore)


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


def _progress(what: str, number: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{what.replace('_', ' ')}: {number:,}\r")
