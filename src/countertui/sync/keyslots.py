"""The terminal's secrets at rest: never on disk in clear, opened once at start by any one opener's passphrase.

The file is JSON. A random key (KEK) encrypts the secrets; each opener's slot holds the KEK encrypted under Argon2id of
that opener's passphrase (as LUKS does). All by AES-256-GCM with random 96-bit nonces, bound to ledger, terminal, epoch
and slot name, so no slot can be moved to another terminal's file.
"""

from __future__ import annotations

import base64
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from countertui.domain.demo import is_demo
from countertui.sync.canonical import canonical, parse_strict
from countertui.sync.durable import write_durably
from countertui.sync.faults import (
    KeyFileDamagedError,
    KeyFileExistsError,
    MalformedBytesError,
    PassphraseTooShortError,
    SlotNameError,
    WrongPassphraseError,
)

Random = Callable[[int], bytes]
"""A source of that many unpredictable bytes."""

MIN_PASSPHRASE = 15
_NONCE = 12
_SALT = 16
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess at a passphrase costs: Argon2id memory in KiB, passes, lanes (RFC 9106)."""

    memory_kib: int
    iterations: int
    lanes: int


PRODUCTION_COST = Cost(memory_kib=64 * 1024, iterations=3, lanes=4)
"""RFC 9106, section 4, second recommended option: 0.15 to 0.5 s a guess."""
CHEAP_COST = Cost(memory_kib=64, iterations=1, lanes=1)
"""For tests and the demo city, whose secrets protect nothing."""
_COST_LIMIT = Cost(memory_kib=1024 * 1024, iterations=16, lanes=16)


@dataclass(frozen=True, slots=True)
class Secrets:
    """What the slots protect: the signing key, and 32 bytes each to encrypt fields and to pepper PINs."""

    terminal_key: Ed25519PrivateKey
    field_key: bytes
    pin_pepper: bytes
    next_key: Ed25519PrivateKey | None = None
    """The key that follows, while the change to it is under way."""

    def __repr__(self) -> str:
        """Without the secrets: they must not reach a log or a crash file."""
        return "Secrets(...)"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a terminal is, readable without a passphrase. `public_key` is the raw 32 bytes."""

    ledger: str
    terminal: str
    epoch: int
    public_key: bytes
    openers: tuple[str, ...]
    next_public_key: bytes | None = None


def require_opener_name(opener: str) -> None:
    """Raise SlotNameError for what can be no opener's name."""
    if not _NAME.fullmatch(opener):
        raise SlotNameError("An opener's name is letters, digits, dot, dash and underline, at most 64.")


def require_long_passphrase(passphrase: str, ledger: str) -> None:
    """Raise PassphraseTooShortError for one of fewer than 15 characters, unless it is for a demo city's ledger."""
    if len(unicodedata.normalize("NFC", passphrase)) < MIN_PASSPHRASE and not is_demo(ledger):
        raise PassphraseTooShortError(
            f"A passphrase needs at least {MIN_PASSPHRASE} characters.", "Nothing was changed.", "Take a longer one."
        )


def create_slots(
    path: Path,
    *,
    ledger: str,
    terminal: str,
    epoch: int,
    secrets: Secrets,
    openers: Mapping[str, str],
    random: Random,
    cost: Cost = PRODUCTION_COST,
) -> None:
    """Write a new key file that each opener's passphrase opens (`openers` is name to passphrase).

    Raises KeyFileExistsError, PassphraseTooShortError, SlotNameError, OSError, WriteBackError.
    """
    if path.exists():
        raise KeyFileExistsError(f"{path.name} exists already.", "The keys in it are unchanged.")
    if not openers:
        raise SlotNameError("A key file needs at least one opener.")
    for name in (ledger, terminal):
        if not _NAME.fullmatch(name):
            raise SlotNameError("A ledger's or terminal's name is letters, digits, dot, dash and underline.")
    if len(secrets.field_key) != 32 or len(secrets.pin_pepper) != 32:
        raise ValueError("field key and PIN pepper are 32 bytes each")
    kek = random(32)
    document: dict[str, Any] = {"v": 1, "ledger": ledger, "terminal": terminal, "epoch": epoch, "slots": {}}
    _put_secrets(document, kek, secrets, random)
    for opener, passphrase in openers.items():
        _fill_slot(document, kek, opener, passphrase, random, cost)
    write_durably(path, _with_check(document), mode=0o600)


