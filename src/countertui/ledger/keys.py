"""The ledger's signing key at rest, in the same slots as a terminal's, and the start of a new ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.domain.reference import CityKey
from countertui.errors import CounterError
from countertui.ledger.books import KEYS, Books, init_books
from countertui.ledger.imported import begin_import
from countertui.ledger.reference import load_reference
from countertui.ledger.registry import found_register
from countertui.sync.keyslots import (
    PRODUCTION_COST,
    Cost,
    Random,
    Secrets,
    create_slots,
    open_slots,
    public_identity,
)
from countertui.sync.registry_entries import ROOTS
from countertui.sync.sealing import sealing_key

SLOT_NAME = "LEDGER"
"""What stands in the key file where a terminal has its code."""


def create_ledger(
    folder: Path,
    ledger_id: str,
    *,
    openers: Mapping[str, str],
    random: Random,
    now: str,
    cost: Cost = PRODUCTION_COST,
    pin_pepper: bytes | None = None,
    field_key: bytes | None = None,
    database: str | None = None,
    roots: Sequence[Ed25519PrivateKey] = (),
    by: tuple[str, str] = ("founder", "second founder"),
    rows: Iterable[tuple[str, Iterable[Sequence[Any]]]] = (),
    progress: Callable[[str, int], None] = lambda _table, _rows: None,
) -> Books:
    """Make a ledger in `folder` (DIR/ledger): its books and its keys, which each opener's passphrase opens.

    database: the address of an empty PostgreSQL database for the books; None keeps them in SQLite, in the folder.

    `roots` are the three offline keys that can replace the ledger's, made and thrown away where none are given (a
    demo's); `by` are the two people who found it. `pin_pepper` is the city's, under which operators' PINs hold
    at the ledger and at every terminal, `field_key` the seed of its sealing key; None makes one. `rows` are tables and
    rows that the ledger begins with, besides that key: the first entry of its register answers for them.
    Raises BooksExistError, BooksUnusableError, DatabaseRefusedError, KeyFileExistsError, PassphraseTooShortError,
    SlotNameError.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    secrets = Secrets(
        Ed25519PrivateKey.from_private_bytes(random(32)), field_key or random(32), pin_pepper or random(32)
    )
    create_slots(
        folder / KEYS,
        ledger=ledger_id,
        terminal=SLOT_NAME,
        epoch=1,
        secrets=secrets,
        openers=openers,
        random=random,
        cost=cost,
    )
    try:
        books = init_books(folder, ledger_id, now, database)
    except CounterError:
        (folder / KEYS).unlink()  # keys of no ledger would stand in the way of trying again
        raise
    roots = roots or make_roots(random)
    with books.writing() as connection:
        bringing = begin_import(connection)
        # Snapshots tell terminals what key personal data is sealed to; it outlives every change of signing keys.
        sealed_to = sealing_key(secrets.field_key).public_key().public_bytes_raw().hex()
        load_reference(bringing, "city", [(CityKey.SEALING.value, sealed_to)])
        for table, some in rows:
            load_reference(bringing, table, some, partial(progress, table))
        found_register(connection, ledger_id, secrets.terminal_key, roots, by, now, bringing.kept())
    return books


def make_roots(random: Random) -> tuple[Ed25519PrivateKey, ...]:
    """Three new root keys."""
    return tuple(Ed25519PrivateKey.from_private_bytes(random(32)) for _ in range(ROOTS))


def open_secrets(folder: Path, passphrase: str) -> Secrets:
    """The ledger's secrets: its signing key (`terminal_key`), the city's PIN pepper, the seed of its sealing key.

    Raises WrongPassphraseError, KeyFileDamagedError.
    """
    return open_slots(folder / KEYS, passphrase)


def open_key(folder: Path, passphrase: str) -> Ed25519PrivateKey:
    """The ledger's signing key alone. Raises WrongPassphraseError, KeyFileDamagedError."""
    return open_secrets(folder, passphrase).terminal_key


def ledger_public_key(folder: Path) -> bytes:
    """The raw 32 bytes of the ledger's public key, which terminals pin; needs no passphrase."""
    return public_identity(folder / KEYS).public_key
