"""The Recorder port: makes the terminal's signed bytes, and lets none out that would not verify."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from countertui.domain.record_data import KeyRotateData
from countertui.ports.signing import SignedRecord
from countertui.sync.canonical import canonical
from countertui.sync.chain import genesis, head_message, record_hash, rotation_message, signed_message
from countertui.sync.claim import RECEIPT
from countertui.sync.ed25519 import checked_public_key, verify
from countertui.sync.faults import RecordSelfCheckError, UnsafeKeyError
from countertui.sync.keyslots import Identity
from countertui.sync.license_claim import CERTIFICATE
from countertui.sync.signed_code import CodeForm


class Recorder:
    """Seals records, claims and batches with one terminal's key.

    `first_key` (32 bytes) is the public key that the epoch began with, the present one if not given. `next_key` is the
    one that follows; it signs once `turn_key` said from which record on. `genesis` is the hash before record 1. Raises
    RecordSelfCheckError if the private key is not the identity's.
    """

    def __init__(
        self,
        identity: Identity,
        private_key: Ed25519PrivateKey,
        *,
        first_key: bytes | None = None,
        next_key: Ed25519PrivateKey | None = None,
    ) -> None:
        self.ledger, self.terminal, self.epoch = identity.ledger, identity.terminal, identity.epoch
        self._signer = _Signer(private_key)
        self._before: tuple[int, _Signer] | None = None
        self._next = next_key
        if self.public_key != identity.public_key:
            raise _self_check("the key is not this terminal's")
        self.genesis = genesis(self.ledger, self.terminal, self.epoch, first_key or self.public_key)

    @property
    def public_key(self) -> bytes:
        """The public half, 32 bytes, of the key that signs now."""
        return self._signer.public_key

    def next_key(self) -> KeyRotateData | None:
        """What a key_rotate record says: the key kept to follow, and its proof of possession. None: none is kept."""
        if self._next is None:
            return None
        new = self._next.public_key().public_bytes_raw()
        message = rotation_message(self.ledger, self.terminal, self.epoch, self.public_key, new)
        return {"public_key": new.hex(), "proof": self._next.sign(message).hex()}

    def turn_key(self, from_seq: int) -> None:
        """Sign with the next key from this record on; a batch of records before it can still be enveloped."""
        if self._next is None:
            raise _self_check("the key that follows is not kept here")
        self._before = (from_seq, self._signer)
        self._signer, self._next = _Signer(self._next), None

    def seal_record(self, seq: int, prev: bytes, body: dict[str, Any]) -> SignedRecord:
        """Record `seq` after one of hash `prev` (32 bytes): canonical bytes, hash, signature.

        Raises CanonicalError if the body has no canonical form, RecordSelfCheckError if body and sequence number or
        terminal disagree, or if the signature just made does not verify.
        """
        if body.get("seq") != seq:
            raise _self_check(f"record {seq} calls itself {body.get('seq')}")
        if (body.get("ledger"), body.get("terminal"), body.get("epoch")) != (self.ledger, self.terminal, self.epoch):
            raise _self_check(f"record {seq} names another ledger, terminal or epoch")
        data = canonical(body)
        h = record_hash(seq, prev, data)
        message = signed_message(h)
        signer = self._signer_of(seq)
        sig = signer.key.sign(message)
        if not signer.confirms(sig, message):
            raise _self_check(f"the signature of record {seq} does not verify")
        return SignedRecord(seq, prev, data, h, sig)

    def claim(self, fields: dict[str, Any], certificate_of: Callable[[bytes], str], address: str = "") -> str:
        """The QR text for a receipt: see `countertui.sync.claim`; certificate_of gives a key's, hex, or "".

        A key that was changed to is not vouched for until the ledger heard of it: the one before it, which is kept
        until then, signs the code, so that the ledger's key alone proves it.
        """
        return self._code(RECEIPT, fields, certificate_of, address)

    def license_claim(self, fields: dict[str, Any], certificate_of: Callable[[bytes], str], address: str = "") -> str:
        """The QR text for a license certificate, as `claim`: see `countertui.sync.license_claim`."""
        return self._code(CERTIFICATE, fields, certificate_of, address)

    def claimed(self, code: str) -> tuple[str, int, int]:
        """The terminal, epoch and record that a receipt's code names. Raises ClaimRefusedError if it is no claim."""
        return RECEIPT.claimed(code)

    def claimed_license(self, code: str) -> str:
        """The number that a certificate's code names. Raises ClaimRefusedError if it is no claim."""
        return str(CERTIFICATE.stated(code)["number"])

    def _code(
        self, form: CodeForm, fields: dict[str, Any], certificate_of: Callable[[bytes], str], address: str
    ) -> str:
        for signer in self._kept:
            certificate = certificate_of(signer.public_key)
            if certificate:
                vouched = bytes.fromhex(certificate) + signer.public_key
                return form.text(fields, signer.sign_quickly, vouched, address)
        return form.text(fields, self._signer.sign_quickly, b"", address)

    def sign_request(self, message: bytes) -> tuple[bytes, ...]:
        """Signatures on a request to the ledger: by the key that signs now, then by the one before it, if it is here.

        The ledger learns of a change of key from the batch that holds it, which the former key must still deliver.
        """
        return tuple(signer.key.sign(message) for signer in self._kept)

    def sign_head(self, known: int, seq: int, h: bytes) -> bytes:
        """The signature on this terminal's word that its journal ends at record `seq`; see `countertui.sync.live`."""
        message = head_message(self.ledger, self.terminal, self.epoch, known, seq, h)
        return self._signer_of(seq).key.sign(message)

    @property
    def _kept(self) -> list[_Signer]:
        """Who signs now, then who did before, if it is here."""
        return [self._signer] if self._before is None else [self._signer, self._before[1]]

    def _signer_of(self, seq: int) -> _Signer:
        """Whose turn it is at a record: a batch sealed before the key was changed is enveloped as it was then."""
        if self._before is not None and seq < self._before[0]:
            return self._before[1]
        return self._signer

    def seal_batch(self, batch: Mapping[str, Any], records: list[tuple[bytes, bytes]]) -> tuple[bytes, str]:
        """The signed envelope of a batch and its hash, from its `seal` record's data and its (body, signature) pairs.

        `batch` holds batch_no, first_seq, last_seq, prev_head, prev_batch_hash and totals; hashes are hex. The head is
        computed from the records; where `batch` names a `head` too, they must agree. The batch's own hash (hex) is what
        the next batch names as prev_batch_hash, and what the ack must name.
        Raises RecordSelfCheckError if records, sequence numbers and head do not fit one another.
        """
        from concurrent.futures import ThreadPoolExecutor

        from countertui.sync import batch as wire
        from countertui.sync.dsse import BATCH, sign_envelope, to_bytes

        first_seq, last_seq = batch["first_seq"], batch["last_seq"]
        if last_seq - first_seq + 1 != len(records):
            raise _self_check(f"records {first_seq} to {last_seq} are not the {len(records)} given")
        h = bytes.fromhex(batch["prev_head"])
        for seq, (body, _) in enumerate(records, start=first_seq):
            h = record_hash(seq, h, body)
        if batch.get("head", h.hex()) != h.hex():
            raise _self_check("the records do not end at the journal's head")
        payload = wire.batch_payload(
            wire.Batch(
                ledger=self.ledger,
                terminal=self.terminal,
                epoch=self.epoch,
                batch_no=batch["batch_no"],
                first_seq=first_seq,
                last_seq=last_seq,
                prev_head=batch["prev_head"],
                head=h.hex(),
                prev_batch_hash=batch["prev_batch_hash"],
                count=len(records),
                totals=batch["totals"],
                records=records,
            )
        )
        with ThreadPoolExecutor(1) as beside:
            # Hashing megabytes lets go of the interpreter and signing them doesn't: this way round both run at once.
            hashed = beside.submit(wire.batch_hash, payload)
            envelope = sign_envelope(
                BATCH, payload, [(wire.key_id(self.terminal, self.epoch), self._signer_of(last_seq).key)]
            )
            return to_bytes(envelope), hashed.result()


