"""Reading a snapshot's files of rows, which were verified when they were fetched."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any, NoReturn

from countertui.store.reference_load import unusable

_ROWS_AT_ONCE = 2000
_VALUES = frozenset({str, int, type(None)})


def read_rows(path: Path, table: str, width: int) -> Iterator[list[Any]]:
    """The rows of a file, each of so many texts, whole numbers and nulls. Raises ReferenceRefused for any other."""
    decode = json.JSONDecoder(parse_float=_refuse, parse_constant=_refuse).decode
    with path.open("rb") as file:
        while lines := list(islice(file, _ROWS_AT_ONCE)):
            try:
                rows = [decode(line.decode()) for line in lines]
                formed = {*map(type, rows)} == {list} and {*map(len, rows)} == {width}
            except ValueError:
                formed = False
            if not formed or not _VALUES.issuperset(map(type, chain.from_iterable(rows))):
                raise unusable(table, "its file can't be read")
            yield from rows


def _refuse(text: str) -> NoReturn:
    raise ValueError(text)
