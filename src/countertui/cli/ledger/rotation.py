"""`countertui ledger rotate|reset-admins`: what root keys are for: the ledger's own key, and admins' lost PINs."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from cyclopts import App

from countertui.cli.extras import require_extras
from countertui.cli.ledger.now import utc_now
from countertui.cli.lines import tell
from countertui.cli.places import books_folder, keyless_books_folder

if TYPE_CHECKING:
    from countertui.ledger.books import Books


def add_to(ledger: App) -> None:
    """Add this module's commands to `countertui ledger`."""
    ledger.command(rotate)
    ledger.command(reset_admins)


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
    tell(f"The ledger has a new key. Snapshot {version} is published with it. Start the ledger's service again.")
    return 0


def reset_admins(
    *ids: str,
    roots: str,
    reason: str,
    dir: Path | None = None,  # noqa: A002
) -> int:
    """Reset admins' PINs by two root keys, where no two people are left who could; prints one-time codes.

    The ledger's passphrase is asked for, then those of the root keys. It is recorded, and an alarm tells everybody.

    Parameters
    ----------
    ids
        The admins; all of them if none is named.
    roots
        The files of two root keys, with a comma between.
    reason
        Why; it stands in the record.
    dir
        The ledger's folder.
    """
    require_extras("ledger")
    from countertui.cli.asking import ask_secret
    from countertui.cli.ledger.operators import opened
    from countertui.domain.operators import CODE_HOURS
    from countertui.ledger.admin_resets import admins, reset_admin
    from countertui.ledger.founding import open_root

    files = [Path(part.strip()) for part in roots.split(",")]
    with opened(books_folder(dir)) as ledger:
        found = [open_root(file, ask_secret(f"Passphrase of {file.name}"), ledger.books.ledger) for file in files]
        keys = {n: secrets.terminal_key for n, secrets in found}
        with ledger.keeping() as keeping:
            named = list(ids) or admins(keeping.ground)
        for id_ in named:
            with ledger.keeping() as keeping:
                code = reset_admin(keeping, keys, id_, reason)
            tell(f"Code for {id_}, good for {CODE_HOURS} hours: {code}")
    tell("Hand each code to that person alone: countertui operator pin ID --dir LEDGER")
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
    from countertui.cli.asking import ask, ask_new_secret, ask_secret, until_taken
    from countertui.cli.ledger.admission import two_people
    from countertui.ledger.founding import open_root
    from countertui.ledger.own_rotation import rotate_by_roots
    from countertui.machine import random_bytes
    from countertui.sync.keyslots import require_long_passphrase, require_opener_name

    opened = [open_root(file, ask_secret(f"Passphrase of {file.name}"), books.ledger) for file in files]
    kept = opened[0][1]
    by = two_people(books, kept)
    opener = until_taken(partial(ask, "Opener's name"), require_opener_name)
    long_enough = partial(require_long_passphrase, ledger=books.ledger)
    passphrase = ask_new_secret("Passphrase, 15 characters or more", long_enough)
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
