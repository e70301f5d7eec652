"""The files of one share of a snapshot, streamed out of the books: every table, and what changed in it since when."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import merge
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from countertui.domain.reference import TABLES
from countertui.ledger import tables
from countertui.ledger.bulk import stream
from countertui.ledger.shares import Share, removed_since
from countertui.sync.snapshot import Change, TableEntry
from countertui.sync.table_files import CHANGES, GONE, write_changes, write_table

_UNDATED = "terminal"
"""Small, and its rows don't say when they changed: every delta has all of it."""
_DATED = "receipt_history"
_WORTH = 0.5
"""Of a table's size: where more changed than that, the table is sent as it is."""


@dataclass(frozen=True, slots=True)
class Swept:
    """A share's files: its tables, and for each base what became of them since."""

    tables: list[TableEntry]
    changes: Mapping[int, list[Change]]

    def delta(self, base: int) -> list[Change] | None:
        """What became of every table since that version; None where sending all is no more."""
        changes = self.changes[base]
        sent = sum(change.rows.bytes + (change.gone.bytes if change.gone else 0) for change in changes)
        return changes if sent < _WORTH * sum(entry.bytes for entry in self.tables) else None


def sweep(
    connection: Connection, folder: Path, share: Share, bases: Mapping[int, str], progress: Callable[[str], None]
) -> Swept:
    """Write a share's files into `folder`.

    bases: the versions that others may still have, each with the first day (ISO) of the receipts taken earlier in it.
    """
    entries: list[TableEntry] = []
    changes: dict[int, list[Change]] = {base: [] for base in bases}
    for name, columns in TABLES.items():
        progress(name)
        full = write_table(folder / f"{name}.ndjson", columns, _rows(connection, name, columns, share))
        entries.append(full)
        if name == _UNDATED or not bases:
            for told in changes.values():
                told.append(Change(table=name, whole=True, rows=full, gone=None))
            continue
        oldest = min(bases)
        path = folder / f"{name}.{CHANGES}.ndjson"
        changed = write_changes(path, columns, _changed(connection, name, columns, share, oldest), bases)
        path = folder / f"{name}.{GONE}.ndjson"
        gone = write_changes(path, tables.key_of(name), _gone(connection, name, share, oldest), bases)
        for base, told in changes.items():
            sent = changed[base].bytes + gone[base].bytes
            # Receipts of days before the base's first, as when a clock was set back, changed in no version.
            has_all = name != _DATED or bases[base] <= share.history_from
            if has_all and (sent < _WORTH * full.bytes or not full.bytes):
                told.append(Change(table=name, whole=False, rows=changed[base], gone=gone[base]))
            else:
                told.append(Change(table=name, whole=True, rows=full, gone=None))
    return Swept(entries, changes)


def _rows(connection: Connection, name: str, columns: Sequence[str], share: Share) -> Iterator[tuple[Any, ...]]:
    condition, values = share.where(name)
    where = f"WHERE {condition}" if condition else ""
    order = '"name", "number"' if name == "account" else _names(tables.key_of(name))
    return stream(connection, f'SELECT {_names(columns)} FROM "{name}" {where} ORDER BY {order}', values)  # noqa: S608 - names are this program's own


def _changed(
    connection: Connection, name: str, columns: Sequence[str], share: Share, oldest: int
) -> Iterator[tuple[int, tuple[Any, ...]]]:
    condition, values = share.where(name)
    inside = f"AND {condition}" if condition else ""
    since = share.changed_in(name)
    statement = f"""SELECT {since}, {_names(columns)} FROM "{name}" WHERE {since} > ? {inside}
      ORDER BY 1 DESC, {_names(tables.key_of(name))}"""  # noqa: S608 - as above
    for row in stream(connection, statement, (oldest, *values)):
        yield row[0], row[1:]


def _gone(connection: Connection, name: str, share: Share, oldest: int) -> Iterator[tuple[int, Sequence[Any]]]:
    """Keys of rows that were deleted, and of rows that changed and are not in the share now: they may have been."""
    deleted = removed_since(connection, name, oldest)
    condition, values = share.where(name)
    if not condition:
        return deleted
    keys, since = _names(tables.key_of(name)), share.changed_in(name)
    statement = f"""SELECT {since}, {keys} FROM "{name}" WHERE {since} > ? AND NOT ({condition})
      ORDER BY 1 DESC, {keys}"""  # noqa: S608 - as above
    outside = ((row[0], row[1:]) for row in stream(connection, statement, (oldest, *values)))
    return merge(deleted, outside, key=lambda each: each[0], reverse=True)


def _names(columns: Sequence[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)
