"""1,000 renewal notices as one PDF, over plain Typst setting as many pages with a paragraph and a table as long.

The floor is handed its text as it stands in the source; it has no address, no stub and no bar code.
"""

from __future__ import annotations

import json

import typst
from bench.figures import Row, row, seconds

from countertui.documents.license_papers import Letterhead, Notice, notices_pdf
from countertui.domain.money import Cents

GOAL, FEES = 2.0, 9
MADE_AT = 1_795_424_400
BARE = """\
#let rows = json(bytes(sys.inputs.rows))
#set document(title: "Notices")
#set page(paper: "us-letter")
#for n in range(int(sys.inputs.pages)) {
  if n > 0 { pagebreak() }
  [= License renewal #n]
  [Business #n, 12 Main Street. General business, 01/01/2027 to 12/31/2027. Please pay by 01/31/2027.]
  table(columns: (1fr, auto), table.header([*For*], [*Amount*]), ..rows.flatten())
}
"""


def rows(notices: int = 1000, rounds: int = 5) -> list[Row]:
    made = [_notice(n) for n in range(notices)]
    letterhead = Letterhead("SPRINGFIELD", "City of Springfield", ("City Hall", "1 Main Street"), "Thank you.")
    table = [("For a fee", f"{n}.00") for n in range(FEES + 1)]

    def floor() -> None:
        inputs = {"rows": json.dumps(table), "pages": str(notices)}
        standards = ["ua-1", "a-2a"]
        typst.compile(
            BARE.encode(),
            format="pdf",
            sys_inputs=inputs,
            pdf_standards=standards,
            ignore_system_fonts=True,
            timestamp=0,
        )

    def value() -> None:
        notices_pdf(letterhead, made, "License renewal", made_at=MADE_AT)

    floors: list[float] = []
    values: list[float] = []
    for _ in range(rounds):
        floors.append(seconds(floor))
        values.append(seconds(value))
    return [row(f"{notices:,} renewal notices in one PDF", floors, values, GOAL, "s")]


def _notice(n: int) -> Notice:
    return Notice(
        number=f"L-{n:06}",
        business=f"Business {n}",
        to=(f"Business {n}", f"{n} Elm Street", f"Springfield OR {97000 + n % 900}"),
        premises="12 Main Street",
        license_class="General business",
        begins="2027-01-01",
        ends="2027-12-31",
        lines=tuple((f"Fee {k}", Cents(1000 + k)) for k in range(FEES)),
        total=Cents(FEES * 1000 + FEES * (FEES - 1) // 2),
        due="2027-01-31",
        scanned=f"L-{n:06}",
        later=(("2027-02-01", Cents(100_00)),),
    )
