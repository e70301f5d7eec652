"""Files of a snapshot's rows: newline-delimited JSON, one array a line, of text, whole numbers and null.

A table `account` has `account.ndjson`, all its rows; and for those who have an earlier snapshot, in
`account.changes.ndjson` and `account.gone.ndjson`, rows and keys in the order in which they changed last, the newest
first: what changed since any earlier snapshot is the beginning of a file, as far as the last change that one had.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import file_digest, sha256
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO

from countertui.sync.durable import write_durably
from countertui.sync.faults import CanonicalError, SnapshotRefusedError
from countertui.sync.snapshot import MAX_MANIFEST, TableEntry

Value = str | int | None
CHANGES, GONE = "changes", "gone"
DELTAS = "deltas.txt"
"""The file of a share's signed deltas."""
_ROWS_AT_ONCE = 2000
_VALUES = frozenset({str, int, type(None)})


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> TableEntry:
    """Write rows to `path` as they come, synced and renamed into place; the table is named as the file's stem.

    Raises CanonicalError for a row of another length or with values other than text, whole numbers and None.
    """
    written = _Written(path.stem, columns)
    with _into_place(path) as file:
        remaining = iter(rows)
        while chunk := list(islice(remaining, _ROWS_AT_ONCE)):
            written.add(file, chunk)
    return written.entry()


def write_changes(
    path: Path, columns: Sequence[str], rows: Iterable[tuple[int, Sequence[Value]]], bases: Iterable[int]
) -> dict[int, TableEntry]:
    """Write rows with the version each changed in, the newest first; gives what of the file each base still needs.

    Raises as `write_table` does.
    """
    written = _Written(path.stem, columns)
    needed: dict[int, TableEntry] = {}
    waiting = sorted(bases, reverse=True)
    with _into_place(path) as file:
        chunk: list[Sequence[Value]] = []
        for changed_in, row in rows:
            if len(chunk) == _ROWS_AT_ONCE or (waiting and changed_in <= waiting[0]):
                written.add(file, chunk)
                chunk = []
            while waiting and changed_in <= waiting[0]:
                needed[waiting.pop(0)] = written.entry()
            chunk.append(row)
        written.add(file, chunk)
    return needed | dict.fromkeys(waiting, written.entry())


def write_deltas(path: Path, deltas: Mapping[int, bytes]) -> None:
    """Put the signed deltas from each base into one file, a line each: forty files are forty waits for the disk."""
    write_durably(path, b"".join(b"%d %s\n" % (base, delta) for base, delta in deltas.items()))


def read_delta(path: Path, base: int) -> bytes | None:
    """The signed delta from that base; None if there is none. What it says is for others to verify."""
    if not path.is_file():
        return None
    wanted = b"%d " % base
    with path.open("rb") as file:
        while line := file.readline(MAX_MANIFEST):
            if line.startswith(wanted):
                return line[len(wanted) :].rstrip(b"\n")
    return None


def require_unaltered(path: Path, entry: TableEntry) -> None:
    """Raises SnapshotRefusedError with reason altered if a fetched file is not the one that was signed."""
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size == entry.bytes and file_digest(file, "sha256").hexdigest() == entry.sha256:
            return
    raise SnapshotRefusedError("altered", f"The snapshot's table {entry.name} is not the one the ledger signed.")


class _Written:
    """What was written of a file so far."""

    def __init__(self, name: str, columns: Sequence[str]) -> None:
        # Slow to import, and only ledgers write.
        from msgspec.json import Encoder

        self._encode = Encoder().encode_lines
        self._name, self._columns = name, list(columns)
        self._digest, self._rows, self._bytes = sha256(), 0, 0

    def add(self, file: BinaryIO, rows: list[Sequence[Value]]) -> None:
        width = len(self._columns)
        if {*map(len, rows)} - {width} or not _VALUES.issuperset(map(type, chain.from_iterable(rows))):
            raise CanonicalError(f"A row of {self._name} is not {width} texts, whole numbers or nothing.")
        try:
            data = self._encode(rows)
        except UnicodeEncodeError:
            raise CanonicalError(f"A text of {self._name} holds half a character (a lone surrogate).") from None
        file.write(data)
        self._digest.update(data)
        self._rows += len(rows)
        self._bytes += len(data)

    def entry(self) -> TableEntry:
        return TableEntry(
            name=self._name, columns=self._columns, rows=self._rows, sha256=self._digest.hexdigest(), bytes=self._bytes
        )


@contextmanager
def _into_place(path: Path) -> Iterator[BinaryIO]:
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
