"""Papers of licenses as PDF, made by Typst: certificates, renewal notices in one file, and mailing labels.

Accessible (PDF/UA-1) and fit to be kept (PDF/A-2a). The same input gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from barcode.codex import Code128

from countertui.documents.pdf import bars_svg, compiled, in_font, qr_svg
from countertui.domain.dates import us_date
from countertui.domain.demo import mark_of
from countertui.domain.money import Cents, format_cents


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a certificate says of a license. Dates ISO; claim is the text of its QR code; copy counts from 1.

    told: further lines, such as conditions; address: of the page where it can be checked, empty for none. A demo or
    training city's `ledger_id` marks this paper, and those below, as worthless.
    """

    ledger_id: str
    city: str
    number: str
    business: str
    owner: str
    premises: tuple[str, ...]
    license_class: str
    begins: str
    ends: str
    issued: str
    claim: str
    told: tuple[str, ...] = ()
    address: str = ""
    copy: int = 1


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The city as notices name it: its name, the lines of the office to write to, and what stands at the end."""

    ledger_id: str
    city: str
    office: tuple[str, ...]
    closing: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """One renewal notice. Dates ISO, sums in cents; later: what is owed from a day on instead of the total.

    to: the lines of the mailing address; scanned: what the barcode holds, as the counter reads it.
    """

    number: str
    business: str
    to: tuple[str, ...]
    premises: str
    license_class: str
    begins: str
    ends: str
    lines: tuple[tuple[str, Cents], ...]
    total: Cents
    due: str
    scanned: str
    later: tuple[tuple[str, Cents], ...] = ()


_TEXT = '#set text(font: "Libertinus Serif", size: 11pt, lang: "en", hyphenate: false)\n'
_MARK = """\
#let mark = align(center, text(size: 12pt, weight: "bold", paper.mark))
"""
_CERTIFICATE = (
    """\
#let paper = json(bytes(sys.inputs.paper))
#set document(title: "Business license " + paper.number, keywords: (paper.claim,))
#set page(paper: "us-letter", flipped: true, margin: 2cm,
  background: pad(1cm, rect(width: 100%, height: 100%, stroke: 2pt)))
"""
    + _TEXT
    + _MARK
    + """\
#set align(center)
#if paper.mark != "" { mark }
#text(size: 22pt, weight: "bold", paper.city)
#v(2mm)
#heading(level: 1, text(size: 28pt, paper.heading))
#v(6mm)
#text(size: 20pt, weight: "bold", paper.business)
#linebreak()
#paper.premises.join(linebreak())
#v(6mm)
#grid(columns: (auto, auto), column-gutter: 8mm, row-gutter: 3mm, align: (right, left),
  ..for (left, right) in paper.facts { (left, strong(right)) })
#v(1fr)
#grid(columns: (1fr, auto), align: (left + bottom, right + bottom),
  paper.told.join(linebreak()),
  image(bytes(paper.qr), alt: "QR code: " + paper.claim, width: 34mm))
"""
)
_NOTICES = (
    """\
#let paper = json(bytes(sys.inputs.paper))
#set document(title: paper.title)
"""
    + _TEXT
    + _MARK
    + """\
#set page(paper: "us-letter", margin: (x: 2.2cm, top: 1.8cm, bottom: 1.5cm), header: mark)
#for (n, one) in paper.notices.enumerate() {
  if n > 0 { pagebreak() }
  block(width: 100%, height: 6.4cm, clip: true, {
    strong(paper.city)
    linebreak()
    paper.office.join(linebreak())
    // Where a window of a letter folded in three shows it, whatever stands above.
    place(top + left, dy: 3.4cm, one.to.join(linebreak()))
  })
  heading(level: 1, paper.heading + " " + one.number)
  one.words
  table(columns: (1fr, auto), align: (left, right), stroke: 0.4pt,
    table.header([*For*], [*Amount*]), ..one.rows.flatten())
  one.later.join(linebreak())
  v(2mm)
  paper.closing
  v(1fr)
  line(length: 100%, stroke: (thickness: 0.4pt, dash: "dashed"))
  grid(columns: (1fr, auto), one.stub.join(linebreak()),
    image(bytes(one.bars), alt: "Code 128: " + one.scanned, width: 60mm, height: 12mm, fit: "stretch"))
}
"""
)
_LABELS = (
    """\
