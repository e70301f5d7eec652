"""Reference rows brought into the ledger: set in their tables, kept, and answered for by a signed record of the desk.

The record names who brought them, the file, and the SHA-256 of a list of the parts of rows that it set; list and parts
stand in table `kept_rows`. What a ledger begins with is named by its register's first entry, which the root keys sign.
So nothing in a reference table is there by nobody's word, and `ledger fsck` sets all of it again.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, select

from countertui.domain.desk_records import DeskKind, ImportData
from countertui.domain.records import Fact
from countertui.domain.reference import TABLES
from countertui.domain.rights import Act
from countertui.errors import EnvironmentFault
from countertui.ledger import tables
from countertui.ledger.books import next_version
from countertui.ledger.brought_credits import book_brought
from countertui.ledger.bulk import insert_many, marked, run_many
from countertui.ledger.desk import Ground, Made, record, require_right
from countertui.ledger.shares import note_removed, set_served
from countertui.ledger.superseded import Superseded, settle, settles, superseded_of, with_kept

ADD, CHANGE, REMOVE, SERVE = "add", "change", "remove", "serve"
"""How a part's rows are set: new ones, others for those of the same key, keys taken out, what offices serve."""
_AT_ONCE = 200
_PART_ROWS = 5_000
_KEEP = """INSERT INTO "kept_rows" ("sha256", "bytes") VALUES (?, ?) ON CONFLICT ("sha256") DO NOTHING"""
_NOT_BROUGHT = frozenset(
    {"terminal", "decision", "erased", "personal_sealed", "returned_check", "paper_book", "paper_number", "trust_move"}
    | {"license_act", "license_term", "deposit_at_bank"}
)
"""Published tables whose rows follow from records and the register alone."""

Row = tuple[Any, ...]


class KeptRowsAlteredError(EnvironmentFault):
    """Rows kept of an import are gone, or not those that were signed."""


@dataclass(frozen=True, slots=True)
class Answering:
    """Who answers for an import: the ledger's key, an operator who signed in, the record's id (a UUIDv7)."""

    key: Ed25519PrivateKey
    by: str
    id: str


@dataclass(frozen=True, slots=True)
class Counted:
    """What became of the rows that an import read, and how many rows of the tables it took out."""

    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    repaired: int = 0
    rejected: int = 0
    removed: int = 0


@dataclass(slots=True)
class Bringing:
    """An import under way in the caller's writing transaction; what it sets is kept until a record answers for it."""

    connection: Connection
    version: int
    parts: list[str] = field(default_factory=list)

    def put(self, name: str, rows: Sequence[Row]) -> list[str]:
        """Set rows (columns as in `TABLES`), of which no two have one key; each is created, updated or unchanged.

        A charge's balance moves with its amount, so that what was paid on it stays paid; what counters wrote of an
        account stays where a row has what was before.
        """
        columns = TABLES[name]
        places = [columns.index(key) for key in tables.key_of(name)]
        keys = [tuple(row[place] for place in places) for row in rows]
        there = _there(self.connection, name, keys)
        superseded = _superseded(self.connection, name, there)
        what, new, changed = [], [], []
        for key, row in zip(keys, rows, strict=True):
            old = there.get(key)
            if old is None:
                what.append("created")
                new.append(row)
            elif _as_set(name, old, row, superseded) == old and not (superseded and settles(row, superseded)):
                what.append("unchanged")
            else:
                what.append("updated")
                changed.append(row)
        self.add(name, new)
        if changed:
            _change(self.connection, name, changed, there, self.version)
            self._keep(CHANGE, name, changed)
        return what

    def add(self, name: str, rows: Iterable[Row]) -> int:
        """Set rows that are new, however many; returns how many. Raises sqlalchemy's DBAPIError for a key twice."""
        source, added = iter(rows), 0
        while some := list(islice(source, _PART_ROWS)):
            _add(self.connection, name, some, self.version)
            self._keep(ADD, name, some)
            added += len(some)
        return added

    def remove(self, name: str, keys: Sequence[Row]) -> None:
        """Take rows out by their keys."""
        if keys:
            _remove(self.connection, name, keys, self.version)
            self._keep(REMOVE, name, keys)

    def serve(self, offices: Sequence[tuple[str, Sequence[str]]]) -> None:
        """Set which kinds of accounts each office serves; none: all."""
        set_served(self.connection, offices)
        self._keep(SERVE, "serves", offices)

    def kept(self) -> str:
        """Keep the list of the parts too, and give its SHA-256 (hex): it names all that was set, in order."""
        return self._keep_bytes(json.dumps(self.parts).encode())

    def answered_by(self, ground: Ground, fact: ImportFact) -> Made:
        """Sign for all of it, as the desk's next record, and book what accounts brought along."""
        data = ImportData(
            what=fact.what,
            name=fact.name,
            sha256=fact.sha256,
            rows=fact.counted.rows,
            created=fact.counted.created,
            updated=fact.counted.updated,
            unchanged=fact.counted.unchanged,
            repaired=fact.counted.repaired,
            rejected=fact.counted.rejected,
            removed=fact.counted.removed,
            kept=self.kept(),
        )
        said = Fact(id=fact.id, kind=DeskKind.IMPORT, operator=fact.by, data=data, biz_date=None)
        made = record(self.connection, ground.books, ground.key, said, ground.now)
        book_brought(ground, made)
        return made

    def _keep(self, how: str, name: str, rows: Sequence[Sequence[Any]]) -> None:
        # By name: a later program's tables may have columns more, and must still set these rows again.
        columns = TABLES.get(name, ()) if how in (ADD, CHANGE) else ()
        said = json.dumps([how, name, rows, columns], ensure_ascii=False, separators=(",", ":"))
        self.parts.append(self._keep_bytes(zlib.compress(said.encode(), 1)))

    def _keep_bytes(self, data: bytes) -> str:
        digest = sha256(data).hexdigest()
        run_many(self.connection, _KEEP, [(digest, data)])
        return digest