def open_slots(path: Path, passphrase: str) -> Secrets:
    """The secrets, if any slot opens with `passphrase`. Takes a guess's time per slot: never on the UI thread.

    Raises WrongPassphraseError, KeyFileDamagedError.
    """
    document = _read(path)
    return _secrets(document, _kek(document, passphrase))


def add_slot(
    path: Path, passphrase: str, opener: str, new_passphrase: str, random: Random, cost: Cost = PRODUCTION_COST
) -> None:
    """Give `opener` a slot with `new_passphrase`, by leave of any present `passphrase`.

    Raises WrongPassphraseError, KeyFileDamagedError, PassphraseTooShortError, SlotNameError (the name has a slot).
    """
    document = _read(path)
    kek = _kek(document, passphrase)
    _secrets(document, kek)
    _fill_slot(document, kek, opener, new_passphrase, random, cost)
    write_durably(path, _with_check(document), mode=0o600)


def change_passphrase(
    path: Path, passphrase: str, opener: str, new_passphrase: str, random: Random, cost: Cost = PRODUCTION_COST
) -> None:
    """Give `opener` another passphrase, by leave of any present `passphrase`; the old one opens nothing any more.

    Raises WrongPassphraseError, KeyFileDamagedError, PassphraseTooShortError, SlotNameError (no such opener).
    """
    document = _read(path)
    kek = _kek(document, passphrase)
    _secrets(document, kek)
    _take_slot(document, opener)
    _fill_slot(document, kek, opener, new_passphrase, random, cost)
    write_durably(path, _with_check(document), mode=0o600)


def remove_slot(path: Path, passphrase: str, opener: str) -> None:
    """Take an opener's slot away, by leave of any present `passphrase`; the last one stays.

    Who had it may have copied the file before: after theft, the terminal's key is revoked at the ledger.
    Raises WrongPassphraseError, KeyFileDamagedError, SlotNameError (no such opener, or the last one).
    """
    document = _read(path)
    _secrets(document, _kek(document, passphrase))
    if set(document["slots"]) == {opener}:
        raise SlotNameError(f"{opener} is the only opener.", "The slot is unchanged.", "Add another opener first.")
    _take_slot(document, opener)
    write_durably(path, _with_check(document), mode=0o600)


def set_pepper(path: Path, passphrase: str, pepper: bytes, random: Random) -> None:
    """Keep the city's PIN pepper (32 bytes), got at enrolment. Raises WrongPassphraseError, KeyFileDamagedError."""
    if len(pepper) != 32:
        raise ValueError("the PIN pepper is 32 bytes")
    document = _read(path)
    kek = _kek(document, passphrase)
    _put_secrets(document, kek, replace(_secrets(document, kek), pin_pepper=pepper), random)
    write_durably(path, _with_check(document), mode=0o600)


def keep_next_key(path: Path, passphrase: str, key: Ed25519PrivateKey, random: Random) -> None:
    """Keep the key that will follow beside the one in use, until `settle_next_key`.

    Raises WrongPassphraseError, KeyFileDamagedError, KeyFileExistsError (a next key is kept already).
    """
    document = _read(path)
    kek = _kek(document, passphrase)
    _secrets(document, kek)
    if "next" in document:
        raise KeyFileExistsError("The key file holds a next key already.", "Both keys are unchanged.")
    sealed = _seal(kek, key.private_bytes_raw(), _next_aad(document), random)
    document["next"] = {"public_key": _text(key.public_key().public_bytes_raw()), "key": _text(sealed)}
    write_durably(path, _with_check(document), mode=0o600)


