"""What only one holder may read, sealed to their X25519 key (HPKE, RFC 9180: X25519, HKDF-SHA256, AES-256-GCM).

A terminal's or the city's sealing key is derived from the 32 random bytes in its key file, so that nothing more needs
to be kept secret, and none of it serves two purposes.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from countertui.sync.faults import SealingError

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def sealing_key(field_key: bytes) -> X25519PrivateKey:
    """The key that opens what is sealed to the holder of a key file, from its `Secrets.field_key` (32 bytes)."""
    seed = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"ctp/1 x25519").derive(field_key)
    return X25519PrivateKey.from_private_bytes(seed)


def seal_to(public_key: bytes, bare: bytes, context: bytes) -> bytes:
    """`bare` sealed to a raw X25519 public key; it opens in the same `context` only. Raises SealingError for no key."""
    try:
        return _SUITE.encrypt(bare, X25519PublicKey.from_public_bytes(public_key), info=context)
    except ValueError as fault:
        raise SealingError("That is no key to seal anything to.", "Nothing was sealed.") from fault


def unseal(key: X25519PrivateKey, sealed: bytes, context: bytes) -> bytes:
    """What was sealed to `key` in this `context`. Raises SealingError if it was altered, or is for another."""
    try:
        return _SUITE.decrypt(sealed, key, info=context)
    except (InvalidTag, ValueError) as fault:
        raise SealingError(
            "What came sealed is for another key, or was altered.", "Nothing was taken from it."
        ) from fault
