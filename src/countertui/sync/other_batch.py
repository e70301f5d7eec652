"""Another terminal's sealed batch as this terminal judges it: by the register alone, as the ledger would.

Hostile until checked: the envelope is verified before it is read, the records before anything is made of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from countertui.domain.office import BatchPlace
from countertui.domain.words import number_of
from countertui.sync.batch import MAX_ENVELOPE, NO_BATCH, Batch, batch_hash, check_batch, key_id, parse_batch
from countertui.sync.chain import genesis
from countertui.sync.dsse import BATCH, Envelope, open_envelope, parse_envelope
from countertui.sync.ed25519 import checked_public_key
from countertui.sync.faults import EnvelopeRefusedError, OtherBatchRefusedError, UnsafeKeyError
from countertui.sync.registry import Register, TerminalKeys

_STOPPED = "two journals under its key, or a store that went back, were seen"


@dataclass(frozen=True, slots=True)
class ReadBatch:
    """A batch whose envelope was verified; `key` (32 bytes) signed it."""

    batch: Batch
    key: bytes
    genesis: bytes
    place: BatchPlace

    @property
    def terminal(self) -> str:
        """Whose it is."""
        return self.batch.terminal

    @property
    def epoch(self) -> int:
        """Of which epoch of that terminal."""
        return self.batch.epoch

    def records(self, after: BatchPlace | None) -> Sequence[Mapping[str, Any]]:
        """See `domain.office.OtherBatch`. Raises OtherBatchRefusedError: gap, fork, broken."""
        batch = self.batch
        before = self._before() if after is None else after
        if batch.batch_no > before.batch_no + 1:
            missing = batch.batch_no - before.batch_no - 1
            raise OtherBatchRefusedError(
                "gap",
                f"{number_of(missing, 'batch', 'batches')} of {batch.terminal} before batch {batch.batch_no} are not"
                f" here; the last one is batch {before.batch_no}.",
                f"At {batch.terminal}: F10, S, W, all after batch {before.batch_no} (countertui batch export FOLDER"
                f" --after {before.batch_no}); then bring that.",
            )
        if (batch.prev_batch_hash, batch.prev_head) != (before.batch_hash, before.head):
            raise OtherBatchRefusedError(
                "fork",
                f"Batch {batch.batch_no} of {batch.terminal} follows another batch {before.batch_no} than the one here:"
                " there are two journals under its key.",
                "Call an admin before anything of that terminal is deposited.",
            )
        checked = check_batch(
            batch,
            checked_public_key(self.key),
            expected_prev=bytes.fromhex(before.head),
            expected_first_seq=before.last_seq + 1,
            expected_batch_no=before.batch_no + 1,
            expected_prev_batch_hash=before.batch_hash,
        )
        if checked.faults:
            raise OtherBatchRefusedError("broken", f"Batch {batch.batch_no} is not whole: {checked.faults[0].detail}")
        return checked.bodies

    def _before(self) -> BatchPlace:
        """What a first batch must follow: nothing, or what it names itself where earlier ones went to the ledger."""
        batch = self.batch
        if batch.batch_no == 1:
            return BatchPlace(0, NO_BATCH, 0, self.genesis.hex())
        return BatchPlace(batch.batch_no - 1, batch.prev_batch_hash, batch.first_seq - 1, batch.prev_head)


def read_other(register: Register, terminal: str, epoch: int, envelope: bytes) -> ReadBatch:
    """A batch of that terminal, once a key that the register has of it signed the envelope, and may have.

    Raises OtherBatchRefusedError (unknown, stopped, bad-signature, retired-key, elsewhere, revoked),
    MalformedEnvelopeError, MalformedBatchError.
    """
    keys = _keys_of(register, terminal, epoch)
    if keys.state == "frozen":
        raise OtherBatchRefusedError(
            "stopped", f"The ledger has stopped {terminal}: {_STOPPED}.", "An admin at the ledger decides about it."
        )
    read = read_kept(register, terminal, epoch, envelope)
    if keys.state == "revoked" and read.batch.last_seq > (keys.after_seq or 0):
        raise OtherBatchRefusedError(
            "revoked",
            f"The key of {terminal} is revoked after record {keys.after_seq or 0}; batch {read.batch.batch_no} goes on"
            f" to {read.batch.last_seq}.",
            "Two people at the ledger decide about it.",
        )
    return read


def read_kept(register: Register, terminal: str, epoch: int, envelope: bytes) -> ReadBatch:
    """The same of one that was taken here before: whatever became of its key since, it was signed by it.

    Raises OtherBatchRefusedError (unknown, bad-signature, retired-key, elsewhere), MalformedEnvelopeError,
    MalformedBatchError.
    """
    keys = _keys_of(register, terminal, epoch)
    payload, key = _opened(parse_envelope(envelope, MAX_ENVELOPE), terminal, epoch, keys)
    batch = parse_batch(payload)
    if (batch.ledger, batch.terminal, batch.epoch) != (register.ledger, terminal, epoch):
        raise OtherBatchRefusedError("elsewhere", f"It is a batch of {batch.terminal} for ledger {batch.ledger}.")
    if key != keys.key_at(batch.first_seq):
        raise OtherBatchRefusedError("retired-key", f"It is signed by a key that {terminal} did not use for it.")
    first = genesis(batch.ledger, terminal, epoch, keys.keys[0][1])
    place = BatchPlace(batch.batch_no, batch_hash(payload), batch.last_seq, batch.head)
    return ReadBatch(batch, key, first, place)


def _keys_of(register: Register, terminal: str, epoch: int) -> TerminalKeys:
    keys = register.terminals.get((terminal, epoch))
    if keys is None:
        raise OtherBatchRefusedError(
            "unknown",
            f"{terminal}, epoch {epoch}, is not on the register here.",
            "Sync, or bring the ledger's stick first: it says which terminals there are.",
        )
    return keys


def _opened(envelope: Envelope, terminal: str, epoch: int, keys: TerminalKeys) -> tuple[bytes, bytes]:
    """The payload, and which of its terminal's keys signed it: newest first."""
    refused: EnvelopeRefusedError | None = None
    for _, raw in reversed(keys.keys):
        try:
            return open_envelope(envelope, BATCH, {key_id(terminal, epoch): checked_public_key(raw)}), raw
        except EnvelopeRefusedError as fault:
            refused = refused or fault
        except UnsafeKeyError:
            continue
    why = refused.happened if refused is not None else "No key of its terminal can be used."
    raise OtherBatchRefusedError(refused.reason if refused is not None else "bad-signature", why)
