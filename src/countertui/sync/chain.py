"""The chain of records, protocol ctp/1: what is hashed, what is signed, byte by byte.

```
prev of record 1 = SHA-256("ctp/1 genesis" 00 ledger 00 terminal 00 u64be(epoch) public key)
h                = SHA-256("ctp/1 rec" 00 u64be(seq) prev body)
signed           = "ctp/1 rec-sig" 00 h
```
Every message begins with its own name, so no signature or hash made for one purpose serves another.
"""

from __future__ import annotations

from hashlib import sha256

_GENESIS = b"ctp/1 genesis\0"
_RECORD = b"ctp/1 rec\0"
_RECORD_SIGNATURE = b"ctp/1 rec-sig\0"
_ROTATION = b"ctp/1 key-rotate\0"
_HEAD = b"ctp/1 head\0"


def genesis(ledger: str, terminal: str, epoch: int, public_key: bytes) -> bytes:
    """The 32 bytes before a terminal's first record in an epoch. `public_key` is the raw 32 bytes.

    Raises ValueError where the message would be ambiguous: a zero byte in a name, a key of another length.
    """
    names = ledger.encode() + b"\0" + terminal.encode() + b"\0"
    if names.count(b"\0") != 2 or len(public_key) != 32:
        raise ValueError("a ledger's or terminal's name with a zero byte, or a key that is not 32 bytes long")
    return sha256(_GENESIS + names + epoch.to_bytes(8, "big") + public_key).digest()


def record_hash(seq: int, prev: bytes, body: bytes) -> bytes:
    """The 32-byte hash of record `seq` with canonical bytes `body`, after a record of hash `prev` (32 bytes)."""
    return sha256(b"%b%b%b%b" % (_RECORD, seq.to_bytes(8, "big"), prev, body)).digest()


def signed_message(h: bytes) -> bytes:
    """The bytes a terminal signs for the record of hash `h`."""
    return _RECORD_SIGNATURE + h


def head_message(ledger: str, terminal: str, epoch: int, known: int, seq: int, h: bytes) -> bytes:
    """The bytes that a terminal signs for its word where its journal ends (`h`: 32 bytes); see `live`."""
    names = ledger.encode() + b"\0" + terminal.encode() + b"\0"
    return _HEAD + names + b"".join(number.to_bytes(8, "big") for number in (epoch, known, seq)) + h


def rotation_message(ledger: str, terminal: str, epoch: int, old_key: bytes, new_key: bytes) -> bytes:
    """The bytes that the holder of a terminal's next key signs to prove it; keys are the raw 32 bytes."""
    return _ROTATION + genesis(ledger, terminal, epoch, old_key) + new_key
