"""The slip of a drawer handed over: who gave it, who took it, both counts, and lines for both to sign on."""

from __future__ import annotations

from dataclasses import dataclass

from countertui.documents.drawer_reports import SIGNATURE_RULE, over_words
from countertui.domain.dates import us_date, us_moment
from countertui.domain.demo import is_demo, is_training
from countertui.domain.documents import Cut, Document, Feed, Pair, Rule, Text, plain
from countertui.domain.money import Cents, format_cents


@dataclass(frozen=True, slots=True)
class HandOverFacts:
    """A hand-over. `biz_date` is ISO, `given_at` local (ISO); bags of the takings are (number, cents)."""

    city_name: str
    office_name: str
    ledger_id: str
    terminal: str
    drawer: str
    giver_name: str
    taker_name: str
    biz_date: str
    given_at: str
    bags: tuple[tuple[str, int], ...]
    left_cents: int
    found_cents: int


def hand_over_document(facts: HandOverFacts) -> Document:
    """Lay out the slip."""
    demo = (Text("DEMO - NOT A REAL PAPER", "center", bold=True),) if is_demo(facts.ledger_id) else ()
    blocks = (
        *demo,
        Text(plain(facts.city_name), "center", bold=True),
        Text(plain(facts.office_name), "center"),
        Feed(1),
        Text("DRAWER HANDED OVER", "center", bold=True, double=True),
        Pair("Business date", us_date(facts.biz_date)),
        Pair("Handed over", us_moment(facts.given_at)),
        Pair("Terminal, drawer", plain(f"{facts.terminal}, {facts.drawer}")),
        Rule(),
        *(Pair(plain(f"Bag {bag} in the safe"), format_cents(Cents(cents))) for bag, cents in facts.bags),
        Pair("Left in the drawer", format_cents(Cents(facts.left_cents))),
        Pair("Found in it", format_cents(Cents(facts.found_cents))),
        Pair("Difference", over_words(facts.found_cents - facts.left_cents), bold=True),
        Feed(2),
        Text(plain(facts.giver_name)),
        Pair("Given by", SIGNATURE_RULE),
        Feed(2),
        Text(plain(facts.taker_name)),
        Pair("Taken by", SIGNATURE_RULE),
        Cut(),
    )
    return Document("hand_over", plain(f"Drawer {facts.drawer}"), blocks, training=is_training(facts.ledger_id))