@dataclass(frozen=True, slots=True)
class ImportFact:
    """What a record of an import says: the record's id, what it was, who answers, the file, and what became of it."""

    id: str
    what: str
    by: str
    counted: Counted
    name: str = ""
    sha256: str = ""


def begin_import(connection: Connection) -> Bringing:
    """Begin to bring rows in, in the caller's writing transaction."""
    return Bringing(connection, next_version(connection))


def may_be_brought(name: str) -> bool:
    """Whether rows of that table come from outside: not those that follow from records alone."""
    return name in TABLES and name not in _NOT_BROUGHT


def carry_out(ground: Ground, made: Made) -> None:
    """Set again what an import set, from the rows kept of it, and book it. Raises NotAllowed, KeptRowsAlteredError."""
    require_right(ground.connection, made.body["operator"], Act.IMPORT, ground.now)
    set_again(ground.connection, made.body["data"]["kept"])
    book_brought(ground, made)


def set_again(connection: Connection, kept: str) -> None:
    """Set all rows that a list names by its parts. Raises KeptRowsAlteredError."""
    version = next_version(connection)
    for digest in parts_of(connection, kept):
        how, name, rows, *named = json.loads(zlib.decompress(_kept(connection, digest)))
        if how == SERVE:
            set_served(connection, rows)
        elif may_be_brought(name):
            of_now = _as_now(name, rows, *named) if how in (ADD, CHANGE) else [tuple(row) for row in rows]
            _set(connection, how, name, of_now, version)
        else:
            raise KeptRowsAlteredError(f"Rows of {name} follow from records: no import sets them.")


def parts_of(connection: Connection, kept: str) -> list[str]:
    """The SHA-256 of each part that a list names, in order. Raises KeptRowsAlteredError."""
    parts: list[str] = json.loads(_kept(connection, kept))
    return parts


def _as_now(name: str, rows: Sequence[Sequence[Any]], columns: Sequence[str] = ()) -> list[Row]:
    """Kept rows in the columns of `TABLES` now: what they were kept without is empty, as a migration fills it.

    Raises KeptRowsAlteredError for a column that there is no more. Without columns they are the first ones of now.
    """
    now = TABLES[name]
    width = len(rows[0]) if rows else 0
    then = tuple(columns) or now[:width]
    if then == now:
        return [tuple(row) for row in rows]
    if not set(then) <= set(now) or len(then) != width:
        raise KeptRowsAlteredError(f"Rows of {name} were kept with columns that are not known here.")
    table = tables.reference[name]
    empty = {column: None if table.c[column].nullable else "" for column in now}
    return [tuple((empty | dict(zip(then, row, strict=True))).values()) for row in rows]


