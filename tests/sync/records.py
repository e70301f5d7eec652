"""Made-up records and batches, chained and signed as a terminal would."""

from __future__ import annotations

from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.sync.batch import NO_BATCH
from countertui.sync.chain import record_hash, signed_message
from countertui.sync.keyslots import Identity
from countertui.sync.recorder import Recorder


def a_body(seq: int, **changes: Any) -> dict[str, Any]:
    return {
        "v": 1,
        "ledger": "springfield",
        "terminal": "T1",
        "epoch": 1,
        "seq": seq,
        "id": f"0190b2c4-0000-7000-8000-{seq:012}",
        "kind": "pay",
        "operator": "ann",
        "data": {
            "payor": "Zoë" if seq % 2 else "Bo",
            "lines": [{"n": 1, "cents": 100 * seq}],
            "total_cents": 100 * seq,
        },
    } | changes


def a_recorder(key: Ed25519PrivateKey, terminal: str = "T1") -> Recorder:
    return Recorder(Identity("springfield", terminal, 1, key.public_key().public_bytes_raw(), ("ann",)), key)


def a_chain(recorder: Recorder, bodies: list[dict[str, Any]]) -> list[tuple[bytes, bytes]]:
    prev, records = recorder.genesis, []
    for body in bodies:
        signed = recorder.seal_record(body["seq"], prev, body)
        prev = signed.h
        records.append((signed.body, signed.sig))
    return records


def a_signed_chain(key: Ed25519PrivateKey, prev: bytes, bodies: list[bytes]) -> list[tuple[bytes, bytes]]:
    """Any bytes at all, rightly chained and signed from record 1, as a faulty terminal or a thief could."""
    records = []
    for seq, body in enumerate(bodies, start=1):
        prev = record_hash(seq, prev, body)
        records.append((body, key.sign(signed_message(prev))))
    return records


def a_seal(recorder: Recorder, count: int, **changes: Any) -> dict[str, Any]:
    return {
        "batch_no": 1,
        "first_seq": 1,
        "last_seq": count,
        "prev_head": recorder.genesis.hex(),
        "prev_batch_hash": NO_BATCH,
        "totals": {"net": 100, "tenders": {"cash": {"count": 1, "cents": 100}}},
    } | changes
