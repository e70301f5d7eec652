"""`countertui key rotate|add|change|remove`: the terminal's key, and who opens the key file of a terminal or ledger."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from cyclopts import App

from countertui.cli.extras import require_extras
from countertui.cli.lines import tell
from countertui.cli.places import default_folder, terminal_folder


def add_to(app: App) -> None:
    """Add this module's commands."""
    key = App(name="key", help="Keep the key of a terminal, and the passphrases that open a key file.")
    for command in (rotate, add, change, remove):
        key.command(command)
    app.command(key)


def rotate(*, dir: Path | None = None, admin: str | None = None) -> int:  # noqa: A002
    """Change the terminal's key: an admin's PIN is asked for. The new key signs from after the next seal.

    Parameters
    ----------
    dir
        The terminal's folder.
    admin
        The admin's operator id; asked for if not given.
    """
    require_extras("counter")
    from countertui.assembly import prepare_next_key
    from countertui.cli.asking import passphrase_for
    from countertui.cli.running import signed_in, writing_station
    from countertui.counter.rotate_key import rotate_key
    from countertui.folder_lock import FolderLock

    folder = terminal_folder(dir)
    passphrase = passphrase_for(folder)
    lock = FolderLock(folder, "key rotate")
    try:
        prepare_next_key(folder, passphrase)
    finally:
        lock.close()
    with writing_station(folder, "key rotate", passphrase) as (station, _):
        rotate_key(station, signed_in(station, admin))
    tell("The change of the key is recorded. The new key signs from after the next seal: countertui batch seal.")
    return 0


def add(opener: str, /, *, dir: Path | None = None) -> int:  # noqa: A002
    """Let one more person open the key file: a present passphrase is asked for, then the new one.

    Parameters
    ----------
    opener
        The new opener's name.
    dir
        The terminal's folder, or a ledger's.
    """
    from countertui.cli.asking import ask_secret
    from countertui.machine import random_bytes
    from countertui.sync.keyslots import add_slot

    path = _key_file(dir)
    present = ask_secret("A present passphrase")
    add_slot(path, present, opener, _new_passphrase(path), random_bytes)
    tell(f"{opener} can open {path} now.")
    return 0


def change(opener: str, /, *, dir: Path | None = None) -> int:  # noqa: A002
    """Give an opener another passphrase: a present one is asked for, then the new one.

    Parameters
    ----------
    opener
        The opener's name.
    dir
        The terminal's folder, or a ledger's.
    """
    from countertui.cli.asking import ask_secret
    from countertui.machine import random_bytes
    from countertui.sync.keyslots import change_passphrase

    path = _key_file(dir)
    present = ask_secret("A present passphrase")
    change_passphrase(path, present, opener, _new_passphrase(path), random_bytes)
    tell(f"{opener} has another passphrase for {path}.")
    return 0


def remove(opener: str, /, *, dir: Path | None = None) -> int:  # noqa: A002
    """Take an opener's passphrase away: a present one is asked for. The last opener stays.

    A copy of the file that was made before opens as it did: after a theft, have the key revoked at the ledger.

    Parameters
    ----------
    opener
        The opener's name.
    dir
        The terminal's folder, or a ledger's.
    """
    from countertui.cli.asking import ask_secret
    from countertui.sync.keyslots import remove_slot

    path = _key_file(dir)
    remove_slot(path, ask_secret("A present passphrase"), opener)
    tell(f"{opener} can't open {path} any more.")
    return 0


def _new_passphrase(path: Path) -> str:
    from countertui.cli.asking import ask_new_secret
    from countertui.sync.keyslots import public_identity, require_long_passphrase

    long_enough = partial(require_long_passphrase, ledger=public_identity(path).ledger)
    return ask_new_secret("New passphrase, 15 characters or more", long_enough)


def _key_file(dir: Path | None) -> Path:  # noqa: A002 - the option's name
    from countertui.cli.places import NothingThere

    path = default_folder(dir) / "keys.json"
    if not path.is_file():
        raise NothingThere(f"There are no keys in {path.parent}.", press="Name the folder with --dir.")
    return path
