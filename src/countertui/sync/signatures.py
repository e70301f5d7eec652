"""The signatures of a batch, on two cores: a child begins at the front, this process at the back, until they meet.

Threads can't do it: `cryptography` keeps the interpreter to itself while it verifies. If the child is slow, or dies,
this process goes on to the front alone; nothing depends on it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from countertui.sync.chain import signed_message
from countertui.sync.ed25519 import verify

STRETCH = 64
"""How many signatures are verified between two looks at how far the other one is."""
WORTH_A_CHILD = 1500
"""A child takes as long to start as some 600 signatures take to verify."""
SOUND, WRONG = b".", b"!"


@contextmanager
def verifying(
    key: Ed25519PublicKey, signatures: Sequence[bytes], hashes: Sequence[bytes]
) -> Iterator[Callable[[], int | None]]:
    """Begin to verify. What it gives ends it: the index of the first signature that is not `key`'s, None if all are.

    Until it is called, this process can do other work while the child does its own.
    """
    if len(hashes) < WORTH_A_CHILD or (os.cpu_count() or 1) < 2:
        yield lambda: first_wrong_between(key, signatures, hashes, 0, len(hashes))
        return
    with _child(key, signatures, hashes) as answers:
        yield lambda: _first_wrong(key, signatures, hashes, answers)


def _first_wrong(
    key: Ed25519PublicKey, signatures: Sequence[bytes], hashes: Sequence[bytes], answers: int
) -> int | None:
    wrong: int | None = None
    sound_before, ended = 0, len(hashes)
    while True:
        answer = _read(answers)
        sound_before += answer.count(SOUND) * STRETCH
        if WRONG in answer:
            # What the child says is tried again: this process alone decides.
            return first_wrong_between(key, signatures, hashes, sound_before, len(hashes))
        if sound_before >= ended:
            return wrong
        begun = max(ended - STRETCH, sound_before)
        found = first_wrong_between(key, signatures, hashes, begun, ended)
        wrong = wrong if found is None else found
        ended = begun


def first_wrong_between(
    key: Ed25519PublicKey, signatures: Sequence[bytes], hashes: Sequence[bytes], begun: int, ended: int
) -> int | None:
    """The same, of a stretch: from `begun` until before `ended`."""
    for place in range(begun, ended):
        if not verify(key, signatures[place], signed_message(hashes[place])):
            return place
    return None


@contextmanager
def _child(key: Ed25519PublicKey, signatures: Sequence[bytes], hashes: Sequence[bytes]) -> Iterator[int]:
    """A child at work on all of them; gives what it answers on, a file descriptor to be read without waiting."""
    # A file, not a pipe: whoever writes a pipe waits until the child has started.
    with tempfile.TemporaryFile() as work:
        work.write(key.public_bytes_raw())
        work.writelines(signature + h for signature, h in zip(signatures, hashes, strict=True))
        work.seek(0)
        command = [sys.executable, "-m", "countertui.sync.signature_child"]
        with subprocess.Popen(command, stdin=work, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
            if child.stdout is None:
                raise AssertionError("the child was given a pipe to answer on")
            os.set_blocking(child.stdout.fileno(), False)
            try:
                yield child.stdout.fileno()
            finally:
                child.kill()


def _read(answers: int) -> bytes:
    try:
        return os.read(answers, 65536)
    except BlockingIOError:
        return b""