def settle_next_key(path: Path, passphrase: str, random: Random) -> None:
    """Make the next key the one in use and forget the one before it. Raises WrongPassphraseError, KeyFileDamagedError.

    Call it only when the journal's seal before the change is in the ledger's custody: nothing can sign as before then.
    """
    document = _read(path)
    kek = _kek(document, passphrase)
    secrets = _secrets(document, kek)
    if secrets.next_key is None:
        return
    del document["next"]
    _put_secrets(document, kek, replace(secrets, terminal_key=secrets.next_key, next_key=None), random)
    write_durably(path, _with_check(document), mode=0o600)


def public_identity(path: Path) -> Identity:
    """Who the terminal is and who may open its keys; needs no passphrase. Raises KeyFileDamagedError."""
    document = _read(path)
    return Identity(
        document["ledger"],
        document["terminal"],
        document["epoch"],
        _bytes(document["public_key"]),
        tuple(sorted(document["slots"])),
        _bytes(document["next"]["public_key"]) if "next" in document else None,
    )


def _fill_slot(document: dict[str, Any], kek: bytes, opener: str, passphrase: str, random: Random, cost: Cost) -> None:
    require_opener_name(opener)
    if opener in document["slots"]:
        raise SlotNameError(f"{opener} has a slot already.", "It opens as before.")
    require_long_passphrase(passphrase, document["ledger"])
    salt = random(_SALT)
    sealed = _seal(_derive(passphrase, salt, cost), kek, _slot_aad(document, opener), random)
    document["slots"][opener] = {
        "memory_kib": cost.memory_kib,
        "iterations": cost.iterations,
        "lanes": cost.lanes,
        "salt": _text(salt),
        "kek": _text(sealed),
    }


def _take_slot(document: dict[str, Any], opener: str) -> None:
    if document["slots"].pop(opener, None) is None:
        raise SlotNameError(f"{opener} has no slot.", "Nothing was changed.")


def _put_secrets(document: dict[str, Any], kek: bytes, secrets: Secrets, random: Random) -> None:
    """Seal all but the next key into the document, and name the public key."""
    bare = secrets.terminal_key.private_bytes_raw() + secrets.field_key + secrets.pin_pepper
    document["public_key"] = _text(secrets.terminal_key.public_key().public_bytes_raw())
    document["secrets"] = _text(_seal(kek, bare, _secrets_aad(document), random))


def _kek(document: dict[str, Any], passphrase: str) -> bytes:
    for opener, slot in document["slots"].items():
        cost = Cost(slot["memory_kib"], slot["iterations"], slot["lanes"])
        key = _derive(passphrase, _bytes(slot["salt"]), cost)
        try:
            return _unseal(key, _bytes(slot["kek"]), _slot_aad(document, opener))
        except InvalidTag:
            continue
    raise WrongPassphraseError(
        "The passphrase opens no slot of these keys.", "The keys are unchanged.", "Type it again."
    )


def _secrets(document: dict[str, Any], kek: bytes) -> Secrets:
    try:
        bare = _unseal(kek, _bytes(document["secrets"]), _secrets_aad(document))
    except InvalidTag:
        raise _damaged("the sealed secrets were altered") from None
    if len(bare) != 96:
        raise _damaged("the sealed secrets have another length")
    key = Ed25519PrivateKey.from_private_bytes(bare[:32])
    if key.public_key().public_bytes_raw() != _bytes(document["public_key"]):
        raise _damaged("the public key is not the secret key's")
    return Secrets(key, bare[32:64], bare[64:], _next_key(document, kek))


def _next_key(document: dict[str, Any], kek: bytes) -> Ed25519PrivateKey | None:
    if "next" not in document:
        return None
    try:
        key = Ed25519PrivateKey.from_private_bytes(_unseal(kek, _bytes(document["next"]["key"]), _next_aad(document)))
    except (InvalidTag, ValueError):
        raise _damaged("the sealed next key was altered") from None
    if key.public_key().public_bytes_raw() != _bytes(document["next"]["public_key"]):
        raise _damaged("the next public key is not the next secret key's")
    return key


