"""A list of industries as it is handed out: CSV, JSON or XLSX; codes with titles, or with what people call them.

Read as they are: the table of 2 to 6 digits of the US Census (its workbooks end titles with a T for what Canada and
Mexico have too), its index of activities, and JSON whose `items` have `code`, `title` and `index`. A file that is not
what its name says is refused.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from countertui.domain.industries import CODE, SECTORS, Industry, a_phrase
from countertui.ledger.importing.cells import LONGEST, refuse_unprintable
from countertui.ledger.importing.faults import MapRefusedError, RowRefused
from countertui.ledger.importing.workbook import ZIP, rows_of_workbook

_LARGEST = 64 * 1024 * 1024
"""Bytes of a file; the whole of NAICS with its descriptions has less than three million."""
_SHARED = re.compile(r"(?<=[a-z)])T$")
_CODES = re.compile(r"naics[ _]?\d{2}|\bcode", re.IGNORECASE)
_TITLES = re.compile(r"title", re.IGNORECASE)
_PHRASES = re.compile(r"index|description|phrase|activity", re.IGNORECASE)
ROW = ("code", "words")
"""What is shown of a row that is refused."""
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that can't be taken, its cells as in `ROW`, and why; shown False: its text must not be repeated."""

    number: int
    reason: str
    row: Sequence[str]
    shown: bool = True


@dataclass(slots=True)
class IndustryFile:
    """What a file says, row by row: numbered as a spreadsheet does, items of JSON from 1.

    table: whether it says which codes there are; else it brings phrases for the codes of a table.
    """

    table: bool
    sha256: str
    read: list[tuple[int, Industry]] = field(default_factory=list)
    refused: list[BadRow] = field(default_factory=list)

    def take(self, number: int, code: str, title: str, phrases: Iterable[str]) -> None:
        """Take a row, or keep why it can't be."""
        called = list(phrases)
        row = [code, title or "; ".join(called)]
        try:
            for name, text in zip(ROW, row, strict=True):
                refuse_unprintable(f"The {name}", text)
            self.read.append((number, _industry(code.strip(), title, called, table=self.table)))
        except RowRefused as fault:
            self.refused.append(BadRow(number, fault.reason, row, fault.shown))

    def cells(self, each: Industry) -> list[str]:
        """A row as it is shown where it is refused after all."""
        return [each.code, each.title or "; ".join(each.phrases)]


def read_industries(path: Path) -> IndustryFile:
    """Read a list of industries. Raises MapRefusedError for a file that is no such list, or not what its name says."""
    data = _bytes_of(path)
    named, form = path.suffix.lower().lstrip("."), _form(data)
    if named not in _READERS:
        raise _refused(path, f"ends in “.{named}”", f"Give a file that ends in .{', .'.join(_READERS)}.")
    if form != named:
        raise _refused(path, f"is not {named.upper()} inside, as its name says, but {form}")
    found = _READERS[named](path, data)
    if not found.read:
        why = f": row {found.refused[0].number}: {found.refused[0].reason}" if found.refused else "."
        raise _refused(path, f"has no row of an industry code and its words{why.rstrip('.')}")
    return found


def _bytes_of(path: Path) -> bytes:
    try:
        with path.open("rb") as handle:
            data = handle.read(_LARGEST + 1)
    except OSError as fault:
        raise _refused(path, f"can't be read: {fault.strerror}") from fault
    if not data.strip():
        raise _refused(path, "is empty")
    if len(data) > _LARGEST:
        raise _refused(path, f"is larger than {_LARGEST // 1024 // 1024} MiB")
    return data


