"""The signatures of a batch: verified quickly, on two cores, with OpenSSL's answers."""

import json
import os
import threading
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.sync import signatures
from countertui.sync.chain import signed_message
from countertui.sync.ed25519 import checked_public_key, verify
from countertui.sync.faults import UnsafeKeyError
from countertui.sync.signatures import WORTH_A_THREAD, confirms, first_wrong, is_signed, quick_signer

KEY = Ed25519PrivateKey.from_private_bytes(sha256(b"signatures").digest())
PUBLIC = KEY.public_key()
COUNT = 2 * WORTH_A_THREAD + 7
HALF = COUNT // 2
HASHES = [sha256(b"%d" % n).digest() for n in range(COUNT)]
SIGNED = [KEY.sign(signed_message(h)) for h in HASHES]


@pytest.fixture(autouse=True)
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)


def with_wrong(*places: int) -> list[bytes]:
    return [bytes(64) if place in places else signature for place, signature in enumerate(SIGNED)]


def test_sound_signatures_are_sound_however_many() -> None:
    assert first_wrong(PUBLIC, SIGNED, HASHES) is None
    assert first_wrong(PUBLIC, SIGNED[:5], HASHES[:5]) is None
    assert first_wrong(PUBLIC, [], []) is None


@pytest.mark.parametrize(
    "places", [(0,), (COUNT - 1,), (HALF,), (HALF - 1, HALF), (3, COUNT - 2), (HALF + 1, COUNT - 1)]
)
def test_the_first_wrong_one_is_named_whoever_finds_it(places: tuple[int, ...]) -> None:
    assert first_wrong(PUBLIC, with_wrong(*places), HASHES) == places[0]


def test_a_short_batch_starts_no_thread_and_a_long_one_leaves_none(monkeypatch: pytest.MonkeyPatch) -> None:
    before = threading.active_count()
    assert first_wrong(PUBLIC, with_wrong(COUNT - 1), HASHES) == COUNT - 1
    assert threading.active_count() == before

    def no_thread(*_: object) -> None:
        raise AssertionError("a thread was started")

    monkeypatch.setattr(signatures, "ThreadPoolExecutor", no_thread)
    assert first_wrong(PUBLIC, with_wrong(2)[:100], HASHES[:100]) == 2


def test_the_answers_are_openssls_for_every_published_vector(vectors: Path) -> None:
    """Wycheproof and CCTV: whatever one says, so does the other, of keys that may be used at all."""
    cases = [
        (bytes.fromhex(group["publicKey"]["pk"]), bytes.fromhex(case["sig"]), bytes.fromhex(case["msg"]))
        for group in json.loads((vectors / "wycheproof/ed25519_test.json").read_bytes())["testGroups"]
        for case in group["tests"]
    ]
    cases += [
        (bytes.fromhex(case["key"]), bytes.fromhex(case["sig"]), case["msg"].encode())
        for case in json.loads((vectors / "wycheproof/cctv_ed25519vectors.json").read_bytes())
    ]
    compared = {True: 0, False: 0}
    for raw, signature, message in cases:
        try:
            key = checked_public_key(raw)
        except UnsafeKeyError:
            continue
        wanted = verify(key, signature, message)
        assert is_signed(key, raw, signature, message) == wanted
        compared[wanted] += 1
    assert compared == {True: 174, False: 365}


def test_a_signature_that_libsodium_alone_refuses_is_asked_of_openssl(
    vectors: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = json.loads((vectors / "wycheproof/cctv_ed25519vectors.json").read_bytes())
    case = next(case for case in cases if case["flags"] == ["low_order_R"])
    raw, signature = bytes.fromhex(case["key"]), bytes.fromhex(case["sig"])
    assert is_signed(checked_public_key(raw), raw, signature, case["msg"].encode())
    monkeypatch.setattr(signatures, "verify", lambda *_: False)
    assert not is_signed(checked_public_key(raw), raw, signature, case["msg"].encode())


@pytest.mark.parametrize("length", [0, 1, 32, 46, 64, 65, 5_000])
def test_both_libraries_make_the_same_signature_and_confirm_each_others(length: int) -> None:
    message = sha256(b"%d" % length).digest() * 160
    message = message[:length]
    signature = quick_signer(KEY)(message)
    assert signature == KEY.sign(message)
    assert confirms(PUBLIC.public_bytes_raw(), signature, message)
    assert not confirms(PUBLIC.public_bytes_raw(), signature, message + b"x")
    assert not confirms(PUBLIC.public_bytes_raw(), signature[:-1] + bytes([signature[-1] ^ 1]), message)
    assert not confirms(PUBLIC.public_bytes_raw(), signature[:-1], message)
