"""The signatures of a long batch: verified by two processes, with one answer."""

import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.sync import signatures
from countertui.sync.chain import signed_message
from countertui.sync.signatures import STRETCH, WORTH_A_CHILD, verifying

KEY = Ed25519PrivateKey.from_private_bytes(sha256(b"signatures").digest())
PUBLIC = KEY.public_key()
COUNT = WORTH_A_CHILD + STRETCH + 7
HASHES = [sha256(b"%d" % n).digest() for n in range(COUNT)]
SIGNED = [KEY.sign(signed_message(h)) for h in HASHES]


@pytest.fixture(autouse=True)
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)


def first_wrong(signed: list[bytes], hashes: list[bytes]) -> int | None:
    with verifying(PUBLIC, signed, hashes) as found:
        return found()


def with_wrong(*places: int) -> list[bytes]:
    return [bytes(64) if place in places else signature for place, signature in enumerate(SIGNED)]


def test_sound_signatures_are_sound_however_many() -> None:
    assert first_wrong(SIGNED, HASHES) is None
    assert first_wrong(SIGNED[:5], HASHES[:5]) is None
    assert first_wrong([], []) is None


@pytest.mark.parametrize(
    "places", [(0,), (COUNT - 1,), (STRETCH,), (STRETCH - 1, COUNT // 2), (3, COUNT - 2), (COUNT // 2, COUNT - 1)]
)
def test_the_first_wrong_one_is_named_whoever_finds_it(places: tuple[int, ...]) -> None:
    assert first_wrong(with_wrong(*places), HASHES) == places[0]


def test_a_short_batch_starts_no_child(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_child(*_: Any, **__: Any) -> None:
        raise AssertionError("a child was started")

    monkeypatch.setattr(subprocess, "Popen", no_child)
    assert first_wrong(with_wrong(2)[:100], HASHES[:100]) == 2


@pytest.mark.parametrize(
    "child", ["raise SystemExit(1)", "import time; time.sleep(60)", "import os; os.write(1, b'!' * 9)"]
)
def test_a_child_that_dies_sleeps_or_lies_about_a_fault_changes_nothing(
    child: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = subprocess.Popen

    def another(command: list[str], **more: Any) -> Any:
        return started([sys.executable, "-c", child], **more)

    monkeypatch.setattr(subprocess, "Popen", another)
    assert first_wrong(SIGNED, HASHES) is None
    assert first_wrong(with_wrong(4, 900), HASHES) == 4


def test_no_child_is_left_behind(tmp_path: Path) -> None:
    first_wrong(with_wrong(COUNT - 1), HASHES)
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_the_child_verifies_and_does_not_only_say_so() -> None:
    data = PUBLIC.public_bytes_raw() + b"".join(s + h for s, h in zip(with_wrong(STRETCH + 1), HASHES, strict=True))
    command = [sys.executable, "-m", signatures.__name__.replace("signatures", "signature_child")]
    done = subprocess.run(command, input=data, capture_output=True, check=True)
    assert done.stdout == b".!"
