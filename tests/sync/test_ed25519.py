from __future__ import annotations

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from countertui.sync.ed25519 import checked_public_key, verify
from countertui.sync.faults import UnsafeKeyError

L = 2**252 + 27742317777372353535851937790883648493


def test_published_wycheproof_vectors(vectors: Path) -> None:
    document = json.loads((vectors / "wycheproof/ed25519_test.json").read_bytes())
    checked = 0
    for group in document["testGroups"]:
        key = checked_public_key(bytes.fromhex(group["publicKey"]["pk"]))
        for case in group["tests"]:
            found = verify(key, bytes.fromhex(case["sig"]), bytes.fromhex(case["msg"]))
            assert found == (case["result"] == "valid"), case
            checked += 1
    assert checked == document["numberOfTests"] == 151


def test_published_cctv_vectors(vectors: Path) -> None:
    cases = json.loads((vectors / "wycheproof/cctv_ed25519vectors.json").read_bytes())
    unsafe = usable = 0
    for case in cases:
        flags = set(case["flags"] or [])
        raw = bytes.fromhex(case["key"])
        if flags & {"low_order_A", "non_canonical_A"}:
            unsafe += 1
            with pytest.raises(UnsafeKeyError):
                checked_public_key(raw)
        else:
            usable += 1
            key = checked_public_key(raw)
            # RFC 8032's own check, without the cofactor: R must be as encoded, and no low-order residue may remain.
            wanted = not flags & {"low_order_residue", "non_canonical_R"}
            assert verify(key, bytes.fromhex(case["sig"]), case["msg"].encode()) == wanted, case
    assert (unsafe, usable) == (526, 388)


def test_why_the_guard_is_there(vectors: Path) -> None:
    """OpenSSL takes the neutral point for a key, and then one signature is good for every message."""
    neutral = (1).to_bytes(32, "little")
    key = Ed25519PublicKey.from_public_bytes(neutral)
    assert all(verify(key, neutral + bytes(32), b"%d" % i) for i in range(20))
    with pytest.raises(UnsafeKeyError, match="low order"):
        checked_public_key(neutral)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (bytes(31), "32 bytes"),
        (bytes(33), "32 bytes"),
        (b"", "32 bytes"),
        (bytes(32), "low order"),
        (bytes(31) + b"\x80", "low order"),
        ((1 | 1 << 255).to_bytes(32, "little"), "low order"),
        ((2**255 - 20).to_bytes(32, "little"), "low order"),
        (bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "low order"),
        (bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"), "low order"),
        ((2**255 - 19).to_bytes(32, "little"), "canonical"),
        ((2**256 - 1).to_bytes(32, "little"), "canonical"),
        ((2).to_bytes(32, "little"), "curve"),
    ],
)
def test_unsafe_keys_are_refused(raw: bytes, why: str) -> None:
    with pytest.raises(UnsafeKeyError, match=why):
        checked_public_key(raw)


def test_keys_made_here_are_safe() -> None:
    for _ in range(200):
        raw = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
        assert checked_public_key(raw).public_bytes_raw() == raw


def test_a_second_spelling_of_a_signature_is_refused(terminal_key: Ed25519PrivateKey) -> None:
    signature = terminal_key.sign(b"money")
    s = int.from_bytes(signature[32:], "little")
    assert verify(terminal_key.public_key(), signature, b"money")
    assert not verify(terminal_key.public_key(), signature[:32] + (s + L).to_bytes(32, "little"), b"money")
    assert not verify(terminal_key.public_key(), signature[:63], b"money")
    assert not verify(terminal_key.public_key(), b"", b"money")
