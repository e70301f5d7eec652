"""Signed notes and the two kinds of them made here: checkpoints of the ledger's log, and proofs that end in one.

C2SP signed-note, tlog-checkpoint and tlog-proof; Ed25519 alone (signature type 0x01).
"""

from __future__ import annotations

import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import quote

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from countertui.sync.ed25519 import verify
from countertui.sync.faults import NoteRefusedError
from countertui.sync.merkle import HASH_BYTES, MAX_PROOF, MAX_SIZE

MAX_NOTE = 16 * 1024
_ED25519 = b"\x01"
_DASH = "— "
_PROOF = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log's size in leaves and its root (32 bytes)."""

    origin: str
    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class LogProof:
    """That a leaf stands at `index` of the log of the checkpoint, whose note nobody has verified yet."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str


def origin_of(ledger: str) -> str:
    """The name of a ledger's log and of the key that signs its checkpoints: neither has a space or a plus."""
    return f"countertui/{quote(ledger, safe='')}"


def key_id(name: str, public_key: bytes) -> bytes:
    """The 4 bytes that say which key signed; `public_key` is the raw 32 bytes."""
    return sha256(b"%b\n%b%b" % (name.encode(), _ED25519, public_key)).digest()[:4]


def sign_note(text: str, name: str, key: Ed25519PrivateKey) -> str:
    """The note: the text, which ends in a newline, and one signature. Raises ValueError for what no note can hold."""
    if not text.endswith("\n") or _has_control(text) or not _is_name(name):
        raise ValueError("a note's text ends in a newline and has no other control character")
    signature = key_id(name, key.public_key().public_bytes_raw()) + key.sign(text.encode())
    return f"{text}\n{_DASH}{name} {_base64(signature)}\n"


def open_note(note: str, name: str, public_key: Ed25519PublicKey) -> str:
    """The note's text, once that key has signed it under that name; signatures of unknown keys are passed over.

    Raises NoteRefusedError.
    """
    text, at, signatures = note.rpartition("\n\n")
    text += "\n"
    if not at or len(note) > MAX_NOTE or _has_control(note) or not signatures.endswith("\n"):
        raise _refused("it is no signed note")
    known = key_id(name, public_key.public_bytes_raw())
    is_signed = False
    for line in signatures[:-1].split("\n"):
        signer, _, encoded = line.removeprefix(_DASH).partition(" ")
        signature = _unbase64(encoded)
        if not line.startswith(_DASH) or not _is_name(signer) or len(signature) < 5:
            raise _refused("it is no signed note")
        if (signer, signature[:4]) == (name, known):
            if not verify(public_key, signature[4:], _utf8(text)):
                raise _refused("its signature is wrong")
            is_signed = True
    if not is_signed:
        raise _refused(f"{name}'s key did not sign it")
    return text


def sign_checkpoint(checkpoint: Checkpoint, key: Ed25519PrivateKey) -> str:
    """The checkpoint as a note, signed under its origin's name."""
    text = f"{checkpoint.origin}\n{checkpoint.size}\n{_base64(checkpoint.root)}\n"
    return sign_note(text, checkpoint.origin, key)


def open_checkpoint(note: str, origin: str, public_key: Ed25519PublicKey) -> Checkpoint:
    """The checkpoint in a note of that log's own key. Raises NoteRefusedError."""
    lines = open_note(note, origin, public_key).split("\n")
    if len(lines) < 4 or lines[0] != origin:
        raise _refused("it is no checkpoint of this log")
    root = _unbase64(lines[2])
    if len(root) != HASH_BYTES:
        raise _refused("its root is no hash")
    return Checkpoint(origin, _number(lines[1]), root)


def proof_text(proof: LogProof) -> str:
    """The proof as C2SP tlog-proof."""
    hashes = "".join(f"{_base64(each)}\n" for each in proof.hashes)
    return f"{_PROOF}\nindex {proof.index}\n{hashes}\n{proof.checkpoint}"


def read_proof(text: str) -> LogProof:
    """Read a proof; neither its hashes nor its checkpoint's signature are checked yet. Raises NoteRefusedError."""
    head, at, checkpoint = text.partition("\n\n")
    first, *lines = head.split("\n")
    if first != _PROOF or not at or len(text) > 2 * MAX_NOTE:
        raise _refused("it is no proof of a log")
    if lines and lines[0].startswith("extra "):
        lines = lines[1:]
    if not lines or not lines[0].startswith("index ") or len(lines) > MAX_PROOF + 1:
        raise _refused("it is no proof of a log")
    return LogProof(_number(lines[0].removeprefix("index ")), tuple(map(_unbase64, lines[1:])), checkpoint)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or len(text) > 19 or str(int(text)) != text or int(text) > MAX_SIZE:
        raise _refused("it holds no such number")
    return int(text)


def _is_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(character.isspace() for character in name)


def _has_control(text: str) -> bool:
    return any(character < " " and character != "\n" for character in text)


def _utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise _refused("it is not UTF-8") from None


def _base64(data: bytes) -> str:
    return binascii.b2a_base64(data, newline=False).decode()


def _unbase64(text: str) -> bytes:
    try:
        data = binascii.a2b_base64(text, strict_mode=True)
    except ValueError:
        raise _refused("its base64 is damaged") from None
    if _base64(data) != text:
        raise _refused("its base64 has a second spelling")
    return data


def _refused(why: str) -> NoteRefusedError:
    return NoteRefusedError(f"The ledger's log note cannot be used: {why}.")


def base64_hashes(hashes: Sequence[bytes]) -> list[str]:
    """Hashes as a proof's JSON holds them."""
    return [_base64(each) for each in hashes]


def hashes_of(texts: Sequence[str]) -> list[bytes]:
    """The hashes that `base64_hashes` wrote. Raises NoteRefusedError."""
    return [_unbase64(each) for each in texts]
