"""`countertui ledger rotate`: the ledger's own key, by the key in force or by two root keys."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cyclopts import App

from countertui.cli.extras import require_extras
from countertui.cli.ledger.now import utc_now
from countertui.cli.places import books_folder, keyless_books_folder

if TYPE_CHECKING:
    from countertui.ledger.books import Books


def add_to(ledger: App) -> None:
    """Add this module's command to `countertui ledger`."""
    ledger.command(rotate)


def rotate(*, reason: str, roots: str | None = None, dir: Path | None = None) -> int:  # noqa: A002
    """Give the ledger a new key, then publish a snapshot signed with it; two people sign in. Terminals follow it.

    Stop the ledger's service first, and start it afterwards. Where the key file or its passphrase is lost or stolen,
    name the files of two root keys: their passphrases are asked for, then two people's ids and PINs, then an opener's
    name and passphrase for the new key file.

    Parameters
    ----------
    reason
        Why; it stands in the register.
    roots
        The files of two root keys, with a comma between.
    dir
        The ledger's folder.
    """
    require_extras("ledger")
    from countertui.folder_lock import FolderLock
    from countertui.ledger.books import open_books

    folder = books_folder(dir) if roots is None else keyless_books_folder(dir)
    lock = FolderLock(folder, "ledger rotate", of="ledger")
    books = open_books(folder)
    try:
        if roots is None:
            passphrase = _by_key(books, reason)
        else:
            passphrase = _by_roots(books, [Path(part.strip()) for part in roots.split(",")], reason)
        version = _publish(books, passphrase)
    finally:
        books.close()
        lock.close()
    print(f"The ledger has a new key. Snapshot {version} is published with it. Start the ledger's service again.")
    return 0


def _by_key(books: Books, reason: str) -> str:
    from countertui.cli.asking import passphrase_for
    from countertui.cli.ledger.admission import two_people
    from countertui.ledger.keys import open_secrets
    from countertui.ledger.own_rotation import rotate_by_key, take_up
    from countertui.machine import random_bytes

    passphrase = passphrase_for(books.folder)
    by = two_people(books, open_secrets(books.folder, passphrase))
    if not take_up(books, passphrase, random_bytes):
        rotate_by_key(books, passphrase, random_bytes, reason=reason, by=by, now=utc_now())
    return passphrase


def _by_roots(books: Books, files: list[Path], reason: str) -> str:
    from countertui.cli.asking import ask, ask_new_secret, ask_secret
    from countertui.cli.ledger.admission import two_people
    from countertui.ledger.founding import open_root
    from countertui.ledger.own_rotation import rotate_by_roots
    from countertui.machine import random_bytes

    opened = [open_root(file, ask_secret(f"Passphrase of {file.name}"), books.ledger) for file in files]
    kept = opened[0][1]
    by = two_people(books, kept)
    opener = ask("Opener's name")
    passphrase = ask_new_secret("Passphrase, 15 characters or more")
    rotate_by_roots(
        books,
        {n: secrets.terminal_key for n, secrets in opened},
        kept,
        random_bytes,
        openers={opener: passphrase},
        reason=reason,
        by=by,
        now=utc_now(),
    )
    return passphrase


def _publish(books: Books, passphrase: str) -> int:
    from countertui.ledger.keys import open_key
    from countertui.ledger.publish import publish

    return publish(books, open_key(books.folder, passphrase), utc_now())