def _form(data: bytes) -> str:
    if data.startswith(ZIP):
        return "xlsx"
    if data.startswith(_UTF16) or b"\x00" in data:
        return "no text"
    return "json" if data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[") else "csv"


def _csv(path: Path, data: bytes) -> IndustryFile:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise _refused(path, f"is not in UTF-8 (byte {fault.start})", "Save it as CSV UTF-8.") from None
    csv.field_size_limit(_LARGEST)
    try:
        return _of_rows(path, data, csv.reader(io.StringIO(text, newline="")))
    except csv.Error as fault:
        raise _refused(path, f"can't be read as CSV: {fault}") from fault


def _xlsx(path: Path, data: bytes) -> IndustryFile:
    return _of_rows(path, data, rows_of_workbook(path.name, data))


def _of_rows(path: Path, data: bytes, rows: Iterable[Sequence[str]]) -> IndustryFile:
    """A list in columns: by its header, or without one two columns of code and title."""
    there = [(number, row) for number, row in enumerate(rows, start=1) if any(cell.strip() for cell in row)]
    named, code, words, table = _columns(path, [" ".join(cell.split()) for cell in there[0][1]])
    found = IndustryFile(table, sha256(data).hexdigest())
    for number, row in there[1:] if named else there:
        told = row[code] if code < len(row) else ""
        said = row[words] if words < len(row) else ""
        found.take(number, told, said if table else "", () if table else (said,))
    return found


def _columns(path: Path, first: list[str]) -> tuple[bool, int, int, bool]:
    """Whether the first row names the columns, where codes and words stand, and whether those are titles."""
    if CODE.fullmatch(first[0]) or SECTORS.fullmatch(first[0]):
        if len(first) != len(ROW):
            raise _refused(path, f"has no header, and {len(first)} columns where code and title are two")
        return False, 0, 1, True
    codes = [place for place, name in enumerate(first) if _CODES.search(name)]
    titles = [place for place, name in enumerate(first) if _TITLES.search(name) and place not in codes]
    words = titles or [place for place, name in enumerate(first) if _PHRASES.search(name) and place not in codes]
    if len(codes) != 1 or len(words) != 1:
        raise _refused(path, f"has not one column of codes and one of titles or phrases: {', '.join(first)}")
    return True, codes[0], words[0], bool(titles)


def _json(path: Path, data: bytes) -> IndustryFile:
    try:
        said = json.loads(data)
    except (ValueError, RecursionError) as fault:
        raise _refused(path, f"can't be read as JSON: {fault}") from None
    items = said.get("items") if isinstance(said, dict) else said
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise _refused(path, "has no list of items with code and title")
    index = any(item.get("index") for item in items)
    found = IndustryFile(not index, sha256(data).hexdigest())
    for number, item in enumerate(items, start=1):
        # 31 is part of 31-33: that one is an item of its own.
        if "part_of_range" not in item:
            found.take(number, *_texts(item), _phrases(item))
    return found


def _texts(item: dict[str, Any]) -> tuple[str, str]:
    code, title = item.get("code", ""), item.get("title", "")
    return str(code) if type(code) in (int, str) else "", title if isinstance(title, str) else ""


def _phrases(item: dict[str, Any]) -> list[str]:
    index = item.get("index") or []
    return [each for each in index if isinstance(each, str)] if isinstance(index, list) else []


_READERS: dict[str, Callable[[Path, bytes], IndustryFile]] = {"csv": _csv, "json": _json, "xlsx": _xlsx}


def _industry(code: str, title: str, phrases: Iterable[str], *, table: bool) -> Industry:
    if not CODE.fullmatch(code) and not SECTORS.fullmatch(code):
        raise RowRefused(f"“{code}” is no industry code of two to six digits." if code else "There is no code in it.")
    named = _SHARED.sub("", " ".join(title.split()))
    called = tuple(a_phrase(each) for each in phrases if each.strip())
    if not named and (table or not called):
        raise RowRefused("There are no words in it." if not table else "There is no title in it.")
    for text in (named, *called):
        refuse_unprintable("A phrase", text)
        if len(text) > LONGEST:
            raise RowRefused(f"Its words are longer than {LONGEST} characters.")
    return Industry(code, named, called)


def _refused(path: Path, why: str, press: str = "Look at the file.") -> MapRefusedError:
    return MapRefusedError(f"{path.name} {why.rstrip('.')}.", "Nothing was imported.", press)
