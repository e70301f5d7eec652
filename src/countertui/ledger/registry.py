"""The ledger's own copy of the register: appended to with each change of a key, and the tables that follow from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, insert, select, update

from countertui.domain.personal import Place
from countertui.ledger import tables
from countertui.ledger.after_restore import require_heard
from countertui.ledger.erased import BY_REGISTER, destroy
from countertui.ledger.turns import take_turn
from countertui.sync.ack import LEDGER_KEY_ID
from countertui.sync.batch import NO_BATCH
from countertui.sync.chain import genesis
from countertui.sync.registry import Register, TerminalKeys, entry_payload, follow, follow_all
from countertui.sync.registry_entries import (
    Data,
    Entry,
    Erase,
    Found,
    Freeze,
    LedgerKey,
    Revoke,
    Rotate,
    Terminal,
    entry_hash,
    read_data,
    read_entry,
    root_key_id,
    sign_entry,
)

_DESK = "desk"
_OF_LEDGER = ("found", "ledger_key")
"""Kinds of the entries that say something of the ledger itself."""
REGISTER = "REGISTER"
"""What stands for the register where the order of all that came into the books is kept."""
Signers = Sequence[tuple[str, Ed25519PrivateKey]]


def found_register(
    connection: Connection,
    ledger: str,
    key: Ed25519PrivateKey,
    roots: Sequence[Ed25519PrivateKey],
    by: Sequence[str],
    now: str,
    rows: str | None = None,
) -> Register:
    """Write entry 1: the ledger's key and its three root keys, signed by all four. `by` are two operators' ids.

    rows: the SHA-256 (hex) of what is kept of the rows that the ledger begins with; see imported.py.
    """
    data = Found(ledger_key=_public(key), roots=[_public(root) for root in roots], rows=rows)
    signers = [(LEDGER_KEY_ID, key), *((root_key_id(n), root) for n, root in enumerate(roots, start=1))]
    return append(connection, Register(ledger), "found", data, signers, by=by, now=now)


def append(
    connection: Connection, register: Register, kind: str, data: Data, signers: Signers, *, by: Sequence[str], now: str
) -> Register:
    """Sign the entry that comes next, and bring the tables up to it, in this transaction.

    `register` is as `present` gives it; `now` is ISO 8601 UTC. Raises RegistryRefusedError for what no terminal would
    believe either, RegisterWaitsError after the ledger was restored.
    """
    require_heard(connection)
    payload = entry_payload(register, kind, data, by=by, at=now)
    envelope = sign_entry(payload, signers)
    after = follow(register, envelope)
    connection.execute(
        insert(tables.registry_entry).values(no=after.no, kind=kind, hash=after.head, at=now, envelope=envelope)
    )
    _bring_up(connection, register.ledger, kind, data)
    take_turn(connection, REGISTER, 1, after.no, now)
    return after


def replay(connection: Connection, ledger: str, no: int, envelope: bytes) -> None:
    """Bring the tables of books that are being recomputed up to one entry, whose signatures `verified` checks."""
    entry, payload = read_entry(envelope)
    row = {"no": no, "kind": entry.kind, "hash": entry_hash(payload), "at": entry.at, "envelope": envelope}
    connection.execute(insert(tables.registry_entry).values(**row))
    _bring_up(connection, ledger, entry.kind, read_data(entry))
    take_turn(connection, REGISTER, 1, no, entry.at)


def present(connection: Connection, ledger: str) -> Register:
    """What the register says now: of the ledger, and of certificates, as its entries read, of terminals as the tables
    beside it have it.

    No signature is verified again. Raises RegistryRefusedError (malformed) for an entry of another form.
    """
    read = [read_entry(envelope) for envelope in entries_after(connection, 0)]
    if not read:
        return Register(ledger)
    keys = _of_ledger(ledger, read)
    return Register(
        ledger,
        read[-1][0].no,
        entry_hash(read[-1][1]),
        keys.founding,
        keys.roots,
        keys.ledger_keys,
        _terminals(connection, _certificates(read)),
    )


def outline(connection: Connection, ledger: str) -> Register:
    """What the register says now of the ledger alone, its last entry and its keys; of terminals it says nothing.

    However long the register is, no more than that is read of it. Raises RegistryRefusedError (malformed).
    """
    log = tables.registry_entry
    last = connection.execute(select(log.c.no, log.c.hash).order_by(log.c.no.desc()).limit(1)).first()
    if last is None:
        return Register(ledger)
    of_ledger = select(log.c.envelope).where(log.c.kind.in_(_OF_LEDGER)).order_by(log.c.no)
    keys = _of_ledger(ledger, [read_entry(bytes(each)) for each in connection.execute(of_ledger).scalars()])
    return replace(keys, no=last.no, head=last.hash)


def verified(connection: Connection, ledger: str) -> tuple[Register, tuple[str, ...]]:
    """The whole log replayed, every signature verified, and in words what the tables beside it say otherwise.

    Raises RegistryRefusedError where the log itself is not whole.
    """
    register = follow_all(Register(ledger), entries_after(connection, 0))
    here = present(connection, ledger)
    faults = list(_other_columns(connection))
    for place in sorted(register.terminals.keys() | here.terminals.keys()):
        if register.terminals.get(place) != here.terminals.get(place):
            faults.append(f"Terminal {place[0]}, epoch {place[1]}: its keys or state are not those of the register.")
    return register, tuple(faults)


def desk_keys(connection: Connection) -> list[tuple[int, bytes]]:
    """The ledger's keys as (first record of its desk that it signs, raw 32 bytes), oldest first; none is verified."""
    keys: list[tuple[int, bytes]] = []
    for envelope in entries_after(connection, 0):
        data = read_data(read_entry(envelope)[0])
        if isinstance(data, Found):
            keys.append((1, bytes.fromhex(data.ledger_key)))
        elif isinstance(data, LedgerKey):
            keys.append((data.desk_seq + 1, bytes.fromhex(data.public_key)))
    return keys


