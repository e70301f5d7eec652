"""Reports as files: CSV (RFC 4180), XLSX, PDF. Imported late: XLSX brings xlsxwriter, PDF brings Typst.

Whoever reads a file alone finds in it whose report it is, of which days, as of when, and whether anything of it is
real. Text that a spreadsheet would take for a formula is text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from countertui.documents import spreadsheet
from countertui.documents.pdf import PdfError, compiled, in_font
from countertui.documents.pdf_child import compiled_apart
from countertui.domain.report_lines import bars_of
from countertui.domain.report_table import ColumnKind, Table, Value, shown
from countertui.errors import AnswerNo

ENDINGS = (".csv", ".xlsx", ".pdf")
MOST_ON_PAPER = 4_000
"""Rows of one PDF, some 110 pages: Typst holds 0.1 MB a row while it makes one (measured: 10,700 rows took 1.3 GB)."""
MOST_HERE = 500
"""Rows of a PDF that this very process makes; a longer one is made by a child."""
MOST_IN_A_SHEET = 1_000_000
_NARROW = 6
_REPORT = """\
#let paper = json(bytes(sys.inputs.paper))
#set document(title: paper.title)
#set text(font: "Libertinus Serif", size: 9pt, lang: "en", hyphenate: false)
#let mark = align(center, text(size: 12pt, weight: "bold", paper.mark))
#let foot = context [#paper.foot #h(1fr) Page #counter(page).display("1 of 1", both: true)]
#set page(paper: "us-letter", flipped: paper.flipped, margin: 1.8cm, header: mark, footer: foot)
#heading(level: 1, paper.title)
#for line in paper.told { par(line) }
#let aligned = paper.right.map(each => if each { right } else { left })
#let cells(row, strong) = row.map(each => if strong { text(weight: "bold", each) } else { [#each] })
#let last = if paper.totals == none { () } else { cells(paper.totals, true) }
#table(columns: paper.wide.map(each => if each { 1fr } else { auto }), align: aligned, stroke: 0.4pt, inset: 4pt,
  table.header(..cells(paper.header, true)), ..paper.rows.map(row => cells(row, false)).flatten(), ..last)
#if paper.rows.len() == 0 { par("none") }
#if paper.bars.len() > 0 {
  heading(level: 2, paper.bars.first())
  par(text(font: "DejaVu Sans Mono", size: 8pt, paper.bars.slice(1).join(linebreak())))
}
#for note in paper.notes { par(note) }
"""


class TooLongError(AnswerNo):
    """A report that is too long for such a file."""


def as_file(table: Table, ending: str, made: datetime) -> bytes:
    """A report as a file of that ending (ENDINGS); made: the moment it says it was made, in UTC.

    The same report and moment give the same bytes. Raises TooLongError, PdfError.
    """
    if ending == ".csv":
        return "".join(as_csv(table)).encode("utf-8-sig")
    if ending == ".xlsx":
        if len(table.rows) > MOST_IN_A_SHEET:
            raise _too_long(table, MOST_IN_A_SHEET, "a sheet", "Ask for fewer days, or for .csv.")
        return spreadsheet.as_xlsx([_sheet(table)], made)
    return as_pdf(table, made_at=int(made.timestamp()))


def parts_of(table: Table, ending: str) -> list[Table]:
    """The report as files of that ending can have it: a PDF's in parts of MOST_ON_PAPER rows, each saying which it is.

    Totals, charts and notes stand in the last of them.
    """
    if ending != ".pdf" or len(table.rows) <= MOST_ON_PAPER:
        return [table]
    firsts = range(0, len(table.rows), MOST_ON_PAPER)
    parts = []
    for n, first in enumerate(firsts, start=1):
        rows = table.rows[first : first + MOST_ON_PAPER]
        told = f"Part {n} of {len(firsts)}: rows {first + 1:,} to {first + len(rows):,} of {len(table.rows):,}."
        part = replace(table, rows=rows, title=f"{table.title}, part {n} of {len(firsts)}", notes=(told,))
        is_last = n == len(firsts)
        parts.append(replace(part, notes=(told, *table.notes)) if is_last else replace(part, totals=None, bars=None))
    return parts


def as_csv(table: Table) -> Iterator[str]:
    """A report as CSV, line by line: headings, rows, totals; then what it is a report of, in the first column."""
    return spreadsheet.as_csv(_sheet(table))


def as_pdf(table: Table, *, made_at: int) -> bytes:
    """A report as PDF on letter paper, on its side where it is wide; headings and page numbers on every page.

    made_at: seconds since 1970 UTC. Raises TooLongError, PdfError.
    """
    if len(table.rows) > MOST_ON_PAPER:
        raise _too_long(table, MOST_ON_PAPER, "paper", "Ask for fewer days, or for .xlsx or .csv.")
    places = table.shown
    columns = [table.columns[n] for n in places]
    texts = [column.kind is ColumnKind.TEXT for column in columns]
    title, *told = [line for line in table.told() if table.mark not in line or not table.mark]
    paper = {
        "title": in_font(title),
        "mark": in_font(f"{table.mark} - NOT A REAL PAPER" if table.mark else ""),
        "told": [in_font(line) for line in told],
        "foot": in_font(f"{title}, {table.asked.range}"),
        "flipped": len(columns) > _NARROW,
        "header": [column.name for column in columns],
        "right": [column.kind not in (ColumnKind.TEXT, ColumnKind.DATE) for column in columns],
        "wide": texts,
        "rows": [[_on_paper(table, n, row[n]) for n in places] for row in table.rows],
        "totals": None if table.totals is None else [_on_paper(table, n, table.totals[n]) for n in places],
        "bars": [in_font(line) for line in bars_of(table, 100)],
        "notes": [in_font(note) for note in table.notes],
    }
    make = compiled_apart if len(table.rows) > MOST_HERE else compiled
    return make(_REPORT, paper, made_at)


def _sheet(table: Table) -> spreadsheet.Table:
    """The report as a sheet, with what it is a report of below it."""
    return spreadsheet.Table(
        f"{table.mark} {table.name}".strip()[:31],
        table.columns,
        table.rows,
        totals=table.totals,
        notes=(*table.told(), *table.notes),
    )


def _on_paper(table: Table, place: int, value: Value) -> str:
    return in_font(shown(table.columns[place].kind, value))


def _too_long(table: Table, most: int, what: str, press: str) -> TooLongError:
    return TooLongError(f"{len(table.rows):,} rows are more than {most:,} for {what}.", "Nothing was written.", press)


__all__ = ["ENDINGS", "PdfError", "TooLongError", "as_csv", "as_file", "as_pdf", "parts_of"]
