"""The wire format of a batch: the journal from the last seal to this one, verbatim.

The payload is one canonical JSON object (RFC 8785). The record bodies stand in it as the very bytes that were hashed
and signed, so a batch is read once, nothing is escaped twice, and nothing is serialised again to be verified:
`{"batch_no":7,...,"records":[{"body":{...},"sig":"..."},...],"terminal":"T1",...}`.
"""

from __future__ import annotations

import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Any, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from msgspec import Meta

from countertui.forms import Form, Hex32, Name, Number, ValidationError, read_as
from countertui.sync.canonical import canonical, parse_strict
from countertui.sync.chain import record_hash
from countertui.sync.faults import MalformedBatchError, MalformedBytesError

NO_BATCH = "0" * 64
"""The hash that stands for the batch before the first one."""
MAX_PAYLOAD = 64 * 1024 * 1024
MAX_ENVELOPE = MAX_PAYLOAD // 3 * 4 + 4096

_RECORDS = b',"records":['
_OPENING, _JOINT, _CLOSING = b'{"body":{', b',"sig":"', b'"}'
_END_AND_JOINT = b"}" + _JOINT
_SIG_LENGTH = 88  # base64 of 64 bytes
_NO_SPARE_BITS = (b"A", b"Q", b"g", b"w")


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch. prev_head, head and prev_batch_hash are hex; records are (body, signature).

    `bodies` are the records' bodies as `parse_batch` read them, in order; a batch made to be sent has none.
    """

    ledger: str
    terminal: str
    epoch: int
    batch_no: int
    first_seq: int
    last_seq: int
    prev_head: str
    head: str
    prev_batch_hash: str
    count: int
    totals: dict[str, Any]
    records: Sequence[tuple[bytes, bytes]]
    bodies: Sequence[dict[str, Any]] = ()
    v: int = 1


@dataclass(frozen=True, slots=True)
class BatchFault:
    """One thing wrong with a batch: a code for programs, the detail for people, the record's number if it is one's."""

    code: str
    detail: str
    seq: int | None = None


@dataclass(frozen=True, slots=True)
class CheckedBatch:
    """What a check found: faults (none: all is well), and each record's hash and parsed body, in order."""

    faults: tuple[BatchFault, ...]
    hashes: tuple[bytes, ...]
    bodies: tuple[dict[str, Any], ...]


class _Header(Form, frozen=True, kw_only=True):
    v: Literal[1]
    ledger: Name
    terminal: Name
    epoch: Number
    batch_no: Number
    first_seq: Number
    last_seq: Number
    prev_head: Hex32
    head: Hex32
    prev_batch_hash: Hex32
    count: Number
    totals: dict[str, Any]
    records: Annotated[list[None], Meta(max_length=0)]


def key_id(terminal: str, epoch: int) -> str:
    """The keyid of a terminal's key in an epoch, to look it up by."""
    return f"{terminal}/{epoch}"


def batch_name(terminal: str, epoch: int, batch_no: int) -> str:
    """The file name of a batch's envelope on a stick."""
    return f"{terminal}-{epoch}-{batch_no}.ctb"


def batch_hash(payload: bytes) -> str:
    """What a batch is known by: the SHA-256 of its payload, hex."""
    return sha256(payload).hexdigest()


def batch_payload(batch: Batch) -> bytes:
    """The payload's bytes. Raises CanonicalError if the totals have no canonical form."""
    head, tail = _header_bytes(batch).split(_RECORDS, 1)
    base64 = binascii.b2a_base64
    parts = [head, _RECORDS]
    before = b'{"body":'
    for body, sig in batch.records:
        parts += (before, body, b',"sig":"', base64(sig, newline=False), b'"}')
        before = b',{"body":'
    parts.append(tail)
    return b"".join(parts)  # once: each copy of a day's megabytes takes as long as making them


