"""The ledger's log: an RFC 6962 tree over the hashes of all records in custody, in the order they were taken in.

Leaf data is a record's 32-byte chain hash. The tree lies in tiles of 256 hashes (C2SP tlog-tiles): a batch of any size
reads and writes a few of them, however long the log is. No checkpoint is signed unless the newest one ever given out is
still true; what can't be said truly is not said at all.
"""

from __future__ import annotations

from binascii import b2a_base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, func, insert, select

from countertui.domain.desk_records import DESK
from countertui.errors import EnvironmentFault
from countertui.ledger import tables
from countertui.ledger.bulk import run_many, stream
from countertui.sync.batch import MAX_ENVELOPE, parse_batch
from countertui.sync.chain import record_hash
from countertui.sync.dsse import parse_envelope
from countertui.sync.merkle import (
    EMPTY_ROOT,
    HASH_BYTES,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    tree_root,
)
from countertui.sync.notes import Checkpoint, origin_of, sign_checkpoint

TILE = 256
_TILE_LEVELS = 8
"""A tile holds 2**8 hashes."""
_TILE_BYTES = TILE * HASH_BYTES
_PUT = (
    'INSERT INTO "log_tile" ("level", "n", "hashes") VALUES (?, ?, ?)'
    ' ON CONFLICT ("level", "n") DO UPDATE SET "hashes" = excluded."hashes"'
)


class LogBrokenError(EnvironmentFault):
    """The tree no longer bears out a checkpoint that was given out: nothing is signed until a person has looked."""

    def __init__(self, happened: str) -> None:
        super().__init__(happened, "Nothing was signed or posted.", "Call a technician: countertui ledger fsck.")


@dataclass(frozen=True, slots=True)
class Given:
    """A checkpoint that was given out: the log's size, its root (32 bytes) and the signed note."""

    size: int
    root: bytes
    note: str


def append(connection: Connection, hashes: Sequence[bytes]) -> int:
    """Append records by their hashes (32 bytes each), in the caller's writing transaction; returns the first's leaf."""
    added = [leaf_hash(h) for h in hashes]
    first_leaf = level = 0
    while added:
        n, kept = _last_tile(connection, level)
        if len(kept) == _TILE_BYTES:
            n, kept = n + 1, b""
        if level == 0:
            first_leaf = n * TILE + len(kept) // HASH_BYTES
        grown = kept + b"".join(added)
        tiles = [grown[at : at + _TILE_BYTES] for at in range(0, len(grown), _TILE_BYTES)]
        run_many(connection, _PUT, [(level, number, tile) for number, tile in enumerate(tiles, start=n)])
        added = [_whole_root(tile) for tile in tiles if len(tile) == _TILE_BYTES]
        level += 1
    return first_leaf


def size_of(connection: Connection) -> int:
    """How many leaves the log has."""
    n, hashes = _last_tile(connection, 0)
    return n * TILE + len(hashes) // HASH_BYTES


def checkpoint(connection: Connection, key: Ed25519PrivateKey, ledger: str, now: str) -> str:
    """The signed note of the log as it is, kept for ever; in the caller's writing transaction.

    Raises LogBrokenError if the newest checkpoint given out is not true of the tree any more.
    """
    tiles = Tiles(connection)
    size, given = size_of(connection), newest(connection)
    if (given.size if given is not None else 0) < _end_of_batches(connection):
        raise LogBrokenError("A checkpoint that the ledger gave out with a batch is not remembered any more.")
    if given is not None:
        if given.size > size or tree_root(tiles.node, given.size) != given.root:
            raise LogBrokenError(f"The ledger's log does not begin with the {given.size:,} entries it has vouched for.")
        if given.size == size:
            return given.note
    root = tree_root(tiles.node, size)
    note = sign_checkpoint(Checkpoint(origin_of(ledger), size, root), key)
    connection.execute(insert(tables.checkpoint).values(size=size, root=root.hex(), made_at=now, note=note))
    return note


def newest(connection: Connection) -> Given | None:
    """The newest checkpoint given out, None before the first."""
    table = tables.checkpoint
    row = connection.execute(select(table).order_by(table.c.size.desc()).limit(1)).first()
    return None if row is None else Given(row.size, bytes.fromhex(row.root), row.note)


def consistency(connection: Connection, old_size: int, size: int) -> list[bytes]:
    """The proof that the log of `size` leaves begins with that of `old_size`.

    Raises ValueError unless 0 < old_size <= size <= the log's size.
    """
    if size > size_of(connection):
        raise ValueError(f"the log has no {size} leaves")
    return consistency_proof(Tiles(connection).node, old_size, size)


def inclusion(connection: Connection, index: int, size: int) -> list[bytes]:
    """The proof that leaf `index` is in the log of `size` leaves.

    Raises ValueError unless 0 <= index < size <= the log's size.
    """
    if size > size_of(connection):
        raise ValueError(f"the log has no {size} leaves")
    return inclusion_proof(Tiles(connection).node, index, size)


