"""The slip that goes into a bag of cash for the safe: whose, from where, what, and lines to sign on."""

from __future__ import annotations

from dataclasses import dataclass

from countertui.documents.drawer_reports import SIGNATURE_RULE
from countertui.domain.dates import us_date, us_moment
from countertui.domain.demo import is_demo, is_training
from countertui.domain.documents import Cut, Document, Feed, Pair, Rule, Text, plain
from countertui.domain.money import Cents, format_cents


@dataclass(frozen=True, slots=True)
class DropFacts:
    """A drop. `biz_date` is ISO, `printed_at` local (ISO); pieces are (denomination in cents, number)."""

    city_name: str
    office_name: str
    ledger_id: str
    terminal: str
    drawer: str
    operator_name: str
    witness_name: str
    biz_date: str
    printed_at: str
    bag: str
    pieces: tuple[tuple[int, int], ...]
    cents: int


def drop_document(facts: DropFacts) -> Document:
    """Lay out the slip."""
    demo = (Text("DEMO - NOT A REAL PAPER", "center", bold=True),) if is_demo(facts.ledger_id) else ()
    blocks = (
        *demo,
        Text(plain(facts.city_name), "center", bold=True),
        Text(plain(facts.office_name), "center"),
        Feed(1),
        Text("CASH FOR THE SAFE", "center", bold=True, double=True),
        Pair("Bag", plain(facts.bag), bold=True),
        Pair("Business date", us_date(facts.biz_date)),
        Pair("Sealed", us_moment(facts.printed_at)),
        Pair("Terminal, drawer", plain(f"{facts.terminal}, {facts.drawer}")),
        Rule(),
        *map(_pieces, facts.pieces),
        Rule(),
        Pair("In the bag", format_cents(Cents(facts.cents)), bold=True),
        Feed(2),
        Text(plain(facts.operator_name)),
        Pair("Cashier", SIGNATURE_RULE),
        Feed(2),
        *((Text(plain(facts.witness_name)),) if facts.witness_name else ()),
        Pair("Witness", SIGNATURE_RULE),
        Cut(),
    )
    return Document("drop", plain(f"Drop {facts.bag}"), blocks, training=is_training(facts.ledger_id))


def _pieces(each: tuple[int, int]) -> Pair:
    cents, number = each
    return Pair(f"{number} x {format_cents(Cents(cents))}", format_cents(Cents(cents * number)))
