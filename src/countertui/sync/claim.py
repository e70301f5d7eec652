"""The signed claim in a receipt's QR code: what the paper says, provable with a public key alone.

`CTUI1:` is base45 of the terminal's signature and the fields. `CTUI2:` has before them the ledger's signature on the
terminal's key and that key (see `certificate.py`), so that the ledger's key proves it. Where the city has a page for
receipts the code is a link to it, with the same bytes in base64url behind the `#`, which no browser sends.
The fields are a JSON array in fixed order, so that the code stays small enough for 80 mm paper, level M, 4 dots a
module: `CTUI1:` is version 9 (53 modules, 27 mm), `CTUI2:` version 12 (65, 33 mm), a link version 15 (77, 39 mm).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from countertui.sync import base45
from countertui.sync.canonical import canonical, parse_strict
from countertui.sync.certificate import is_certified
from countertui.sync.ed25519 import checked_public_key, verify
from countertui.sync.faults import ClaimRefusedError, MalformedBytesError, UnsafeKeyError

PREFIX = "CTUI1:"
CERTIFIED = "CTUI2:"
PROVES = ("terminal", "number", "business date", "total", "hash of the record")
"""What a claim proves by itself, in words."""
PROVES_NOT = ("lines", "tenders", "that it was posted, or not voided later", "that the terminal is still believed")
"""What takes the ledger to prove."""
_LINK = {"CTUI1.": PREFIX, "CTUI2.": CERTIFIED}
_DOMAIN = b"ctp/1 claim\0"
_SIGNATURE, _KEY = 64, 32
_FIELDS = {
    "terminal": str,
    "epoch": int,
    "seq": int,
    "receipt_no": str,
    "biz_date": str,
    "total_cents": int,
    "h": str,
}
_MAX_CHARACTERS = 1000

_on_every_receipt = lru_cache(maxsize=4)(base45.encode)
"""What stands first in all codes of a key, in base45. Its bytes are even in number, so the rest can be put after it."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """The ledger's signature (64 bytes) on a terminal's public key (raw 32 bytes)."""

    signature: bytes
    public_key: bytes


@dataclass(frozen=True, slots=True)
class _Code:
    certificate: Certificate | None
    signature: bytes
    signed: bytes


def sign_claim(
    claim: dict[str, Any], key: Ed25519PrivateKey, certificate: bytes | None = None, address: str = ""
) -> str:
    """The text of the QR code for {terminal, epoch, seq, receipt_no, biz_date, total_cents, h}; h is lower-case hex.

    `certificate` is the ledger's signature on this key, `address` the city's page for receipts (https://...), each
    left out where there is none. Raises ValueError if a field is missing, unknown or of another type.
    """
    return claim_text(
        claim, key.sign, certificate + key.public_key().public_bytes_raw() if certificate else b"", address
    )


def claim_text(claim: dict[str, Any], sign: Callable[[bytes], bytes], vouched: bytes, address: str = "") -> str:
    """The same by what signs with the key; `vouched` is its certificate and its 32 bytes, empty for none."""
    if {name: type(value) for name, value in claim.items()} != _FIELDS:
        raise ValueError(f"a claim has the fields {', '.join(_FIELDS)}, whole numbers and text")
    fields = [claim[name] for name in _FIELDS]
    fields[-1] = base64.urlsafe_b64encode(bytes.fromhex(claim["h"])).decode().rstrip("=")
    signed = canonical(fields)
    data = sign(_DOMAIN + signed) + signed
    prefix = CERTIFIED if vouched else PREFIX
    if address:
        return f"{address}#{prefix[:-1]}.{base64.urlsafe_b64encode(vouched + data).decode().rstrip('=')}"
    return prefix + _on_every_receipt(vouched) + base45.encode(data)


def read_claim(text: str, public_key: Ed25519PublicKey) -> dict[str, Any]:
    """The claim in a QR code's text, once `public_key` has signed it.

    Raises ClaimRefusedError if the text is no claim, was altered, or is another terminal's.
    """
    return _signed_by(public_key, _split(text))


def prove_claim(text: str, ledger_key: Ed25519PublicKey) -> dict[str, Any]:
    """The claim in a QR code's text, once the ledger's key vouches for the terminal's key, and that one has signed it.

    Raises ClaimRefusedError if the text is no claim, has no certificate, was altered, or is another city's.
    """
    code = _split(text)
    if code.certificate is None:
        raise ClaimRefusedError(
            "This receipt's code does not carry its terminal's certificate.", "", "Check it with --online or --dir."
        )
    certificate, claim = code.certificate, _fields(code.signed)
    vouched = is_certified(claim["terminal"], claim["epoch"], certificate.public_key, certificate.signature, ledger_key)
    if not vouched:
        raise ClaimRefusedError("This receipt's terminal is none of this city's.", "", "Look the receipt up.")
    try:
        return _signed_by(checked_public_key(certificate.public_key), code)
    except UnsafeKeyError as fault:
        raise _unreadable() from fault


def claimed_terminal(text: str) -> tuple[str, int, int]:
    """The (terminal, epoch, seq) a code names, to look its public key up by; nothing is verified yet.

    Raises ClaimRefusedError if the text is no claim.
    """
    claim = _fields(_split(text).signed)
    return claim["terminal"], claim["epoch"], claim["seq"]


def _signed_by(public_key: Ed25519PublicKey, code: _Code) -> dict[str, Any]:
    if not verify(public_key, code.signature, _DOMAIN + code.signed):
        raise ClaimRefusedError("This receipt's code was not signed by that terminal.", "", "Look the receipt up.")
    claim = _fields(code.signed)
    claim["h"] = base64.urlsafe_b64decode(claim["h"] + "=").hex()
    return claim


def _split(text: str) -> _Code:
    try:
        if len(text) > _MAX_CHARACTERS:
            raise ValueError
        prefix, data = _unpacked(text.partition("#")[2] or text)
    except ValueError:
        raise _unreadable() from None
    certificate = None
    if prefix == CERTIFIED:
        certificate = Certificate(data[:_SIGNATURE], data[_SIGNATURE : _SIGNATURE + _KEY])
        data = data[_SIGNATURE + _KEY :]
    return _Code(certificate, data[:_SIGNATURE], data[_SIGNATURE:])


def _unpacked(text: str) -> tuple[str, bytes]:
    """The prefix of a code and its bytes. Raises ValueError."""
    prefix, rest = text[: len(PREFIX)], text[len(PREFIX) :]
    if prefix in {PREFIX, CERTIFIED}:
        return prefix, base45.decode(rest)
    if prefix not in _LINK:
        raise ValueError
    data = base64.b64decode(rest + "=" * (-len(rest) % 4), altchars=b"-_", validate=True)
    if base64.urlsafe_b64encode(data).decode().rstrip("=") != rest:
        raise ValueError
    return _LINK[prefix], data


def _fields(signed: bytes) -> dict[str, Any]:
    try:
        values = parse_strict(signed)
        if type(values) is not list or [type(value) for value in values] != list(_FIELDS.values()):
            raise _unreadable()
        if len(base64.b64decode(values[-1] + "=", altchars=b"-_", validate=True)) != 32:
            raise _unreadable()
    except (MalformedBytesError, binascii.Error, ValueError):
        raise _unreadable() from None
    return dict(zip(_FIELDS, values, strict=True))


def _unreadable() -> ClaimRefusedError:
    return ClaimRefusedError("This is no code of a receipt.", "", "Scan again, or type the receipt number.")