class Tiles:
    """The log's whole subtrees, read by tiles; each tile is read once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._read: dict[tuple[int, int], bytes] = {}

    def node(self, level: int, index: int) -> bytes:
        """The root of the whole subtree of 2**level leaves at `index`. Raises LogBrokenError if it is not there."""
        tile_level, inside = divmod(level, _TILE_LEVELS)
        n, at = divmod(index << inside, TILE)
        found = self._tile(tile_level, n)[at * HASH_BYTES : (at + (1 << inside)) * HASH_BYTES]
        if len(found) != HASH_BYTES << inside:
            raise LogBrokenError(f"The ledger's log lacks hashes: tile {n} of level {tile_level}.")
        return _whole_root(found)

    def leaf(self, index: int) -> bytes:
        """The hash of a leaf. Raises LogBrokenError if it is not there."""
        return self.node(0, index)

    def _tile(self, level: int, n: int) -> bytes:
        if (level, n) not in self._read:
            table = tables.log_tile
            query = select(table.c.hashes).where(table.c.level == level, table.c.n == n)
            self._read[level, n] = bytes(self._connection.execute(query).scalar() or b"")
        return self._read[level, n]


class RunningRoot:
    """The root of a tree that is read leaf by leaf: the roots of its whole subtrees, largest first."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """Add a leaf's hash."""
        whole = self.size
        while whole & 1:
            leaf, whole = node_hash(self._peaks.pop(), leaf), whole >> 1
        self._peaks.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """The root so far."""
        if not self._peaks:
            return EMPTY_ROOT
        found = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            found = node_hash(peak, found)
        return found


def problems(connection: Connection) -> list[str]:
    """What is wrong with the log: it is made again, record by record in the order they were taken in, and compared.

    Empty if every leaf is its record's, and every checkpoint ever given out is true of them. Records of held batches
    are read from the inbox. A text each, for people.
    """
    size = size_of(connection)
    found: list[str] = []
    table = tables.checkpoint
    given = {row.size: row for row in connection.execute(select(table).order_by(table.c.size))}
    running, tiles = RunningRoot(), Tiles(connection)
    for h in _hashes_in_order(connection, found):
        leaf = leaf_hash(h)
        if running.size < size and tiles.leaf(running.size) != leaf:
            found.append(f"log: entry {running.size:,} is another than its record.")
            return found
        running.add(leaf)
        row = given.pop(running.size, None)
        if row is not None and not _is_said(row.note, row.size, running.root()):
            found.append(f"log: the checkpoint of {row.size:,} entries is not true of the records.")
    if running.size != size:
        found.append(f"log: it has {size:,} entries, the records are {running.size:,}.")
    elif size and tree_root(tiles.node, size) != running.root():
        found.append("log: its inner hashes are not those of its entries.")
    found.extend(f"log: a checkpoint was given out for {gone:,} entries, which are not there." for gone in given)
    return found


def _hashes_in_order(connection: Connection, found: list[str]) -> Iterator[bytes]:
    """The hashes of all records, as they were appended: batches by their first leaf, the desk's records between."""
    batches = stream(
        connection,
        'SELECT "terminal", "epoch", "first_seq", "last_seq", "first_leaf", "state", "sha256" FROM "batch"'
        ' ORDER BY "first_leaf"',
    )
    desk = stream(connection, 'SELECT "h" FROM "record" WHERE "terminal" = ? ORDER BY "epoch", "seq"', (DESK,))
    at = 0
    for terminal, epoch, first_seq, last_seq, first_leaf, state, sha256 in batches:
        for (h,) in islice(desk, max(0, first_leaf - at)):
            at += 1
            yield bytes(h)
        if at != first_leaf:
            found.append(f"log: {terminal} records {first_seq:,} to {last_seq:,} are not at entry {first_leaf:,}.")
            return
        hashes = _of_posted(connection, terminal, epoch, first_seq, last_seq)
        if state != "posted" and not hashes:
            hashes = _of_inbox(connection, sha256)
        if len(hashes) != last_seq - first_seq + 1:
            found.append(f"log: {terminal} records {first_seq:,} to {last_seq:,} are not all there.")
            return
        at += len(hashes)
        yield from hashes
    for (h,) in desk:
        yield bytes(h)


def _of_posted(connection: Connection, terminal: str, epoch: int, first_seq: int, last_seq: int) -> list[bytes]:
    table = tables.record
    query = select(table.c.h).where(
        table.c.terminal == terminal, table.c.epoch == epoch, table.c.seq.between(first_seq, last_seq)
    )
    return [bytes(h) for h in connection.execute(query.order_by(table.c.seq)).scalars()]


def _of_inbox(connection: Connection, sha256: str) -> list[bytes]:
    """The record hashes of a batch in custody that is in no book yet, from its bytes as they came."""
    query = select(tables.inbox.c.bytes).where(tables.inbox.c.sha256 == sha256)
    data = connection.execute(query).scalar()
    if data is None:
        return []
    batch = parse_batch(parse_envelope(bytes(data), MAX_ENVELOPE).payload)
    h, hashes = bytes.fromhex(batch.prev_head), []
    for seq, (body, _) in enumerate(batch.records, start=batch.first_seq):
        h = record_hash(seq, h, body)
        hashes.append(h)
    return hashes


def _is_said(note: str, size: int, root: bytes) -> bool:
    """Whether a checkpoint's text says so; its signature is looked at by `evidence`."""
    return note.split("\n")[1:3] == [str(size), b2a_base64(root, newline=False).decode()]


def _end_of_batches(connection: Connection) -> int:
    """How many entries the log had when the last batch was taken in; a checkpoint was given out for it then."""
    table = tables.batch
    end = table.c.first_leaf + table.c.last_seq - table.c.first_seq + 1
    return int(connection.execute(select(func.max(end))).scalar() or 0)


def _last_tile(connection: Connection, level: int) -> tuple[int, bytes]:
    table = tables.log_tile
    query = select(table.c.n, table.c.hashes).where(table.c.level == level).order_by(table.c.n.desc()).limit(1)
    row = connection.execute(query).first()
    return (0, b"") if row is None else (row.n, bytes(row.hashes))


def _whole_root(hashes: bytes) -> bytes:
    """The root over a power of two of hashes, one after the other."""
    nodes = [hashes[at : at + HASH_BYTES] for at in range(0, len(hashes), HASH_BYTES)]
    while len(nodes) > 1:
        nodes = [node_hash(nodes[at], nodes[at + 1]) for at in range(0, len(nodes), 2)]
    return nodes[0]
