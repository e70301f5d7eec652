"""What a newer snapshot is taken from, as a Protocol."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class RowsFile:
    """A file of rows that was fetched and verified: newline-delimited JSON, one array a line, in the table's columns.

    whole: all rows of the table, else those that are new or other than in the base. gone: a file of keys of rows that
    are in it no more, empty for none. rows: how many the table has in the end.
    """

    table: str
    path: str
    whole: bool
    gone: str
    keys: tuple[str, ...]
    rows: int


class SnapshotOffer(Protocol):
    """A newer snapshot whose manifest was verified; files are fetched and verified when asked for.

    base: the version it changes, 0 for one that is told as a whole. No receipt of before history_from is in it (ISO
    date; empty: nothing is said of that).
    """

    version: int
    made_at: str
    expires_at: str
    sha256: str
    epoch: int
    seq: int
    base: int
    history_from: str

    def files(self, folder: Path) -> Iterable[RowsFile]:
        """Each table's file, fetched into the folder and verified when it is reached; charges and accounts first."""

    def as_whole(self) -> SnapshotOffer:
        """The same snapshot told as a whole."""
