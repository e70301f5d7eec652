"""A print document as a PDF on letter paper, accessible (PDF/UA-1) and fit to be kept (PDF/A-2a): made by Typst.

Imported late: Typst is 80 MB. It reads no file of this machine, no system font and no package.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import segno
import typst
from barcode.codex import Code128

from countertui.domain.documents import Barcode, Block, Cut, Document, Feed, Logo, Pair, Qr, Rule, Text
from countertui.domain.languages import USUAL
from countertui.domain.paper import width_of, wrapped
from countertui.errors import EnvironmentFault

COLUMNS = 42
_QR_MM, _COLUMN_MM = 34, 80
_BAR_MM, _BARS_HIGH_MM, _QUIET = 0.33, 10, 10
_SHOWN = (
    *((0x20, 0x7E), (0xA0, 0x2AF), (0x370, 0x482), (0x48A, 0x4FF), (0x1E00, 0x1EFF), (0x2010, 0x2027)),
    *((0x2030, 0x203E), (0x20A0, 0x20C0)),
)
"""What Typst's own fonts have for certain: Latin, Greek, Cyrillic, punctuation, currencies; all else shows as `?`."""
_LACKS = re.compile("[^" + "".join(f"{chr(first)}-{chr(last)}" for first, last in _SHOWN) + "]")
_TEMPLATE = """\
#let paper = json(bytes(sys.inputs.paper))
#set document(title: paper.title)
#set page(paper: "us-letter", margin: (x: (8.5in - 43 * 0.602 * 9pt) / 2, y: 2cm))
#set text(font: "DejaVu Sans Mono", size: 9pt, lang: paper.lang, hyphenate: false, ligatures: false)
#set par(spacing: 0.55em, leading: 0.55em)
#let letter = 0.602em
#let styled(row, body) = {
  let weight = if row.bold { "bold" } else { "regular" }
  text(weight: weight, size: if row.double { 1.7em } else { 1em }, body)
}
#let lines(texts) = texts.join(linebreak())
#let rows = (
  text: row => align(
    if row.center { center } else { left },
    pad(left: row.indent * letter, styled(row, lines(row.lines))),
  ),
  pair: row => styled(row, grid(
    columns: (1fr, auto), column-gutter: letter,
    pad(left: row.indent * letter, lines(row.lines)), align(right + bottom, lines(row.right)),
  )),
  rule: row => line(length: 100%, stroke: 0.5pt),
  feed: row => v(row.n * 1.2em),
  picture: row => align(center, image(
    bytes(row.svg), alt: row.alt, width: row.mm * 1mm, height: row.high * 1mm, fit: "stretch",
  )),
  logo: row => align(center, image(bytes(row.png), alt: "Logo", height: 16mm, width: 60mm, fit: "contain")),
  cut: row => pagebreak(weak: true),
)
#for row in paper.rows { rows.at(row.t)(row) }
"""


class PdfError(EnvironmentFault):
    """The PDF could not be made; nothing was written."""


def as_pdf(document: Document, *, made_at: int, logo: bytes | None = None) -> bytes:
    """Write a document as PDF: the same lines as on a receipt of 42 columns, in the middle of a page of letter paper.

    made_at: seconds since 1970 UTC, for the file's own date; the same document and time give the same bytes. logo: a
    PNG for a Logo block. Raises PdfError, for a logo that is no picture too.
    """
    rows = [row for block in document.printed for row in _rows(block, logo)]
    paper = {"title": in_font(document.title).strip() or document.kind, "lang": document.language, "rows": rows}
    return compiled(_TEMPLATE, paper, made_at)


def all_as_pdf(documents: Sequence[Document], title: str, *, made_at: int) -> bytes:
    """Write documents as one PDF, each on pages of its own, as `as_pdf` does one; title: of the file. Raises PdfError.

    What they say is marked as in the language of the first.
    """
    rows: list[dict[str, Any]] = []
    for document in documents:
        rows += [row for block in document.printed for row in _rows(block, None)]
        rows.append({"t": "cut"})
    language = documents[0].language if documents else USUAL
    return compiled(_TEMPLATE, {"title": in_font(title), "lang": language, "rows": rows}, made_at)