def key_in_force(connection: Connection) -> bytes:
    """The ledger's key (raw 32 bytes) that terminals believe now; only what names it is read."""
    log = tables.registry_entry
    named = log.c.kind.in_(_OF_LEDGER)
    envelope = connection.execute(select(log.c.envelope).where(named).order_by(log.c.no.desc()).limit(1)).scalar_one()
    data = read_data(read_entry(bytes(envelope))[0])
    return bytes.fromhex(data.ledger_key if isinstance(data, Found) else data.public_key)  # type: ignore[union-attr]


def entries_after(connection: Connection, no: int) -> list[bytes]:
    """The envelopes of the entries after number `no`, in order."""
    log = tables.registry_entry
    rows = connection.execute(select(log.c.envelope).where(log.c.no > no).order_by(log.c.no)).scalars()
    return [bytes(envelope) for envelope in rows]


def schedule(connection: Connection, terminal: str, epoch: int) -> list[tuple[int, bytes]]:
    """A terminal's keys as (first record it signs, raw 32 bytes), oldest first; empty if it is not known."""
    table = tables.terminal_key
    rows = connection.execute(
        select(table.c.from_seq, table.c.public_key)
        .where(table.c.terminal == terminal, table.c.epoch == epoch)
        .order_by(table.c.from_seq)
    )
    return [(from_seq, bytes.fromhex(public_key)) for from_seq, public_key in rows]


def key_at(connection: Connection, terminal: str, epoch: int, seq: int) -> bytes | None:
    """The key (raw 32 bytes) that signs a terminal's record; None for a terminal that is not known."""
    keys = schedule(connection, terminal, epoch)
    return TerminalKeys("", tuple(keys)).key_at(seq) if keys else None


def _other_columns(connection: Connection) -> Iterator[str]:
    """In words, each entry whose columns are not what its signed bytes say."""
    log = tables.registry_entry
    for row in connection.execute(select(log).order_by(log.c.no)):
        entry, payload = read_entry(bytes(row.envelope))
        if (row.no, row.kind, row.at, row.hash) != (entry.no, entry.kind, entry.at, entry_hash(payload)):
            yield f"Entry {row.no} of the register: its number, kind, time or hash are not those that were signed."


