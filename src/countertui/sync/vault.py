"""Personal data at rest and on its way: the same scheme at a terminal and at the ledger, each under its own key.

At rest a value and its salt are encrypted by AES-256-GCM with a random 96-bit nonce, bound to ledger, terminal, epoch,
record and field, so none can be moved to another place. On the way they are sealed (HPKE) to one reader's X25519 key,
bound to the same. All keys are derived from the 32 random bytes in the holder's key file (`Secrets.field_key`).
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from countertui.domain.personal import SALT_LENGTH, Place, Salted
from countertui.sync.canonical import canonical
from countertui.sync.faults import SealingError
from countertui.sync.sealing import seal_to, sealing_key, unseal

_NONCE = 12


class Vault:
    """Personal data under one holder's key; `ledger` is the ledger's id, `random` gives so many random bytes."""

    def __init__(self, field_key: bytes, ledger: str, random: Callable[[int], bytes]) -> None:
        self._ledger = ledger
        self._random = random
        self._at_rest = AESGCM(_derived(field_key, b"ctp/1 fields"))
        self._blind_key = _derived(field_key, b"ctp/1 blind index")
        self._sealing_key = sealing_key(field_key)

    def __repr__(self) -> str:
        """Without the keys: they must not reach a log or a crash file."""
        return "Vault(...)"

    @property
    def sealing_key(self) -> bytes:
        """The public X25519 key, 32 bytes, that others seal to what only this holder shall read."""
        return self._sealing_key.public_key().public_bytes_raw()

    def salted(self, value: str) -> Salted:
        """A value with a new salt, to be committed to."""
        return Salted(value, self._random(SALT_LENGTH))

    def lock(self, place: Place, salted: Salted) -> bytes:
        """A value as it is kept: nonce, then value and salt encrypted."""
        nonce = self._random(_NONCE)
        return nonce + self._at_rest.encrypt(nonce, _bare(salted), self._bound(b"personal", place))

    def unlock(self, place: Place, locked: bytes) -> Salted:
        """A value that was kept at that place. Raises SealingError if it was altered, or is another place's."""
        try:
            bare = self._at_rest.decrypt(locked[:_NONCE], locked[_NONCE:], self._bound(b"personal", place))
        except (InvalidTag, ValueError) as fault:
            raise SealingError("A personal value that is kept here was altered.", "Nothing was taken of it.") from fault
        return _salted(bare)

    def blind(self, what: str, value: str) -> str:
        """What a value is found by without being read, hex: an HMAC under this holder's key. what: of what kind."""
        return hmac.digest(self._blind_key, what.encode() + b"\0" + value.encode(), sha256).hex()

    def seal_for(self, reader: bytes, place: Place, salted: Salted) -> bytes:
        """A value sealed to a reader's public X25519 key (32 bytes). Raises SealingError for what is no key."""
        return seal_to(reader, _bare(salted), self._bound(b"personal for one reader", place))

    def unseal(self, place: Place, sealed: bytes) -> Salted:
        """A value that was sealed to this holder. Raises SealingError if it was altered, or is for another."""
        return _salted(unseal(self._sealing_key, sealed, self._bound(b"personal for one reader", place)))

    def _bound(self, purpose: bytes, place: Place) -> bytes:
        return b"ctp/1 " + purpose + b"\0" + canonical([self._ledger, *place])


def _bare(salted: Salted) -> bytes:
    return salted.salt + salted.value.encode()


def _salted(bare: bytes) -> Salted:
    try:
        return Salted(bare[SALT_LENGTH:].decode(), bare[:SALT_LENGTH])
    except UnicodeDecodeError as fault:
        raise SealingError("A personal value is no text.", "Nothing was taken of it.") from fault


def _derived(field_key: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(field_key)
