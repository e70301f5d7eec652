"""The signed text of a QR code on a paper, provable with a public key alone; receipts' and license certificates'.

A form's plain code (`CTUI1:`) is base45 of the terminal's signature and the fields. Its certified one (`CTUI2:`) has
before them the ledger's signature on the terminal's key and that key (see `certificate.py`), so that the ledger's key
proves it. Where the city has a page for such papers the code is a link to it, with the same bytes in base64url behind
the `#`, which no browser sends. The fields are a JSON array in fixed order, so that the code stays small.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from countertui.sync import base45
from countertui.sync.canonical import canonical, parse_strict
from countertui.sync.certificate import is_certified
from countertui.sync.ed25519 import checked_public_key, verify
from countertui.sync.faults import ClaimRefusedError, MalformedBytesError, UnsafeKeyError

_SIGNATURE, _KEY = 64, 32
_MAX_CHARACTERS = 1000
_PREFIX = 6

_on_every_code = lru_cache(maxsize=4)(base45.encode)
"""What stands first in all codes of a key, in base45. Its bytes are even in number, so the rest can be put after it."""


@dataclass(frozen=True, slots=True)
class CodeForm:
    """What the codes of one kind of paper hold: `fields` in order, with terminal, epoch and seq among them, h last.

    plain, certified: prefixes of six characters; domain: what is signed before the fields; paper: its word. look,
    again: what to do where a code is not believed, and where a text is none.
    """

    plain: str
    certified: str
    domain: bytes
    paper: str
    look: str
    again: str
    fields: Mapping[str, type]

    def sign(
        self, claim: dict[str, Any], key: Ed25519PrivateKey, certificate: bytes | None = None, address: str = ""
    ) -> str:
        """The text of the QR code of a claim, its h in lower-case hex.

        `certificate` is the ledger's signature on this key, `address` the city's page for these papers (https://...),
        each left out where there is none. Raises ValueError if a field is missing, unknown or of another type.
        """
        vouched = certificate + key.public_key().public_bytes_raw() if certificate else b""
        return self.text(claim, key.sign, vouched, address)

    def text(self, claim: dict[str, Any], sign: Callable[[bytes], bytes], vouched: bytes, address: str = "") -> str:
        """The same by what signs with the key; `vouched` is its certificate and its 32 bytes, empty for none."""
        if {name: type(value) for name, value in claim.items()} != self.fields:
            raise ValueError(f"a claim has the fields {', '.join(self.fields)}, whole numbers and text")
        fields = [claim[name] for name in self.fields]
        fields[-1] = base64.urlsafe_b64encode(bytes.fromhex(claim["h"])).decode().rstrip("=")
        signed = canonical(fields)
        data = sign(self.domain + signed) + signed
        prefix = self.certified if vouched else self.plain
        if address:
            return f"{address}#{prefix[:-1]}.{base64.urlsafe_b64encode(vouched + data).decode().rstrip('=')}"
        return prefix + _on_every_code(vouched) + base45.encode(data)

    def read(self, text: str, public_key: Ed25519PublicKey) -> dict[str, Any]:
        """The claim in a QR code's text, once `public_key` has signed it.

        Raises ClaimRefusedError if the text is no claim, was altered, or is another terminal's.
        """
        return self._signed_by(public_key, self._split(text))

    def prove(self, text: str, ledger_key: Ed25519PublicKey) -> dict[str, Any]:
        """The claim in a QR code's text, once the ledger's key vouches for the terminal's key, and that one signed it.

        Raises ClaimRefusedError if the text is no claim, has no certificate, was altered, or is another city's.
        """
        code = self._split(text)
        if code.certificate is None:
            raise ClaimRefusedError(
                f"This {self.paper}'s code does not carry its terminal's certificate.",
                "",
                "Check it with --online or --dir.",
            )
        certificate, claim = code.certificate, self._fields(code.signed)
        terminal, epoch = claim["terminal"], claim["epoch"]
        if not is_certified(terminal, epoch, certificate.public_key, certificate.signature, ledger_key):
            raise ClaimRefusedError(f"This {self.paper}'s terminal is none of this city's.", "", self.look)
        try:
            return self._signed_by(checked_public_key(certificate.public_key), code)
        except UnsafeKeyError as fault:
            raise self._unreadable() from fault

    def claimed(self, text: str) -> tuple[str, int, int]:
        """The (terminal, epoch, seq) a code names, to look its public key up by; nothing is verified yet.

        Raises ClaimRefusedError if the text is no claim.
        """
        claim = self.stated(text)
        return claim["terminal"], claim["epoch"], claim["seq"]

    def stated(self, text: str) -> dict[str, Any]:
        """All fields that a code states, its h in base64; nothing is verified. Raises ClaimRefusedError."""
        return self._fields(self._split(text).signed)

    def is_certified(self, text: str) -> bool:
        """Whether the text carries a certificate, by how it begins."""
        return (text.partition("#")[2] or text).startswith((self.certified, self.certified[:-1] + "."))

    def _signed_by(self, public_key: Ed25519PublicKey, code: _Code) -> dict[str, Any]:
        if not verify(public_key, code.signature, self.domain + code.signed):
            raise ClaimRefusedError(f"This {self.paper}'s code was not signed by that terminal.", "", self.look)
        claim = self._fields(code.signed)
        claim["h"] = base64.urlsafe_b64decode(claim["h"] + "=").hex()
        return claim

    def _split(self, text: str) -> _Code:
        try:
            if len(text) > _MAX_CHARACTERS:
                raise ValueError
            prefix, data = self._unpacked(text.partition("#")[2] or text)
        except ValueError:
            raise self._unreadable() from None
        certificate = None
        if prefix == self.certified:
            certificate = _Certificate(data[:_SIGNATURE], data[_SIGNATURE : _SIGNATURE + _KEY])
            data = data[_SIGNATURE + _KEY :]
        return _Code(certificate, data[:_SIGNATURE], data[_SIGNATURE:])

    def _unpacked(self, text: str) -> tuple[str, bytes]:
        """The prefix of a code and its bytes. Raises ValueError."""
        prefix, rest = text[:_PREFIX], text[_PREFIX:]
        if prefix in {self.plain, self.certified}:
            return prefix, base45.decode(rest)
        links = {f"{each[:-1]}.": each for each in (self.plain, self.certified)}
        if prefix not in links:
            raise ValueError
        data = base64.b64decode(rest + "=" * (-len(rest) % 4), altchars=b"-_", validate=True)
        if base64.urlsafe_b64encode(data).decode().rstrip("=") != rest:
            raise ValueError
        return links[prefix], data

    def _fields(self, signed: bytes) -> dict[str, Any]:
        try:
            values = parse_strict(signed)
            if type(values) is not list or [type(value) for value in values] != list(self.fields.values()):
                raise self._unreadable()
            if len(base64.b64decode(values[-1] + "=", altchars=b"-_", validate=True)) != 32:
                raise self._unreadable()
        except (MalformedBytesError, binascii.Error, ValueError):
            raise self._unreadable() from None
        return dict(zip(self.fields, values, strict=True))

    def _unreadable(self) -> ClaimRefusedError:
        return ClaimRefusedError(f"This is no code of a {self.paper}.", "", self.again)


@dataclass(frozen=True, slots=True)
class _Certificate:
    """The ledger's signature (64 bytes) on a terminal's public key (raw 32 bytes)."""

    signature: bytes
    public_key: bytes


@dataclass(frozen=True, slots=True)
class _Code:
    certificate: _Certificate | None
    signature: bytes
    signed: bytes
