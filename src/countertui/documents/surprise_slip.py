"""The slip of a surprise count: what was found, what was expected, and lines for both to sign on."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

from countertui.documents.drawer_reports import SIGNATURE_RULE, over_words
from countertui.domain.dates import us_date, us_moment
from countertui.domain.demo import is_demo, is_training
from countertui.domain.documents import Block, Cut, Document, Feed, Pair, Rule, Text, plain
from countertui.domain.money import Cents, format_cents


@dataclass(frozen=True, slots=True)
class TenderFacts:
    """One tender kind: cents each; over is counted less expected."""

    label: str
    expected_cents: int
    counted_cents: int
    over_cents: int


@dataclass(frozen=True, slots=True)
class SurpriseFacts:
    """A surprise count. `biz_date` is ISO, `counted_at` local (ISO); pieces are (denomination in cents, number)."""

    city_name: str
    office_name: str
    ledger_id: str
    terminal: str
    drawer: str
    session: str
    operator_name: str
    signed_by_operator: bool
    counted_by: str
    biz_date: str
    counted_at: str
    reason: str
    pieces: tuple[tuple[int, int], ...]
    tenders: tuple[TenderFacts, ...]


def surprise_document(facts: SurpriseFacts) -> Document:
    """Lay out the slip."""
    demo = (Text("DEMO - NOT A REAL PAPER", "center", bold=True),) if is_demo(facts.ledger_id) else ()
    signed = "signed with their PIN" if facts.signed_by_operator else "did not sign with a PIN"
    blocks = (
        *demo,
        Text(plain(facts.city_name), "center", bold=True),
        Text(plain(facts.office_name), "center"),
        Feed(1),
        Text("SURPRISE COUNT", "center", bold=True, double=True),
        Pair("Business date", us_date(facts.biz_date)),
        Pair("Counted", us_moment(facts.counted_at)),
        Pair("Terminal, drawer", plain(f"{facts.terminal}, {facts.drawer}")),
        Pair("Session", plain(facts.session)),
        Pair("Drawer of", plain(facts.operator_name)),
        Text(f"  {signed}"),
        *((Text(plain(f"Why: {facts.reason}")),) if facts.reason else ()),
        Rule(),
        *map(_pieces, facts.pieces),
        *chain.from_iterable(map(_tender, facts.tenders)),
        Rule(),
        Text("No money moved; the drawer stays open."),
        Feed(2),
        Text(plain(facts.counted_by)),
        Pair("Counted by", SIGNATURE_RULE),
        Feed(2),
        Text(plain(facts.operator_name)),
        Pair("Cashier", SIGNATURE_RULE),
        Cut(),
    )
    return Document("surprise_count", plain(f"Count {facts.session}"), blocks, training=is_training(facts.ledger_id))


def _pieces(each: tuple[int, int]) -> Pair:
    cents, number = each
    return Pair(f"{number} x {format_cents(Cents(cents))}", format_cents(Cents(cents * number)))


def _tender(each: TenderFacts) -> tuple[Block, ...]:
    return (
        Pair(plain(each.label), "", bold=True),
        Pair("  Expected", format_cents(Cents(each.expected_cents))),
        Pair("  Counted", format_cents(Cents(each.counted_cents))),
        Pair("  Difference", over_words(each.over_cents)),
    )
