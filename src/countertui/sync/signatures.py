"""The signatures of a batch, on two cores: a child begins at the front, this process at the back, until they meet.

Threads can't do it: `cryptography` keeps the interpreter to itself while it verifies. If the child is slow, or dies,
this process goes on to the front alone; nothing depends on it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from countertui.sync.chain import signed_message
from countertui.sync.ed25519 import verify

STRETCH = 64
"""How many signatures are verified between two looks at how far the other one is."""
WORTH_A_CHILD = 1500
"""A child takes as long to start as some 600 signatures take to verify."""
SOUND, WRONG = b".", b"!"


def first_wrong(key: Ed25519PublicKey, signatures: Sequence[bytes], hashes: Sequence[bytes]) -> int | None:
    """The index of the first signature that is not `key`'s for the record of that hash; None if all are."""
    if len(hashes) < WORTH_A_CHILD or (os.cpu_count() or 1) < 2:
        return first_wrong_between(key, signatures, hashes, 0, len(hashes))
    with _child(key, signatures, hashes) as answers:
        wrong: int | None = None
        sound_before, ended = 0, len(hashes)
        while sound_before < ended:
            begun = max(ended - STRETCH, sound_before)
            found = first_wrong_between(key, signatures, hashes, begun, ended)
            wrong = wrong if found is None else found
            ended = begun
            answer = _read(answers)
            sound_before += answer.count(SOUND) * STRETCH
            if WRONG in answer:
                # What the child says is tried again: this process alone decides.
                return first_wrong_between(key, signatures, hashes, sound_before, len(hashes))
        return wrong


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