def parse_batch(payload: bytes) -> Batch:
    """Read a payload whose envelope was verified (and at most MAX_PAYLOAD long). Each body is read exactly once.

    Raises MalformedBatchError if the payload does not have the form of a batch, whatever its records say.
    """
    # In canonical JSON a quotation mark inside a text has a backslash before it, so this stands outside any text.
    start = payload.find(_RECORDS)
    if start < 0:
        raise MalformedBatchError("The batch has no records.")
    records, bodies, end = _read_records(payload, start + len(_RECORDS))
    header_bytes = payload[: start + len(_RECORDS)] + payload[end:]
    try:
        header = read_as(_Header, parse_strict(header_bytes))
    except MalformedBytesError as fault:
        raise MalformedBatchError(f"The batch cannot be read. {fault.happened}") from fault
    except ValidationError as fault:
        raise MalformedBatchError(f"The batch cannot be read: {fault}.") from None
    fields = {name: getattr(header, name) for name in _Header.__struct_fields__ if name != "records"}
    batch = Batch(**fields, records=records, bodies=bodies)
    if _header_bytes(batch) != header_bytes:
        raise MalformedBatchError("The batch is not in canonical form.")
    return batch


def check_batch(
    batch: Batch,
    public_key: Ed25519PublicKey,
    *,
    expected_prev: bytes,
    expected_first_seq: int,
    expected_batch_no: int,
    expected_prev_batch_hash: str,
) -> CheckedBatch:
    """Check a batch against what came before it: its place, its chain, every signature, every body's head.

    `expected_prev` is the 32-byte hash of the record before it, or the genesis. Codes: batch-no, prev-batch, first-seq,
    prev-head, count, head for the batch; not-canonical, ledger, terminal, epoch, seq, id, duplicate-id, signature for a
    record. All faults are named, except that signatures after a wrong one are not tried: a record's hash covers all
    before it, so they cannot be right. What is in the totals is the ledger's to judge.
    """
    from countertui.sync.record_json import is_written_so
    from countertui.sync.signatures import first_wrong

    faults = _faults_of_place(batch, expected_prev, expected_first_seq, expected_batch_no, expected_prev_batch_hash)
    bodies = tuple(batch.bodies) or tuple(_read_body(body) for body, _ in batch.records)
    read = [(data, body) for (data, _), body in zip(batch.records, bodies, strict=True)]
    hashes: list[bytes] = []
    h = bytes.fromhex(batch.prev_head)
    for seq, (data, _) in enumerate(read, start=batch.first_seq):
        h = record_hash(seq, h, data)
        hashes.append(h)
    seen: set[str] = set()
    for seq, (data, body) in enumerate(read, start=batch.first_seq):
        if not is_written_so(data, body):
            faults.append(BatchFault("not-canonical", f"Record {seq} is not in canonical form.", seq))
        faults.extend(_faults_of_body(batch, seq, body, seen))
    wrong = first_wrong(public_key, [sig for _, sig in batch.records], hashes)
    if wrong is not None:
        seq = batch.first_seq + wrong
        faults.append(
            BatchFault("signature", f"Record {seq} or one before it was altered, or its signature is wrong.", seq)
        )
    if h.hex() != batch.head:
        faults.append(BatchFault("head", "The records do not end at the head that the batch names."))
    return CheckedBatch(tuple(faults), tuple(hashes), bodies)


def _faults_of_place(
    batch: Batch, prev: bytes, first_seq: int, batch_no: int, prev_batch_hash: str
) -> list[BatchFault]:
    held = len(batch.records)
    checks = [
        (batch.batch_no == batch_no, "batch-no", f"This is batch {batch.batch_no}; {batch_no} is next."),
        (batch.prev_batch_hash == prev_batch_hash, "prev-batch", "It follows another batch than the last one here."),
        (batch.first_seq == first_seq, "first-seq", f"It begins at record {batch.first_seq}; {first_seq} is next."),
        (batch.prev_head == prev.hex(), "prev-head", "It follows another record than the last one here."),
        (
            batch.count == held == batch.last_seq - batch.first_seq + 1,
            "count",
            f"It names {batch.count} records, {batch.first_seq} to {batch.last_seq}, and holds {held}.",
        ),
    ]
    return [BatchFault(code, detail) for holds, code, detail in checks if not holds]


