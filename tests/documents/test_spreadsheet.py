"""Tables in CSV and XLSX: what is in them is read back as it was, and nothing in them is a formula."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countertui.documents.spreadsheet import Chart, Table, as_csv, as_xlsx, dollars
from countertui.domain.report_table import Column
from countertui.domain.report_table import ColumnKind as Kind

MADE = datetime(2026, 11, 23)  # noqa: DTZ001 - a calendar day, of no zone
COLUMNS = (Column("name"), Column("many", Kind.COUNT), Column("paid", Kind.CENTS))
TABLE = Table(
    "Licenses",
    COLUMNS,
    [("Ann's", 3, 12_50), ("=1+1", None, -5), ("@SUM(A1)", 0, None), ('Tab\there, "quoted"', 1, 100_000_00)],
    (Chart("Many", 0, (1,)), Chart("Paid", 0, (2,), lines=True)),
)


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def test_csv_has_dollars_and_no_formula() -> None:
    assert read("".join(as_csv(TABLE))) == [
        ["name", "many", "paid"],
        ["Ann's", "3", "12.50"],
        ["'=1+1", "", "-0.05"],
        ["'@SUM(A1)", "0", ""],
        ['Tab\there, "quoted"', "1", "100000.00"],
    ]


def test_a_workbook_is_read_back_as_it_was_and_text_stays_text() -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx([TABLE, Table("None", COLUMNS, [])], MADE)))
    rows = [[cell.value for cell in row] for row in book["Licenses"].iter_rows(min_row=2)]
    assert rows == [["Ann's", 3, 12.5], ["=1+1", None, -0.05], ["@SUM(A1)", 0, None], [TABLE.rows[3][0], 1, 100000]]
    assert {cell.data_type for row in book["Licenses"].iter_rows() for cell in row if cell.value is not None} == {
        "s",
        "n",
    }
    assert len(book["Licenses"]._charts) == 2
    assert [sheet.title for sheet in book.worksheets] == ["Licenses", "None"]


def test_the_same_tables_give_the_same_bytes_without_a_formula_in_them() -> None:
    pytest.importorskip("xlsxwriter")
    first, again = as_xlsx([TABLE], MADE), as_xlsx([TABLE], MADE)
    assert first == again
    with zipfile.ZipFile(io.BytesIO(first)) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")


texts = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=12)
rows = st.lists(
    st.tuples(texts, st.none() | st.integers(0, 10**9), st.none() | st.integers(-(10**12), 10**12)), max_size=5
)


@given(rows)
def test_whatever_is_in_a_table_stands_in_its_csv(rows: list[tuple[str, int | None, int | None]]) -> None:
    header, *found = read("".join(as_csv(Table("T", COLUMNS, rows))))
    assert header == ["name", "many", "paid"]
    assert len(found) == len(rows)
    for (name, many, paid), (text, count, money) in zip(rows, found, strict=True):
        assert text.removeprefix("'" if name[:1] in ("=", "+", "-", "@") else "") == name
        assert text[:1] not in ("=", "+", "-", "@")
        assert count == ("" if many is None else str(many))
        assert money == ("" if paid is None else dollars(paid))
        assert paid is None or round(float(money) * 100) == paid
