"""What proves a paper's code: the ledger's keys that are known here, and what the ledger says of its record."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from countertui.cli.places import default_folder
from countertui.errors import AnswerNo, EnvironmentFault, UsageError
from countertui.machine import folder_mark

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    from countertui.ports.exchange import LogSeen
    from countertui.sync.registry import Register
    from countertui.sync.signed_code import CodeForm
    from countertui.sync.standing import Standing

_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True)
class Known:
    """What is known here to check with: the ledger's keys (hex, the present one first), its id, its log as seen.

    register: of keys, as it was followed here; None where there is none.
    """

    ledger_keys: tuple[str, ...]
    folder: Path | None = None
    ledger: str | None = None
    seen: LogSeen | None = None
    register: Register | None = None


def text_of(code: str, begins: tuple[str, ...], paper: str) -> str:
    """The text of a paper's code: as it is typed, or out of a file that holds it. Raises UsageError."""
    if code.upper().startswith((*begins, "HTTP://", "HTTPS://")):
        return code.strip()
    path = Path(code)
    if not path.is_file():
        raise UsageError(f"{code[:60]} is no {paper}'s code, and no file.", "", "Quote the whole text of the code.")
    with path.open("rb") as file:
        return "".join(file.read(10_000).decode("utf-8", "replace").splitlines()).strip()


def known_here(ledger_key: str | None, named: Path | None) -> Known:
    """What there is to check a code with: a key that is named, else what a terminal's folder knows. Raises."""
    folder = default_folder(named)
    there = (folder / "store.db").is_file()
    if ledger_key is None and not there:
        raise EnvironmentFault(
            f"There is no terminal in {folder} to take the ledger's key from.",
            press="Name it with --ledger-key, or a terminal's folder with --dir.",
        )
    if not there or (ledger_key is not None and named is None):
        return Known((str(ledger_key),))
    from countertui.store.connection import open_for_reading
    from countertui.store.working import log_seen

    db = open_for_reading(folder / "store.db")
    try:
        ledger, pinned = db.execute("SELECT ledger, ledger_key FROM identity").fetchone() or (None, "")
        register = _register(db, str(ledger), pinned)
        since = (pinned,) if register is None else tuple(key.hex() for key in reversed(register.ledger_keys))
        return Known((ledger_key,) if ledger_key else since, folder, ledger, log_seen(db), register)
    finally:
        db.close()


def _register(db: sqlite3.Connection, ledger: str, pinned: str) -> Register | None:
    """The ledger's register as it was followed here, from the one pinned; None if none can be believed."""
    from countertui.store import registry_log
    from countertui.sync.faults import RegistryRefusedError
    from countertui.sync.registry import Register, follow_all, require_pinned

    (first,) = db.execute("SELECT body FROM journal WHERE seq = 1").fetchone()
    try:
        register = follow_all(Register(ledger), registry_log.entries(db))
        if register.no:
            require_pinned(register, json.loads(first)["data"].get("registry"), bytes.fromhex(pinned))
            return register
    except RegistryRefusedError:
        return None
    return None


def by_any(known: Known, way: Callable[[Ed25519PublicKey], _Found]) -> _Found:
    """What holds by the first of the keys that it holds by. Raises ClaimRefusedError if by none."""
    from countertui.sync.faults import AckRefusedError, ClaimRefusedError

    refused: AnswerNo | None = None
    for key in known.ledger_keys:
        try:
            return way(_key_of(key))
        except (ClaimRefusedError, AckRefusedError) as fault:
            refused = refused or fault
    raise refused or AssertionError("a ledger's key is always known")


def _key_of(text: str) -> Ed25519PublicKey:
    from countertui.sync.ed25519 import checked_public_key

    try:
        return checked_public_key(bytes.fromhex(text))
    except ValueError:
        raise UsageError("A public key is 64 digits and letters from a to f.", "", "Copy the whole key.") from None


