from __future__ import annotations

import base64
import dataclasses
import json
from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from countertui.sync.ack import ack_payload
from countertui.sync.batch import (
    NO_BATCH,
    Batch,
    BatchFault,
    CheckedBatch,
    batch_hash,
    batch_name,
    batch_payload,
    check_batch,
    parse_batch,
)
from countertui.sync.canonical import canonical
from countertui.sync.chain import record_hash
from countertui.sync.dsse import ACK, BATCH, open_envelope, parse_envelope, sign_envelope, to_bytes
from countertui.sync.faults import EnvelopeRefusedError, MalformedBatchError, MalformedEnvelopeError
from sync.records import a_body, a_chain, a_recorder, a_seal, a_signed_chain

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
RECORDER = a_recorder(KEY)


def a_payload(records: list[tuple[bytes, bytes]], **changes: Any) -> bytes:
    h = RECORDER.genesis
    for seq, (body, _) in enumerate(records, start=1):
        h = record_hash(seq, h, body)
    fields = a_seal(RECORDER, len(records)) | {
        "ledger": "springfield",
        "terminal": "T1",
        "epoch": 1,
        "head": h.hex(),
        "count": len(records),
        "records": records,
    }
    return batch_payload(Batch(**(fields | changes)))


def check(payload: bytes, key: Ed25519PrivateKey = KEY, **changes: Any) -> CheckedBatch:
    expected: dict[str, Any] = {
        "expected_prev": RECORDER.genesis,
        "expected_first_seq": 1,
        "expected_batch_no": 1,
        "expected_prev_batch_hash": NO_BATCH,
    }
    return check_batch(parse_batch(payload), key.public_key(), **(expected | changes))


def codes(payload: bytes, **changes: Any) -> list[str]:
    return [fault.code for fault in check(payload, **changes).faults]


GOOD = a_chain(RECORDER, [a_body(n) for n in range(1, 8)])


def test_a_good_batch_has_no_faults_and_gives_hashes_and_bodies() -> None:
    checked = check(a_payload(GOOD))
    assert checked.faults == ()
    assert list(checked.bodies) == [a_body(n) for n in range(1, 8)]
    h, hashes = RECORDER.genesis, []
    for seq, (body, _) in enumerate(GOOD, start=1):
        h = record_hash(seq, h, body)
        hashes.append(h)
    assert list(checked.hashes) == hashes


def test_a_batch_can_be_checked_before_it_is_sent() -> None:
    batch = parse_batch(a_payload(GOOD))
    unread = dataclasses.replace(batch, bodies=())
    place: dict[str, Any] = {"expected_first_seq": 1, "expected_batch_no": 1, "expected_prev_batch_hash": NO_BATCH}
    checked = check_batch(unread, KEY.public_key(), expected_prev=RECORDER.genesis, **place)
    assert checked == check(a_payload(GOOD))


ascii_text = st.text(st.characters(codec="ascii"), max_size=20)
json_values: st.SearchStrategy[object] = st.deferred(
    lambda: (
        st.none()
        | st.booleans()
        | st.integers(-(2**53) + 1, 2**53 - 1)
        | ascii_text
        | st.lists(json_values, max_size=2)
        | st.dictionaries(ascii_text, json_values, max_size=2)
    )
)


@settings(max_examples=40)
@given(st.lists(json_values, min_size=1, max_size=5))
def test_any_data_comes_back_verbatim_and_the_payload_is_canonical(values: list[Any]) -> None:
    records = a_chain(RECORDER, [a_body(n, data={"x": value}) for n, value in enumerate(values, start=1)])
    payload = a_payload(records)
    assert payload == rfc8785.dumps(json.loads(payload))
    assert list(parse_batch(payload).records) == records
    assert check(payload).faults == ()


def test_tricky_texts_around_the_records() -> None:
    for text in (',"records":[', '"},{"body":{', ',"sig":"', "]}", '\\","records":[{"body":{', "\u2028é\U0001f600"):
        records = a_chain(RECORDER, [a_body(1, data={"a": text, text: {"body": {}, "sig": "A" * 88}})])
        payload = a_payload(records, totals={text: [text], "records": [1], "sig": {"records": []}})
        batch = parse_batch(payload)
        assert list(batch.records) == records
        assert batch.totals == {text: [text], "records": [1], "sig": {"records": []}}
        assert check(payload).faults == ()


# What an envelope's signature would stop, done by the one who holds the key: each byte of a batch has its guard.


def test_no_altered_byte_of_a_payload_goes_unseen() -> None:
    payload = a_payload(GOOD[:2], totals={})
    unseen = {}
    for at in range(len(payload)):
        altered = payload[:at] + bytes([payload[at] ^ 1]) + payload[at + 1 :]
        try:
            if not check(altered).faults:
                unseen[at] = altered
        except MalformedBatchError:
            continue
    # Its own names and v are the envelope's and the ledger's to compare, all records name them too: so none is left.
    assert unseen == {}


