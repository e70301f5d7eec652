"""The slip of bags that go with a courier: which, to whom, for which receipt, and lines for all three to sign on."""

from __future__ import annotations

from dataclasses import dataclass

from countertui.documents.drawer_reports import SIGNATURE_RULE
from countertui.domain.dates import us_moment
from countertui.domain.demo import is_demo, is_training
from countertui.domain.documents import Cut, Document, Feed, Pair, Rule, Text, plain
from countertui.domain.money import Cents, format_cents


@dataclass(frozen=True, slots=True)
class CourierFacts:
    """A hand-over. said_at and recorded_at are local (ISO); bags are (slip number, bag, cents); badge may be empty."""

    city_name: str
    office_name: str
    ledger_id: str
    terminal: str
    company: str
    courier: str
    badge: str
    receipt: str
    said_at: str
    recorded_at: str
    giver_name: str
    second_name: str
    bags: tuple[tuple[str, str, int], ...]


def courier_document(facts: CourierFacts) -> Document:
    """Lay out the slip."""
    demo = (Text("DEMO - NOT A REAL PAPER", "center", bold=True),) if is_demo(facts.ledger_id) else ()
    total = sum(cents for _, _, cents in facts.bags)
    signed = ((facts.giver_name, "Given by"), (facts.second_name, "Seen by"), (facts.courier, "Courier"))
    blocks = (
        *demo,
        Text(plain(facts.city_name), "center", bold=True),
        Text(plain(facts.office_name), "center"),
        Feed(1),
        Text("BAGS FOR THE BANK", "center", bold=True, double=True),
        Pair("Courier", plain(facts.company), bold=True),
        *((Pair("Name", plain(facts.courier)),) if facts.courier else ()),
        *((Pair("Badge", plain(facts.badge)),) if facts.badge else ()),
        Pair("Receipt or seal", plain(facts.receipt)),
        Pair("Handed over", us_moment(facts.said_at)),
        Pair("Recorded", us_moment(facts.recorded_at)),
        Pair("Terminal", plain(facts.terminal)),
        Rule(),
        *(Pair(plain(f"Bag {bag}, slip {slip}"), format_cents(Cents(cents))) for slip, bag, cents in facts.bags),
        Rule(),
        Pair(f"{len(facts.bags)} sealed, said to hold", format_cents(Cents(total)), bold=True),
        *(block for name, what in signed for block in (Feed(2), Text(plain(name)), Pair(what, SIGNATURE_RULE))),
        Cut(),
    )
    return Document("courier", plain(f"Courier {facts.receipt}"), blocks, training=is_training(facts.ledger_id))
