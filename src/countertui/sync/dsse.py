"""The envelope of all that travels: DSSE v1 (secure-systems-lab/dsse), strict in what it takes.

The payload is signed and kept as the bytes it is; it is parsed only after a signature over those bytes was verified,
and only as the type that was asked for.
"""

from __future__ import annotations

import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from msgspec import Meta, field

from countertui.forms import Form, ValidationError, read_as
from countertui.sync.canonical import canonical, parse_strict
from countertui.sync.ed25519 import verify
from countertui.sync.faults import EnvelopeRefusedError, MalformedBytesError, MalformedEnvelopeError

BATCH = "application/vnd.countertui.batch.v1+json"
ACK = "application/vnd.countertui.ack.v1+json"
SNAPSHOT = "application/vnd.countertui.snapshot.v1+json"
SNAPSHOT_DELTA = "application/vnd.countertui.snapshot-delta.v1+json"
REGISTRY = "application/vnd.countertui.registry.v1+json"
ADMISSION = "application/vnd.countertui.admission.v1+json"
LIVE = "application/vnd.countertui.live.v1+json"
OFFICE = "application/vnd.countertui.office.v1+json"
RECOVERED = "application/vnd.countertui.recovered.v1+json"
REQUEST = "application/vnd.countertui.request.v1+json"
"""A technician's or terminal's signed request to the ledger (enrolment, release, correction)."""

BACKUP = "application/vnd.countertui.backup.v1+json"
"""What a backup of the ledger holds."""

MAX_SIGNATURES = 8


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature; `keyid` says where to look the key up and proves nothing."""

    keyid: str
    sig: bytes


@dataclass(frozen=True, slots=True)
class Envelope:
    """A payload, its type, and who signed the two together."""

    payload_type: str
    payload: bytes
    signatures: tuple[Signature, ...]


class _WireSignature(Form, frozen=True, kw_only=True):
    keyid: Annotated[str, Meta(min_length=1, max_length=200)]
    sig: Annotated[str, Meta(max_length=200)]


class _WireEnvelope(Form, frozen=True, kw_only=True):
    payload: str
    # The attribute cannot have DSSE's camel case, the field must.
    payload_type: Annotated[str, Meta(max_length=200)] = field(name="payloadType")
    signatures: Annotated[list[_WireSignature], Meta(min_length=1, max_length=MAX_SIGNATURES)]


def pae(payload_type: str, payload: bytes) -> bytes:
    """DSSE's pre-authentication encoding, the bytes that are signed: lengths first, so no two inputs meet."""
    name = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(name), name, len(payload), payload)


def sign_envelope(payload_type: str, payload: bytes, keys: Sequence[tuple[str, Ed25519PrivateKey]]) -> Envelope:
    """An envelope around `payload`, signed with each (keyid, key)."""
    message = pae(payload_type, payload)
    return Envelope(payload_type, payload, tuple(Signature(keyid, key.sign(message)) for keyid, key in keys))


def to_bytes(envelope: Envelope) -> bytes:
    """The envelope's JSON, the same over the network and on a stick."""
    rest = canonical(
        {
            "payloadType": envelope.payload_type,
            "signatures": [{"keyid": s.keyid, "sig": _base64(s.sig).decode()} for s in envelope.signatures],
        }
    )
    # Put together by hand: base64 needs no escaping, and a payload may be megabytes.
    return b"".join((b'{"payload":"', _base64(envelope.payload), b'",', rest[1:]))


def parse_envelope(data: bytes, max_bytes: int) -> Envelope:
    """Read an envelope of at most `max_bytes`; nothing about it is verified yet.

    Raises MalformedEnvelopeError: too large, cut short, not strict JSON, unknown or missing fields, base64 with other
    letters, padding or spare bits than the standard's (RFC 4648, section 4).
    """
    if len(data) > max_bytes:
        raise MalformedEnvelopeError(f"The envelope has {len(data):,} bytes; {max_bytes:,} are allowed.")
    try:
        wire = read_as(_WireEnvelope, parse_strict(data))
    except MalformedBytesError as fault:
        raise MalformedEnvelopeError(f"The envelope cannot be read. {fault.happened}") from fault
    except ValidationError as fault:
        raise MalformedEnvelopeError(f"The envelope cannot be read: {fault}.") from None
    return Envelope(
        wire.payload_type,
        _strict_base64(wire.payload),
        tuple(Signature(s.keyid, _strict_base64(s.sig)) for s in wire.signatures),
    )


def open_envelope(envelope: Envelope, payload_type: str, keys: Mapping[str, Ed25519PublicKey]) -> bytes:
    """The payload, once it is of `payload_type` and a key in `keys` (keyid to key) has signed it.

    Raises EnvelopeRefusedError with reason wrong-type, unknown-key or bad-signature.
    """
    if envelope.payload_type != payload_type:
        raise EnvelopeRefusedError("wrong-type", f"The envelope holds {envelope.payload_type}, not {payload_type}.")
    known = [(keys[s.keyid], s.sig) for s in envelope.signatures if s.keyid in keys]
    if not known:
        raise EnvelopeRefusedError("unknown-key", "The envelope is signed by no key known here.")
    message = pae(payload_type, envelope.payload)
    if not any(verify(key, sig, message) for key, sig in known):
        raise EnvelopeRefusedError("bad-signature", "The envelope's signature is wrong: it was altered or is forged.")
    return envelope.payload


def _base64(data: bytes) -> bytes:
    return binascii.b2a_base64(data, newline=False)


def _strict_base64(text: str) -> bytes:
    try:
        data = binascii.a2b_base64(text, strict_mode=True)
    except ValueError:
        raise MalformedEnvelopeError("The envelope cannot be read: its base64 is damaged.") from None
    # Strict reading leaves one thing open: the bits to spare in the last letter, which are of the last three bytes.
    if len(text) != (len(data) + 2) // 3 * 4 or _base64(data[-(len(data) % 3 or 3) :]).decode() != text[-4:]:
        raise MalformedEnvelopeError("The envelope cannot be read: its base64 has a second spelling.")
    return data