def _derive(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    # NFC: the same letters from two keyboards are the same passphrase.
    secret = unicodedata.normalize("NFC", passphrase).encode("utf-8", "surrogatepass")
    kdf = Argon2id(salt=salt, length=32, iterations=cost.iterations, lanes=cost.lanes, memory_cost=cost.memory_kib)
    return kdf.derive(secret)


def _seal(key: bytes, bare: bytes, aad: bytes, random: Random) -> bytes:
    nonce = random(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, bare, aad)


def _unseal(key: bytes, sealed: bytes, aad: bytes) -> bytes:
    if len(sealed) < _NONCE + 16:
        raise InvalidTag
    return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], aad)


def _slot_aad(document: dict[str, Any], opener: str) -> bytes:
    return b"ctp/1 slot\0" + canonical([document["ledger"], document["terminal"], document["epoch"], opener])


def _secrets_aad(document: dict[str, Any]) -> bytes:
    return b"ctp/1 secrets\0" + canonical([document["ledger"], document["terminal"], document["epoch"]])


def _next_aad(document: dict[str, Any]) -> bytes:
    return b"ctp/1 next-key\0" + canonical([document["ledger"], document["terminal"], document["epoch"]])


def _with_check(document: dict[str, Any]) -> bytes:
    """The document with a plain hash, which tells bit rot from a wrong passphrase; it keeps no attacker out."""
    return canonical(document | {"check": sha256(canonical(document)).hexdigest()}) + b"\n"


_SLOT_SHAPE = {"memory_kib": int, "iterations": int, "lanes": int, "salt": str, "kek": str}
_NEXT_SHAPE = {"public_key": str, "key": str}
_SHAPE = {"v": int, "ledger": str, "terminal": str, "epoch": int, "public_key": str, "secrets": str, "slots": dict}


def _read(path: Path) -> dict[str, Any]:
    """The document, without its check. By hand and not by pydantic, whose import would delay the first paint."""
    try:
        document = parse_strict(path.read_bytes())
    except MalformedBytesError as fault:
        raise _damaged(fault.happened) from fault
    check = document.pop("check", None) if type(document) is dict else None
    if check is None or sha256(canonical(document)).hexdigest() != check:
        raise _damaged("its check sum is wrong")
    following = {"next": dict} if "next" in document else {}
    if not _has_shape(document, _SHAPE | following) or document["v"] != 1 or not document["slots"]:
        raise _damaged("it is of another form")
    if following and not _has_shape(document["next"], _NEXT_SHAPE):
        raise _damaged("its next key is of another form")
    for slot in document["slots"].values():
        if (
            not _has_shape(slot, _SLOT_SHAPE)
            or not _affordable(Cost(slot["memory_kib"], slot["iterations"], slot["lanes"]))
            or len(_bytes(slot["salt"])) != _SALT
        ):
            raise _damaged("a slot is of another form")
    return document  # type: ignore[no-any-return]  # shape checked above


def _has_shape(value: object, shape: Mapping[str, type]) -> bool:
    return type(value) is dict and {name: type(field) for name, field in value.items()} == shape


def _affordable(cost: Cost) -> bool:
    """Whether a stored cost can be paid here: a forged one must not eat the machine."""
    return (
        8 * cost.lanes <= cost.memory_kib <= _COST_LIMIT.memory_kib
        and 1 <= cost.iterations <= _COST_LIMIT.iterations
        and 1 <= cost.lanes <= _COST_LIMIT.lanes
    )


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise _damaged("its base64 cannot be read") from None


def _damaged(why: str) -> KeyFileDamagedError:
    return KeyFileDamagedError(
        f"The terminal's key file is damaged: {why}.",
        "The journal is unchanged; nothing can be sold until the keys are back.",
        "Restore the key file from its backup, or enrol the terminal anew.",
    )
