"""`countertui verify`: is the journal whole, and does every table follow from it?"""

from __future__ import annotations

import json
import sqlite3
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from countertui.cli.lines import tell
from countertui.cli.places import terminal_folder
from countertui.domain.words import number_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cyclopts import App

    from countertui.store.batches import AckedSeal
    from countertui.store.verify import Check, Fault
    from countertui.sync.keyslots import Identity


def add_to(app: App) -> None:
    """Add this module's commands."""
    app.command(verify)


def verify(
    *,
    dir: Path | None = None,  # noqa: A002
    tail: bool = False,
    personal: bool = False,
    json_: bool = False,
) -> int:
    """Check chain, signatures and anchor, rebuild and compare every derived table, and verify again what is kept of
    the office's other terminals.

    Parameters
    ----------
    dir
        The terminal's folder.
    tail
        Only what came after the last batch the ledger acknowledged, and the anchor: what is checked at every start.
    personal
        Open every personal value, too, and compare it with what its record commits to; the passphrase is asked for.
    json_
        Answer as JSON: {"records", "last_seq", "faults": [{"code", "seq", "words"}], "personal": {"kept", "erased",
        "not_here"}}; personal is null with --tail.
    """
    from countertui.store.anchor import anchor_folder, read_tip
    from countertui.store.connection import open_for_reading
    from countertui.store.verify import verify_anchor, verify_chain, verify_derived, verify_integrity

    folder = terminal_folder(dir)
    opener = _opener(folder) if personal else None
    standing = None
    tip = read_tip(anchor_folder(folder))
    stored = open_for_reading(folder / "store.db")
    try:
        connection = stored if tail else _copy(stored)
        check, genesis, faults = _checker(connection, folder)
        first = _first_unacked(connection, folder, check, genesis) if tail and not faults else 1
        faults += verify_chain(connection, check, genesis, first, _progress(connection, quiet=tail or json_))
        faults += verify_anchor(connection, tip, lambda: read_tip(anchor_folder(folder)))
        if not tail:
            from countertui.store.personal import verify_personal

            standing = verify_personal(connection, opener)
            faults += verify_integrity(connection) + verify_derived(connection) + list(standing.faults)
            faults += _of_office(connection, folder)
        last = connection.execute("SELECT COALESCE(MAX(seq), 0) FROM journal").fetchone()[0]
    finally:
        stored.close()
    if json_:
        told = [{"code": fault.code, "seq": fault.seq, "words": fault.words} for fault in faults]
        beside = standing and {"kept": standing.kept, "erased": standing.erased, "not_here": standing.not_here}
        print(json.dumps({"records": last - first + 1, "last_seq": last, "faults": told, "personal": beside}))
    else:
        for fault in faults:
            tell(fault.words)
        tell(
            f"{number_of(last - first + 1, 'record')} checked, {number_of(len(faults), 'fault')}."
            if faults
            else f"{number_of(last, 'record')}: all is well."
        )
        if standing is not None and standing.kept + standing.erased + standing.not_here:
            kept = f"{standing.kept:,} {'as recorded' if personal else 'kept'}"
            tell(f"Personal values: {kept}, {standing.erased:,} erased, {standing.not_here:,} not here.")
    return 1 if faults else 0


def _opener(folder: Path) -> Callable[[int, str, bytes, str], bool]:
    """What opens a kept value (record, field, as kept) and compares it with its commitment."""
    from countertui.cli.asking import passphrase_for
    from countertui.domain.personal import Place, commitment
    from countertui.machine import random_bytes
    from countertui.sync.faults import SealingError
    from countertui.sync.keyslots import open_slots, public_identity
    from countertui.sync.vault import Vault

    path = folder / "keys.json"
    identity = public_identity(path)
    vault = Vault(open_slots(path, passphrase_for(folder)).field_key, identity.ledger, random_bytes)

    def is_as_recorded(seq: int, field: str, locked: bytes, wanted: str) -> bool:
        try:
            salted = vault.unlock(Place(identity.terminal, identity.epoch, seq, field), locked)
        except SealingError:
            return False
        return commitment(field, salted) == wanted

    return is_as_recorded


def _checker(connection: sqlite3.Connection, folder: Path) -> tuple[Check, bytes, list[Fault]]:
    """What checks one record, the hash before record 1, and what is wrong with the keys themselves."""
    from countertui.store.own_keys import own_keys
    from countertui.store.verify import Fault
    from countertui.sync.chain import genesis
    from countertui.sync.faults import UnsafeKeyError
    from countertui.sync.keyslots import public_identity
    from countertui.sync.own_journal import KeyNamed, StoredRecord, checker, faults_of_keys

    identity = public_identity(folder / "keys.json")
    named = [KeyNamed(1, identity.public_key, 1)]
    keys, faults = named, []
    try:
        keys = [KeyNamed(key.seq, key.public_key, key.from_seq) for key in own_keys(connection)] or named
        check = checker(keys)
    except (sqlite3.DatabaseError, UnsafeKeyError):
        keys, faults = named, [Fault("keys", None, "The table of this terminal's own keys can't be read.")]
        check = checker(keys)

    def record(seq: int) -> StoredRecord | None:
        row = connection.execute("SELECT prev, body, h, sig FROM journal WHERE seq = ?", (seq,)).fetchone()
        return StoredRecord(*row) if row else None

    if not faults:
        faults = [Fault("keys", seq, words) for seq, words in faults_of_keys(identity, keys, record)]
    first = genesis(identity.ledger, identity.terminal, identity.epoch, keys[0].public_key)
    return check, first, faults


