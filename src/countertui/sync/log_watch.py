"""What a terminal makes of the ledger's checkpoints: each newer one must extend the newest one it saw proven.

A ledger that changes its history, or shows two terminals two of them, is found out here (RFC 6962, section 5.3).
"""

from __future__ import annotations

from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from countertui.ports.exchange import LogForked, LogSeen
from countertui.sync.faults import AckRefusedError, NoteRefusedError, ProofRefusedError
from countertui.sync.merkle import check_consistency
from countertui.sync.notes import Checkpoint, hashes_of, open_checkpoint

Fetch = Callable[[int, int], list[str] | None]
"""Asks the ledger for a proof from a size to a size; None if its log is shorter. Raises LedgerUnreachableError."""


def follow(
    seen: LogSeen | None,
    note: str,
    extends: tuple[int, tuple[str, ...]] | None,
    ledger_key: Ed25519PublicKey,
    origin: str,
    fetch: Fetch,
) -> LogSeen:
    """What is seen of the log once an answer's checkpoint is proven; `extends` is the proof the answer brought along.

    An older checkpoint, of an answer given again, changes nothing; a ledger whose log is shorter than it was (restored
    from a backup) is believed about this batch, with an alarm until it has grown back to what was seen.
    Raises LogForked for a log that is another than it was, AckRefusedError for a checkpoint that proves nothing,
    LedgerUnreachableError where a proof is needed and the ledger can't be asked.
    """
    try:
        now = open_checkpoint(note, origin, ledger_key)
        if seen is None:
            return LogSeen(now.size, now.root.hex(), note)
        before = Checkpoint(origin, seen.size, bytes.fromhex(seen.root))
        if now.size < before.size:
            return _older(seen, now, before, fetch)
        check_consistency(before.size, now.size, before.root, now.root, _proof(before, now, extends, fetch))
    except NoteRefusedError as fault:
        raise AckRefusedError("log-note", f"The ledger's answer cannot be trusted. {fault.happened}") from fault
    except ProofRefusedError as fault:
        raise LogForked(
            f"The ledger's history was changed: its log no longer begins with the {seen.size if seen else 0:,} entries"
            " it has vouched for.",
            "The batch stays unsent and safe here.",
            "Call a technician and an auditor now: countertui ledger fsck.",
        ) from fault
    return LogSeen(now.size, now.root.hex(), note)


def _proof(
    before: Checkpoint, now: Checkpoint, extends: tuple[int, tuple[str, ...]] | None, fetch: Fetch
) -> list[bytes]:
    if before.size == now.size:
        return []
    if extends is not None and extends[0] == before.size:
        return hashes_of(extends[1])
    fetched = fetch(before.size, now.size)
    if fetched is None:
        raise ProofRefusedError("The ledger signed for more entries than it has.")
    return hashes_of(fetched)


def _older(seen: LogSeen, now: Checkpoint, before: Checkpoint, fetch: Fetch) -> LogSeen:
    fetched = fetch(now.size, before.size)
    if fetched is None:
        lost = f"the ledger's log is shorter than the {seen.size:,} entries it had"
        return LogSeen(seen.size, seen.root, seen.note, lost)
    check_consistency(now.size, before.size, now.root, before.root, hashes_of(fetched))
    return LogSeen(seen.size, seen.root, seen.note)
