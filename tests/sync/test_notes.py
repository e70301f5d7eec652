"""Signed notes, checkpoints and log proofs, against Go's published note and the forms that C2SP forbids."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from countertui.sync.ed25519 import checked_public_key
from countertui.sync.faults import NoteRefusedError
from countertui.sync.notes import (
    Checkpoint,
    LogProof,
    key_id,
    open_checkpoint,
    open_note,
    origin_of,
    proof_text,
    read_proof,
    sign_checkpoint,
    sign_note,
)

# golang.org/x/mod/sumdb/note's documentation: the key after its type byte, and a note that it signed.
NEUMANN = base64.b64decode("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key()
ORIGIN = origin_of("DEMO-LITTLETON")
POINT = Checkpoint(ORIGIN, 70_000, bytes(range(32)))
SIGNED = sign_checkpoint(POINT, KEY)


def test_the_published_note() -> None:
    key = checked_public_key(NEUMANN[1:])
    assert key_id("PeterNeumann", NEUMANN[1:]).hex() == "c74f20a3"
    assert open_note(NOTE, "PeterNeumann", key) == NOTE.partition("\n\n")[0] + "\n"
    with pytest.raises(NoteRefusedError, match="signature is wrong"):
        open_note(NOTE.replace("problem is", "problem was"), "PeterNeumann", key)


def test_a_checkpoint_reads_back() -> None:
    assert ORIGIN == "countertui/DEMO-LITTLETON"
    assert SIGNED.startswith("countertui/DEMO-LITTLETON\n70000\nAAECAwQF")
    assert open_checkpoint(SIGNED, ORIGIN, PUBLIC) == POINT


def test_signatures_of_keys_nobody_knows_here_are_passed_over(other_key: Ed25519PrivateKey) -> None:
    witness = sign_checkpoint(POINT, other_key).rpartition("\n\n")[2].replace(ORIGIN, "witness.example")
    assert open_checkpoint(SIGNED + witness, ORIGIN, PUBLIC) == POINT
    with pytest.raises(NoteRefusedError, match="did not sign"):
        open_checkpoint(SIGNED.rpartition("\n\n")[0] + "\n\n" + witness, ORIGIN, PUBLIC)
    with pytest.raises(NoteRefusedError, match="did not sign"):
        open_checkpoint(SIGNED, ORIGIN, other_key.public_key())


def test_a_wrong_signature_of_the_known_key_spoils_the_note_however_many_are_right() -> None:
    line = SIGNED.rpartition("\n\n")[2]
    data = bytearray(base64.b64decode(line.split(" ")[2]))
    data[-1] ^= 1
    bad = f"— {ORIGIN} {base64.b64encode(data).decode()}\n"
    with pytest.raises(NoteRefusedError, match="signature is wrong"):
        open_checkpoint(SIGNED + bad, ORIGIN, PUBLIC)


def test_every_altered_character_is_noticed() -> None:
    for at, character in enumerate(SIGNED):
        altered = SIGNED[:at] + ("A" if character != "A" else "B") + SIGNED[at + 1 :]
        with pytest.raises(NoteRefusedError):
            open_checkpoint(altered, ORIGIN, PUBLIC)


@pytest.mark.parametrize(
    "text",
    [
        "other\n1\n{root}\n",
        ORIGIN + "\n01\n{root}\n",
        ORIGIN + "\n-1\n{root}\n",
        ORIGIN + "\n1\nAAAA\n",
        ORIGIN + "\n1\n",
        ORIGIN + "\n9999999999999999999999\n{root}\n",
        ORIGIN + "\n¹\n{root}\n",
    ],
)
def test_what_is_signed_but_no_checkpoint(text: str) -> None:
    note = sign_note(text.format(root=base64.b64encode(bytes(32)).decode()), ORIGIN, KEY)
    with pytest.raises(NoteRefusedError):
        open_checkpoint(note, ORIGIN, PUBLIC)


@pytest.mark.parametrize(
    "note",
    [
        "",
        "\n\n",
        SIGNED[:-1],
        SIGNED + "x\n",
        SIGNED.replace("\n\n", "\n"),
        "\t" + SIGNED,
        "A" * 20_000,
        "\ud800" + SIGNED,
    ],
)
def test_what_is_no_note(note: str) -> None:
    with pytest.raises(NoteRefusedError):
        open_note(note, ORIGIN, PUBLIC)


@pytest.mark.parametrize(
    ("text", "name"), [("no newline", "a"), ("a\tb\n", "a"), ("a\n", "a b"), ("a\n", "a+b"), ("a\n", "")]
)
def test_what_no_note_can_hold(text: str, name: str) -> None:
    with pytest.raises(ValueError, match="note"):
        sign_note(text, name, KEY)


@given(st.integers(0, 2**40), st.lists(st.binary(min_size=32, max_size=32), max_size=60))
def test_a_proof_reads_back(index: int, hashes: list[bytes]) -> None:
    proof = LogProof(index, tuple(hashes), SIGNED)
    assert read_proof(proof_text(proof)) == proof


def test_a_proofs_extra_data_means_nothing() -> None:
    text = proof_text(LogProof(3, (bytes(32),), SIGNED)).replace("index", "extra QUJD\nindex", 1)
    assert read_proof(text) == LogProof(3, (bytes(32),), SIGNED)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "c2sp.org/tlog-proof@v2\nindex 1\n\n" + SIGNED,
        "c2sp.org/tlog-proof@v1\n\n" + SIGNED,
        "c2sp.org/tlog-proof@v1\nindex 01\n\n" + SIGNED,
        "c2sp.org/tlog-proof@v1\nindex 1\nA\n\n" + SIGNED,
        "c2sp.org/tlog-proof@v1\nindex 1\n" + SIGNED[:10],
    ],
)
def test_what_is_no_proof(text: str) -> None:
    with pytest.raises(NoteRefusedError):
        read_proof(text)


def test_a_ledgers_name_with_a_space_still_names_a_log() -> None:
    origin = origin_of("City of A+B")
    assert " " not in origin
    assert "+" not in origin
    key: Ed25519PublicKey = PUBLIC
    assert open_checkpoint(sign_checkpoint(Checkpoint(origin, 0, bytes(32)), KEY), origin, key).size == 0
