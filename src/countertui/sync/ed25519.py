"""Ed25519 with the doors closed that RFC 8032 leaves ajar: which public keys may be used at all.

OpenSSL takes any 32 bytes for a public key. With the neutral point enrolled, one signature verifies every message; with
a key that has two encodings, one terminal has two identities (Chalkias and others, "Taming the many EdDSAs", 2020).
"""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from countertui.sync.faults import UnsafeKeyError

_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P
_SIGN_BIT = 1 << 255


def _torsion_y() -> frozenset[int]:
    """The y of the eight points of low order: 1, -1, 0, and plus or minus that of the points of order 8.

    Doubling a point of order 8 gives one of order 4, whose y is 0: so x^2 = -y^2, and the curve's equation
    -x^2 + y^2 = 1 + d x^2 y^2 becomes d y^4 + 2 y^2 - 1 = 0.
    """
    half = (_P + 3) // 8
    root_of_minus_one = pow(2, (_P - 1) // 4, _P)

    def roots(square: int) -> set[int]:
        root = pow(square, half, _P)
        return {y for r in (root, root * root_of_minus_one % _P) for y in (r, _P - r) if y * y % _P == square % _P}

    order_eight = {
        y for r in roots(1 + _D) for y_squared in ((r - 1) * pow(_D, -1, _P) % _P,) for y in roots(y_squared)
    }
    return frozenset({0, 1, _P - 1} | order_eight)


_LOW_ORDER_Y = _torsion_y()


def checked_public_key(raw: bytes) -> Ed25519PublicKey:
    """A public key fit to be enrolled or verified with, from its 32 bytes.

    Raises UnsafeKeyError for another length, a y of 2^255 - 19 or more, a point that is not on the curve,
    x = 0 with the sign bit set, and the eight points of low order.
    """
    if len(raw) != 32:
        raise _unsafe("it is not 32 bytes long")
    number = int.from_bytes(raw, "little")
    y = number & ~_SIGN_BIT
    if y >= _P:
        raise _unsafe("it is not in canonical form")
    if y in _LOW_ORDER_Y:
        raise _unsafe("its point is of low order")
    numerator, denominator = (y * y - 1) % _P, (_D * y * y + 1) % _P
    # x^2 is numerator/denominator; with y of low order gone, x is never 0, so the sign bit is free.
    if pow(numerator * denominator, (_P - 1) // 2, _P) != 1:
        raise _unsafe("it is no point of the curve")
    return Ed25519PublicKey.from_public_bytes(raw)


def verify(public_key: Ed25519PublicKey, signature: bytes, message: bytes) -> bool:
    """Whether `signature` is `public_key`'s for `message`; a signature of another form (S too large) is not."""
    try:
        public_key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _unsafe(why: str) -> UnsafeKeyError:
    return UnsafeKeyError(f"This public key cannot be used: {why}.", "Nothing was enrolled.", "Make a new key.")
