"""Letters to businesses that no license was found for, in one PDF: asked, not accused, most of them owe nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from countertui.documents.license_papers import Letterhead
from countertui.documents.pdf import compiled, in_font
from countertui.domain.dates import us_date
from countertui.domain.demo import mark_of

_LETTERS = """\
#let paper = json(bytes(sys.inputs.paper))
#set document(title: paper.title)
#set text(font: "Libertinus Serif", size: 11pt, lang: "en", hyphenate: false)
#let mark = align(center, text(size: 12pt, weight: "bold", paper.mark))
#set page(paper: "us-letter", margin: (x: 2.2cm, top: 1.8cm, bottom: 1.8cm), header: mark)
#for (n, one) in paper.letters.enumerate() {
  if n > 0 { pagebreak() }
  block(width: 100%, height: 6.4cm, clip: true, {
    strong(paper.city)
    linebreak()
    paper.office.join(linebreak())
    // Where a window of a letter folded in three shows it, whatever stands above.
    place(top + left, dy: 3.4cm, one.to.join(linebreak()))
    place(top + right, dy: 3.4cm, paper.day)
  })
  heading(level: 1, paper.heading)
  one.words.join(parbreak())
  v(6mm)
  paper.closing
  v(1fr)
  text(size: 9pt, one.reference)
}
"""


@dataclass(frozen=True, slots=True)
class LeadLetter:
    """A letter to one business: the lead's number, where it goes, line by line, the list it is in; second: of two."""

    no: int
    name: str
    to: tuple[str, ...]
    address: str
    list: str
    second: bool = False


def lead_letters_pdf(
    letterhead: Letterhead, letters: Sequence[LeadLetter], day: str, reply_by: str, *, made_at: int
) -> bytes:
    """The letters in one file, a page each, in the order given. Dates ISO; made_at: seconds since 1970 UTC.

    Raises PdfError, where there are none too.
    """
    mark = mark_of(letterhead.ledger_id)
    paper = {
        "title": f"Letters on business licenses, {len(letters)}",
        "mark": in_font(f"{mark} - NOT A REAL PAPER" if mark else ""),
        "city": in_font(letterhead.city),
        "office": [in_font(line) for line in letterhead.office] or [" "],
        "heading": "Does your business need a license?",
        "closing": in_font(letterhead.closing) or " ",
        "day": us_date(day),
        "letters": [_letter(each, reply_by) for each in letters],
    }
    return compiled(_LETTERS, paper, made_at)


def _letter(letter: LeadLetter, reply_by: str) -> dict[str, object]:
    where = f" at {letter.address}" if letter.address else ""
    asked = "We wrote to you before and have not heard from you. " if letter.second else ""
    words = (
        f"{asked}We looked for a business license of {letter.name}{where} and found none. The business stands in this"
        f" list: {letter.list}.",
        f"If it does business in the city it needs a license. Please apply by {us_date(reply_by)}, at the counter or by"
        " mail.",
        "If it has a license, has moved or closed, is not in the city, or needs none, please tell us, with the number"
        " below: we will not ask again.",
    )
    return {
        "to": [in_font(line) for line in letter.to],
        "words": [in_font(each) for each in words],
        "reference": f"Our number: {letter.no}",
    }