#let paper = json(bytes(sys.inputs.paper))
#set document(title: paper.title)
"""
    + _TEXT
    + _MARK
    + """\
#set page(paper: "us-letter", margin: (x: 0.19in, y: 0.5in), header: mark, header-ascent: 10%)
#set text(size: 10pt)
#grid(columns: (2.63in,) * 3, rows: 1in, column-gutter: 0.12in,
  ..paper.labels.map(label => block(
    height: 1in, width: 100%, inset: (x: 0.15in, y: 0.12in), clip: true, label.join(linebreak()),
  )))
"""
)
_PICTURES = frozenset({"qr", "bars"})
MOST_LINES = 5
"""Lines of an address that fit a label an inch high."""


def certificate_pdf(certificate: Certificate, *, made_at: int) -> bytes:
    """The certificate, of one page. made_at: seconds since 1970 UTC, for the file's own date. Raises PdfError.

    The text of its code is among the file's keywords too, where `license verify` finds it.
    """
    again = "" if certificate.copy == 1 else f" (duplicate {certificate.copy - 1})"
    facts = (
        ("License", certificate.number),
        ("Class", certificate.license_class),
        ("Licensee", certificate.owner),
        ("In force", f"{us_date(certificate.begins)} to {us_date(certificate.ends)}"),
        ("Issued", us_date(certificate.issued)),
    )
    check = (f"Check it at {certificate.address}",) if certificate.address else ()
    return compiled(
        _CERTIFICATE,
        _in_font(
            {
                **asdict(certificate),
                "mark": _mark(certificate.ledger_id),
                "heading": f"Business License{again}",
                "facts": [pair for pair in facts if pair[1]],
                "told": (*certificate.told, *check, " "),
                "qr": qr_svg(certificate.claim),
            }
        ),
        made_at,
    )


def notices_pdf(letterhead: Letterhead, notices: Sequence[Notice], heading: str, *, made_at: int) -> bytes:
    """The notices in one file, a page each, in the order given. Raises PdfError, where there are none too."""
    paper = {
        "title": f"{heading}, {len(notices)}",
        "mark": _mark(letterhead.ledger_id),
        "city": letterhead.city,
        "office": letterhead.office,
        "heading": heading,
        "closing": letterhead.closing,
        "notices": [_notice(notice) for notice in notices],
    }
    return compiled(_NOTICES, _in_font(paper), made_at)


def labels_pdf(addresses: Sequence[tuple[str, ...]], title: str, ledger_id: str, *, made_at: int) -> bytes:
    """Mailing labels, 30 to a sheet (2 5/8 by 1 inch), in the order given. Raises PdfError."""
    paper = {"title": title, "mark": _mark(ledger_id), "labels": [lines[:MOST_LINES] for lines in addresses]}
    return compiled(_LABELS, _in_font(paper), made_at)


def _notice(notice: Notice) -> dict[str, Any]:
    term = f"{us_date(notice.begins)} to {us_date(notice.ends)}"
    rows = [(description, format_cents(cents)) for description, cents in notice.lines]
    return {
        "number": notice.number,
        "to": notice.to,
        "words": f"{notice.business}, {notice.premises}. {notice.license_class}, {term}. Please pay by"
        f" {us_date(notice.due)}.",
        "rows": [*rows, ("Total", format_cents(notice.total))],
        "later": [f"From {us_date(day)} on {format_cents(cents)} is due." for day, cents in notice.later] or [""],
        "stub": [notice.business, f"License {notice.number}", f"{format_cents(notice.total)} by {us_date(notice.due)}"],
        "scanned": notice.scanned,
        "bars": _bars(notice.scanned),
    }


def _mark(ledger_id: str) -> str:
    """What stands on every sheet of a city without real money; nothing on a real city's."""
    mark = mark_of(ledger_id)
    return f"{mark} - NOT A REAL PAPER" if mark else ""


def _bars(scanned: str) -> str:
    return bars_svg(Code128(scanned).build()[0])


def _in_font(value: Any) -> Any:
    if isinstance(value, str):
        return in_font(value)
    if isinstance(value, Mapping):
        return {key: each if key in _PICTURES else _in_font(each) for key, each in value.items()}
    return [_in_font(each) for each in value] if isinstance(value, list | tuple) else value
