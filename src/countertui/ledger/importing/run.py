"""Importing one file: read, repair, load and answer for in one transaction, write down what was refused."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Any

from countertui.domain.card_guard import holds_card_number
from countertui.domain.rights import Act
from countertui.ledger.books import REJECTS, Books
from countertui.ledger.desk import Ground, require_right
from countertui.ledger.imported import Answering, Bringing, Counted, ImportFact, begin_import
from countertui.ledger.importing.cells import refuse_unprintable
from countertui.ledger.importing.faults import RowRefused
from countertui.ledger.importing.kinds import Kind
from countertui.ledger.importing.license_classes import unknown_classes
from countertui.ledger.importing.load import Key, Loaded, Read, key_of, load_rows
from countertui.ledger.importing.mapfile import Mapping, read_mapping
from countertui.ledger.importing.reader import Numbered, opened
from countertui.ledger.importing.rows import Repair, RowReader
from countertui.ledger.publish import publish

_CHUNK = 2_000

Progress = Callable[[int], None]


@dataclass(slots=True)
class ImportReport:
    """What became of a file's rows: rows = created + updated + unchanged + rejected; repaired ones are among these.

    removed: rows of the table that the file, a whole list, no longer has; told: what else a person should know.
    rejects is the file the rejected rows are in, version the snapshot that was published after it, seq the desk record
    that answers for it; each None if there is none.
    """

    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    repaired: int = 0
    rejected: int = 0
    removed: int = 0
    rejects: str | None = None
    version: int | None = None
    seq: int | None = None
    repairs: list[Repair] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """As JSON-able data; of each repair the row number, the column put right, and its text."""
        numbers = {
            name: getattr(self, name)
            for name in ("rows", "created", "updated", "unchanged", "repaired", "rejected", "removed")
        }
        repairs = [
            {"row": each.row, "column": each.column, "before": list(each.before), "after": list(each.after)}
            for each in self.repairs
        ]
        return numbers | {
            "rejects": self.rejects,
            "version": self.version,
            "seq": self.seq,
            "repairs": repairs,
            "told": self.told,
        }


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that was refused: its number, why, its cells; shown False: these must not be repeated."""

    number: int
    reason: str
    row: Sequence[str]
    shown: bool = True


class OnlyTried(Exception):  # noqa: N818 - carries nothing wrong
    """Undoes what was only tried."""


def import_file(
    books: Books,
    kind: Kind,
    path: Path,
    map_path: Path,
    *,
    who: Answering | None,
    now: str,
    rejects: Path | None = None,
    progress: Progress = lambda _: None,
) -> ImportReport:
    """Import a file by its mapping into the ledger's tables and sign for it, in one transaction.

    Where nobody answers for it (`who` is None) it is only tried, and nothing is changed. Refused rows go to `rejects`,
    or else, unless it is only tried, to DIR/ledger/rejects/<file>.csv, with row number and reason. `now` is ISO 8601
    UTC with zone; `progress` is told the rows so far. Raises MapRefusedError, NotAllowed, and nothing was imported.
    """
    mapping = read_mapping(map_path, kind)
    report = ImportReport()
    rejected: list[Rejected] = []
    with opened(path, mapping.file) as file:
        reader = RowReader(mapping, file.header)
        try:
            with books.writing() as connection:
                if who is not None:
                    require_right(connection, who.by, Act.IMPORT, now)
                bringing = begin_import(connection)
                _import(bringing, mapping, reader, file.rows, report, rejected, progress)
                report.rejected, report.repaired = len(rejected), len(report.repairs)
                if kind is Kind.LICENSES:
                    report.told += unknown_classes(connection, now[:10])
                if who is None:
                    raise OnlyTried
                fact = ImportFact(who.id, kind.value, who.by, counted(report), path.name, file.digest())
                report.seq = bringing.answered_by(Ground(connection, books, who.key, now), fact).seq
        except OnlyTried:
            pass
    to = rejects or (None if who is None else books.folder / REJECTS / f"{path.stem}.csv")
    if to is not None:
        report.rejects = write_rejects(to, file.header or [], rejected)
    return report


