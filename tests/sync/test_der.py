"""The public key's bytes out of certificates, as a library for certificates finds them, or none."""

from __future__ import annotations

import datetime as dt
from functools import cache

import pytest
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from countertui.sync.der import public_key_in
from countertui.sync.faults import MalformedBytesError

Key = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey
KEYS = ("ec", "ed25519", "rsa")


@cache
def made(kind: str, serial: int = 7, names: int = 1) -> tuple[bytes, bytes]:
    """A certificate, and the bytes of its public key."""
    keys = {
        "ec": lambda: ec.generate_private_key(ec.SECP256R1()),
        "ed25519": ed25519.Ed25519PrivateKey.generate,
        "rsa": lambda: rsa.generate_private_key(65537, 2048),
    }
    key: Key = keys[kind]()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ledger.example")] * names)
    day = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(serial).not_valid_before(day).not_valid_after(day + dt.timedelta(days=9))
    certificate = builder.sign(key, None if isinstance(key, ed25519.Ed25519PrivateKey) else SHA256())
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return certificate.public_bytes(Encoding.DER), public


@pytest.mark.parametrize("kind", KEYS)
@pytest.mark.parametrize(("serial", "names"), [(1, 1), (2**158, 9)])
def test_the_key_that_stands_in_a_certificate(kind: str, serial: int, names: int) -> None:
    certificate, public = made(kind, serial, names)
    assert public_key_in(certificate) == public


@given(st.sampled_from(KEYS), st.data())
def test_a_certificate_cut_short_or_lengthened_is_none(kind: str, data: st.DataObject) -> None:
    certificate, _ = made(kind)
    at = data.draw(st.integers(0, len(certificate) - 1))
    for wrong in (certificate[:at], certificate + b"\0", certificate[at:] if at else b""):
        with pytest.raises(MalformedBytesError):
            public_key_in(wrong)


@pytest.mark.filterwarnings("ignore:Parsed a serial number")  # the library takes it yet, and is compared all the same
@given(st.sampled_from(KEYS), st.data())
def test_whatever_is_altered_no_other_bytes_are_taken_for_the_key_than_a_library_takes(
    kind: str, data: st.DataObject
) -> None:
    certificate, _ = made(kind)
    at = data.draw(st.integers(0, len(certificate) - 1))
    altered = certificate[:at] + bytes([data.draw(st.integers(0, 255))]) + certificate[at + 1 :]
    try:
        found = public_key_in(altered)
        read = x509.load_der_x509_certificate(altered).public_key()
    except (MalformedBytesError, ValueError, UnsupportedAlgorithm, x509.InvalidVersion):
        return
    assert found == read.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


@pytest.mark.parametrize("length", [b"\x80", b"\x81\x7f", b"\x83\x00\x01\x10", b"\x85\0\0\0\1\x10", b"\xff"])
def test_a_length_has_one_spelling(length: bytes) -> None:
    certificate, _ = made("ec")
    body = certificate[4:]
    with pytest.raises(MalformedBytesError):
        public_key_in(b"\x30" + length + body)
    for cut in (0x7F, 0x10):
        inside = b"\x30" + length + body[:cut]
        with pytest.raises(MalformedBytesError):
            public_key_in(b"\x30" + bytes([len(inside)]) + inside)