class _Signer:
    """A private key, and its public half to check with: OpenSSL signs records, libsodium checks what it made.

    libsodium is loaded by the first signature, which no first paint waits for.
    """

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self.key = key
        self.public_key = key.public_key().public_bytes_raw()
        checked_public_key(self.public_key)

    def confirms(self, signature: bytes, message: bytes) -> bool:
        """Whether the signature is this key's, by another implementation than the one that signed."""
        from countertui.sync.signatures import confirms

        return confirms(self.public_key, signature, message)

    @cached_property
    def sign_quickly(self) -> Callable[[bytes], bytes]:
        """Signs what nobody waits to have checked: a claim, whose record was."""
        from countertui.sync.signatures import quick_signer

        return quick_signer(self.key)


def rotation_fault(ledger: str, terminal: str, epoch: int, old_key: bytes, data: Mapping[str, Any]) -> str | None:
    """What is wrong with a key_rotate record's data, given the key (32 bytes) it follows; None if nothing is."""
    try:
        new, proof = bytes.fromhex(data["public_key"]), bytes.fromhex(data["proof"])
        key = checked_public_key(new)
    except (KeyError, TypeError, ValueError, UnsafeKeyError):
        return "The new key can't be used."
    if data["public_key"] != new.hex():
        return "The new key is not in its one spelling."
    if new == old_key:
        return "The new key is the old one."
    if not verify(key, proof, rotation_message(ledger, terminal, epoch, old_key, new)):
        return "The new key's holder did not sign the change."
    return None


def verify_record(public_key: Ed25519PublicKey, seq: int, prev: bytes, body: bytes, h: bytes, sig: bytes) -> str | None:
    """What is wrong with a stored record: "chain" (its hash), "signature", or None. Nothing is re-serialised."""
    if record_hash(seq, prev, body) != h:
        return "chain"
    if not verify(public_key, sig, signed_message(h)):
        return "signature"
    return None


def _self_check(why: str) -> RecordSelfCheckError:
    return RecordSelfCheckError(
        f"The entry did not pass the terminal's own check: {why}.",
        "Nothing was recorded.",
        "Call a lead; take no more money here until the keys are looked at.",
    )