def proven(form: CodeForm, text: str, known: Known) -> dict[str, Any]:
    """The claim, by the ledger's certificate in the code, else by the terminal's keys in the register or snapshot here.

    A paper of before the first snapshot that has its terminal's key carries no certificate.
    """
    terminal, epoch, seq = form.claimed(text)
    if known.folder is None or form.is_certified(text):
        return by_any(known, lambda key: form.prove(text, key))
    listed = known.register.terminals.get((terminal, epoch)) if known.register is not None else None
    if listed is not None:
        if listed.after_seq is not None and seq > listed.after_seq:
            raise AnswerNo(f"The key of terminal {terminal} is revoked, and this {form.paper} came after that.")
        # A duplicate is signed with the key of the day it is printed.
        keys = replace(known, ledger_keys=tuple(dict.fromkeys(key.hex() for _, key in reversed(listed.keys))))
        return by_any(keys, lambda key: form.read(text, key))
    public_key = _terminal_key(known.folder, terminal, epoch)
    if public_key is None:
        raise AnswerNo(f"The key of terminal {terminal}, epoch {epoch}, is not known here.", "", "Check it with --url.")
    return form.read(text, _key_of(public_key))


def _terminal_key(folder: Path, terminal: str, epoch: int) -> str | None:
    """A terminal's key (hex) as the snapshot here has it."""
    from countertui.store.reference import Reference

    reference = Reference(folder / "reference.db")
    try:
        return reference.terminal_key(terminal, epoch)
    finally:
        reference.close()


def address_of(known: Known, url: str | None) -> str:
    """The ledger's address. Raises EnvironmentFault where it is not known."""
    if url is not None:
        return url
    if known.folder is not None:
        from countertui.config.terminal import read_terminal

        if folder_mark(known.folder):
            return _demo_address(known.folder, known.ledger)
        settings = read_terminal(known.folder / "terminal.toml").ledger
        if settings is not None:
            return settings.url
    raise EnvironmentFault("The ledger's address is not known here.", press="Name it with --url.")


def _demo_address(folder: Path, ledger: str | None) -> str:
    """Where the demo's own ledger serves now. Raises EnvironmentFault where it does not run."""
    from countertui.cli.extras import require_extras
    from countertui.folder_lock import served_at
    from countertui.sync.faults import LedgerUnreachableError
    from countertui.sync.transport import LedgerClient

    require_extras("counter")
    address = served_at(folder / "ledger")
    if address is not None:
        client = LedgerClient(address)
        try:
            if client.health().get("ledger") == ledger:
                return address
        except LedgerUnreachableError:
            pass  # it ended since it said where it serves: told below
        finally:
            client.close()
    raise EnvironmentFault(
        "The demo's own ledger does not answer: it runs while the demo is open.",
        press=f"Open it with `countertui demo --dir {folder}`, and ask again beside it.",
    )


def _pin(known: Known, address: str) -> str | None:
    """The key of the ledger's certificate, where this terminal knows that address."""
    if known.folder is None:
        return None
    from countertui.config.terminal import read_terminal

    settings = read_terminal(known.folder / "terminal.toml").ledger
    return settings.pin if settings is not None and settings.url.rstrip("/") == address.rstrip("/") else None


def asked(form: CodeForm, claim: dict[str, Any], known: Known, address: str) -> Standing:
    """What the ledger says of the record, which its log holds: that is checked here. Raises ClaimRefusedError."""
    from countertui.cli.extras import require_extras
    from countertui.ports.exchange import LogForked
    from countertui.sync.faults import ClaimRefusedError
    from countertui.sync.log_watch import follow
    from countertui.sync.notes import origin_of
    from countertui.sync.standing import check_in_log, read_standing
    from countertui.sync.transport import LedgerClient

    require_extras("counter")
    client = LedgerClient(address, pin=_pin(known, address))
    try:
        data = client.get_claim(claim["terminal"], claim["epoch"], claim["seq"], claim["h"])
        if data is None:
            raise ClaimRefusedError(
                f"The ledger does not have this {form.paper}.", "", "It may not have been sent yet."
            )
        standing = read_standing(data)
        origin = None if known.ledger is None else origin_of(known.ledger)
        checkpoint = by_any(known, lambda key: check_in_log(standing, bytes.fromhex(claim["h"]), key, origin))
        if known.seen is not None and origin is not None:
            before, name, fetch = known.seen, origin, client.get_consistency
            seen = by_any(known, lambda key: follow(before, checkpoint, None, key, name, fetch))
            if seen.alarm:
                raise LogForked(f"The {form.paper} is in the ledger's log, but {seen.alarm}.")
    finally:
        client.close()
    return standing
