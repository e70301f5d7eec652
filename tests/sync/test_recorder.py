from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from countertui.sync.batch import NO_BATCH, batch_hash, parse_batch
from countertui.sync.canonical import canonical
from countertui.sync.certificate import certify
from countertui.sync.chain import genesis
from countertui.sync.claim import prove_claim, read_claim
from countertui.sync.dsse import BATCH, open_envelope, parse_envelope
from countertui.sync.faults import CanonicalError, ClaimRefusedError, RecordSelfCheckError
from countertui.sync.keyslots import Identity
from countertui.sync.recorder import Recorder, verify_record
from sync.records import a_body, a_chain, a_recorder, a_seal

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def test_a_sealed_record_verifies_and_is_the_canonical_bytes() -> None:
    recorder = a_recorder(KEY)
    assert recorder.genesis == genesis("springfield", "T1", 1, recorder.public_key)
    signed = recorder.seal_record(1, recorder.genesis, a_body(1))
    assert signed.body == canonical(a_body(1))
    assert verify_record(KEY.public_key(), 1, recorder.genesis, signed.body, signed.h, signed.sig) is None


@given(st.sampled_from(["seq", "prev", "body", "h", "sig"]), st.data())
def test_any_altered_part_is_noticed(part: str, data: st.DataObject) -> None:
    recorder = a_recorder(KEY)
    signed = recorder.seal_record(7, recorder.genesis, a_body(7))
    stored: dict[str, Any] = {"seq": 7, "prev": signed.prev, "body": signed.body, "h": signed.h, "sig": signed.sig}
    if part == "seq":
        stored["seq"] = data.draw(st.integers(0, 2**63).filter(lambda n: n != 7))
    else:
        at = data.draw(st.integers(0, len(stored[part]) - 1))
        altered = bytearray(stored[part])
        altered[at] ^= data.draw(st.integers(1, 255))
        stored[part] = bytes(altered)
    fault = verify_record(KEY.public_key(), **stored)
    assert fault == ("signature" if part == "sig" else "chain")


def test_rightly_chained_but_signed_by_another_key(other_key: Ed25519PrivateKey) -> None:
    recorder = a_recorder(KEY)
    signed = recorder.seal_record(1, recorder.genesis, a_body(1))
    assert verify_record(other_key.public_key(), 1, signed.prev, signed.body, signed.h, signed.sig) == "signature"


@pytest.mark.parametrize("change", [{"seq": 2}, {"ledger": "shelbyville"}, {"terminal": "T2"}, {"epoch": 2}])
def test_a_body_that_is_somebody_elses_is_not_signed(change: dict[str, Any]) -> None:
    recorder = a_recorder(KEY)
    with pytest.raises(RecordSelfCheckError):
        recorder.seal_record(1, recorder.genesis, a_body(1) | change)


def test_money_in_floats_is_not_signed() -> None:
    recorder = a_recorder(KEY)
    with pytest.raises(CanonicalError):
        recorder.seal_record(1, recorder.genesis, a_body(1, data={"total_cents": 12.5}))


def test_a_key_that_signs_wrongly_is_caught_before_anything_is_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    class Failing:
        def public_key(self) -> object:
            return KEY.public_key()

        def sign(self, message: bytes) -> bytes:
            good = KEY.sign(message)
            return good[:10] + bytes([good[10] ^ 1]) + good[11:]

    recorder = Recorder(
        Identity("springfield", "T1", 1, KEY.public_key().public_bytes_raw(), ()),
        Failing(),  # type: ignore[arg-type]
    )
    with pytest.raises(RecordSelfCheckError, match="does not verify"):
        recorder.seal_record(1, recorder.genesis, a_body(1))


def test_a_recorder_needs_the_identitys_own_key(other_key: Ed25519PrivateKey) -> None:
    identity = Identity("springfield", "T1", 1, KEY.public_key().public_bytes_raw(), ())
    with pytest.raises(RecordSelfCheckError, match="not this terminal's"):
        Recorder(identity, other_key)


def test_a_claim_is_signed_by_the_terminal() -> None:
    fields = {"terminal": "T1", "epoch": 1, "seq": 4, "receipt_no": "T1-1", "biz_date": "2026-11-23", "total_cents": 5}
    fields["h"] = "00" * 32
    assert read_claim(a_recorder(KEY).claim(fields, lambda _: ""), KEY.public_key()) == fields


def test_a_claim_is_signed_by_the_newest_key_that_is_certified(other_key: Ed25519PrivateKey) -> None:
    fields = {"terminal": "T1", "epoch": 1, "seq": 4, "receipt_no": "T1-1", "biz_date": "2026-11-23", "total_cents": 5}
    fields["h"] = "00" * 32
    ledger = Ed25519PrivateKey.from_private_bytes(b"l" * 32)
    recorder = Recorder(Identity("springfield", "T1", 1, public(KEY), ()), KEY, next_key=other_key)
    recorder.turn_key(4)

    def signed_by(*certified: Ed25519PrivateKey) -> set[bytes]:
        vouched = {public(key): certify("T1", 1, public(key), ledger).hex() for key in certified}
        text = recorder.claim(fields, lambda key: vouched.get(key, ""))
        if certified:
            assert prove_claim(text, ledger.public_key()) == fields
        return {public(key) for key in (KEY, other_key) if _reads(text, key)}

    assert signed_by() == {public(other_key)}
    assert signed_by(KEY) == {public(KEY)}
    assert signed_by(other_key) == signed_by(KEY, other_key) == {public(other_key)}


def public(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes_raw()


def _reads(text: str, key: Ed25519PrivateKey) -> bool:
    try:
        read_claim(text, key.public_key())
    except ClaimRefusedError:
        return False
    return True


def test_a_sealed_batch_opens_to_what_was_given() -> None:
    recorder = a_recorder(KEY)
    records = a_chain(recorder, [a_body(n) for n in range(1, 6)])
    envelope, hash_ = recorder.seal_batch(a_seal(recorder, 5), records)
    payload = open_envelope(parse_envelope(envelope, 10**6), BATCH, {"T1/1": KEY.public_key()})
    batch = parse_batch(payload)
    assert list(batch.records) == records
    assert (batch.ledger, batch.terminal, batch.epoch, batch.count) == ("springfield", "T1", 1, 5)
    assert hash_ == batch_hash(payload)


def test_records_that_do_not_fit_the_journals_head_are_not_sealed() -> None:
    recorder = a_recorder(KEY)
    records = a_chain(recorder, [a_body(n) for n in range(1, 6)])
    head = parse_batch_head(recorder, records)
    recorder.seal_batch(a_seal(recorder, 5, head=head), records)
    with pytest.raises(RecordSelfCheckError, match="head"):
        recorder.seal_batch(a_seal(recorder, 4, head=head), records[:4])
    with pytest.raises(RecordSelfCheckError, match="head"):
        recorder.seal_batch(a_seal(recorder, 5, head=head), [*records[:3], records[4], records[3]])
    with pytest.raises(RecordSelfCheckError, match="not the 4 given"):
        recorder.seal_batch(a_seal(recorder, 5), records[:4])


def parse_batch_head(recorder: Recorder, records: list[tuple[bytes, bytes]]) -> str:
    envelope, _ = recorder.seal_batch(a_seal(recorder, len(records), prev_batch_hash=NO_BATCH), records)
    return parse_batch(parse_envelope(envelope, 10**6).payload).head
