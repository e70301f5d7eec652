"""Changing the ledger's own key: by the key in force, or by two of the three root keys where that is lost or stolen.

Whatever is cut off in between, the key that the register says is in force lies in the folder: it is taken up again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from countertui.domain.desk_records import DESK
from countertui.errors import UsageError
from countertui.ledger import registry, tables
from countertui.ledger.books import KEYS, Books
from countertui.ledger.keys import SLOT_NAME
from countertui.sync.ack import LEDGER_KEY_ID
from countertui.sync.keyslots import (
    PRODUCTION_COST,
    Cost,
    Random,
    Secrets,
    create_slots,
    keep_next_key,
    open_slots,
    public_identity,
    settle_next_key,
)
from countertui.sync.registry_entries import NEW_KEY_ID, LedgerKey, root_key_id

COMING = "keys.json.new"
SET_ASIDE = "keys.json.before-{}"


class KeyInForceError(UsageError):
    """The key in the ledger's key file is not the one that its register says is in force."""


def rotate_by_key(books: Books, passphrase: str, random: Random, *, reason: str, by: Sequence[str], now: str) -> None:
    """Change to a new key, by leave of the present one; openers and all else in the key file stay.

    `by` are two operators' ids, `now` is ISO 8601 UTC. Raises WrongPassphraseError, RegistryRefusedError.
    """
    path = books.folder / KEYS
    if (new := open_slots(path, passphrase).next_key) is None:
        new = Ed25519PrivateKey.from_private_bytes(random(32))
        keep_next_key(path, passphrase, new, random)
    old = open_slots(path, passphrase).terminal_key
    _write(books, new, [(LEDGER_KEY_ID, old)], reason, by, now)
    settle_next_key(path, passphrase, random)


def rotate_by_roots(
    books: Books,
    roots: Mapping[int, Ed25519PrivateKey],
    kept: Secrets,
    random: Random,
    *,
    openers: Mapping[str, str],
    reason: str,
    by: Sequence[str],
    now: str,
    cost: Cost = PRODUCTION_COST,
) -> None:
    """Change to a new key in a new key file, by leave of two root keys (1 to 3); the file before is set aside.

    `kept` are the city's pepper and sealing seed as a root key's file keeps them. Raises RegistryRefusedError.
    """
    path, coming = books.folder / KEYS, books.folder / COMING
    coming.unlink(missing_ok=True)
    new = Ed25519PrivateKey.from_private_bytes(random(32))
    secrets = Secrets(new, kept.field_key, kept.pin_pepper)
    create_slots(
        coming,
        ledger=books.ledger,
        terminal=SLOT_NAME,
        epoch=1,
        secrets=secrets,
        openers=openers,
        random=random,
        cost=cost,
    )
    _write(books, new, [(root_key_id(n), root) for n, root in sorted(roots.items())], reason, by, now)
    if path.exists():
        path.rename(path.with_name(SET_ASIDE.format("".join(filter(str.isalnum, now)))))
    coming.rename(path)


def require_in_force(books: Books, secrets: Secrets) -> None:
    """Raise KeyInForceError unless the ledger's key is the one that terminals believe now."""
    with books.reading() as connection:
        in_force = registry.present(connection, books.ledger).ledger_key
    if secrets.terminal_key.public_key().public_bytes_raw() != in_force:
        raise _not_in_force()


def take_up(books: Books, passphrase: str, random: Random) -> bool:
    """Complete a change that was cut off after the register had it; whether there was one.

    Raises KeyInForceError if no key file here is of the key in force, WrongPassphraseError.
    """
    path, coming = books.folder / KEYS, books.folder / COMING
    with books.reading() as connection:
        in_force = registry.present(connection, books.ledger).ledger_key
    if path.exists() and public_identity(path).public_key == in_force:
        return False
    if path.exists() and public_identity(path).next_public_key == in_force:
        settle_next_key(path, passphrase, random)
        return True
    if coming.exists() and public_identity(coming).public_key == in_force:
        coming.replace(path)
        return True
    raise _not_in_force()


def _not_in_force() -> KeyInForceError:
    return KeyInForceError(
        "The key in the ledger's key file is not the one its register says is in force.",
        "Nothing was signed.",
        "Run countertui ledger rotate, which completes a change that was cut off; or put the right key file back."
        " Where it is lost: countertui ledger rotate --roots.",
    )


def _write(
    books: Books,
    new: Ed25519PrivateKey,
    leave: Sequence[tuple[str, Ed25519PrivateKey]],
    reason: str,
    by: Sequence[str],
    now: str,
) -> None:
    with books.writing() as connection:
        table = tables.terminal
        desk_seq = connection.execute(select(table.c.last_seq).where(table.c.code == DESK)).scalar() or 0
        data = LedgerKey(public_key=new.public_key().public_bytes_raw().hex(), reason=reason, desk_seq=desk_seq)
        register = registry.present(connection, books.ledger)
        registry.append(connection, register, "ledger_key", data, [(NEW_KEY_ID, new), *leave], by=by, now=now)
