"""A terminal of which nothing is left, stolen or burned: what was heard live of it and no batch holds is taken in.

It is signed, and follows what is in custody; but a provisional record never posts, and nobody will ever seal it. So it
becomes batches that the ledger envelopes itself, as what is read from a disk (recovering.py): each waits for two
people, and where the terminal comes back after all, its own batch takes the place of the last.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.ledger.books import Books
from countertui.ledger.dead_store import Left
from countertui.ledger.disk_journal import known_here
from countertui.ledger.recovering import Recovered, row_of, take_rest


def recover_heard(books: Books, key: Ed25519PrivateKey, terminal: str, epoch: int, by: str, now: str) -> Recovered:
    """Take in what was heard live past the last batch of a terminal's epoch; again, it changes nothing. `by` has signed
    in. Raises StoreRefusedError for a terminal that is not on the register.
    """
    nothing = Left(books.ledger, terminal, epoch, (), ())
    with books.writing() as connection:
        row = row_of(connection, nothing)
        here = known_here(connection, row)
        taken = take_rest(connection, books, key, nothing, row, here, here.hashes, by, now, last=0)
    return Recovered(
        terminal,
        epoch,
        0,
        taken.records,
        here.heard,
        taken.batch_no,
        taken.last_batch_no,
        None,
        0,
        taken.heard,
    )