def _of_office(connection: sqlite3.Connection, folder: Path) -> list[Fault]:
    """What is wrong with what is kept of the office's other terminals, by the register that is kept here."""
    from functools import partial

    from countertui.store.office_verify import verify_office
    from countertui.store.registry_log import entries
    from countertui.store.verify import Fault
    from countertui.sync.faults import RegistryRefusedError
    from countertui.sync.keyslots import public_identity
    from countertui.sync.other_batch import read_kept
    from countertui.sync.registry import Register, follow_all

    try:
        register = follow_all(Register(public_identity(folder / "keys.json").ledger), entries(connection))
        return verify_office(connection, partial(read_kept, register))
    except RegistryRefusedError as fault:
        return [Fault("office", None, f"The register kept here can't be followed: {fault.happened}")]
    except (sqlite3.DatabaseError, ValueError, TypeError, KeyError):
        return [Fault("office", None, "What is kept of the office's other terminals can't be read.")]


def _copy(stored: sqlite3.Connection) -> sqlite3.Connection:
    """A copy taken in slices, so that an open counter is not kept waiting while it is checked."""
    copy = sqlite3.connect(":memory:", isolation_level=None)
    stored.backup(copy, pages=500, sleep=0.002)
    return copy


def _first_unacked(connection: sqlite3.Connection, folder: Path, check: Check, genesis: bytes) -> int:
    """The record after the last seal that the ledger acknowledged, by an ack and a seal that verify.

    What the tables beside the journal say is not enough: who changed a record could call its batch posted.
    """
    from countertui.store.batches import acked_seals
    from countertui.sync.keyslots import public_identity

    seals = acked_seals(connection)
    first = connection.execute("SELECT prev, body, h, sig FROM journal WHERE seq = 1").fetchone()
    if not seals or first is None or first[0] != genesis or check(1, *first) is not None:
        return 1
    identity = public_identity(folder / "keys.json")
    ledger_keys = _ledger_keys(connection, identity.ledger, json.loads(first[1])["data"])
    for seal in seals:
        if not any(_is_good(seal, key, identity) for key in ledger_keys):
            continue
        if check(seal.seq, seal.prev, seal.body, seal.h, seal.sig) is None:
            said = json.loads(seal.body)
            if (said["seq"], said["kind"]) == (seal.seq, "seal") and said["data"]["batch_no"] == seal.batch_no:
                return seal.seq + 1
    return 1


def _ledger_keys(connection: sqlite3.Connection, ledger: str, start: dict[str, Any]) -> list[Ed25519PublicKey]:
    """Every key the ledger ever signed with: the one record 1 pins, and what the register proves to follow."""
    from countertui.store.registry_log import entries
    from countertui.sync.ed25519 import checked_public_key
    from countertui.sync.faults import RegistryRefusedError, UnsafeKeyError
    from countertui.sync.registry import Register, follow_all, require_pinned

    try:
        pinned = bytes.fromhex(start["ledger_key"])
        keys = [checked_public_key(pinned)]
    except (KeyError, ValueError, TypeError, UnsafeKeyError):
        return []
    try:
        register = follow_all(Register(ledger), entries(connection))
        if register.no:
            require_pinned(register, start.get("registry"), pinned)
            keys = [checked_public_key(key) for key in register.ledger_keys]
    except RegistryRefusedError:
        return keys
    return keys


def _is_good(seal: AckedSeal, ledger_key: Ed25519PublicKey, identity: Identity) -> bool:
    from countertui.sync.ack import open_ack
    from countertui.sync.faults import AckRefusedError

    try:
        open_ack(
            seal.ack,
            ledger_key,
            ledger=identity.ledger,
            terminal=identity.terminal,
            epoch=identity.epoch,
            batch_no=seal.batch_no,
            batch_hash=seal.batch_hash,
        )
    except AckRefusedError:
        return False
    return True


def _progress(connection: sqlite3.Connection, *, quiet: bool):  # type: ignore[no-untyped-def]
    if quiet or not sys.stderr.isatty():
        return None
    total = connection.execute("SELECT COALESCE(MAX(seq), 0) FROM journal").fetchone()[0]

    def tell(seq: int) -> None:
        if seq % 2000 == 0 or seq == total:
            sys.stderr.write(f"\rchecking record {seq:,} of {total:,}")
            sys.stderr.write("\n" if seq == total else "")

    return tell
