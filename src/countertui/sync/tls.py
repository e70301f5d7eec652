"""Which TLS certificate is the ledger's: by its public key's hash, learned when the terminal was admitted.

A pin (RFC 7469 section 2.4: SHA-256 over the SubjectPublicKeyInfo) needs no authority and survives a renewed
certificate with the same key. It is checked in the handshake, before the first byte of a request.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from hashlib import sha256

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import Certificate, load_der_x509_certificate


def pin_of(certificate: Certificate) -> str:
    """A certificate's pin: `sha256:` and the hash of its public key, hex."""
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return f"sha256:{sha256(key).hexdigest()}"


def pinned_context(pin: str | None, saw: Callable[[str], None]) -> ssl.SSLContext:
    """A client's context that takes a certificate of that pin alone, or with None any; `saw` is told whose it was."""

    def judge(der: bytes | None) -> None:
        seen = pin_of(load_der_x509_certificate(der or b""))
        saw(seen)
        if pin is not None and seen != pin:
            raise ssl.SSLCertVerificationError("the certificate's key is not the one that is pinned")

    class Pinned(ssl.SSLSocket):
        def do_handshake(self, block: bool = False) -> None:  # noqa: FBT001, FBT002 - ssl's own signature
            super().do_handshake(block)
            judge(self.getpeercert(binary_form=True))

    class PinnedObject(ssl.SSLObject):
        def do_handshake(self) -> None:
            super().do_handshake()
            judge(self.getpeercert(binary_form=True))

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = False  # the pin says more than any name
    context.verify_mode = ssl.CERT_NONE
    context.sslsocket_class = Pinned
    context.sslobject_class = PinnedObject
    return context


def is_refusal(fault: BaseException) -> bool:
    """Whether a connection failed because of the certificate."""
    return any(isinstance(each, ssl.SSLCertVerificationError) for each in _causes(fault))


def _causes(fault: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = fault
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__