def test_no_shortened_payload_is_read() -> None:
    payload = a_payload(GOOD[:2])
    for end in range(len(payload)):
        with pytest.raises(MalformedBatchError):
            parse_batch(payload[:end])


def test_place_in_the_row_of_batches() -> None:
    payload = a_payload(GOOD)
    assert codes(payload, expected_batch_no=2) == ["batch-no"]
    assert codes(payload, expected_first_seq=2) == ["first-seq"]
    assert codes(payload, expected_prev=bytes(32)) == ["prev-head"]
    assert codes(payload, expected_prev_batch_hash="1" * 64) == ["prev-batch"]
    assert codes(a_payload(GOOD, count=8)) == ["count"]
    assert codes(a_payload(GOOD, last_seq=8)) == ["count"]
    assert codes(a_payload(GOOD, head="0" * 64)) == ["head"]


def test_another_key_a_wrong_signature_and_an_altered_record(other_key: Ed25519PrivateKey) -> None:
    checked = check(a_payload(GOOD), other_key)
    assert checked.faults[0].code == "signature"
    assert checked.faults[0].seq == 1
    body, sig = GOOD[3]
    forged = [*GOOD[:3], (body, sig[:5] + bytes([sig[5] ^ 1]) + sig[6:]), *GOOD[4:]]
    assert [(f.code, f.seq) for f in check(a_payload(forged)).faults] == [("signature", 4)]
    altered = [*GOOD[:3], (body.replace(b"400", b"900"), sig), *GOOD[4:]]
    assert [(f.code, f.seq) for f in check(a_payload(altered)).faults] == [("signature", 4)]


def test_the_first_wrong_signature_is_found_in_a_long_batch() -> None:
    records = a_chain(RECORDER, [a_body(n) for n in range(1, 401)])
    for wrong in (0, 127, 128, 255, 399):
        body, _ = records[wrong]
        forged = [*records[:wrong], (body, bytes(64)), *records[wrong + 1 :]]
        assert [(f.code, f.seq) for f in check(a_payload(forged)).faults] == [("signature", wrong + 1)]


def test_records_swapped_lost_or_doubled() -> None:
    assert "seq" in codes(a_payload([GOOD[1], GOOD[0], *GOOD[2:]]))
    assert "signature" in codes(a_payload(GOOD[1:]))
    doubled = codes(a_payload([GOOD[0], *GOOD]))
    assert {"signature", "seq", "duplicate-id"} <= set(doubled)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"ledger": "shelbyville"}, "ledger"),
        ({"ledger": None}, "ledger"),
        ({"terminal": "T2"}, "terminal"),
        ({"epoch": 2}, "epoch"),
        ({"epoch": True}, "epoch"),
        ({"seq": 1}, "seq"),
        ({"seq": "2"}, "seq"),
        ({"id": None}, "id"),
        ({"id": 7}, "id"),
        ({"id": a_body(1)["id"]}, "duplicate-id"),
    ],
    ids=str,
)
def test_rightly_signed_records_that_say_something_else(change: dict[str, Any], code: str) -> None:
    bodies = [canonical(a_body(1)), canonical(a_body(2) | change), canonical(a_body(3))]
    faults = check(a_payload(a_signed_chain(KEY, RECORDER.genesis, bodies))).faults
    assert [(f.code, f.seq) for f in faults] == [(code, 2)]


def test_true_is_not_one() -> None:
    bodies = [canonical(a_body(1) | {"seq": True})]
    assert codes(a_payload(a_signed_chain(KEY, RECORDER.genesis, bodies))) == ["seq"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda b: b.replace(b'"v":1', b'"v":1,"v":2'),
        lambda b: b.replace(b'"v":1', b'"v": 1'),
        lambda b: b.replace(b'"v":1', b'"v":1.0'),
        lambda b: b.replace(b'"v":1', b'"v":1e999999999999999999999'),
        lambda b: b.replace(b'"v":1', b'"v":NaN'),
        lambda b: b.replace(b'"v":1', b'"v":9007199254740993'),
        lambda b: b.replace(b'"ann"', b'"\\u0061nn"'),
        lambda b: b.replace(b'"ann"', b'"\\ud800"'),
        lambda b: b.replace(b'"ann"', '"A\u030a"'.encode()),
        lambda b: b.replace(b'"v":1', b'"v":' + b"[" * 32 + b"]" * 32),
    ],
)
def test_rightly_signed_records_with_a_second_spelling(spoil: Any) -> None:
    spoilt = spoil(canonical(a_body(1)))
    assert spoilt != canonical(a_body(1))
    assert codes(a_payload(a_signed_chain(KEY, RECORDER.genesis, [spoilt]))) == ["not-canonical"]


