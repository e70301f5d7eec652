"""The rows of a workbook's first sheet (XLSX, ECMA-376) as text. Imported late: openpyxl takes a tenth of a second."""

from __future__ import annotations

import io
import warnings
import zlib
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import islice
from typing import Any
from zipfile import BadZipFile, ZipFile

from countertui.ledger.importing.faults import MapRefusedError

ZIP = b"PK\x03\x04"
"""How a workbook's file begins, as every archive's does."""
_LARGEST = 256 * 1024 * 1024
"""Bytes of its parts unpacked: what a small file unpacks to beyond that is made to fill a disk."""
_MOST_ROWS, _MOST_COLUMNS = 200_000, 100
_BROKEN = (BadZipFile, KeyError, ValueError, TypeError, AttributeError, SyntaxError, OSError, zlib.error)
"""What openpyxl and what it reads with raise for a file that is no workbook, or half of one."""


def rows_of_workbook(name: str, data: bytes) -> Iterator[list[str]]:
    """The rows of the first sheet; formulas by the values they were saved with. Raises MapRefusedError."""
    if find_spec("openpyxl") is None:
        raise MapRefusedError(
            f"{name} is a workbook, and openpyxl is not installed.", "Nothing was imported.", "Save it as CSV."
        )
    from openpyxl import load_workbook

    try:
        with ZipFile(io.BytesIO(data)) as parts:
            if sum(part.file_size for part in parts.infolist()) > _LARGEST:
                raise _refused(name, "it unpacks to more than 256 MiB")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
            try:
                sheet = book.worksheets[0]
                # What a sheet says of its own size may be a lie of a million rows.
                sheet.reset_dimensions()
                for row in islice(sheet.iter_rows(values_only=True), _MOST_ROWS):
                    yield [_text(value) for value in row[:_MOST_COLUMNS]]
            finally:
                book.close()
    except IndexError:
        raise _refused(name, "it has no sheet") from None
    except _BROKEN as fault:
        raise _refused(name, str(fault) or type(fault).__name__) from fault


def _refused(name: str, why: str) -> MapRefusedError:
    return MapRefusedError(
        f"{name} can't be read as a workbook: {why}.", "Nothing was imported.", "Open it and save it as CSV."
    )


def _text(value: Any) -> str:
    """A cell as it is shown: whole numbers without a point."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
