"""Who may sign: terminals are put on the register, frozen, released and revoked, each as an entry in its log."""

from __future__ import annotations

import json
from collections.abc import Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, func, select

from countertui.errors import UsageError
from countertui.ledger import registry, tables
from countertui.ledger.books import Books
from countertui.sync.ack import LEDGER_KEY_ID
from countertui.sync.certificate import certify
from countertui.sync.ed25519 import checked_public_key
from countertui.sync.registry_entries import Data, Freeze, Revoke, Rotate, Terminal


class TerminalRefusedError(UsageError):
    """A terminal that can't be put on the register or changed there: not known, taken, or not in that state."""


def register_terminal(
    books: Books,
    key: Ed25519PrivateKey,
    code: str,
    office: str,
    epoch: int,
    public_key: bytes,
    *,
    by: Sequence[str] = (),
    now: str,
    sealing_key: bytes | None = None,
) -> None:
    """Believe this key (raw 32 bytes) for the terminal's epoch from now on; its journal is expected from record 1.

    `key` is the ledger's, `by` the two people who admit it (nobody at a demo city's ledger), `now` ISO 8601 UTC,
    `sealing_key` its X25519 key. Raises TerminalRefusedError if the epoch or the key is taken, UnsafeKeyError for a
    key unfit to verify with.
    """
    with books.writing() as connection:
        admit_terminal(connection, books, key, code, office, epoch, public_key, by=by, now=now, sealing_key=sealing_key)


def admit_terminal(
    connection: Connection,
    books: Books,
    key: Ed25519PrivateKey,
    code: str,
    office: str,
    epoch: int,
    public_key: bytes,
    *,
    by: Sequence[str],
    now: str,
    sealing_key: bytes | None,
) -> None:
    """The same in a transaction that is open."""
    checked_public_key(public_key)
    taken = connection.execute(
        select(tables.terminal_key.c.terminal).where(
            (tables.terminal_key.c.public_key == public_key.hex())
            | ((tables.terminal_key.c.terminal == code) & (tables.terminal_key.c.epoch >= epoch))
        )
    ).first()
    if taken:
        raise TerminalRefusedError(
            f"Terminal {code}, epoch {epoch}: the epoch or the key is registered already.", "Nothing was changed."
        )
    data = Terminal(
        terminal=code,
        epoch=epoch,
        office=office,
        public_key=public_key.hex(),
        sealing_key=sealing_key.hex() if sealing_key is not None else None,
        certificate=certify(code, epoch, public_key, key).hex(),
    )
    _append(connection, books, key, "terminal", data, by, now)


def rotate_key(
    connection: Connection,
    books: Books,
    key: Ed25519PrivateKey,
    code: str,
    epoch: int,
    *,
    from_seq: int,
    public_key: bytes,
    h: bytes,
    now: str,
) -> None:
    """Believe another key of the terminal from record from_seq on, as its key_rotate record of hash `h` says.

    Raises RegistryRefusedError for a key that is unfit or taken.
    """
    data = Rotate(
        terminal=code,
        epoch=epoch,
        from_seq=from_seq,
        public_key=public_key.hex(),
        h=h.hex(),
        certificate=certify(code, epoch, public_key, key).hex(),
    )
    _append(connection, books, key, "rotate", data, (), now)


def freeze(
    connection: Connection, books: Books, key: Ed25519PrivateKey, code: str, epoch: int, reason: str, now: str
) -> bool:
    """Let the terminal's batches wait from now on; whether it was active until now."""
    if _state(connection, code, epoch) != "active":
        return False
    _append(connection, books, key, "freeze", Freeze(terminal=code, epoch=epoch, reason=reason), (), now)
    return True


def unfreeze(
    connection: Connection,
    books: Books,
    key: Ed25519PrivateKey,
    code: str,
    epoch: int,
    reason: str,
    by: Sequence[str],
    now: str,
) -> None:
    """Take the terminal's batches again, by leave of two people. Raises TerminalRefusedError if it is not frozen."""
    if _state(connection, code, epoch) != "frozen":
        raise TerminalRefusedError(f"Terminal {code}, epoch {epoch}, is not frozen.", "Nothing was changed.")
    _append(connection, books, key, "unfreeze", Freeze(terminal=code, epoch=epoch, reason=reason), by, now)


def revoke(
    connection: Connection,
    books: Books,
    key: Ed25519PrivateKey,
    code: str,
    epoch: int,
    after_seq: int,
    reason: str,
    by: Sequence[str],
    now: str,
) -> None:
    """Believe nothing that the terminal's key signed after record after_seq, by leave of two people.

    Raises TerminalRefusedError if it is not known, or revoked already.
    """
    if _state(connection, code, epoch) not in ("active", "frozen"):
        raise TerminalRefusedError(f"Terminal {code}, epoch {epoch}, has no key to revoke.", "Nothing was changed.")
    data = Revoke(terminal=code, epoch=epoch, after_seq=after_seq, reason=reason)
    _append(connection, books, key, "revoke", data, by, now)


def newest_epoch(connection: Connection, code: str) -> int | None:
    """The terminal's newest epoch; None if it is not known."""
    table = tables.terminal_key
    query = select(table.c.epoch).where(table.c.terminal == code).order_by(table.c.epoch.desc()).limit(1)
    found = connection.execute(query).scalar()
    return None if found is None else int(found)


def last_known(connection: Connection, code: str, epoch: int) -> int:
    """The last record of a terminal that the ledger took into custody or witnessed; 0 if there is none."""
    terminal, heard, said = tables.terminal, tables.provisional, tables.witnessed
    found = (
        connection.execute(select(func.max(seq)).where(place == code, of == epoch)).scalar()
        for seq, place, of in (
            (terminal.c.last_seq, terminal.c.code, terminal.c.epoch),
            (heard.c.seq, heard.c.terminal, heard.c.epoch),
            (said.c.seq, said.c.terminal, said.c.epoch),
        )
    )
    return max(int(seq or 0) for seq in found)


def last_receipt(connection: Connection, code: str, epoch: int) -> str | None:
    """The number of the last receipt of a terminal that the ledger took into custody or witnessed; None for none."""
    heard, terminal = tables.provisional, tables.terminal
    here = (heard.c.terminal == code) & (heard.c.epoch == epoch)
    for body in connection.execute(select(heard.c.body).where(here).order_by(heard.c.seq.desc())).scalars():
        number = json.loads(bytes(body)).get("receipt_no")
        if type(number) is str:
            return number
    query = select(terminal.c.last_receipt).where(terminal.c.code == code, terminal.c.epoch == epoch)
    n = connection.execute(query).scalar_one_or_none()
    return None if n is None else f"{code}-{n}"


def _append(
    connection: Connection,
    books: Books,
    key: Ed25519PrivateKey,
    kind: str,
    data: Data,
    by: Sequence[str],
    now: str,
) -> None:
    register = registry.present(connection, books.ledger)
    registry.append(connection, register, kind, data, [(LEDGER_KEY_ID, key)], by=by, now=now)


def _state(connection: Connection, code: str, epoch: int) -> str | None:
    table = tables.terminal
    return connection.execute(
        select(table.c.state).where(table.c.code == code, table.c.epoch == epoch)
    ).scalar_one_or_none()
