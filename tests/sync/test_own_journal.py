"""A terminal's journal under more than one key: who signs what, and that no key comes in by itself."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.sync.batch import key_id
from countertui.sync.chain import genesis
from countertui.sync.dsse import BATCH, open_envelope, parse_envelope
from countertui.sync.faults import RecordSelfCheckError
from countertui.sync.keyslots import Identity
from countertui.sync.own_journal import KeyNamed, StoredRecord, checker, faults_of_keys
from countertui.sync.recorder import Recorder, rotation_fault
from sync.records import a_body, a_seal

OLD, NEW = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2))
OLD_PUBLIC, NEW_PUBLIC = (key.public_key().public_bytes_raw() for key in (OLD, NEW))
IDENTITY = Identity("springfield", "T1", 1, OLD_PUBLIC, ("ann",), NEW_PUBLIC)
TURNED = 4


def journal(**changed: Any) -> tuple[Recorder, dict[int, StoredRecord]]:
    """Records 1 to 6: 2 names the new key, 3 seals, from 4 on it signs."""
    recorder = Recorder(IDENTITY, OLD, next_key=NEW)
    data = dict(recorder.next_key() or {}) | changed
    prev, rows = recorder.genesis, {}
    for seq in range(1, 7):
        if seq == TURNED:
            recorder.turn_key(TURNED)
        extra = {"kind": "key_rotate", "data": data} if seq == 2 else {}
        signed = recorder.seal_record(seq, prev, a_body(seq) | extra)
        rows[seq] = StoredRecord(signed.prev, signed.body, signed.h, signed.sig)
        prev = signed.h
    return recorder, rows


def keys(
    old: bytes = OLD_PUBLIC, new: bytes = NEW_PUBLIC, turned: int | None = TURNED, named: int = 2
) -> list[KeyNamed]:
    return [KeyNamed(1, old, 1), KeyNamed(named, new, turned)]


def wrong(named: list[KeyNamed], rows: dict[int, StoredRecord]) -> list[int]:
    check = checker(named)
    return [seq for seq, row in rows.items() if check(seq, *row) is not None]


def test_each_record_is_checked_by_the_key_whose_turn_it_was() -> None:
    recorder, rows = journal()
    assert recorder.public_key == NEW_PUBLIC
    assert recorder.genesis == genesis("springfield", "T1", 1, OLD_PUBLIC)
    assert wrong(keys(), rows) == []
    assert list(faults_of_keys(IDENTITY, keys(), rows.get)) == []
    assert wrong([KeyNamed(1, OLD_PUBLIC, 1)], rows) == [4, 5, 6]
    assert wrong(keys(turned=3), rows) == [3]
    assert wrong(keys(turned=6), rows) == [4, 5]


def test_a_batch_of_before_is_still_enveloped_by_the_key_of_before() -> None:
    recorder, rows = journal()
    records = [(row.body, row.sig) for seq, row in rows.items() if seq < TURNED]
    envelope, _ = recorder.seal_batch(a_seal(recorder, 3), records)
    open_envelope(parse_envelope(envelope, 10**6), BATCH, {key_id("T1", 1): OLD.public_key()})


def test_after_the_forerunner_is_forgotten_the_genesis_stays() -> None:
    settled = Identity("springfield", "T1", 1, NEW_PUBLIC, ("ann",))
    recorder = Recorder(settled, NEW, first_key=OLD_PUBLIC)
    assert recorder.genesis == genesis("springfield", "T1", 1, OLD_PUBLIC)
    assert recorder.next_key() is None
    with pytest.raises(RecordSelfCheckError, match="not kept here"):
        recorder.turn_key(9)


@pytest.mark.parametrize(
    ("named", "changed", "at"),
    [
        (keys(named=3), {}, 3),  # another record than the one that names it
        (keys(named=9), {}, 9),  # none
        (keys(named=5), {}, 5),  # one that the new key signed itself
        (keys(), {"proof": "00" * 64}, 2),
        (keys(), {"public_key": OLD_PUBLIC.hex()}, 2),
        (keys(old=NEW_PUBLIC, new=OLD_PUBLIC), {}, 2),
        (keys(turned=None), {}, None),
    ],
)
def test_a_key_that_was_not_named_by_the_one_before_is_a_fault(
    named: list[KeyNamed], changed: dict[str, Any], at: int | None
) -> None:
    _, rows = journal(**changed)
    assert [seq for seq, _ in faults_of_keys(IDENTITY, named, rows.get)][:1] == ([] if at is None else [at])


def test_the_key_in_force_is_the_key_files() -> None:
    _, rows = journal()
    other = Identity("springfield", "T1", 1, OLD_PUBLIC, ("ann",))
    assert [words for _, words in faults_of_keys(other, keys(), rows.get)] == [
        "The key that signs here is not the one in the key file."
    ]


def test_the_proof_is_for_one_terminal_one_epoch_and_one_change() -> None:
    recorder = Recorder(IDENTITY, OLD, next_key=NEW)
    data = recorder.next_key()
    assert data is not None
    assert rotation_fault("springfield", "T1", 1, OLD_PUBLIC, data) is None
    for elsewhere in (("shelbyville", "T1", 1), ("springfield", "T2", 1), ("springfield", "T1", 2)):
        assert rotation_fault(*elsewhere, OLD_PUBLIC, data) is not None
    assert rotation_fault("springfield", "T1", 1, NEW_PUBLIC, data) is not None
    for spoilt in ({}, {"public_key": "zz", "proof": ""}, {"public_key": 1, "proof": 2}, {**data, "public_key": NEW_PUBLIC.hex().upper()}):  # fmt: skip  # noqa: E501
        assert rotation_fault("springfield", "T1", 1, OLD_PUBLIC, spoilt) is not None
