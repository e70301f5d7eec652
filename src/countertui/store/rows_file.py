"""Reading a snapshot's files of rows, which were verified when they were fetched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from countertui.store.reference_load import unusable

_AT_ONCE = 256 * 1024
_Value = str | int | None


def read_rows(path: Path, table: str, width: int) -> Iterator[tuple[Any, ...]]:
    """The rows of a file, each of so many texts, whole numbers and nulls. Raises ReferenceRefused for any other."""
    # Not loaded where people wait: only who makes or changes a reference.db reads files.
    from msgspec.json import Decoder

    decode = Decoder(tuple[(_Value,) * width]).decode_lines  # type: ignore[misc]
    with path.open("rb") as file:
        while begun := file.read(_AT_ONCE):
            data = begun + file.readline()
            try:
                rows = decode(data)
            except ValueError as fault:
                raise unusable(table, "its file can't be read") from fault
            # A row a line: no value holds another, so what begins a line here begins a row.
            if not len(rows) == data.count(b"\n") + (data[-1:] != b"\n") == data.startswith(b"[") + data.count(b"\n["):
                raise unusable(table, "its file can't be read")
            yield from rows
