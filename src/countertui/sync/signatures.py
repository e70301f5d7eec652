"""Signatures by libsodium: a batch's in half the time of OpenSSL and on two cores, for it lets threads run.

And a terminal's own: what OpenSSL signed is checked here, by another implementation than the one that made it.

libsodium refuses some signatures that RFC 8032 allows (an R of low order), and accepts none that OpenSSL refuses. What
it refuses is therefore asked of OpenSSL, whose answer is the one that terminals and verifiers get.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from nacl.bindings import crypto_sign, crypto_sign_BYTES, crypto_sign_open
from nacl.exceptions import BadSignatureError

from countertui.sync.chain import signed_message
from countertui.sync.ed25519 import verify

WORTH_A_THREAD = 400
"""Signatures that are worth a thread of their own."""
_MOST_THREADS = 4


def first_wrong(key: Ed25519PublicKey, signatures: Sequence[bytes], hashes: Sequence[bytes]) -> int | None:
    """The index of the first signature that is not `key`'s for the record of its hash; None if all are."""
    count = len(hashes)
    threads = min(os.cpu_count() or 1, _MOST_THREADS, count // WORTH_A_THREAD)
    if threads < 2:
        return _first_wrong_between(key, signatures, hashes, 0, count)
    bounds = [count * n // threads for n in range(threads + 1)]
    with ThreadPoolExecutor(threads) as pool:
        found = pool.map(
            lambda n: _first_wrong_between(key, signatures, hashes, bounds[n], bounds[n + 1]), range(threads)
        )
        return next((place for place in found if place is not None), None)


def is_signed(key: Ed25519PublicKey, raw: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the signature is the key's for the message, as `ed25519.verify` says; `raw` are the key's 32 bytes."""
    return confirms(raw, signature, message) or verify(key, signature, message)


def confirms(raw: bytes, signature: bytes, message: bytes) -> bool:
    """Whether libsodium alone, stricter than OpenSSL, finds the signature to be that of the key of these 32 bytes."""
    try:
        crypto_sign_open(signature + message, raw)
    except (BadSignatureError, ValueError):
        return False
    return True


def quick_signer(key: Ed25519PrivateKey) -> Callable[[bytes], bytes]:
    """`key.sign` by libsodium, in half the time: a message has one signature (RFC 8032), whoever makes it."""
    secret = key.private_bytes_raw() + key.public_key().public_bytes_raw()
    return lambda message: crypto_sign(message, secret)[:crypto_sign_BYTES]


def _first_wrong_between(
    key: Ed25519PublicKey, signatures: Sequence[bytes], hashes: Sequence[bytes], begun: int, ended: int
) -> int | None:
    raw = key.public_bytes_raw()
    for place in range(begun, ended):
        if not is_signed(key, raw, signatures[place], signed_message(hashes[place])):
            return place
    return None
