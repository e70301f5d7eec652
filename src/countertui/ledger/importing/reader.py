"""Rows of a CSV file as a spreadsheet numbers them, whatever the file's encoding, line ends and quotes."""

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
    """A CSV file's header and rows; each row has the number that a spreadsheet gives it.

    Raises MapRefusedError if the file can't be read, is empty, or is in none of the encodings.
    """
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