def _faults_of_body(batch: Batch, seq: int, body: dict[str, Any], seen: set[str]) -> list[BatchFault]:
    faults = []
    for name, wanted in (("ledger", batch.ledger), ("terminal", batch.terminal), ("epoch", batch.epoch), ("seq", seq)):
        if type(body.get(name)) is not type(wanted) or body[name] != wanted:
            faults.append(BatchFault(name, f"Record {seq} names another {name} than its batch.", seq))
    id_ = body.get("id")
    if type(id_) is not str:
        faults.append(BatchFault("id", f"Record {seq} has no id.", seq))
    elif id_ in seen:
        faults.append(BatchFault("duplicate-id", f"Record {seq} has the id of another one: {id_}.", seq))
    else:
        seen.add(id_)
    return faults


def _header_bytes(batch: Batch) -> bytes:
    fields: dict[str, Any] = {name: getattr(batch, name) for name in _Header.__struct_fields__ if name != "records"}
    return canonical(fields | {"records": []})


def _read_records(payload: bytes, at: int) -> tuple[list[tuple[bytes, bytes]], list[dict[str, Any]], int]:
    """The records that begin at `at` as bytes and as read, and where the array's end is."""
    records: list[tuple[bytes, bytes]] = []
    bodies: list[dict[str, Any]] = []
    # The bytes around a record are fixed, so comparing them is cheaper than a parser and stricter.
    body_at, sig_at = len(_OPENING) - 1, len(_JOINT)
    rest = sig_at + _SIG_LENGTH
    while True:
        if not payload.startswith(_OPENING, at):
            raise _misread(len(records))
        data, body = _read_one(payload, at + body_at, len(records))
        end = at + body_at + len(data)
        if not payload.startswith(_JOINT, end) or not payload.startswith(_CLOSING, end + rest):
            raise _misread(len(records))
        records.append((data, _signature(payload[end + sig_at : end + rest], len(records))))
        bodies.append(body)
        at = end + rest + len(_CLOSING)
        if payload.startswith(b"]", at):
            return records, bodies, at
        if not payload.startswith(b",", at):
            raise _misread(len(records))
        at += 1


def _read_one(payload: bytes, at: int, index: int) -> tuple[bytes, dict[str, Any]]:
    """The bytes of the object at `at`, and what they say.

    It ends where its signature seems to begin, if that makes it whole: no beginning of a JSON object is one itself.
    """
    from countertui.sync.record_json import end_of_object, read_object

    data = payload[at : payload.find(_END_AND_JOINT, at) + 1]
    try:
        return data, read_object(data)
    except MalformedBytesError:
        data = payload[at : max(at, end_of_object(payload, at))]
    try:
        return data, read_object(data)
    except MalformedBytesError as fault:
        raise _misread(index) from fault


def _signature(text: bytes, index: int) -> bytes:
    try:
        sig = binascii.a2b_base64(text, strict_mode=True)
    except ValueError:
        raise _misread(index) from None
    # The last letter before the padding carries four spare bits; they must be zero, or one batch has many spellings.
    if len(sig) != 64 or text[-3:-2] not in _NO_SPARE_BITS:
        raise _misread(index)
    return sig


def _read_body(data: bytes) -> dict[str, Any]:
    from countertui.sync.record_json import read_object

    try:
        return read_object(data)
    except MalformedBytesError as fault:
        raise MalformedBatchError(f"A record cannot be read. {fault.happened}") from fault


def _misread(index: int) -> MalformedBatchError:
    return MalformedBatchError(f"The batch cannot be read at its record {index + 1}: it was cut short or altered.")
