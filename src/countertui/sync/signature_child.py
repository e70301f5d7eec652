"""`python -m countertui.sync.signature_child`: verifies on another core what `signatures` gives it.

In: the public key, 32 bytes, then signature and record hash, 96 bytes a record. Out: `.` for each stretch of them that
is sound, `!` and the end at the first that isn't.
"""

from __future__ import annotations

import os
import sys

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from countertui.sync.signatures import SOUND, STRETCH, WRONG, first_wrong_between

_RECORD = 96


def main() -> None:
    """Answer stretch by stretch, until all are verified or nobody listens any more."""
    data = sys.stdin.buffer.read()
    key = Ed25519PublicKey.from_public_bytes(data[:32])
    records = [data[at : at + _RECORD] for at in range(32, len(data), _RECORD)]
    signatures, hashes = [record[:64] for record in records], [record[64:] for record in records]
    for begun in range(0, len(records), STRETCH):
        wrong = first_wrong_between(key, signatures, hashes, begun, min(begun + STRETCH, len(records)))
        os.write(1, SOUND if wrong is None else WRONG)
        if wrong is not None:
            return


if __name__ == "__main__":
    main()
