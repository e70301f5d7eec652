"""Faulty exports made by instructions: `{instructions, override, expectedError, errorAt}`, as RKSV's test cases are.

`instructions` are records of one terminal: start, pay CENTS, void SEQ, refund SEQ, seal; the last batch is sealed in
any case. `override` changes them: after making (then they are signed as they stand), after signing (they are not signed
again, the batch around them is), or after sealing. `expectedError` is the code that must be among the faults found,
`errorAt` the record it is told of, null for one of a whole batch or file; no error at all where it is null.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.domain.records import Kind
from countertui.sync.batch import NO_BATCH, Batch, batch_hash, batch_payload
from countertui.sync.canonical import canonical
from countertui.sync.chain import record_hash, signed_message
from countertui.sync.dsse import BATCH, parse_envelope, sign_envelope, to_bytes
from ledger.town import Till, allocation, line

LEDGER, TERMINAL = "springfield", "T1"
STRANGER = Ed25519PrivateKey.from_private_bytes(sha256(b"a stranger").digest())


@dataclass(frozen=True, slots=True)
class Case:
    """One case of the corpus."""

    name: str
    instructions: list[str]
    override: list[dict[str, Any]]
    expected_error: str | None
    error_at: int | None


def cases() -> list[Case]:
    data = json.loads((Path(__file__).parent / "fault_corpus.json").read_text(encoding="utf-8"))
    return [
        Case(*(each[name] for name in ("name", "instructions", "override", "expectedError", "errorAt")))
        for each in data
    ]


@dataclass
class Export:
    """A terminal's batches as files, by number; the key that must have signed them, and the hash before record 1."""

    files: dict[int, bytes]
    key: Ed25519PrivateKey
    genesis: bytes


def export_of(case: Case) -> Export:
    """The files that a case's terminal, or whoever had them in hand, would bring."""
    till = Till(SimpleNamespace(ledger=LEDGER))  # type: ignore[arg-type]
    of = {
        stage: [each for each in case.override if each["after"] == stage] for stage in ("making", "signing", "sealing")
    }
    batches = _bodies(till, case.instructions)
    every = [body for bodies in batches for body in bodies]
    for change in of["making"]:
        _set(every[change["record"] - 1], change.get("set", {}))
        if "same_id_as" in change:
            every[change["record"] - 1]["id"] = every[change["same_id_as"] - 1]["id"]
    files: dict[int, bytes] = {}
    prev, before, seq = till.recorder.genesis, NO_BATCH, 0
    for no, bodies in enumerate(batches, start=1):
        first, prev_head, records = seq + 1, prev, []
        for body in bodies:
            seq, data = seq + 1, canonical(body)
            prev = record_hash(seq, prev, data)
            records.append((data, till.key.sign(signed_message(prev))))
        for change in of["signing"]:
            _spoil(records, prev_head, change)
        fields = {
            "ledger": LEDGER,
            "terminal": TERMINAL,
            "epoch": 1,
            "batch_no": no,
            "first_seq": first,
            "last_seq": seq,
            "prev_head": prev_head.hex(),
            "head": prev.hex(),
            "prev_batch_hash": before,
            "count": seq - first + 1,
            "totals": bodies[-1]["data"]["totals"],
        }
        before = batch_hash(batch_payload(Batch(**fields, records=records)))
        mine = [change for change in of["sealing"] if change.get("batch") == no]
        for change in mine:
            _set(
                fields,
                {
                    name: value * 32 if name.startswith(("prev", "head")) else value
                    for name, value in change.get("set", {}).items()
                },
            )
        files[no] = _enveloped(till, batch_payload(Batch(**fields, records=records)), mine)
    for change in of["sealing"]:
        files.pop(change.get("lose", 0), None)
    return Export(files, till.key, till.recorder.genesis)


def _bodies(till: Till, instructions: list[str]) -> list[list[dict[str, Any]]]:
    batches = []
    for instruction in [*instructions, "seal"]:
        what, _, number = instruction.partition(" ")
        if what == "start":
            till.record(Kind.START, {"receipt_n": 0}, session=None, biz_date=None)
        elif what == "pay":
            till.pay(line(None, allocation(None, "100-4410", int(number))))
        elif what in ("void", "refund"):
            taken = next(made for made, _ in till.all.values() if made["seq"] == int(number))
            till.void(taken) if what == "void" else till.refund(taken, None)
        else:
            payload = json.loads(parse_envelope(till.seal(), 1 << 20).payload)
            batches.append([record["body"] for record in payload["records"]])
    return batches


def _spoil(records: list[tuple[bytes, bytes]], prev: bytes, change: dict[str, Any]) -> None:
    """Change records that are signed already."""
    if "drop" in change:
        del records[change["drop"] - 1]
    elif "repeat" in change:
        records.insert(change["repeat"], records[change["repeat"] - 1])
    elif "swap" in change:
        one, other = (at - 1 for at in change["swap"])
        records[one], records[other] = records[other], records[one]
    else:
        at = change["record"] - 1
        data, signature = records[at]
        body = json.loads(data)
        _set(body, change.get("set", {}))
        if "signature_of" in change:
            signature = records[change["signature_of"] - 1][1]
        if "key" in change:
            for seq, (each, _) in enumerate(records[: at + 1], start=1):
                prev = record_hash(seq, prev, each)
            signature = STRANGER.sign(signed_message(prev))
        records[at] = canonical(body), signature


def _enveloped(till: Till, payload: bytes, changes: list[dict[str, Any]]) -> bytes:
    told = {name: value for change in changes for name, value in change.items()}
    key = STRANGER if told.get("key") == "stranger" else till.key
    envelope = to_bytes(sign_envelope(told.get("type", BATCH), payload, [(f"{TERMINAL}/1", key)]))
    if "flip" in told:
        spoilt = bytearray(envelope)
        spoilt[told["flip"]] = ord("A") if spoilt[told["flip"]] != ord("A") else ord("B")
        envelope = bytes(spoilt)
    return envelope[: max(0, len(envelope) - told.get("cut", 0))]


def _set(body: dict[str, Any], values: dict[str, Any]) -> None:
    for path, value in values.items():
        *way, name = path.split(".")
        inside = body
        for each in way:
            inside = inside[each]
        inside[name] = value
