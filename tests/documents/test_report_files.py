"""Reports as files: what is in them is read back as it was, and says whose report it is."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from countertui.documents import report_files
from countertui.documents.pdf import PdfError
from countertui.documents.pdf_child import compiled_apart
from countertui.documents.report_files import MOST_ON_PAPER, TooLongError, as_file, parts_of
from countertui.domain.report_period import Range
from countertui.domain.report_table import Asked, Bars, Column, ColumnKind, Heading, Table, summed

MADE = datetime(2026, 11, 23, 17, 5, tzinfo=UTC)
COLUMNS = (
    Column("operator"),
    Column("receipts", ColumnKind.COUNT),
    Column("taken", ColumnKind.CENTS),
    Column("voids", ColumnKind.RATE),
    Column("session", for_programs=True),
)
ROWS = [('=HYPERLINK("x")', 2, -5, 125, "S1"), ("-bo", 1_000, 12_345_67, None, "@S2")]
TABLE = Table(
    "drawers",
    "Drawers by operator",
    Asked(Range("2026-11-01", "2026-11-30")),
    COLUMNS,
    ROWS,
    summed(COLUMNS, ROWS),
    notes=("=1+1 was typed by somebody.",),
    bars=Bars("Taken", 0, 2),
    heading=Heading("Littleton", "TRAINING-1", "2026-11-30T17:05:00"),
)


def pdf_text(data: bytes) -> list[str]:
    pdfium = pytest.importorskip("pypdfium2")
    document = pdfium.PdfDocument(data)
    return [page.get_textpage().get_text_range() for page in document]


def test_csv_has_headings_rows_and_totals_then_what_it_is_of_and_no_formula():
    rows = list(csv.reader(io.StringIO(as_file(TABLE, ".csv", MADE).decode("utf-8-sig"), newline="")))
    assert rows[:4] == [
        ["operator", "receipts", "taken", "voids", "session"],
        ['\'=HYPERLINK("x")', "2", "-0.05", "1.25", "S1"],
        ["'-bo", "1000", "12345.67", "", "'@S2"],
        ["Total", "1002", "12345.62", "", ""],
    ]
    told = [row[0] for row in rows[4:]]
    assert told == [
        *("TRAINING - NOT REAL", "Drawers by operator", "Littleton", "2026-11-01 to 2026-11-30"),
        *("As of 2026-11-30 17:05", "'=1+1 was typed by somebody."),
    ]
    assert {len(row) for row in rows} == {5}


def test_a_workbook_has_the_same_numbers_and_texts():
    openpyxl = pytest.importorskip("openpyxl")
    sheet = openpyxl.load_workbook(io.BytesIO(as_file(TABLE, ".xlsx", MADE))).worksheets[0]
    assert sheet.title == "TRAINING drawers"
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[1] == ['=HYPERLINK("x")', 2, -0.05, 1.25, "S1"]
    assert rows[3][:3] == ["Total", 1002, 12345.62]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} == {"s", "n"}
    assert "TRAINING - NOT REAL" in [row[0] for row in rows]


def test_a_pdf_says_training_on_every_page_and_repeats_its_headings():
    long = replace(TABLE, rows=[(f"operator {n}", n, n, None, "S") for n in range(120)], bars=None)
    first, *_, last = pages = pdf_text(as_file(long, ".pdf", MADE))
    assert len(pages) > 1
    assert all("TRAINING - NOT A REAL PAPER" in page for page in pages)
    assert all("receipts" in page for page in pages)
    assert "2026-11-01 to 2026-11-30" in first
    assert f"Page {len(pages)} of {len(pages)}" in last
    assert "operator 119" in last
    assert "Total" in last


def test_the_same_report_and_moment_give_the_same_bytes():
    for ending in (".csv", ".xlsx", ".pdf"):
        if ending == ".xlsx":
            pytest.importorskip("xlsxwriter")
        assert as_file(TABLE, ending, MADE) == as_file(TABLE, ending, MADE)


def test_what_is_too_long_for_paper_is_refused_with_what_fits():
    long = replace(TABLE, rows=[ROWS[0]] * (MOST_ON_PAPER + 1))
    with pytest.raises(TooLongError) as refused:
        as_file(long, ".pdf", MADE)
    assert ".xlsx" in refused.value.press


def test_a_long_report_is_several_pdfs_which_together_have_every_row_once():
    rows = [(f"operator {n}", n, n, None, "S") for n in range(2 * MOST_ON_PAPER + 1)]
    long = replace(TABLE, rows=rows, totals=summed(COLUMNS, rows))
    parts = parts_of(long, ".pdf")
    assert [row for part in parts for row in part.rows] == rows
    assert [part.totals for part in parts] == [None, None, long.totals]
    assert [part.title for part in parts] == [f"Drawers by operator, part {n} of 3" for n in (1, 2, 3)]
    assert [part.notes[1:] for part in parts] == [(), (), TABLE.notes]
    assert all(len(part.rows) <= MOST_ON_PAPER for part in parts)
    [text] = pdf_text(as_file(parts[-1], ".pdf", MADE))
    assert "part 3 of 3" in text
    assert "rows 8,001 to 8,001 of 8,001" in text
    assert parts_of(long, ".xlsx") == [long]
    assert parts_of(TABLE, ".pdf") == [TABLE]


def test_a_workbooks_columns_are_as_wide_as_their_widest_number_and_totals_stand_out():
    openpyxl = pytest.importorskip("openpyxl")
    rows = [("a", 1, 1, None, ""), *(("b", n, 99_999_999_99, None, "") for n in range(300))]
    long = replace(TABLE, rows=rows, totals=summed(COLUMNS, rows))
    sheet = openpyxl.load_workbook(io.BytesIO(as_file(long, ".xlsx", MADE))).worksheets[0]
    assert sheet.column_dimensions["C"].width > len("29,999,999,997.01")
    assert [cell.font.b for cell in sheet[303]][:3] == [True, True, True]
    assert not sheet["A2"].font.b
    assert sheet.print_title_rows == "$1:$1"


def test_a_pdf_is_the_same_whichever_process_makes_it(monkeypatch):
    here = as_file(TABLE, ".pdf", MADE)
    monkeypatch.setattr(report_files, "MOST_HERE", 0)
    assert as_file(TABLE, ".pdf", MADE) == here


def test_what_the_child_cannot_make_is_said():
    with pytest.raises(PdfError, match="could not be made"):
        compiled_apart("#let", {"title": "x"}, 0)
