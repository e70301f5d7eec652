"""`countertui receipt verify`: what a receipt's code proves by itself, and what the ledger says of it."""

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

    from countertui.ports import LogSeen
    from countertui.sync.registry import Register
    from countertui.sync.standing import Standing

_Found = TypeVar("_Found")
_KINDS_OF_CODE = ("CTUI1", "CTUI2", "HTTP://", "HTTPS://")
_UNDONE = {
    "void": "This receipt was voided later.",
    "refund": "This receipt was refunded later.",
    "returned_check": "A check that paid this receipt came back unpaid.",
}


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


def verify(
    code: str,
    /,
    *,
    ledger_key: str | None = None,
    dir: Path | None = None,  # noqa: A002
    online: bool = False,
    url: str | None = None,
    json_: bool = False,
) -> int:
    """Check the code on a receipt.

    Parameters
    ----------
    code
        The text of the QR code, or a file that holds it.
    ledger_key
        The ledger's public key in hex, where there is no terminal to take it from.
    dir
        A terminal's folder: its keys, and its ledger's address.
    online
        Ask the ledger too: is it posted, was it voided, and what are its lines and tenders?
    url
        The ledger's address for --online, if not the terminal's. A demo's own is found while it runs.
    json_
        Answer as JSON: {"ok", "fault", "claim", "proves", "does_not_prove", "online": {"state", "undone", "lines",
        "tenders", "change_cents", "in_log"}}; claim and online are null where there is none.
    """
    from countertui.sync.claim import PROVES, PROVES_NOT

    text, known = _text_of(code), _known(ledger_key, dir)
    said: dict[str, Any] = {"ok": False, "fault": None, "claim": None, "online": None}
    said |= {"proves": [], "does_not_prove": []}
    try:
        claim = _proven(text, known)
        said |= {"claim": claim, "proves": list(PROVES), "does_not_prove": list(PROVES_NOT), "ok": True}
        if online or url is not None:
            standing = _asked(claim, known, _address(known, url))
            said["online"] = standing.model_dump(exclude={"proof"}) | {"in_log": True}
            said["does_not_prove"] = []
            said["ok"] = standing.state == "posted" and standing.undone is None
            said["fault"] = None if said["ok"] else _why_not(standing)
    except AnswerNo as fault:
        if not json_:
            raise
        said |= {"ok": False, "fault": fault.happened}
    print(json.dumps(said) if json_ else _words(said))
    return 0 if said["ok"] else 1


def _text_of(code: str) -> str:
    if code.upper().startswith(_KINDS_OF_CODE):
        return code.strip()
    path = Path(code)
    if not path.is_file():
        raise UsageError(f"{code[:60]} is no receipt's code, and no file.", "", "Quote the whole text of the code.")
    with path.open("rb") as file:
        return "".join(file.read(10_000).decode("utf-8", "replace").splitlines()).strip()


def _known(ledger_key: str | None, named: Path | None) -> Known:
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


def _by_any(known: Known, way: Callable[[Ed25519PublicKey], _Found]) -> _Found:
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


def _proven(text: str, known: Known) -> dict[str, Any]:
    """The claim, by the ledger's certificate in the code, else by the terminal's keys in the register or snapshot here.

    A receipt of before the first snapshot that has its terminal's key carries no certificate.
    """
    from countertui.sync.claim import RECEIPT, claimed_terminal, prove_claim, read_claim

    terminal, epoch, seq = claimed_terminal(text)
    if known.folder is None or RECEIPT.is_certified(text):
        return _by_any(known, lambda key: prove_claim(text, key))
    listed = known.register.terminals.get((terminal, epoch)) if known.register is not None else None
    if listed is not None:
        if listed.after_seq is not None and seq > listed.after_seq:
            raise AnswerNo(f"The key of terminal {terminal} is revoked, and this receipt came after that.")
        # A duplicate is signed with the key of the day it is printed.
        keys = replace(known, ledger_keys=tuple(dict.fromkeys(key.hex() for _, key in reversed(listed.keys))))
        return _by_any(keys, lambda key: read_claim(text, key))
    public_key = _terminal_key(known.folder, terminal, epoch)
    if public_key is None:
        raise AnswerNo(f"The key of terminal {terminal}, epoch {epoch}, is not known here.", "", "Check it with --url.")
    return read_claim(text, _key_of(public_key))


def _terminal_key(folder: Path, terminal: str, epoch: int) -> str | None:
    """A terminal's key (hex) as the snapshot here has it."""
    from countertui.store.reference import Reference

    reference = Reference(folder / "reference.db")
    try:
        return reference.terminal_key(terminal, epoch)
    finally:
        reference.close()


def _address(known: Known, url: str | None) -> str:
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


def _asked(claim: dict[str, Any], known: Known, address: str) -> Standing:
    from countertui.cli.extras import require_extras
    from countertui.ports import LogForked
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
            raise ClaimRefusedError("The ledger does not have this receipt.", "", "It may not have been sent yet.")
        standing = read_standing(data)
        origin = None if known.ledger is None else origin_of(known.ledger)
        checkpoint = _by_any(known, lambda key: check_in_log(standing, bytes.fromhex(claim["h"]), key, origin))
        if known.seen is not None and origin is not None:
            before, name, fetch = known.seen, origin, client.get_consistency
            seen = _by_any(known, lambda key: follow(before, checkpoint, None, key, name, fetch))
            if seen.alarm:
                raise LogForked(f"The receipt is in the ledger's log, but {seen.alarm}.")
    finally:
        client.close()
    return standing


def _why_not(standing: Standing) -> str:
    if standing.undone is not None:
        return _UNDONE.get(standing.undone, f"This receipt was taken back later: {standing.undone}.")
    return "The ledger has this receipt, but it is not in the books yet."


def _words(said: dict[str, Any]) -> str:
    from countertui.domain.money import Cents, format_cents
    from countertui.domain.receipts import short_hash

    claim, online = said["claim"], said["online"]
    lines = [
        f"{claim['receipt_no']}  {claim['biz_date']}  {format_cents(Cents(claim['total_cents']))}",
        f"  terminal {claim['terminal']}, record {claim['seq']}, check code {short_hash(bytes.fromhex(claim['h']))}",
        f"proves: {', '.join(said['proves'])}",
    ]
    if said["does_not_prove"]:
        lines.append(f"does not prove: {', '.join(said['does_not_prove'])}")
    if online is not None:
        for line in online["lines"]:
            what = line["account"] or line["fee"] or ""
            lines.append(f"  {what:16} {line['description'][:36]:36} {format_cents(Cents(line['cents'])):>12}")
        lines += [
            f"  {tender['kind']:16} {'':36} {format_cents(Cents(tender['cents'])):>12}" for tender in online["tenders"]
        ]
        lines.append(f"  {'change':16} {'':36} {format_cents(Cents(online['change_cents'])):>12}")
        lines.append("The ledger's log holds it, proven here.")
        lines.append(said["fault"] or "Posted, and not voided or refunded. Compare lines and tenders with the paper.")
    return "\n".join(lines)