def _set(connection: Connection, how: str, name: str, rows: Sequence[Row], version: int) -> None:
    if how == ADD:
        _add(connection, name, rows, version)
    elif how == REMOVE:
        _remove(connection, name, rows, version)
    else:
        columns = TABLES[name]
        places = [columns.index(key) for key in tables.key_of(name)]
        there = _there(connection, name, [tuple(row[place] for place in places) for row in rows])
        _change(connection, name, rows, there, version)


def _kept(connection: Connection, digest: str) -> bytes:
    c = tables.kept_rows.c
    data = bytes(connection.execute(select(c.bytes).where(c.sha256 == digest)).scalar() or b"")
    if sha256(data).hexdigest() != digest:
        raise KeptRowsAlteredError(f"The rows {digest[:12]} that an import set are gone, or were altered.")
    return data


def _add(connection: Connection, name: str, rows: Sequence[Row], version: int) -> None:
    columns = TABLES[name]
    insert_many(connection, tables.reference[name], (*columns, "changed_in"), ((*row, version) for row in rows))
    if name == "charge":
        id_, amount, balance = map(columns.index, ("id", "amount_cents", "balance_cents"))
        paid = [(row[id_], row[amount] - row[balance]) for row in rows if row[amount] != row[balance]]
        insert_many(connection, tables.paid_before, ("charge", "cents"), paid)


def _change(connection: Connection, name: str, rows: Sequence[Row], there: Mapping[Row, Row], version: int) -> None:
    columns, keys = TABLES[name], tables.key_of(name)
    places = [columns.index(key) for key in keys]
    superseded = _superseded(connection, name, there)
    changed = []
    for row in rows:
        key = tuple(row[place] for place in places)
        changed.append((*_as_set(name, there[key], row, superseded), version, *key))
    assigned = ", ".join(f'"{column}" = ?' for column in (*columns, "changed_in"))
    where = " AND ".join(f'"{key}" = ?' for key in keys)
    run_many(connection, f'UPDATE "{name}" SET {assigned} WHERE {where}', changed)  # noqa: S608 - names are this program's own
    if superseded:
        settle(connection, [each for row in rows for each in settles(row, superseded)])


def _remove(connection: Connection, name: str, keys: Sequence[Row], version: int) -> None:
    where = " AND ".join(f'"{key}" = ?' for key in tables.key_of(name))
    run_many(connection, f'DELETE FROM "{name}" WHERE {where}', keys)  # noqa: S608 - as above
    note_removed(connection, name, keys, version)


def _there(connection: Connection, name: str, wanted: Sequence[Row]) -> dict[Row, Row]:
    """The rows that are there already, by key."""
    columns, keys = TABLES[name], tables.key_of(name)
    selected = ", ".join(f'"{column}"' for column in columns)
    places = [columns.index(key) for key in keys]
    found: dict[Row, Row] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        one = "(" + " AND ".join(f'"{key}" = ?' for key in keys) + ")"
        statement = f'SELECT {selected} FROM "{name}" WHERE {" OR ".join([one] * len(some))}'  # noqa: S608 - as above
        parameters = tuple(value for key in some for value in key)
        for row in connection.exec_driver_sql(marked(connection, statement), parameters):
            found[tuple(row[place] for place in places)] = tuple(row)
    return found


def _superseded(connection: Connection, name: str, there: Mapping[Row, Row]) -> Superseded:
    return superseded_of(connection, [key[0] for key in there]) if name == "account" else {}


def _as_set(name: str, old: Row, new: Row, superseded: Superseded) -> Row:
    """A row for one that is there, with what the ledger's own records made of it."""
    if name == "charge":
        return _kept_paid(TABLES[name], old, new)
    return with_kept(old, new, superseded) if superseded else new


def _kept_paid(columns: Sequence[str], old: Row, new: Row) -> Row:
    amount, balance = columns.index("amount_cents"), columns.index("balance_cents")
    kept = list(new)
    kept[balance] = old[balance] + new[amount] - old[amount]
    return tuple(kept)
