"""The ledger's signature on the keys of its terminals, published to them for the codes on their receipts."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, select, update

from countertui.ledger import tables
from countertui.sync.certificate import certify


def certify_terminals(connection: Connection, key: Ed25519PrivateKey) -> None:
    """Vouch with the ledger's present key for the present key of every terminal that is not revoked."""
    table = tables.terminal
    rows = connection.execute(
        select(table.c.code, table.c.epoch, table.c.public_key, table.c.certificate, table.c.state)
    )
    for code, epoch, public_key, before, state in rows.all():
        made = None if state == "revoked" else certify(code, epoch, bytes.fromhex(public_key), key).hex()
        if made != before:
            here = (table.c.code == code) & (table.c.epoch == epoch)
            connection.execute(update(table).where(here).values(certificate=made))
