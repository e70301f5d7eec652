"""How many licenses a city has, month by month, as a PDF: a table, and its bars beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from countertui.documents.pdf import compiled, in_font
from countertui.domain.demo import mark_of
from countertui.domain.license_reports import Counted, Month
from countertui.domain.money import Cents, format_cents

_REPORT = """\
#let paper = json(bytes(sys.inputs.paper))
#set document(title: paper.title)
#set text(font: "Libertinus Serif", size: 10pt, lang: "en", hyphenate: false)
#let mark = align(center, text(size: 12pt, weight: "bold", paper.mark))
#set page(paper: "us-letter", margin: 2cm, header: mark, numbering: "1 of 1")
#heading(level: 1, paper.title)
#paper.city
#for chart in paper.charts {
  heading(level: 2, chart.name)
  image(bytes(chart.svg), alt: chart.alt, width: 100%)
}
#heading(level: 2, "Month by month")
#table(columns: (auto, 1fr, 1fr, 1fr, 1fr, 1fr), align: (left, right, right, right, right, right), stroke: 0.4pt,
  table.header(..paper.header), ..paper.rows.flatten())
"""
_HEADER = ("Month", "In force", "Not stated", "Issued", "Ended", "Taken")
_WIDE, _HIGH, _ROOM, _FOOT = 1000, 260, 40, 24


@dataclass(frozen=True, slots=True)
class Growth:
    """Each month, what was counted in it, and what was taken, in cents."""

    period: tuple[Month, ...]
    counted: tuple[Counted, ...]
    taken: tuple[Cents, ...]


def growth_pdf(city: str, ledger_id: str, growth: Growth, *, made_at: int) -> bytes:
    """The report; made_at: seconds since 1970 UTC. The same input gives the same bytes. Raises PdfError."""
    mark = mark_of(ledger_id)
    names = [str(month) for month in growth.period]
    title = f"Business licenses, {names[0]} to {names[-1]}" if names else "Business licenses"
    standing = [each.in_force + each.not_stated for each in growth.counted]
    drawn = (
        ("Licenses at the end of each month", standing, [f"{number:,}" for number in standing]),
        ("Taken for licenses, in dollars", list(growth.taken), [format_cents(cents) for cents in growth.taken]),
    )
    rows = [
        (name, f"{each.in_force:,}", f"{each.not_stated:,}", f"{each.issued:,}", f"{each.ended:,}", format_cents(cents))
        for name, each, cents in zip(names, growth.counted, growth.taken, strict=True)
    ]
    charts = [
        {"name": name, "svg": _bars(names, values), "alt": f"{name}: {_told(names, words)}"}
        for name, values, words in drawn
        if any(values)
    ]
    paper = {
        "title": title,
        "mark": in_font(f"{mark} - NOT A REAL PAPER" if mark else ""),
        "city": in_font(city),
        "header": _HEADER,
        "rows": rows,
        "charts": charts,
    }
    return compiled(_REPORT, paper, made_at)


def _bars(names: Sequence[str], values: Sequence[int]) -> str:
    """Bars as SVG, as high as their numbers; every name that there is room for below."""
    most = max(1, *values) if values else 1
    step = (_WIDE - _ROOM) / max(1, len(values))
    shown = max(1, len(names) // 12)
    parts = [f'<line x1="0" y1="{_HIGH}" x2="{_WIDE}" y2="{_HIGH}" stroke="black"/>']
    for n, (name, value) in enumerate(zip(names, values, strict=True)):
        high = max(0, value) * (_HIGH - _FOOT) // most
        left = _ROOM / 2 + n * step
        parts.append(f'<rect x="{left:.1f}" y="{_HIGH - high}" width="{step * 0.8:.1f}" height="{high}" fill="#444"/>')
        if n % shown == 0:
            parts.append(f'<text x="{left:.1f}" y="{_HIGH + 18}" font-size="15">{name}</text>')
    size = f'width="{_WIDE}" height="{_HIGH + _FOOT}" viewBox="0 0 {_WIDE} {_HIGH + _FOOT}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" font-family="DejaVu Sans Mono" {size}>{"".join(parts)}</svg>'


def _told(names: Sequence[str], words: Sequence[str]) -> str:
    """What a chart shows, for who can't see it: its first and last number."""
    return f"{words[0]} in {names[0]}, {words[-1]} in {names[-1]}" if names else "nothing"