def _of_ledger(ledger: str, entries: Sequence[tuple[Entry, bytes]]) -> Register:
    """Roots and keys of the ledger out of their own entries, which are not next to one another in the log."""
    founding = ""
    roots: tuple[bytes, ...] = ()
    keys: list[bytes] = []
    for entry, payload in entries:
        if entry.kind not in _OF_LEDGER:
            continue
        data = read_data(entry)
        if isinstance(data, Found):
            founding = entry_hash(payload)
            roots = tuple(bytes.fromhex(key) for key in data.roots)
            keys.append(bytes.fromhex(data.ledger_key))
        elif isinstance(data, LedgerKey):
            keys.append(bytes.fromhex(data.public_key))
    return Register(ledger, founding=founding, roots=roots, ledger_keys=tuple(keys))


def _certificates(entries: Sequence[tuple[Entry, bytes]]) -> dict[tuple[str, int], tuple[bytes, ...]]:
    """The ledger's signatures on the keys of each terminal's epoch, oldest first."""
    found: dict[tuple[str, int], tuple[bytes, ...]] = {}
    for entry, _ in entries:
        if entry.kind in ("terminal", "rotate") and isinstance(data := read_data(entry), Terminal | Rotate):
            place = data.terminal, data.epoch
            found[place] = (*found.get(place, ()), bytes.fromhex(data.certificate))
    return found


def _terminals(
    connection: Connection, certificates: Mapping[tuple[str, int], tuple[bytes, ...]]
) -> dict[tuple[str, int], TerminalKeys]:
    key, terminal = tables.terminal_key, tables.terminal
    keys: dict[tuple[str, int], list[tuple[int, bytes]]] = {}
    sealing: dict[tuple[str, int], str | None] = {}
    rows = connection.execute(select(key).order_by(key.c.terminal, key.c.epoch, key.c.from_seq))
    for row in rows:
        place = (row.terminal, row.epoch)
        keys.setdefault(place, []).append((row.from_seq, bytes.fromhex(row.public_key)))
        sealing[place] = sealing.get(place) or row.sealing_key
    columns = (terminal.c.code, terminal.c.epoch, terminal.c.office, terminal.c.state, terminal.c.revoked_after)
    found = connection.execute(select(*columns).where(terminal.c.state != _DESK))
    return {
        (code, epoch): TerminalKeys(
            office,
            tuple(keys.get((code, epoch), ())),
            state,
            after,
            sealing.get((code, epoch)),
            certificates.get((code, epoch), ()),
        )
        for code, epoch, office, state, after in found
    }


def _bring_up(connection: Connection, ledger: str, kind: str, data: Data) -> None:
    """What an entry changes in the tables that follow from the register."""
    if isinstance(data, Found | LedgerKey):
        return
    if isinstance(data, Erase):
        destroy(connection, Place(data.terminal, data.epoch, data.seq, data.field), BY_REGISTER)
        return
    table = tables.terminal
    here = (table.c.code == data.terminal) & (table.c.epoch == data.epoch)
    if isinstance(data, Terminal):
        connection.execute(insert(table).values(_new_row(ledger, data)))
        _add_key(connection, data, 1, data.sealing_key)
    elif isinstance(data, Rotate):
        connection.execute(update(table).where(here).values(public_key=data.public_key))
        _add_key(connection, data, data.from_seq, None)
    elif isinstance(data, Revoke):
        connection.execute(update(table).where(here).values(state="revoked", revoked_after=data.after_seq))
    elif isinstance(data, Freeze):
        connection.execute(update(table).where(here).values(state="frozen" if kind == "freeze" else "active"))


def _add_key(connection: Connection, data: Terminal | Rotate, from_seq: int, sealing_key: str | None) -> None:
    row = {"terminal": data.terminal, "epoch": data.epoch, "from_seq": from_seq, "public_key": data.public_key}
    connection.execute(insert(tables.terminal_key).values(**row, sealing_key=sealing_key))


def _new_row(ledger: str, data: Terminal) -> dict[str, object]:
    """A terminal whose journal is expected from record 1 on."""
    return {
        "code": data.terminal,
        "epoch": data.epoch,
        "office": data.office,
        "public_key": data.public_key,
        "state": "active",
        "batch_no": 0,
        "batch_hash": NO_BATCH,
        "last_seq": 0,
        "head": genesis(ledger, data.terminal, data.epoch, bytes.fromhex(data.public_key)).hex(),
        "cum_net": 0,
        "cum_abs": 0,
        "posted_no": 0,
        "posted_seq": 0,
    }


def _public(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes_raw().hex()