def import_published(
    books: Books,
    kind: Kind,
    path: Path,
    map_path: Path,
    *,
    who: Answering,
    now: str,
    rejects: Path | None = None,
    progress: Progress = lambda _: None,
) -> ImportReport:
    """Import a file as `import_file` does; then publish, if anything changed."""
    report = import_file(books, kind, path, map_path, who=who, now=now, rejects=rejects, progress=progress)
    if report.created + report.updated:
        report.version = publish(books, who.key, now)
    return report


def counted(report: ImportReport) -> Counted:
    """What the record of an import says of its rows."""
    return Counted(
        rows=report.rows,
        created=report.created,
        updated=report.updated,
        unchanged=report.unchanged,
        repaired=report.repaired,
        rejected=report.rejected,
        removed=report.removed,
    )


def _import(
    bringing: Bringing,
    mapping: Mapping,
    reader: RowReader,
    rows: Iterator[Numbered],
    report: ImportReport,
    rejected: list[Rejected],
    progress: Progress,
) -> None:
    seen: dict[Key, tuple[int, bytes]] = {}
    refused: dict[int, str] = {}
    while chunk := list(islice(rows, _CHUNK)):
        raw = dict(chunk)
        read: list[Read] = []
        repeats: list[tuple[int, int]] = []
        repairs: dict[int, Repair] = {}
        for number, row in chunk:
            report.rows += 1
            try:
                values, repair = reader.read(number, row)
                first = _first_of(mapping, number, values, seen)
                if first == number:
                    read.append(Read(number, values))
                else:
                    repeats.append((number, first))
            except RowRefused as fault:
                rejected.append(Rejected(number, fault.reason, row, fault.shown))
                continue
            if repair is not None:
                repairs[number] = repair
        loaded = load_rows(bringing, mapping.kind, read)
        _count(report, loaded)
        refused.update(loaded.refused)
        refused.update({number: refused[first] for number, first in repeats if first in refused})
        report.unchanged += sum(number not in refused for number, _ in repeats)
        for number in raw.keys() & refused.keys():
            rejected.append(Rejected(number, refused[number], raw[number]))
            repairs.pop(number, None)
        report.repairs += repairs.values()
        progress(report.rows)


def _count(report: ImportReport, loaded: Loaded) -> None:
    report.created += loaded.created
    report.updated += loaded.updated
    report.unchanged += loaded.unchanged


def _first_of(mapping: Mapping, number: int, values: dict[str, Any], seen: dict[Key, tuple[int, bytes]]) -> int:
    """The row that had this row's key first: itself, or one before where a repetition is allowed. Raises RowRefused."""
    key = key_of(mapping.kind, values)
    # A file's rows have their fields in one order (`RowReader.read`).
    digest = blake2b(repr(tuple(values.values())).encode(), digest_size=16).digest()
    first, before = seen.setdefault(key, (number, digest))
    if first == number:
        return number
    if before != digest:
        raise RowRefused(f"Row {first} has the same {' '.join(map(str, key))} with other values.")
    if not mapping.file.distinct:
        raise RowRefused(f"Row {first} says the same already.")
    return first


def write_rejects(path: Path, header: Sequence[str], rejected: list[Rejected]) -> str | None:
    """Write the refused rows in the file's own columns, after row number and reason; none: no file, and no old one."""
    if not rejected:
        path.unlink(missing_ok=True)
        return None
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["row", "reason", *header])
        for each in sorted(rejected, key=lambda one: one.number):
            writer.writerow([each.number, each.reason, *(each.row if _may_be_shown(each) else ["(not shown)"])])
    return str(path)


def _may_be_shown(rejected: Rejected) -> bool:
    """Whether a row may be repeated: no cell of it, imported or not, may look like a card number or hold controls."""
    try:
        for cell in rejected.row:
            refuse_unprintable("", cell)
    except RowRefused:
        return False
    return rejected.shown and not any(map(holds_card_number, rejected.row))
