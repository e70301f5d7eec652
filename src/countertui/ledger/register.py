"""The register of terminals: whose signature the ledger believes, for which epoch."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select, update

from countertui.errors import UsageError
from countertui.ledger import tables
from countertui.ledger.books import Books
from countertui.sync.batch import NO_BATCH
from countertui.sync.chain import genesis
from countertui.sync.ed25519 import checked_public_key


class TerminalRefusedError(UsageError):
    """A terminal that can't be registered: its epoch or its key is taken."""


def register_terminal(books: Books, code: str, office: str, epoch: int, public_key: bytes) -> None:
    """Believe this key (raw 32 bytes) for the terminal's epoch from now on; its journal is expected from record 1.

    Raises TerminalRefusedError if the epoch or the key is taken, UnsafeKeyError for a key unfit to verify with.
    """
    checked_public_key(public_key)
    table = tables.terminal
    with books.writing() as connection:
        taken = connection.execute(
            select(table.c.code).where(
                (table.c.public_key == public_key.hex()) | ((table.c.code == code) & (table.c.epoch >= epoch))
            )
        ).first()
        if taken:
            raise TerminalRefusedError(
                f"Terminal {code}, epoch {epoch}: the epoch or the key is registered already.", "Nothing was changed."
            )
        connection.execute(
            insert(table).values(
                code=code,
                epoch=epoch,
                office=office,
                public_key=public_key.hex(),
                state="active",
                batch_no=0,
                batch_hash=NO_BATCH,
                last_seq=0,
                head=genesis(books.ledger, code, epoch, public_key).hex(),
                cum_net=0,
                cum_abs=0,
                posted_no=0,
                posted_seq=0,
            )
        )


def set_state(connection: Connection, code: str, epoch: int, state: str) -> None:
    """Set a terminal's state: active, frozen or revoked."""
    table = tables.terminal
    connection.execute(update(table).where(table.c.code == code, table.c.epoch == epoch).values(state=state))
