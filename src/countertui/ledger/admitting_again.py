"""A terminal that a restored ledger forgot for good, as it went on otherwise before the terminal's entries came back.

What its disk has of the register can't be taken then (given_back.py): another entry stands in each place. It proves all
the same that this ledger, by two people, let in that key for that epoch. Two people may do so again, on the register as
it is now, and what the terminal signed is taken in as any dead one's. Its journal begins with the hash of its key and
names the first entry of the register, which both have, so its records hold unchanged.
"""

from __future__ import annotations

from collections.abc import Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection

from countertui.ledger import registry
from countertui.ledger.books import Books
from countertui.ledger.dead_store import Left, StoreRefusedError
from countertui.ledger.keep_terminals import admit_terminal
from countertui.sync.dsse import pae, parse_envelope
from countertui.sync.ed25519 import checked_public_key, verify
from countertui.sync.faults import RegistryRefusedError
from countertui.sync.registry_entries import MAX_ENTRY, Terminal, read_data, read_entry


def admit_again(
    connection: Connection, books: Books, key: Ed25519PrivateKey, left: Left, by: Sequence[str], now: str
) -> None:
    """Let a dead terminal's key in as it was before, by two people who signed in, `by`. `now` is ISO 8601 UTC.

    Raises StoreRefusedError where its disk has no admission that this ledger signed, TerminalRefusedError where the
    epoch, a later one or the key is on the register, RegisterWaitsError while the ledger waits for its terminals.
    """
    known = [checked_public_key(each) for each in registry.outline(connection, books.ledger).ledger_keys]
    for _, envelope in left.entries:
        try:
            entry, _ = read_entry(envelope)
            data = read_data(entry)
        except RegistryRefusedError:
            continue
        if entry.ledger != books.ledger or not isinstance(data, Terminal):
            continue
        opened = parse_envelope(envelope, MAX_ENTRY)
        message = pae(opened.payload_type, opened.payload)
        # Not by a root key: one root alone admits nobody.
        is_ours = any(verify(each, signed.sig, message) for signed in opened.signatures for each in known)
        if is_ours and (data.terminal, data.epoch) == (left.terminal, left.epoch):
            public_key = bytes.fromhex(data.public_key)
            place = data.terminal, data.office, data.epoch
            # Without its sealing key: it speaks for what it signed, and no personal value is meant for it any more.
            admit_terminal(connection, books, key, *place, public_key, by=by, now=now, sealing_key=None)
            return
    raise StoreRefusedError(
        f"There is no admission of {left.terminal}, epoch {left.epoch}, on that disk that this ledger signed.",
        "Nothing was changed.",
    )
