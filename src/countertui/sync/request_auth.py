"""A terminal's signature on each of its requests: who asks is known before a byte of the body is read.

`Authorization: CTP1 terminal=T1, epoch=1, at=…, nonce=…, digest=…, signature=…`, Ed25519 by the terminal's key over
ledger, terminal, epoch, method, path with query, SHA-256 of the body, time and nonce, under a prefix of its own. It
travels inside TLS, so it needs no more than to bind a request to a key. The time is evidence and decides nothing: a
laptop whose clock is wrong still gets through.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol
from urllib.parse import quote, unquote

from countertui.errors import AnswerNo
from countertui.sync.canonical import canonical
from countertui.sync.ed25519 import checked_public_key, verify

SCHEME = "CTP1"
NONCE_BYTES = 16
_DOMAIN = b"ctp/1 http\0"
_MOST_HEADER = 2000
_NAME = re.compile(r"[^\x00/]{1,64}")
_FORM = re.compile(
    r"CTP1 terminal=([A-Za-z0-9._~%-]{1,600}), epoch=([1-9][0-9]{0,15}), at=(-?[0-9]{1,15}), nonce=([0-9a-f]{32}),"
    r" digest=([0-9a-f]{64}), signature=([0-9a-f]{128})(?:, former=([0-9a-f]{128}))?"
)


class RequestRefusedError(AnswerNo):
    """A request that no terminal's key signed, or not this one."""


class Signer(Protocol):
    """Who signs requests: a terminal's `Recorder`."""

    ledger: str
    terminal: str
    epoch: int

    def sign_request(self, message: bytes) -> tuple[bytes, ...]:
        """Signatures (64 bytes): by the key that signs now, then by the one before it while that may be in force."""


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """What an Authorization header claims. at_ms is the terminal's clock, milliseconds since 1970 UTC."""

    terminal: str
    epoch: int
    at_ms: int
    nonce: str
    digest: str
    signatures: tuple[bytes, ...]


def authorization(signer: Signer, method: str, target: str, body: bytes, *, at_ms: int, nonce: bytes) -> str:
    """The header's value for one request; target is the path with its query, as it travels."""
    digest, number = sha256(body).hexdigest(), nonce.hex()
    message = _message(signer.ledger, signer.terminal, signer.epoch, method, target, digest, at_ms, number)
    signature, *former = (each.hex() for each in signer.sign_request(message))
    before = f", former={former[0]}" if former else ""
    return (
        f"{SCHEME} terminal={quote(signer.terminal, safe='')}, epoch={signer.epoch}, at={at_ms}, nonce={number},"
        f" digest={digest}, signature={signature}{before}"
    )


def read_authorization(value: str) -> SignedRequest:
    """What the header claims; nothing is verified yet. Raises RequestRefusedError for another form."""
    found = _FORM.fullmatch(value) if len(value) <= _MOST_HEADER else None
    name = unquote(found[1]) if found is not None else ""
    if found is None or not _NAME.fullmatch(name):
        raise RequestRefusedError("This request is not signed by a terminal.", "Nothing was taken or given.")
    _, epoch, at, nonce, digest, *signatures = found.groups()
    given = tuple(bytes.fromhex(each) for each in signatures if each)
    return SignedRequest(name, int(epoch), int(at), nonce, digest, given)


def require_signed(request: SignedRequest, ledger: str, method: str, target: str, keys: Sequence[bytes]) -> None:
    """Raises RequestRefusedError unless one of the keys (32 bytes each) signed this request to this ledger."""
    said = (request.terminal, request.epoch, method, target, request.digest, request.at_ms, request.nonce)
    message = _message(ledger, *said)
    for key in keys:
        public_key = checked_public_key(key)
        if any(verify(public_key, signature, message) for signature in request.signatures):
            return
    raise RequestRefusedError("This request is not signed by that terminal's key.", "Nothing was taken or given.")


def _message(
    ledger: str, terminal: str, epoch: int, method: str, target: str, digest: str, at_ms: int, nonce: str
) -> bytes:
    return _DOMAIN + canonical([ledger, terminal, epoch, method, target, digest, at_ms, nonce])
