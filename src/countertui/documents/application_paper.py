"""An application for a license on paper: all that is stated, what it would cost and why, and a line to sign on.

No EIN and no Social Security number is on it; it says only that one was given.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from countertui.documents.fee_paper import fee_blocks
from countertui.domain.dates import us_date, us_moment
from countertui.domain.demo import is_demo, is_training
from countertui.domain.documents import Block, Cut, Document, Feed, Pair, Rule, Text, plain
from countertui.domain.license_determination import Determination

_TITLE = "LICENSE APPLICATION"


@dataclass(frozen=True, slots=True)
class ApplicationFacts:
    """What an application says. Dates ISO; printed_at local; number empty while it is not filed.

    stated: label and text, in the order of the form. fee: as it would be, due on a day; None where too little is said.
    """

    city_name: str
    office_name: str
    office_address: str
    biz_date: str
    printed_at: str
    ledger_id: str
    number: str
    business: str
    stated: tuple[tuple[str, str], ...]
    fee: Determination | None
    due: str = ""
    whole: bool = True


def application_document(facts: ApplicationFacts) -> Document:
    """Lay out the application."""
    demo = (Text("DEMO - NOT A REAL PAPER", "center", bold=True),) if is_demo(facts.ledger_id) else ()
    blocks: tuple[Block, ...] = (
        *demo,
        Text(plain(facts.city_name), "center", bold=True),
        *(Text(plain(line), "center") for line in (facts.office_name, facts.office_address) if line),
        Feed(1),
        Text(_TITLE, "center", bold=True, double=True),
        Pair("Application", plain(facts.number or "not filed yet"), bold=True),
        Pair("Business date", us_date(facts.biz_date)),
        Pair("Printed", us_moment(facts.printed_at)),
        Rule(),
        *(Pair(plain(label), plain(text)) for label, text in facts.stated),
        Rule(),
        *_fee(facts),
        Feed(1),
        Text("What is stated here is true and whole."),
        Feed(2),
        Text("Signed ______________________"),
        Feed(1),
        Text("Date   ______________________"),
        Cut(),
    )
    name = facts.number or facts.business
    return Document("application", plain(f"Application {name}".strip()), blocks, training=is_training(facts.ledger_id))


def _fee(facts: ApplicationFacts) -> Iterator[Block]:
    if facts.fee is None:
        yield Text("The fee is known once class and start are stated.")
        return
    yield Text("The fee as it would be, no bill", bold=True)
    yield from fee_blocks(facts.fee)
    if not facts.whole:
        yield Text("Not all that is asked was answered: it may be another sum.")
    if facts.due:
        yield Pair("Due", us_date(facts.due))
