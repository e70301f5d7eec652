"""A batch into the ledger's log, and what its ack says of that: place, checkpoint, and the way from the one before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, select

from countertui.ledger import tables, tree
from countertui.sync.ack import Extends
from countertui.sync.notes import base64_hashes


@dataclass(frozen=True, slots=True)
class InLog:
    """Where a batch's first record stands in the log, the checkpoint that holds it, and that it extends the last.

    `extends` leads from the checkpoint of this terminal's batch before; None for its first batch.
    """

    first_leaf: int
    checkpoint: str
    extends: Extends | None


def into_log(
    connection: Connection,
    key: Ed25519PrivateKey,
    ledger: str,
    batch: tuple[str, int, int],
    hashes: Sequence[bytes],
    now: str,
) -> InLog:
    """Append a batch's records, in the transaction that takes it in. batch: terminal, epoch, number.

    Raises tree.LogBrokenError, which must undo that transaction.
    """
    first_leaf = tree.append(connection, hashes)
    checkpoint = tree.checkpoint(connection, key, ledger, now)
    return InLog(first_leaf, checkpoint, _extends(connection, batch, first_leaf + len(hashes)))


def _extends(connection: Connection, batch: tuple[str, int, int], size: int) -> Extends | None:
    terminal, epoch, no = batch
    table = tables.batch
    before = connection.execute(
        select(table.c.first_leaf, table.c.first_seq, table.c.last_seq).where(
            table.c.terminal == terminal, table.c.epoch == epoch, table.c.no == no - 1
        )
    ).first()
    if before is None:
        return None
    old_size = before.first_leaf + before.last_seq - before.first_seq + 1
    return Extends(size=old_size, proof=base64_hashes(tree.consistency(connection, old_size, size)))
