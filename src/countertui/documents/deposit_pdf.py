"""A bank deposit's slip and the list of its checks as PDF on letter paper, made by Typst.

Accessible (PDF/UA-1) and fit to be kept (PDF/A-2a). The same input gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from countertui.documents.deposit_facts import CheckListFacts, DepositFacts, DifferenceFacts
from countertui.documents.drawer_reports import over_words
from countertui.documents.pdf import compiled, in_font
from countertui.domain.dates import us_date, us_moment
from countertui.domain.demo import mark_of
from countertui.domain.money import Cents, format_cents

_HEAD = """\
#let paper = json(bytes(sys.inputs.paper))
#set document(title: paper.title)
#set text(font: "Libertinus Serif", size: 10.5pt, lang: "en", hyphenate: false)
#set page(paper: "us-letter", margin: (x: 2cm, top: 2cm, bottom: 1.8cm),
  header: align(center, text(size: 12pt, weight: "bold", paper.mark)),
  footer: context { paper.foot; h(1fr); [#counter(page).display() of #counter(page).final().first()] })
#let money(words, rows, heads) = table(columns: words, stroke: 0.4pt,
  align: (x, _) => if x == words.len() - 1 { right } else { left },
  table.header(..heads.map(strong)), ..rows.flatten())
#strong(paper.city)
#linebreak()
#paper.office
#heading(level: 1, paper.heading)
#grid(columns: (auto, 1fr), column-gutter: 6mm, row-gutter: 2mm,
  ..for (left, right) in paper.facts { (left, strong(right)) })
"""
_SLIP = (
    _HEAD
    + """\
#heading(level: 2, "In the bag")
#money((1fr, auto, auto), paper.sums, ("Tender", "Pieces", "Amount"))
#if paper.pieces.len() > 0 [
  #heading(level: 2, "Cash by denomination")
  #money((auto, auto, 1fr), paper.pieces, ("Denomination", "Pieces", "Amount"))
]
#heading(level: 2, "Sessions")
#money((auto, auto, auto, auto, auto, 1fr), paper.sessions,
  ("Terminal", "Drawer", "Operator", "Business date", "Batch", "Amount"))
#strong(paper.heard)
#if paper.due.len() > 0 [
  #heading(level: 2, "Until when it must be at the bank")
  #paper.due.join(linebreak())
]
#for (title, rows) in paper.told [
  #heading(level: 2, title)
  #money((auto, 1fr, auto), rows, ("Item", "What", "Amount"))
]
#v(14mm)
#grid(columns: (1fr, 1fr), column-gutter: 12mm, row-gutter: 2mm,
  line(length: 100%, stroke: 0.6pt), line(length: 100%, stroke: 0.6pt), ..paper.signed)
"""
)
_CHECKS = (
    _HEAD
    + """\
#v(3mm)
#money((auto, 1fr, auto, auto, auto), paper.checks,
  ("Receipt", "Payor", "Number", "Routing and account", "Amount"))
#strong(paper.total)
"""
)


def deposit_slip_pdf(facts: DepositFacts, *, made_at: int) -> bytes:
    """The slip. made_at: seconds since 1970 UTC, for the file's own date. Raises PdfError."""
    copy = f" (COPY {facts.copy})" if facts.copy else ""
    told = (
        ("Lacking, to be found by a later deposit", facts.carried),
        ("Posted as over and short", facts.over_short),
        ("Found, of earlier slips", facts.found),
    )
    paper = {
        "title": f"Bank deposit {facts.slip_no}",
        "heading": f"Bank deposit {facts.slip_no}: {facts.stage}{copy}",
        **_about(facts),
        "facts": [
            ("Bag", facts.bag),
            ("Bank account", facts.bank),
            ("Business date", facts.dates),
            ("Made", f"{us_moment(facts.made_at)} at {facts.terminal}"),
            *([("At the bank by", facts.due)] if facts.due else []),
        ],
        "sums": [
            *((tender, str(count) if count else "", _money(cents)) for tender, count, cents in facts.sums),
            ("Total", "", _money(facts.total_cents)),
        ],
        "pieces": [(_money(cents), str(number), _money(cents * number)) for cents, number in facts.pieces],
        "sessions": [
            (
                *(each.terminal, each.drawer, each.operator, us_date(each.biz_date)),
                each.of if each.bag else "not sealed" if each.batch is None else str(each.batch),
                _money(each.cents),
            )
            for each in facts.sessions
        ],
        "heard": f"{facts.heard}.",
        "due": facts.due_working,
        "told": [(title, _rows(rows, found=title.startswith("Found"))) for title, rows in told if rows],
        "signed": [f"{facts.made_by}, who made it", f"{facts.second_name}, who counted with them"],
    }
    return compiled(_SLIP, _in_font(paper), made_at)


def check_list_pdf(facts: CheckListFacts, *, made_at: int) -> bytes:
    """The list of checks. made_at as for the slip. Raises PdfError."""
    stage = "FINAL" if facts.is_final else "INTERIM"
    paper = {
        "title": f"Check list of deposit {facts.slip_no}",
        "heading": f"Check list of deposit {facts.slip_no} ({stage})",
        **_about(facts),
        "facts": [
            ("Bag", facts.bag),
            ("Bank account", facts.bank),
            ("Business date", ", ".join(map(us_date, facts.biz_dates))),
            ("Made", us_moment(facts.made_at)),
        ],
        "checks": [
            (each.receipt_no, each.payor, f"{each.tender} {each.number}".strip(), each.micr, _money(each.cents))
            for each in facts.checks
        ],
        "total": f"Total: {facts.total_words}",
    }
    return compiled(_CHECKS, _in_font(paper), made_at)


def _about(facts: DepositFacts | CheckListFacts) -> dict[str, str]:
    mark = mark_of(facts.ledger_id)
    return {
        "mark": f"{mark} - NOT A REAL PAPER" if mark else "",
        "city": facts.city_name,
        "office": facts.office_name,
        "foot": f"{facts.slip_no}, bag {facts.bag}",
    }


def _rows(differences: Sequence[DifferenceFacts], *, found: bool) -> list[tuple[str, str, str]]:
    return [(each.item, each.what, _money(each.cents) if found else over_words(each.cents)) for each in differences]


def _money(cents: int) -> str:
    return format_cents(Cents(cents))


def _in_font(value: Any) -> Any:
    if isinstance(value, str):
        return in_font(value)
    if isinstance(value, Mapping):
        return {key: _in_font(each) for key, each in value.items()}
    return [_in_font(each) for each in value] if isinstance(value, list | tuple) else value
