from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import ValidationError

from countertui.forms import said_by
from countertui.sync.ack import Ack, ack_payload, open_ack
from countertui.sync.canonical import canonical
from countertui.sync.dsse import ACK, BATCH, SNAPSHOT, sign_envelope, to_bytes
from countertui.sync.faults import AckRefusedError

ABOUT: dict[str, Any] = {
    "ledger": "springfield",
    "terminal": "T1",
    "epoch": 1,
    "batch_no": 7,
    "batch_hash": "ab" * 32,
}
SAID: dict[str, Any] = ABOUT | {
    "status": "held",
    "received_at": "2026-11-23T17:00:00.000Z",
    "reasons": ["The totals differ by 0.05."],
    "difference_cents": -5,
    "posted_cents": 1_234_500,
    "leaf_index": 3,
}


def sealed(key: Ed25519PrivateKey, payload: bytes, kind: str = ACK, keyid: str = "ledger") -> bytes:
    return to_bytes(sign_envelope(kind, payload, [(keyid, key)]))


def test_an_ack_comes_back_as_said(ledger_key: Ed25519PrivateKey) -> None:
    ack = open_ack(sealed(ledger_key, ack_payload(**SAID)), ledger_key.public_key(), **ABOUT)
    assert ack == Ack(**SAID)
    short = {name: SAID[name] for name in (*ABOUT, "received_at")} | {"status": "posted"}
    ack = open_ack(sealed(ledger_key, ack_payload(**short)), ledger_key.public_key(), **ABOUT)
    assert (ack.status, ack.reasons, ack.difference_cents, ack.leaf_index) == ("posted", [], 0, None)


def reason(data: bytes, key: Ed25519PrivateKey, **about: Any) -> str:
    with pytest.raises(AckRefusedError) as caught:
        open_ack(data, key.public_key(), **(ABOUT | about))
    return caught.value.reason


def test_only_the_pinned_ledgers_answer_to_this_very_batch_counts(
    ledger_key: Ed25519PrivateKey, other_key: Ed25519PrivateKey
) -> None:
    good = sealed(ledger_key, ack_payload(**SAID))
    assert reason(sealed(other_key, ack_payload(**SAID)), ledger_key) == "bad-signature"
    assert reason(sealed(ledger_key, ack_payload(**SAID), keyid="T1/1"), ledger_key) == "unknown-key"
    assert reason(good, ledger_key, ledger="shelbyville") == "other-ledger"
    assert reason(good, ledger_key, terminal="T2") == "other-batch"
    assert reason(good, ledger_key, epoch=2) == "other-batch"
    assert reason(good, ledger_key, batch_no=8) == "other-batch"
    assert reason(good, ledger_key, batch_hash="cd" * 32) == "other-content"


def test_other_types_are_no_ack(ledger_key: Ed25519PrivateKey) -> None:
    for kind in (BATCH, SNAPSHOT):
        assert reason(sealed(ledger_key, ack_payload(**SAID), kind), ledger_key) == "wrong-type"


def test_no_altered_or_shortened_ack_is_believed(ledger_key: Ed25519PrivateKey) -> None:
    good = sealed(ledger_key, ack_payload(**SAID))
    refused = {"malformed", "wrong-type", "unknown-key", "bad-signature"}
    for at in range(len(good)):
        assert reason(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :], ledger_key) in refused
        assert reason(good[:at], ledger_key) == "malformed"
    assert reason(good + b" " * 300_000, ledger_key) == "malformed"


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"status": "ok"},
        {"difference_cents": 0.5},
        {"difference_cents": "0"},
        {"posted_cents": True},
        {"batch_no": "7"},
        {"batch_hash": "AB" * 32},
        {"reasons": "x"},
        {"reasons": [1]},
        {"leaf_index": -1},
        {"received_at": None},
        {"extra": 1},
    ],
    ids=str,
)
def test_a_signed_answer_of_another_form(change: dict[str, Any], ledger_key: Ed25519PrivateKey) -> None:
    document = said_by(Ack(**SAID)) | change
    payload = str(document).encode() if change == {"difference_cents": 0.5} else canonical(document)
    assert reason(sealed(ledger_key, payload), ledger_key) == "malformed"


def test_the_ledger_cannot_make_an_ack_of_another_form() -> None:
    with pytest.raises(ValidationError):
        ack_payload(**(SAID | {"difference_cents": 0.5}))
