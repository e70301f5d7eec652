from __future__ import annotations

import base64
import json
import time
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given
from hypothesis import strategies as st

from countertui.sync.dsse import ACK, BATCH, SNAPSHOT, open_envelope, pae, parse_envelope, sign_envelope, to_bytes
from countertui.sync.faults import EnvelopeRefusedError, MalformedEnvelopeError

MIB = 1024 * 1024
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def test_published_vector(vectors: Path) -> None:
    vector = json.loads((vectors / "dsse/dsse_vector.json").read_bytes())
    payload = base64.b64decode(vector["envelope"]["payload"])
    message = pae(vector["payloadType"], payload)
    assert payload == vector["serializedBody"].encode()
    assert message == vector["pae"].encode()
    key = ec.EllipticCurvePublicNumbers(int(vector["key"]["X"]), int(vector["key"]["Y"]), ec.SECP256R1()).public_key()
    raw = base64.b64decode(vector["envelope"]["signatures"][0]["sig"])
    signature = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    key.verify(signature, message, ec.ECDSA(SHA256()))


@given(st.text(max_size=20), st.binary(max_size=50), st.text(max_size=20), st.binary(max_size=50))
def test_no_two_inputs_are_signed_alike(type_a: str, a: bytes, type_b: str, b: bytes) -> None:
    assert (pae(type_a, a) == pae(type_b, b)) == ((type_a, a) == (type_b, b))


@given(st.binary(max_size=500), st.lists(st.text(st.characters(codec="ascii"), min_size=1), min_size=1, max_size=3))
def test_what_is_sealed_opens(payload: bytes, keyids: list[str]) -> None:
    envelope = sign_envelope(BATCH, payload, [(keyid, KEY) for keyid in keyids])
    data = to_bytes(envelope)
    assert set(json.loads(data)) == {"payload", "payloadType", "signatures"}
    assert parse_envelope(data, MIB) == envelope
    assert open_envelope(envelope, BATCH, {keyids[-1]: KEY.public_key()}) == payload


def test_one_good_signature_of_a_known_key_is_enough(other_key: Ed25519PrivateKey) -> None:
    envelope = sign_envelope(BATCH, b"{}", [("T1", other_key), ("S1", KEY)])
    keys = {"T1": KEY.public_key(), "S1": KEY.public_key()}
    assert open_envelope(envelope, BATCH, keys) == b"{}"


def refusal(data: bytes, keys: dict[str, Ed25519PrivateKey], payload_type: str = BATCH) -> str:
    with pytest.raises(EnvelopeRefusedError) as caught:
        open_envelope(parse_envelope(data, MIB), payload_type, {k: v.public_key() for k, v in keys.items()})
    return caught.value.reason


def test_an_envelope_of_another_type_is_refused() -> None:
    data = to_bytes(sign_envelope(ACK, b"{}", [("T1", KEY)]))
    assert refusal(data, {"T1": KEY}, BATCH) == "wrong-type"
    assert refusal(data, {"T1": KEY}, SNAPSHOT) == "wrong-type"
    # Saying another type outside does not help: the type is signed.
    assert refusal(data.replace(ACK.encode(), BATCH.encode()), {"T1": KEY}, BATCH) == "bad-signature"


def test_unknown_and_wrong_keys_are_refused(other_key: Ed25519PrivateKey) -> None:
    data = to_bytes(sign_envelope(BATCH, b"{}", [("T1", KEY)]))
    assert refusal(data, {"T2": KEY}) == "unknown-key"
    assert refusal(data, {}) == "unknown-key"
    assert refusal(data, {"T1": other_key}) == "bad-signature"


@given(st.data())
def test_no_altered_or_shortened_envelope_opens(data: st.DataObject) -> None:
    sealed = to_bytes(sign_envelope(BATCH, b'{"total":4512}', [("T1", KEY)]))
    at = data.draw(st.integers(0, len(sealed) - 1))
    cut = data.draw(st.booleans())
    byte = data.draw(st.integers(0, 255).filter(lambda b: b != sealed[at]))
    altered = sealed[:at] if cut else sealed[:at] + bytes([byte]) + sealed[at + 1 :]
    with pytest.raises((MalformedEnvelopeError, EnvelopeRefusedError)):
        open_envelope(parse_envelope(altered, MIB), BATCH, {"T1": KEY.public_key()})


ONE = {"keyid": "T1", "sig": "AAAA"}
WIRE = {"payload": "e30=", "payloadType": BATCH, "signatures": [ONE]}


@pytest.mark.parametrize(
    "change",
    [
        {"payload": "e30"},
        {"payload": "e31="},
        {"payload": "e30=\n"},
        {"payload": "e3 0="},
        {"payload": "e30=e30="},
        {"payload": "_-8="},
        {"payload": "é30="},
        {"payload": 7},
        {"payload": None},
        {"payloadType": None},
        {"payloadType": "x" * 201},
        {"signatures": []},
        {"signatures": [ONE] * 9},
        {"signatures": ONE},
        {"signatures": [{"sig": "AAAA"}]},
        {"signatures": [{"keyid": "", "sig": "AAAA"}]},
        {"signatures": [{"keyid": "T1", "sig": "AAAA", "alg": "none"}]},
        {"signatures": [{"keyid": "T1", "sig": "A" * 204}]},
        {"alg": "none"},
    ],
    ids=str,
)
def test_other_shapes_are_no_envelope(change: dict[str, object]) -> None:
    assert parse_envelope(json.dumps(WIRE).encode(), MIB).payload == b"{}"
    with pytest.raises(MalformedEnvelopeError):
        parse_envelope(json.dumps(WIRE | change).encode(), MIB)


def test_size_and_doubled_fields() -> None:
    data = to_bytes(sign_envelope(BATCH, b"{}", [("T1", KEY)]))
    with pytest.raises(MalformedEnvelopeError, match="allowed"):
        parse_envelope(data, len(data) - 1)
    with pytest.raises(MalformedEnvelopeError, match="twice"):
        parse_envelope(b'{"payload":"",' + data[1:], MIB)
    for other in (b"[]", b"null", b"", b'"x"'):
        with pytest.raises(MalformedEnvelopeError):
            parse_envelope(other, MIB)


def test_megabytes_take_milliseconds() -> None:
    payload = b'{"a":"0123456789"}' * (5 * MIB // 18)
    began = time.perf_counter()
    data = to_bytes(sign_envelope(BATCH, payload, [("T1", KEY)]))
    opened = open_envelope(parse_envelope(data, 10 * MIB), BATCH, {"T1": KEY.public_key()})
    took = time.perf_counter() - began
    assert opened == payload
    # A hundred milliseconds on a slow machine; seconds would mean a loop over the bytes in Python.
    assert took < 2
