"""A real city's 25,757 licenses imported, searched as they are typed, and renewed (dry run), over the bare work.

Floors are plain library calls: csv and sqlite3 for the import, one index-range SELECT a key for the search, and for the
renewal the same rows read with sqlite3 and their fees added up in Decimal. The list is the shared one; where there is
none, as many made-up rows. The city's file has no last day: for the renewal all of them are given one.
"""

from __future__ import annotations

import csv
import json
import os
import random
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import count, islice
from pathlib import Path
from time import perf_counter
from typing import Any

from bench.figures import Row, row, seconds
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.demo.city import DemoCity
from countertui.domain.reference import TABLES, CityKey
from countertui.domain.renewals import Run
from countertui.ledger.books import Books, init_books
from countertui.ledger.desk import Ground
from countertui.ledger.imported import Answering, Counted, ImportFact, begin_import
from countertui.ledger.importing.kinds import Kind
from countertui.ledger.importing.run import import_file
from countertui.ledger.renewals import selected
from countertui.store.reference import Reference
from countertui.store.reference_load import build_reference

ROOT = Path(__file__).resolve().parents[1]
LIST = "business_licenses/scottsdale_az_business_licences_ODbL.csv"
SAMPLE = ROOT / "docs" / "license-lists" / "scottsdale-az"
ROWS = 25_757
NOW, TODAY, LAST = "2026-11-23T18:00:00+00:00", date(2026, 11, 23), "2026-12-31"
IMPORT_GOAL, SEARCH_GOAL, RENEW_GOAL = 15.0, 1.5, 12.0
PEOPLE = 200
KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
_IDS = count()


@dataclass
class Made:
    version: int = 1
    made_at: str = "2026-11-23T05:00:00Z"
    expires_at: str = "2026-12-28T05:00:00Z"
    sha256: str = "00" * 32
    epoch: int = 1
    seq: int = 0


def rows(rows: int = ROWS, rounds: int = 3) -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="countertui-bench-") as name:
        folder = Path(name)
        file = _list(folder, rows)
        mapping = folder / "map.toml"
        told = (SAMPLE / "map.toml").read_text(encoding="utf-8")
        mapping.write_text(f'{told}status = {{ constant = "active" }}\nexpires_on = {{ constant = "{LAST}" }}\n')
        floors, values = [], []
        for n in range(rounds):
            bare = folder / f"bare-{n}.db"
            floors.append(seconds(lambda bare=bare: _bare_import(file, bare)))  # type: ignore[misc]
            books = _books(folder / f"books-{n}")
            values.append(seconds(lambda books=books: _import(books, file, mapping)))  # type: ignore[misc]
        found = [row(f"{rows:,} real licenses imported", floors, values, IMPORT_GOAL, "s")]
        found.append(_searched(folder, books, bare, rows))
        found.append(_renewed(books, bare, rows, rounds))
        books.close()
        return found


def _list(folder: Path, wanted: int) -> Path:
    """The first so many rows of the shared list, or as many made-up ones in its columns."""
    file = folder / "licenses.csv"
    there = Path(os.environ.get("COUNTERTUI_SHARED", ROOT.parent / "shared")) / "data" / LIST
    if there.is_file():
        with there.open("rb") as source:
            file.write_bytes(b"".join(islice(source, wanted + 1)))
        return file
    places = ("Street", "Street2", "UnitType", "Unit", "City", "County", "State", "Zip", "Country")
    service, mailing = ([f"{kind}{place}" for place in places] for kind in ("Service", "Mailing"))
    header = ",".join(["BusinessName", "LicenseNumber", "LicenseType", *service, "IssuedDate", *mailing])
    lines = (
        f"BUSINESS NUMBER {n},{n:07},TPS,{n % 999 + 1} E MAIN ST,,,,SCOTTSDALE,MARICOPA,AZ,852510000,USA,"
        "2015-12-18 00:00:00,,,,,,,,,"
        for n in range(wanted)
    )
    file.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return file


def _books(folder: Path) -> Books:
    books = init_books(folder, "BENCH", KEY.public_key().public_bytes_raw().hex())
    chart = [("100-2310", "100", "Credits", "liability")]
    people = [("ken", "Ken", "admin", "", "2020-01-01", None)]
    toml = json.dumps((SAMPLE / "licenses.toml").read_text(encoding="utf-8"))
    with books.writing() as connection:
        bringing = begin_import(connection)
        for name, some in (*(("gl_account", chart), ("operator", people), ("city", [(CityKey.LICENSES.value, toml)])),):
            bringing.add(name, some)
        bringing.answered_by(Ground(connection, books, KEY, NOW), ImportFact(_id(), "bench", "ken", Counted()))
    return books


