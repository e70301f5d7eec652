"""Rows of a CSV file as a spreadsheet numbers them, whatever the file's encoding, line ends and quotes."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from countertui.ledger.importing.faults import MapRefusedError
from countertui.ledger.importing.mapfile import FileMap

_PIECE = 1024 * 1024
_LONGEST_CELL = 100_000

Numbered = tuple[int, list[str]]


@contextmanager
def opened(path: Path, file: FileMap) -> Iterator[tuple[list[str] | None, Iterator[Numbered]]]:
    """The header (None if the file has none) and the rows that are not blank, each with its number in a spreadsheet.

    Raises MapRefusedError if the file can't be read, is empty, or is in none of the encodings.
    """
    try:
        encoding = _encoding_of(path, file.encodings)
        handle = path.open(encoding=encoding, newline="")
    except OSError as fault:
        raise MapRefusedError(f"{path.name} can't be read: {fault.strerror}.") from fault
    with handle:
        csv.field_size_limit(_LONGEST_CELL)
        rows = _rows(csv.reader(handle, delimiter=file.delimiter), path.name)
        header = None
        if file.header:
            first = next(rows, None)
            if first is None:
                raise MapRefusedError(f"{path.name} is empty.")
            header = [name.strip() for name in first[1]]
        yield header, rows


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
