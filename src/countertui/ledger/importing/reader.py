"""Rows of a CSV file or a workbook as a spreadsheet numbers them, whatever its encoding, line ends and quotes."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from countertui.ledger.importing.faults import MapRefusedError
from countertui.ledger.importing.mapfile import FileMap
from countertui.ledger.importing.workbook import ZIP, rows_of_workbook

_PIECE = 1024 * 1024
_LONGEST_CELL = 100_000

Numbered = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class Opened:
    """A file being read: its header (None if it has none), and the rows that are not blank, with their numbers.

    digest gives the SHA-256 (hex) of the bytes that the rows came from, once all were read.
    """

    header: list[str] | None
    rows: Iterator[Numbered]
    digest: Callable[[], str]


class _Hashed(io.RawIOBase):
    """A file's bytes, hashed as they are read: what is answered for is what was read, whatever the file is later."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._raw = path.open("rb", buffering=0)
        self.hash = sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        count = self._raw.readinto(buffer) or 0
        self.hash.update(memoryview(buffer)[:count])
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


@contextmanager
def opened(path: Path, file: FileMap) -> Iterator[Opened]:
    """A CSV file's or a workbook's (.xlsx) header and rows; each row has the number that a spreadsheet gives it.

    Raises MapRefusedError if the file can't be read, is empty, in none of the encodings, or not what its name says.
    """
    if _is_workbook(path):
        yield _of_workbook(path, file)
        return
    try:
        encoding = _encoding_of(path, file.encodings)
        hashed = _Hashed(path)
    except OSError as fault:
        raise MapRefusedError(f"{path.name} can't be read: {fault.strerror}.") from fault
    with io.TextIOWrapper(io.BufferedReader(hashed, _PIECE), encoding=encoding, newline="") as handle:
        csv.field_size_limit(_LONGEST_CELL)
        rows = _rows(csv.reader(handle, delimiter=file.delimiter), path.name)
        header = None
        if file.header:
            first = next(rows, None)
            if first is None:
                raise MapRefusedError(f"{path.name} is empty.")
            header = [name.strip() for name in first[1]]
        yield Opened(header, rows, hashed.hash.hexdigest)


def _is_workbook(path: Path) -> bool:
    """Whether it is a workbook. Raises MapRefusedError where its name says otherwise than what is in it."""
    named = path.suffix.lower() == ".xlsx"
    try:
        with path.open("rb") as handle:
            inside = handle.read(len(ZIP)) == ZIP
    except OSError as fault:
        raise MapRefusedError(f"{path.name} can't be read: {fault.strerror}.") from fault
    if named is not inside:
        said = "is no workbook inside, as its name says" if named else "is a workbook or an archive, not CSV"
        raise MapRefusedError(f"{path.name} {said}.", "Nothing was imported.", "Look at the file, or rename it.")
    return named


def _of_workbook(path: Path, file: FileMap) -> Opened:
    """Its first sheet; rows that end early are as wide as the header."""
    data = path.read_bytes()
    numbered = enumerate(rows_of_workbook(path.name, data), start=1)
    rows = ((number, row) for number, row in numbered if any(cell.strip() for cell in row))
    header, width = None, file.width or 0
    if file.header:
        first = next(rows, None)
        if first is None:
            raise MapRefusedError(f"{path.name} is empty.")
        header = [name.strip() for name in first[1]]
        while header and not header[-1]:
            header.pop()
        width = len(header)
    padded = ((number, [*row, *[""] * (width - len(row))]) for number, row in rows)
    return Opened(header, padded, lambda: sha256(data).hexdigest())


def _rows(reader: Iterator[list[str]], name: str) -> Iterator[Numbered]:
    number = 0
    while True:
        number += 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as fault:
            raise MapRefusedError(
                f"{name} can't be read from row {number} on: {fault}.",
                "Nothing was imported.",
                "Look for a quotation mark that is never closed.",
            ) from fault
        if any(cell.strip() for cell in row):
            yield number, row


def _encoding_of(path: Path, encodings: tuple[str, ...]) -> str:
    """The first encoding in which the whole file can be read; a byte order mark is no part of the text."""
    for name in encodings:
        encoding = "utf-8-sig" if codecs.lookup(name).name == "utf-8" else name
        decoder = codecs.getincrementaldecoder(encoding)()
        with path.open("rb") as handle:
            try:
                while piece := handle.read(_PIECE):
                    decoder.decode(piece)
                decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                continue
        return encoding
    raise MapRefusedError(
        f"{path.name} is not in {' or '.join(encodings)}.", "Nothing was imported.", "Name its encoding in the mapping."
    )