def _import(books: Books, file: Path, mapping: Path) -> None:
    report = import_file(books, Kind.LICENSES, file, mapping, who=Answering(KEY, "ken", _id()), now=NOW)
    if report.created + report.rejected != report.rows:
        raise AssertionError(report)


def _id() -> str:
    return f"0190b2c4-0000-7000-8000-{next(_IDS):012}"


def _bare_import(file: Path, path: Path) -> None:
    """The rows as they stand, into one table with an index of names."""
    with file.open(encoding="utf-8", newline="") as handle:
        source = csv.reader(handle)
        next(source)
        db = sqlite3.connect(path)
        db.execute("CREATE TABLE license (number TEXT PRIMARY KEY, name, class, address, mailing, issued)")
        db.executemany("INSERT INTO license VALUES (?, ?, ?, ?, ?, ?)", _plain(source))
        db.execute("CREATE INDEX by_name ON license (name)")
        db.commit()
        db.close()


def _plain(source: Iterator[list[str]]) -> Iterator[tuple[str, ...]]:
    seen: set[str] = set()
    for cells in source:
        if cells[1] not in seen:
            seen.add(cells[1])
            yield cells[1], cells[0], cells[2], " ".join(cells[3:11]), " ".join(cells[13:21]), cells[12][:10]


def _searched(folder: Path, books: Books, bare: Path, many: int) -> Row:
    """A key's look-up of a business by its name, letter by letter."""
    reference = _reference(folder / "reference.db", books)
    db = sqlite3.connect(bare)
    names = [name for (name,) in db.execute("SELECT name FROM license ORDER BY number")]
    typed = [
        name[:end].lower()
        for name in random.Random(1).sample(names, min(PEOPLE, len(names)))  # noqa: S311 - draws no secret
        for end in range(2, 9)
    ]
    floors, values = [], []
    for text in typed:
        begun = perf_counter()
        db.execute("SELECT * FROM license WHERE name >= ? ORDER BY name LIMIT 50", (text.upper(),)).fetchall()
        floors.append((perf_counter() - begun) * 1e6)
        begun = perf_counter()
        reference.search(text)
        values.append((perf_counter() - begun) * 1e6)
    db.close()
    reference.close()
    return row(f"a key's search in {many:,} licenses, p50", floors, values, SEARCH_GOAL, "us")


def _reference(path: Path, books: Books) -> Reference:
    tables: dict[str, Sequence[Any]] = {name: list(some) for name, some in DemoCity(0).tables()}
    with books.reading() as connection:
        for name in ("account", "license"):
            order = " ORDER BY name, number" if name == "account" else ""
            columns = ", ".join(f'"{column}"' for column in TABLES[name])
            found = connection.exec_driver_sql(f"SELECT {columns} FROM {name}{order}")  # noqa: S608 - this program's own
            tables[name] = [tuple(each) for each in found]
    tables |= dict.fromkeys(("charge", "known_as", "license_act", "license_term", "trust_terms", "account_flag"), ())
    build_reference(path, tables.items(), Made())
    return Reference(path)


def _renewed(books: Books, bare: Path, many: int, rounds: int) -> Row:
    """Every license judged and its next term worked out, in the books as they are; nothing is written."""
    floors, values = [], []
    run = Run(date(2026, 12, 1), date.fromisoformat(LAST))
    for _ in range(rounds):
        floors.append(seconds(lambda: _bare_renewal(bare)))

        def value() -> None:
            with books.reading() as connection:
                found = selected(connection, run, TODAY)
            if len(found.renewals) + len(found.excepted) < many * 9 // 10:
                raise AssertionError(len(found.renewals))

        values.append(seconds(value))
    return row(f"{many:,} licenses renewed, dry run", floors, values, RENEW_GOAL, "s")


def _bare_renewal(bare: Path) -> int:
    """The same rows read, each with its two dates and the fees of its class as lines with their working."""
    db = sqlite3.connect(bare)
    rates = {"TPS": (Decimal("50.00"),), "BOP": (Decimal("50.00"), Decimal("25.00"))}
    total = 0
    for number, class_, issued in db.execute("SELECT number, class, issued FROM license ORDER BY number"):
        begins, ends = date(2027, 1, 1), date(2027, 12, 31)
        lines = [
            {"id": f"{number}/{begins.isoformat()}/{n}", "cents": int(rate * 100), "working": [["flat", str(rate)]]}
            for n, rate in enumerate(rates.get(class_, ()))
        ]
        term = {"begins": begins.isoformat(), "ends": ends.isoformat(), "issued": issued, "charges": lines}
        total += len(json.dumps(term))
    db.close()
    return total
