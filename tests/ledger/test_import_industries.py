"""`import naics`: the Census' table and an index of activities, as they are handed out, and nothing else."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.ledger.books import Books
from countertui.ledger.desk import NotAllowed
from countertui.ledger.fsck import fsck
from countertui.ledger.importing.faults import MapRefusedError
from countertui.ledger.importing.industries import import_industries, import_industries_published
from countertui.ledger.importing.industry_files import read_industries
from countertui.ledger.importing.run import ImportReport
from ledger.test_ingest import asked
from ledger.town import NOW, answering

TABLE = "code,title,level\n72,Accommodation and Food Services,2\n722330,Mobile Food Services,6\n811210,Electronics,6\n"


class Lists:
    """Imports lists of industries from texts, as a clerk does."""

    def __init__(self, books: Books, folder: Path) -> None:
        self.books, self.folder = books, folder

    def bring(self, name: str, said: str | bytes, **more: Any) -> ImportReport:
        path = self.folder / name
        path.write_bytes(said if isinstance(said, bytes) else said.encode())
        return import_industries(self.books, path, **{"who": answering(self.books), "now": NOW} | more)

    def there(self) -> dict[str, tuple[str, str]]:
        rows = asked(self.books, "SELECT code, title, phrases FROM industry ORDER BY code")
        return {code: (title, phrases) for code, title, phrases in rows}


@pytest.fixture
def lists(books: Books, tmp_path: Path) -> Lists:
    return Lists(books, tmp_path)


def counts(report: ImportReport) -> tuple[int, int, int, int, int]:
    assert report.rows == report.created + report.updated + report.unchanged + report.rejected
    return report.created, report.updated, report.unchanged, report.rejected, report.removed


def test_the_census_table_and_the_index_of_2012(books: Books, key: Ed25519PrivateKey, shared_data: Path) -> None:
    folder = shared_data / "naics"
    table, index = (
        folder / "naics_2022_2to6digit_census_publicdomain.csv",
        folder / "naics-2012_full_with_index_cfa_BSD.json",
    )
    first = import_industries_published(books, table, who=answering(books), now=NOW)
    assert (counts(first), first.version) == ((2_125, 0, 0, 0, 0), 1)
    second = import_industries_published(books, index, who=answering(books), now=NOW)
    assert (second.rows, second.created, second.removed, second.version) == (2_209, 0, 0, 2)
    rejects = list(csv.reader(io.StringIO(Path(second.rejects or "").read_text(encoding="utf-8"))))[1:]
    assert len(rejects) == second.rejected == 66
    assert ["448110", "Men's Clothing Stores"] in [row[2:] for row in rejects]
    assert all("is not in the list in force" in row[1] for row in rejects)
    (phrases,) = asked(books, "SELECT phrases FROM industry WHERE code = '722330'")[0]
    assert "food carts" in phrases.lower()
    assert asked(books, "SELECT count(*) FROM industry") == [(2_125,)]
    for again in (table, index):
        report = import_industries_published(books, again, who=answering(books), now=NOW)
        assert (report.created, report.updated, report.removed, report.version) == (0, 0, 0, None)
    assert fsck(books).differences == ()


def test_a_list_of_six_digits_without_a_header_leaves_the_groups(lists: Lists, shared_data: Path) -> None:
    lists.bring("table.csv", TABLE)
    path = shared_data / "naics" / "naics_2022_6digit_westridge_MIT.csv"
    report = import_industries(lists.books, path, who=answering(lists.books), now=NOW)
    assert counts(report) == (1_010, 1, 1, 0, 0)
    assert lists.there()["72"][0] == "Accommodation and Food Services"


def test_the_index_alone_is_the_list(lists: Lists, shared_data: Path) -> None:
    path = shared_data / "naics" / "naics-2012_full_with_index_cfa_BSD.json"
    report = import_industries(lists.books, path, who=answering(lists.books), now=NOW)
    assert counts(report) == (2_209, 0, 0, 0, 0)
    assert lists.there()["31-33"] == ("Manufacturing", "")


def test_only_tried_nothing_is_there(lists: Lists) -> None:
    assert counts(lists.bring("table.csv", TABLE, who=None)) == (3, 0, 0, 0, 0)
    assert lists.there() == {}


def test_who_may_not_import_does_not(lists: Lists) -> None:
    with pytest.raises(NotAllowed):
        lists.bring("table.csv", TABLE, who=answering(lists.books, "ann"))
    assert lists.there() == {}


def test_a_newer_table_takes_out_what_is_gone_and_tells_lost_phrases(lists: Lists) -> None:
    lists.bring("table.csv", TABLE)
    lists.bring("words.json", json.dumps({"items": [{"code": 722330, "title": "", "index": ["Food  carts; all"]}]}))
    assert lists.there()["722330"] == ("Mobile Food Services", "Food carts, all")
    report = lists.bring("table.csv", TABLE.replace("722330,Mobile Food Services", "722515,Snack Bars"))
    assert counts(report) == (1, 0, 2, 0, 1)
    assert report.told == ["Code 722330 “Mobile Food Services” is gone, and none has its place: 1 phrase went with it."]
    assert set(lists.there()) == {"72", "722515", "811210"}


def test_a_row_that_cannot_be_read_takes_nothing_out(lists: Lists) -> None:
    lists.bring("table.csv", TABLE)
    report = lists.bring("table.csv", TABLE.replace("Mobile Food Services", "\x07"))
    assert (counts(report), lists.there()["722330"][0]) == ((0, 0, 2, 1, 0), "Mobile Food Services")


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("0722330,Zero first,6", "no industry code"),
        ("7223301,Too long,6", "no industry code"),
        ("7,Too short,6", "no industry code"),
        ("31-3,Half a range,2", "no industry code"),
        (",No code,6", "no code in it"),
        ("722511,,6", "no title in it"),
        ("722330,Another title,6", "same code 722330 with another title"),
        (f"722511,{'x' * 501},6", "longer than 500"),
    ],
)
def test_a_row_says_why_it_is_refused(lists: Lists, row: str, why: str) -> None:
    report = lists.bring("table.csv", f"{TABLE}{row}\n")
    assert counts(report) == (3, 0, 0, 1, 0)
    (rejected,) = list(csv.reader(io.StringIO(Path(report.rejects or "").read_text(encoding="utf-8"))))[1:]
    assert (rejected[0], why in rejected[1]) == ("5", True)


@pytest.mark.parametrize(
    ("name", "said", "why"),
    [
        ("a.csv", b"", "is empty"),
        ("a.csv", b"  \n ", "is empty"),
        ("a.csv", b"%PDF-1.7\n\x00\x00", "is not CSV inside"),
        ("a.csv", b'{"items": []}', "but json"),
        ("a.csv", b"PK\x03\x04rest", "but xlsx"),
        ("a.csv", "code,title\n11,Fische\xe4".encode("latin-1"), "not in UTF-8"),
        ("a.csv", "code,title".encode("utf-16"), "but no text"),
        ("a.csv", b"name,street\nA,B\n", "has not one column of codes"),
        ("a.csv", b"2017 NAICS Code,2022 NAICS Code,title\n11,11,Farming\n", "has not one column of codes"),
        ("a.csv", b"11,Farming,x\n", "3 columns"),
        ("a.csv", b"code,title\nx,y\n", "has no row of an industry code and its words: row 2: “x” is no industry code"),
        ("a.json", b"code,title\n11,Farming\n", "but csv"),
        ("a.json", b'{"items": [', "can't be read as JSON"),
        ("a.json", b"[" * 100_000, "can't be read as JSON"),
        ("a.json", b'{"561191": {"business_count": 1}}', "has no list of items"),
        ("a.json", b'{"items": [1]}', "has no list of items"),
        ("a.json", b'{"items": []}', "has no row"),
        ("a.json", b'[{"code": true, "title": "x"}]', "There is no code in it"),
        ("a.xlsx", b"code,title\n11,Farming\n", "but csv"),
        ("a.xls", b"\xd0\xcf\x11\xe0", "ends in “.xls”"),
    ],
)
def test_a_file_that_is_no_list_of_industries_is_refused_whole(lists: Lists, name: str, said: bytes, why: str) -> None:
    with pytest.raises(MapRefusedError) as refused:
        lists.bring(name, said)
    assert why in refused.value.happened
    assert refused.value.safe == "Nothing was imported."
    assert lists.there() == {}


def test_phrases_without_titles_need_a_table_first(lists: Lists) -> None:
    said = "NAICS22,INDEX ITEM DESCRIPTION\n722330,Food carts\n722330,Taco trucks\n999999,Bells\n"
    with pytest.raises(MapRefusedError, match="No industry codes are here yet"):
        lists.bring("index.csv", said)
    lists.bring("table.csv", TABLE)
    assert counts(lists.bring("index.csv", said)) == (0, 2, 0, 1, 0)
    assert lists.there()["722330"] == ("Mobile Food Services", "Food carts; Taco trucks")
    assert counts(lists.bring("index.csv", said)) == (0, 0, 2, 1, 0)


def test_a_workbook_of_the_census(lists: Lists, tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(["Seq. No.", "2022 NAICS US   Code", "2022 NAICS US Title"])
    book.active.append([None, None, None])
    book.active.append([1, 11, "Agriculture, Forestry, Fishing and HuntingT"])
    book.active.append([2, "31-33", "ManufacturingT"])
    book.active.append([3, 722330.0, "Mobile Food Services "])
    book.save(tmp_path / "list.xlsx")
    report = import_industries(lists.books, tmp_path / "list.xlsx", who=answering(lists.books), now=NOW)
    assert counts(report) == (3, 0, 0, 0, 0)
    assert {code: title for code, (title, _) in lists.there().items()} == {
        "11": "Agriculture, Forestry, Fishing and Hunting",
        "31-33": "Manufacturing",
        "722330": "Mobile Food Services",
    }
    whole = (tmp_path / "list.xlsx").read_bytes()
    for cut in (40, len(whole) // 2, len(whole) - 3):
        (tmp_path / "half.xlsx").write_bytes(whole[:cut])
        with pytest.raises(MapRefusedError, match="can't be read as a workbook"):
            read_industries(tmp_path / "half.xlsx")


def test_a_zip_that_is_no_workbook_or_unpacks_to_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("openpyxl")
    monkeypatch.setattr("countertui.ledger.importing.workbook._LARGEST", 100_000)
    for name, data in (("xl/other.xml", b"<a/>"), ("xl/bomb.xml", b"\x00" * 100_001)):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as parts:
            parts.writestr(name, data)
        (tmp_path / "odd.xlsx").write_bytes(packed.getvalue())
        with pytest.raises(MapRefusedError, match="can't be read as a workbook"):
            read_industries(tmp_path / "odd.xlsx")
