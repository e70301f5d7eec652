"""The ledger's TLS: a certificate of the city's own, or one that the ledger makes itself and terminals pin."""

from __future__ import annotations

import ipaddress
import os
import ssl
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from countertui.errors import EnvironmentFault, UsageError
from countertui.ledger.settings import read_settings
from countertui.sync.tls import pin_of

CERTIFICATE, PRIVATE_KEY = "tls-cert.pem", "tls-key.pem"
_YEARS = 10
# Mozilla's server side TLS, "intermediate": forward secrecy and authenticated encryption alone. TLS 1.3 has its own.
_CIPHERS = (
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"
)


class CertificateUnusableError(EnvironmentFault):
    """The certificate or its key can't be read, or they don't belong together."""


class CertificateExistsError(UsageError):
    """There is a certificate already."""


def make_certificate(folder: Path, names: Sequence[str], now: str) -> str:
    """Make a certificate of the ledger's own in `folder`, for those host names and addresses; returns its pin.

    `now` is ISO 8601 UTC. Raises CertificateExistsError.
    """
    certificate, private_key = folder / CERTIFICATE, folder / PRIVATE_KEY
    if certificate.exists() or private_key.exists():
        raise CertificateExistsError(
            f"{folder} has a certificate already.",
            "It is unchanged: terminals know it by its key.",
            "Leave it, or take both files away first; then every terminal has to be told the new pin.",
        )
    key = ec.generate_private_key(ec.SECP256R1())
    begins = datetime.fromisoformat(now) - timedelta(days=1)  # for clocks that are behind
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "CounterTUI ledger")])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=365 * _YEARS))
        .add_extension(x509.SubjectAlternativeName([_name(each) for each in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, SHA256())
    )
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with os.fdopen(os.open(private_key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
    certificate.write_bytes(made.public_bytes(Encoding.PEM))
    return pin_of(made.public_bytes(Encoding.DER))


def read_pin(certificate: Path) -> str:
    """The pin of a PEM certificate, the first in its file. Raises CertificateUnusableError."""
    try:
        return pin_of(x509.load_pem_x509_certificate(certificate.read_bytes()).public_bytes(Encoding.DER))
    except (OSError, ValueError) as fault:
        raise _unusable(certificate) from fault


def own_pin(folder: Path) -> str:
    """The pin of the certificate that ledger.toml in `folder` names; empty where it names none.

    Raises CertificateUnusableError, SettingsError.
    """
    named = read_settings(folder).tls_cert
    return "" if named is None else read_pin(folder / named)


def server_context(certificate: Path, private_key: Path) -> ssl.SSLContext:
    """TLS 1.2 or later, modern ciphers. Raises CertificateUnusableError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(_CIPHERS)
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_TICKET
    try:
        # A key with a passphrase would be asked for in the middle of a start that nobody sits before.
        context.load_cert_chain(certificate, private_key, password=lambda: b"")
    except (OSError, ValueError) as fault:
        raise _unusable(certificate) from fault
    return context


def _name(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text)


def _unusable(certificate: Path) -> CertificateUnusableError:
    return CertificateUnusableError(
        f"{certificate} and its key can't be used: unreadable, not PEM, or not of one another.",
        "The ledger was not started.",
        "Name a certificate and its key, both PEM, the key without a passphrase.",
    )
