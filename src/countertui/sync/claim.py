"""The signed claim in a receipt's QR code: what the paper says, provable with the terminal's public key alone.

`CTUI1:` and base45 of signature and fields. The fields are a JSON array in fixed order, so that the code stays small
enough to be read from 80 mm paper: about 250 characters of QR's alphanumeric mode, version 9 or 10.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from countertui.sync import base45
from countertui.sync.canonical import canonical, parse_strict
from countertui.sync.ed25519 import verify
from countertui.sync.faults import ClaimRefusedError, MalformedBytesError

PREFIX = "CTUI1:"
_DOMAIN = b"ctp/1 claim\0"
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


def sign_claim(claim: dict[str, Any], key: Ed25519PrivateKey) -> str:
    """The text of the QR code for {terminal, epoch, seq, receipt_no, biz_date, total_cents, h}; h is lower-case hex.

    Raises ValueError if a field is missing, unknown or of another type.
    """
    if {name: type(value) for name, value in claim.items()} != _FIELDS:
        raise ValueError(f"a claim has the fields {', '.join(_FIELDS)}, whole numbers and text")
    fields = [claim[name] for name in _FIELDS]
    fields[-1] = base64.urlsafe_b64encode(bytes.fromhex(claim["h"])).decode().rstrip("=")
    signed = canonical(fields)
    return PREFIX + base45.encode(key.sign(_DOMAIN + signed) + signed)


def read_claim(text: str, public_key: Ed25519PublicKey) -> dict[str, Any]:
    """The claim in a QR code's text, once `public_key` has signed it.

    Raises ClaimRefusedError if the text is no claim, was altered, or is another terminal's.
    """
    signature, signed = _split(text)
    if not verify(public_key, signature, _DOMAIN + signed):
        raise ClaimRefusedError("This receipt's code was not signed by that terminal.", "", "Look the receipt up.")
    claim = _fields(signed)
    claim["h"] = base64.urlsafe_b64decode(claim["h"] + "=").hex()
    return claim


def claimed_terminal(text: str) -> tuple[str, int]:
    """The (terminal, epoch) a code names, to look its public key up by; nothing is verified yet.

    Raises ClaimRefusedError if the text is no claim.
    """
    claim = _fields(_split(text)[1])
    return claim["terminal"], claim["epoch"]


def _split(text: str) -> tuple[bytes, bytes]:
    try:
        if not text.startswith(PREFIX) or len(text) > _MAX_CHARACTERS:
            raise ValueError
        data = base45.decode(text.removeprefix(PREFIX))
    except ValueError:
        raise _unreadable() from None
    return data[:64], data[64:]


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
