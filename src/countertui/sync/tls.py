"""Which TLS certificate is the ledger's: by its public key's hash, learned when the terminal was admitted.

A pin (RFC 7469 section 2.4: SHA-256 over the SubjectPublicKeyInfo) needs no authority and survives a renewed
certificate with the same key. It is checked in the handshake, before the first byte of a request.
"""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from countertui.sync.der import public_key_in
from countertui.sync.faults import MalformedBytesError

_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
)
"""Where Linux distributions, BSDs and macOS keep the authorities that they trust."""
_HASHED = re.compile(r"[0-9a-fA-F]{8}\.\d+")


def pin_of(certificate: bytes) -> str:
    """A certificate's pin: `sha256:` and the hash of its public key, hex. Raises MalformedBytesError."""
    return f"sha256:{sha256(public_key_in(certificate)).hexdigest()}"


def pinned_context(pin: str | None, saw: Callable[[str], None]) -> ssl.SSLContext:
    """A client's context that takes a certificate of that pin alone, or with None any; `saw` is told whose it was."""

    def judge(der: bytes | None) -> None:
        try:
            seen = pin_of(der or b"")
        except MalformedBytesError:
            raise ssl.SSLCertVerificationError("the certificate cannot be read") from None
        saw(seen)
        if pin is not None and seen != pin:
            raise ssl.SSLCertVerificationError("the certificate's key is not the one that is pinned")

    class Pinned(ssl.SSLSocket):
        def do_handshake(self, block: bool = False) -> None:  # noqa: FBT001, FBT002 - ssl's own signature
            super().do_handshake(block)
            judge(self.getpeercert(binary_form=True))

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = False  # the pin says more than any name
    context.verify_mode = ssl.CERT_NONE
    context.sslsocket_class = Pinned
    return context


def machines_context() -> ssl.SSLContext:
    """A client's context that takes the certificates which this machine takes, for their own names alone.

    SSL_CERT_FILE or SSL_CERT_DIR names other authorities instead, as OpenSSL does. Raises OSError.
    """
    if file := os.environ.get("SSL_CERT_FILE"):
        return ssl.create_default_context(cafile=file)
    if folder := os.environ.get("SSL_CERT_DIR"):
        return ssl.create_default_context(capath=folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_default_verify_paths()
    if not context.get_ca_certs() and not _has_authorities(ssl.get_default_verify_paths().capath):
        # A Python that was built elsewhere looks where this machine keeps nothing.
        known = next((path for path in _BUNDLES if Path(path).is_file()), None)
        if known is not None:
            context.load_verify_locations(known)
    return context


def _has_authorities(folder: str | None) -> bool:
    return folder is not None and any(_HASHED.fullmatch(each.name) for each in Path(folder).iterdir())
