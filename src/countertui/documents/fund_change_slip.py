"""The slip of change given to a drawer: what left it, what came, and lines for both to sign on."""

from __future__ import annotations

from dataclasses import dataclass

from countertui.documents.drawer_reports import SIGNATURE_RULE
from countertui.domain.dates import us_date, us_moment
from countertui.domain.demo import is_demo, is_training
from countertui.domain.documents import Cut, Document, Feed, Pair, Rule, Text, plain
from countertui.domain.money import Cents, format_cents


@dataclass(frozen=True, slots=True)
class FundChangeFacts:
    """Change given. `biz_date` is ISO, `given_at` local (ISO); pieces are (denomination in cents, number)."""

    city_name: str
    office_name: str
    ledger_id: str
    terminal: str
    drawer: str
    operator_name: str
    lead_name: str
    biz_date: str
    given_at: str
    out_pieces: tuple[tuple[Cents, int], ...]
    in_pieces: tuple[tuple[Cents, int], ...]
    cents: Cents


def fund_change_document(facts: FundChangeFacts) -> Document:
    """Lay out the slip."""
    demo = (Text("DEMO - NOT A REAL PAPER", "center", bold=True),) if is_demo(facts.ledger_id) else ()
    blocks = (
        *demo,
        Text(plain(facts.city_name), "center", bold=True),
        Text(plain(facts.office_name), "center"),
        Feed(1),
        Text("CHANGE FOR A DRAWER", "center", bold=True, double=True),
        Pair("Business date", us_date(facts.biz_date)),
        Pair("Given", us_moment(facts.given_at)),
        Pair("Terminal, drawer", plain(f"{facts.terminal}, {facts.drawer}")),
        Rule(),
        Text("Out of the drawer, into the safe", bold=True),
        *map(_pieces, facts.out_pieces),
        Text("Out of the safe, into the drawer", bold=True),
        *map(_pieces, facts.in_pieces),
        Rule(),
        Pair("Each is worth", format_cents(facts.cents), bold=True),
        Feed(2),
        Text(plain(facts.operator_name)),
        Pair("Cashier", SIGNATURE_RULE),
        Feed(2),
        Text(plain(facts.lead_name)),
        Pair("Given by", SIGNATURE_RULE),
        Cut(),
    )
    return Document("fund_change", plain(f"Change {facts.drawer}"), blocks, training=is_training(facts.ledger_id))


@dataclass(frozen=True, slots=True)
class FundRequestFacts:
    """Change that is wanted. `biz_date` is ISO, `asked_at` local (ISO); pieces are (denomination in cents, number)."""

    city_name: str
    office_name: str
    ledger_id: str
    terminal: str
    drawer: str
    operator_name: str
    biz_date: str
    asked_at: str
    in_pieces: tuple[tuple[Cents, int], ...]
    cents: Cents


def fund_request_document(facts: FundRequestFacts) -> Document:
    """Lay out the request for who keeps the safe."""
    demo = (Text("DEMO - NOT A REAL PAPER", "center", bold=True),) if is_demo(facts.ledger_id) else ()
    blocks = (
        *demo,
        Text(plain(facts.city_name), "center", bold=True),
        Text(plain(facts.office_name), "center"),
        Feed(1),
        Text("CHANGE WANTED", "center", bold=True, double=True),
        Pair("Business date", us_date(facts.biz_date)),
        Pair("Asked", us_moment(facts.asked_at)),
        Pair("Terminal, drawer", plain(f"{facts.terminal}, {facts.drawer}")),
        Pair("By", plain(facts.operator_name)),
        Rule(),
        *map(_pieces, facts.in_pieces),
        Rule(),
        Pair("Worth", format_cents(facts.cents), bold=True),
        Text("Nothing is given yet."),
        Cut(),
    )
    return Document("fund_request", plain(f"Change {facts.drawer}"), blocks, training=is_training(facts.ledger_id))


def _pieces(each: tuple[Cents, int]) -> Pair:
    cents, number = each
    return Pair(f"{number} x {format_cents(cents)}", format_cents(Cents(cents * number)))
