"""A bank deposit's slip on the receipt printer: what is in the bag, whose it is, what it lacks, who signs for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from countertui.documents.deposit_facts import CoveredFacts, DepositFacts, DifferenceFacts
from countertui.documents.drawer_reports import SIGNATURE_RULE, over_words
from countertui.domain.dates import us_moment
from countertui.domain.demo import is_demo, is_training
from countertui.domain.documents import Block, Cut, Document, Feed, Pair, Rule, Text, plain
from countertui.domain.money import Cents, format_cents


def deposit_document(facts: DepositFacts) -> Document:
    """Lay out the slip."""
    demo = (Text("DEMO - NOT A REAL PAPER", "center", bold=True),) if is_demo(facts.ledger_id) else ()
    copy = (Text(f"COPY {facts.copy}", "center", bold=True, double=True),) if facts.copy else ()
    blocks: tuple[Block, ...] = (
        *demo,
        *copy,
        Text(plain(facts.city_name), "center", bold=True),
        Text(plain(facts.office_name), "center"),
        Feed(1),
        Text("BANK DEPOSIT", "center", bold=True, double=True),
        Text(facts.stage, "center", bold=True),
        Pair("Slip", plain(facts.slip_no), bold=True),
        Pair("Bag", plain(facts.bag), bold=True),
        Pair("To", plain(facts.bank)),
        Pair("Business date", facts.dates),
        Pair("Made", us_moment(facts.made_at)),
        *((Pair("At the bank by", plain(facts.due)),) if facts.due else ()),
        Rule(),
        *(_piece(each) for each in facts.pieces),
        *((Rule(),) if facts.pieces else ()),
        *(_sum(each) for each in facts.sums),
        Pair("In the bag", format_cents(Cents(facts.total_cents)), bold=True),
        Rule(),
        *_covered(facts.sessions),
        Text(plain(facts.heard), bold=bool(facts.not_heard)),
        *_told("Lacking, to be found:", facts.carried),
        *_told("Over and short:", facts.over_short),
        *_told("Found, of earlier slips:", facts.found),
        Feed(2),
        Text(plain(facts.made_by)),
        Pair("Made by", SIGNATURE_RULE),
        Feed(2),
        Text(plain(facts.second_name)),
        Pair("Counted with", SIGNATURE_RULE),
        Cut(),
    )
    title = plain(f"Deposit {facts.slip_no}")
    return Document("deposit", title, blocks, training=is_training(facts.ledger_id))


def _piece(each: tuple[int, int]) -> Pair:
    cents, number = each
    return Pair(f"{number} x {format_cents(Cents(cents))}", format_cents(Cents(cents * number)))


def _sum(each: tuple[str, int, int]) -> Pair:
    tender, count, cents = each
    return Pair(plain(f"{tender}, {count}" if count else tender), format_cents(Cents(cents)))


def _covered(sessions: Iterable[CoveredFacts]) -> Iterator[Block]:
    for each in sessions:
        yield Pair(plain(each.words), format_cents(Cents(each.cents)))


def _told(heading: str, differences: tuple[DifferenceFacts, ...]) -> Iterator[Block]:
    if differences:
        yield Text(heading, bold=True)
    for each in differences:
        amount = format_cents(Cents(each.cents)) if heading.startswith("Found") else over_words(each.cents)
        yield Pair(plain(f"{each.item} {each.what}".strip()), amount)
