"""Where the public key stands in a certificate's bytes (RFC 5280, section 4.1), strictly as DER has them (X.690).

A library for certificates reads all of one, and holds more in memory than the whole way to the ledger does. Who talks
to a pinned key needs only that key's bytes; that they are the ones the other side shook hands with, TLS has proven.
"""

from __future__ import annotations

from countertui.sync.faults import MalformedBytesError

_INTEGER, _SEQUENCE, _VERSION = 0x02, 0x30, 0xA0
_BEFORE_THE_KEY = (_INTEGER, _SEQUENCE, _SEQUENCE, _SEQUENCE, _SEQUENCE)
"""Serial number, signature's algorithm, issuer, validity, subject."""


def public_key_in(certificate: bytes) -> bytes:
    """A certificate's SubjectPublicKeyInfo as it stands there. Raises MalformedBytesError for what is none."""
    begin, end = _content(certificate, 0, len(certificate), _SEQUENCE)
    if end != len(certificate):
        raise _no_certificate()
    at, signed_end = _content(certificate, begin, end, _SEQUENCE)
    if certificate[at : at + 1] == bytes([_VERSION]):
        _, at = _content(certificate, at, signed_end, _VERSION)
    for tag in _BEFORE_THE_KEY:
        _, at = _content(certificate, at, signed_end, tag)
    _, after = _content(certificate, at, signed_end, _SEQUENCE)
    return certificate[at:after]


def _content(data: bytes, at: int, end: int, tag: int) -> tuple[int, int]:
    """Where the content of the element at `at` begins and ends; it has that tag and ends at `end` at the latest."""
    if end - at < 2 or data[at] != tag:
        raise _no_certificate()
    length, begin = data[at + 1], at + 2
    if length >= 0x80:
        # The length's own length: never open-ended (0x80), never longer than needed (X.690, section 10.1).
        size = length - 0x80
        length, begin = int.from_bytes(data[begin : begin + size], "big"), begin + size
        if not 1 <= size <= 4 or length < 0x80 or length >> 8 * (size - 1) == 0:
            raise _no_certificate()
    if begin + length > end:
        raise _no_certificate()
    return begin, begin + length


def _no_certificate() -> MalformedBytesError:
    return MalformedBytesError("This is no certificate.")