def test_a_body_that_looks_like_the_records_around_it_is_one_body() -> None:
    inner = {"body": {"a": {}}, "sig": "A" * 86 + "=="}
    odd = a_body(1) | {"data": {"records": [inner, inner]}}
    batch = parse_batch(a_payload(a_signed_chain(KEY, RECORDER.genesis, [canonical(odd), canonical(a_body(2))])))
    assert list(batch.bodies) == [odd, a_body(2)]


HEADER_CHANGES: list[dict[str, Any]] = [
    {"v": 2},
    {"v": True},
    {"epoch": 0},
    {"epoch": "1"},
    {"batch_no": -1},
    {"batch_no": None},
    {"count": 1.5},
    {"head": "AB" * 32},
    {"prev_head": "ab" * 31},
    {"prev_batch_hash": "ab" * 32 + "\n"},
    {"terminal": ""},
    {"ledger": "x" * 65},
    {"totals": []},
    {"extra": 1},
]


@pytest.mark.parametrize("change", HEADER_CHANGES, ids=str)
def test_headers_of_another_form(change: dict[str, Any]) -> None:
    document = json.loads(a_payload(GOOD)) | change
    with pytest.raises(MalformedBatchError):
        parse_batch(json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode())


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff",
        b'{"records":[]}',
        a_payload(GOOD).replace(b'"records":[{', b'"records":[ {'),
        a_payload(GOOD) + b" ",
        a_payload(GOOD).replace(b'"records"', b'"recordz"'),
        a_payload(GOOD).replace(b'"batch_no":1,', b'"batch_no":1,"batch_no":1,'),
        a_payload(GOOD).replace(b'"batch_no":1,', b""),
        a_payload(GOOD).replace(b'"batch_no":1,"count":7', b'"count":7,"batch_no":1'),
        a_payload(GOOD).replace(b'=="},', b'=="} ,'),
        a_payload(GOOD).replace(b'=="}', b'==","x":1}'),
        a_payload([]),
        a_payload(GOOD).replace(b'{"body":{', b'{"body":' + b'{"a":' * 100_000 + b"{"),
    ],
)
def test_other_forms_are_no_batch(payload: bytes) -> None:
    assert payload != a_payload(GOOD)
    with pytest.raises(MalformedBatchError):
        parse_batch(payload)


def test_a_signature_has_one_spelling() -> None:
    payload = a_payload(GOOD[:1])
    sig = base64.b64encode(GOOD[0][1])
    letter = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    spare = sig[:85] + letter[letter.index(sig[85]) + 1 :][:1] + b"=="
    for other in (spare, b"A" * 88, sig[:-2] + b"AA", sig.replace(b"=", b"-"), b"=" + sig[1:]):
        with pytest.raises(MalformedBatchError):
            parse_batch(payload.replace(sig, other))


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with pytest.raises(MalformedBatchError):
        parse_batch(data)


# Failure matrix 12 and 17: an altered byte, a wrong type, a truncated file, a file of another city.


def test_an_ack_offered_as_a_batch_is_refused(ledger_key: Ed25519PrivateKey) -> None:
    payload = ack_payload(
        ledger="springfield",
        terminal="T1",
        epoch=1,
        batch_no=1,
        batch_hash="ab" * 32,
        status="posted",
        received_at="2026-11-23T17:00:00.000Z",
    )
    envelope = parse_envelope(to_bytes(sign_envelope(ACK, payload, [("T1/1", KEY)])), 10**6)
    with pytest.raises(EnvelopeRefusedError) as caught:
        open_envelope(envelope, BATCH, {"T1/1": KEY.public_key()})
    assert caught.value.reason == "wrong-type"
    with pytest.raises(MalformedBatchError):
        parse_batch(payload)


def test_a_truncated_file_is_refused_at_every_length() -> None:
    data, _ = RECORDER.seal_batch(a_seal(RECORDER, 7), GOOD)
    for end in range(0, len(data), 11):
        with pytest.raises(MalformedEnvelopeError):
            parse_envelope(data[:end], 10**6)


def test_another_citys_batch_names_its_city() -> None:
    assert parse_batch(a_payload(GOOD, ledger="shelbyville")).ledger == "shelbyville"
    assert set(codes(a_payload(GOOD, ledger="shelbyville"))) == {"ledger"}


def test_names_and_hashes() -> None:
    assert batch_name("T1", 2, 7) == "T1-2-7.ctb"
    assert batch_hash(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert BatchFault("head", "x").seq is None
