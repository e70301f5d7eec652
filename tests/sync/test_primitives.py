"""The primitives that keys and PINs stand on answer as published: AES-256-GCM, HMAC-SHA-256 (Wycheproof), Argon2id."""

from __future__ import annotations

import hmac
import json
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

NONCE_BITS, TAG_BITS, KEY_BITS = 96, 128, 256
"""The only sizes that are used here."""


def test_published_aes_gcm_vectors(vectors: Path) -> None:
    document = json.loads((vectors / "wycheproof/aes_gcm_test.json").read_bytes())
    opened = refused = 0
    for group in document["testGroups"]:
        if (group["ivSize"], group["tagSize"], group["keySize"]) != (NONCE_BITS, TAG_BITS, KEY_BITS):
            continue
        for case in group["tests"]:
            key, nonce, aad = (bytes.fromhex(case[name]) for name in ("key", "iv", "aad"))
            sealed, message = bytes.fromhex(case["ct"] + case["tag"]), bytes.fromhex(case["msg"])
            if case["result"] == "valid":
                opened += 1
                assert AESGCM(key).decrypt(nonce, sealed, aad) == message
                assert AESGCM(key).encrypt(nonce, message, aad) == sealed
            else:
                refused += 1
                with pytest.raises(InvalidTag):
                    AESGCM(key).decrypt(nonce, sealed, aad)
    assert opened > 20
    assert refused > 20


def test_published_hmac_vectors(vectors: Path) -> None:
    document = json.loads((vectors / "wycheproof/hmac_sha256_test.json").read_bytes())
    checked = 0
    for group in document["testGroups"]:
        for case in group["tests"]:
            key, message, tag = (bytes.fromhex(case[name]) for name in ("key", "msg", "tag"))
            made = hmac.digest(key, message, "sha256")[: group["tagSize"] // 8]
            assert hmac.compare_digest(made, tag) == (case["result"] == "valid"), case
            checked += 1
    assert checked == document["numberOfTests"] == 174


def test_published_argon2id_vector() -> None:
    """RFC 9106, section 5.3."""
    kdf = Argon2id(
        salt=bytes([2]) * 16,
        length=32,
        iterations=3,
        lanes=4,
        memory_cost=32,
        ad=bytes([4]) * 12,
        secret=bytes([3]) * 8,
    )
    wanted = "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659"
    assert kdf.derive(bytes([1]) * 32).hex() == wanted