def compiled(template: str, paper: Mapping[str, Any], made_at: int) -> bytes:
    """The template with its `paper` as PDF; the same three give the same bytes. Raises PdfError."""
    try:
        return typst.compile(
            template.encode(),
            format="pdf",
            sys_inputs={"paper": json.dumps(paper)},
            pdf_standards=["ua-1", "a-2a"],
            ignore_system_fonts=True,
            timestamp=made_at,
        )
    except typst.TypstError as error:
        raise PdfError(f"The PDF could not be made: {error}.", "Nothing was written.", "Call a technician.") from error


def _rows(block: Block, logo: bytes | None) -> Iterator[dict[str, Any]]:
    """The template's rows for a block."""
    match block:
        case Text(s=text, align=align, bold=bold, double=double):
            lines = wrapped(in_font(text), COLUMNS // 2 if double else COLUMNS)
            yield {"t": "text", "center": align == "center", "bold": bold, "double": double} | _indented(lines)
        case Pair(l=left, r=right, bold=bold, double=double):
            yield from _pair(in_font(left), in_font(right), {"center": False, "bold": bold, "double": double})
        case Rule():
            yield {"t": "rule"}
        case Feed(n=n):
            yield {"t": "feed", "n": n}
        case Qr(s=claim):
            yield _picture(qr_svg(claim), f"QR code: {claim}", _QR_MM, _QR_MM)
        case Barcode(s=code):
            bars = Code128(code).build()[0]
            wide = min((len(bars) + 2 * _QUIET) * _BAR_MM, _COLUMN_MM)
            yield _picture(bars_svg(bars), f"Code 128: {code}", wide, _BARS_HIGH_MM)
        case Logo():
            if logo is not None:
                yield {"t": "logo", "png": list(logo)}
        case Cut():
            yield {"t": "cut"}


def in_font(text: str) -> str:
    """The text in letters that Typst's own fonts have; what they lack is `?`."""
    return _LACKS.sub("?", text)


def _pair(left: str, right: str, style: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Left and right text on one line where they fit, as `domain.paper.paired` puts them."""
    width = COLUMNS // 2 if style["double"] else COLUMNS
    rights = wrapped(right, width)
    room = width - width_of(rights[0]) - (1 if right else 0)
    lefts = wrapped(left, width)
    if len(rights) == 1 and width_of(lefts[-1]) > room >= width // 2:
        lefts = wrapped(left, room)
    *above, last = lefts
    if left and (len(rights) > 1 or width_of(last) > room):
        above, last = lefts, ""
    if above:
        yield {"t": "text"} | style | _indented(above)
    yield {"t": "pair", "right": rights} | style | _indented([last])


def _indented(lines: list[str]) -> dict[str, Any]:
    """Lines and their indent, in letters."""
    indent = min(len(line) - len(line.lstrip(" ")) for line in lines)
    return {"lines": [line.strip(" ") for line in lines], "indent": indent}


def _picture(svg: str, alt: str, mm: float, high: float) -> dict[str, Any]:
    return {"t": "picture", "svg": svg, "alt": alt, "mm": mm, "high": high}


def qr_svg(claim: str) -> str:
    """A QR code (ISO/IEC 18004, level M) as SVG, with its quiet zone."""
    written = io.BytesIO()
    segno.make_qr(claim, error="m", boost_error=False).save(written, kind="svg", xmldecl=False, border=4)
    return written.getvalue().decode()


def bars_svg(bars: str) -> str:
    """A Code128's modules, 1 black and 0 white, as SVG with its quiet zones."""
    black = "".join(f"M{bar.start() + _QUIET} 0h{len(bar[0])}v30h-{len(bar[0])}z" for bar in re.finditer("1+", bars))
    wide = len(bars) + 2 * _QUIET
    size = f'width="{wide}" height="30" viewBox="0 0 {wide} 30"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}><path d="{black}"/></svg>'
