"""A batch of records that were read from a dead terminal's disk: the ledger envelopes it itself, and holds it."""

from __future__ import annotations

import json
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, RowMapping, insert

from countertui.domain.batch_totals import batch_totals
from countertui.ledger import tables
from countertui.ledger.books import Books
from countertui.ledger.custody import Place, check_next, take
from countertui.ledger.dead_store import StoreRefusedError
from countertui.ledger.key_changes import key_after_custody
from countertui.ledger.live import forget_sealed
from countertui.ledger.over_recovered import DOUBT, doubts_of_recovered
from countertui.sync import dsse
from countertui.sync.ack import LEDGER_KEY_ID
from countertui.sync.batch import Batch, batch_hash, batch_payload, parse_batch
from countertui.sync.chain import record_hash
from countertui.sync.dsse import sign_envelope, to_bytes
from countertui.sync.ed25519 import checked_public_key, verify


def recovered_batch(envelope: dsse.Envelope, ledger_keys: list[bytes]) -> bytes | None:
    """The payload of a recovered batch's envelope if one of the ledger's keys (raw) signed it; None for others."""
    if envelope.payload_type != dsse.RECOVERED:
        return None
    signed = dsse.pae(envelope.payload_type, envelope.payload)
    for signature in envelope.signatures:
        if any(verify(checked_public_key(each), signature.sig, signed) for each in ledger_keys):
            return envelope.payload
    return None


def take_recovered(
    connection: Connection,
    books: Books,
    key: Ed25519PrivateKey,
    row: RowMapping,
    records: list[tuple[bytes, bytes]],
    by: str,
    now: str,
) -> None:
    """Take the records that follow what is in custody as one batch, which waits for two people.

    `row` is of table terminal. Raises StoreRefusedError where they do not follow.
    """
    terminal, epoch, first_seq = row["code"], row["epoch"], row["last_seq"] + 1
    payload = _payload(books.ledger, row, records)
    batch = parse_batch(payload)
    public_key = key_after_custody(connection, books.ledger, row).public_key
    checked = check_next(batch, row, checked_public_key(public_key))
    if checked.faults:
        raise StoreRefusedError(
            f"The records after {first_seq - 1} can't be taken: {checked.faults[0].detail}", "They stay in that store."
        )
    envelope = to_bytes(sign_envelope(dsse.RECOVERED, payload, [(LEDGER_KEY_ID, key)]))
    sha = sha256(envelope).hexdigest()
    kept = {"sha256": sha, "terminal": terminal, "epoch": epoch}
    place = Place(terminal, epoch, batch.batch_no, batch_hash(payload))
    connection.execute(
        insert(tables.inbox).values(
            **kept, no=place.no, received_at=now, verdict="held", detail=f"{DOUBT} By {by}.", bytes=envelope
        )
    )
    doubts = doubts_of_recovered(connection, books.ledger, batch, row)
    take(connection, books, key, place, batch, checked.hashes, row, sha256=sha, now=now, doubts=doubts)
    forget_sealed(connection, terminal, epoch, batch.last_seq)


def _payload(ledger: str, row: RowMapping, records: list[tuple[bytes, bytes]]) -> bytes:
    h = bytes.fromhex(row["head"])
    for seq, (body, _) in enumerate(records, start=row["last_seq"] + 1):
        h = record_hash(seq, h, body)
    return batch_payload(
        Batch(
            ledger=ledger,
            terminal=row["code"],
            epoch=row["epoch"],
            batch_no=row["batch_no"] + 1,
            first_seq=row["last_seq"] + 1,
            last_seq=row["last_seq"] + len(records),
            prev_head=row["head"],
            head=h.hex(),
            prev_batch_hash=row["batch_hash"],
            count=len(records),
            totals=batch_totals([json.loads(body) for body, _ in records], seals=0),
            records=records,
        )
    )
