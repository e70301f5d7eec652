"""Statements of account, and the notice that asks a depositor to top a trust deposit up."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

from countertui.domain.dates import us_date, us_moment
from countertui.domain.demo import is_demo, is_training
from countertui.domain.documents import Block, Cut, Document, Feed, Kind, Pair, Rule, Text, plain
from countertui.domain.money import format_cents

_DOUBLE = 21
"""So many letters of double width go on the narrowest usual paper."""


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """Whose account a paper is about, and where and when it is printed (local, ISO). biz_date is ISO."""

    city_name: str
    office_name: str
    office_address: str
    account: str
    name: str
    address: str
    biz_date: str
    printed_at: str
    ledger_id: str


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """One line of a statement: its day (ISO), what it was, cents."""

    on: str
    what: str
    cents: int


@dataclass(frozen=True, slots=True)
class StatementFacts:
    """A statement: its lines under a heading, then sums (label, cents), the last of which is what it comes to.

    terms: what the account is held by, notes: what else its holder should know; a line each.
    """

    account: AccountFacts
    title: str
    heading: str
    entries: tuple[EntryFacts, ...]
    sums: tuple[tuple[str, int], ...]
    terms: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TopUpFacts:
    """A deposit below its minimum: what it is for, what it holds and shall hold at least, in cents."""

    account: AccountFacts
    project: str
    held_cents: int
    minimum_cents: int


def statement_document(facts: StatementFacts) -> Document:
    """Lay out a statement."""
    (last, comes_to), *others = reversed(facts.sums)
    blocks: tuple[Block, ...] = (
        *_heading(facts.account, facts.title),
        *(Text(plain(term)) for term in facts.terms),
        *((Rule(),) if facts.terms else ()),
        Text(plain(facts.heading), bold=True),
        *chain.from_iterable(_entry(entry) for entry in facts.entries),
        *(() if facts.entries else (Text("None"),)),
        Rule(),
        *(Pair(plain(label), format_cents(cents)) for label, cents in reversed(others)),
        Pair(plain(last), format_cents(comes_to), bold=True),
        *(Text(plain(note)) for note in facts.notes),
        Cut(),
    )
    return _document("statement", f"Statement {facts.account.account}", blocks, facts.account)


def top_up_document(facts: TopUpFacts) -> Document:
    """Lay out the notice that a deposit is below its minimum, and by how much."""
    blocks: tuple[Block, ...] = (
        *_heading(facts.account, "DEPOSIT TOP-UP NOTICE"),
        *((Pair("Project", plain(facts.project)),) if facts.project else ()),
        Pair("Held now", format_cents(facts.held_cents)),
        Pair("To be held at least", format_cents(facts.minimum_cents)),
        Pair("Please pay", format_cents(facts.minimum_cents - facts.held_cents), bold=True),
        Feed(1),
        Text("Work on the project may stop until the deposit is topped up. Bring this notice, or name the account."),
        Cut(),
    )
    return _document("top_up", f"Top-up notice {facts.account.account}", blocks, facts.account)


def _heading(facts: AccountFacts, title: str) -> tuple[Block, ...]:
    demo = (Text("DEMO - NOT A REAL PAPER", "center", bold=True),) if is_demo(facts.ledger_id) else ()
    place = (facts.office_name, facts.office_address)
    return (
        *demo,
        Text(plain(facts.city_name), "center", bold=True),
        *(Text(plain(line), "center") for line in place if line),
        Feed(1),
        Text(plain(title), "center", bold=True, double=len(title) <= _DOUBLE),
        Pair("Business date", us_date(facts.biz_date)),
        Pair("Printed", us_moment(facts.printed_at)),
        Pair("Account", plain(facts.account)),
        Text(plain(facts.name)),
        *((Text(plain(facts.address)),) if facts.address else ()),
        Rule(),
    )


def _entry(entry: EntryFacts) -> tuple[Block, ...]:
    return (Pair(plain(f"{us_date(entry.on)} {entry.what}"), format_cents(entry.cents)),)


def _document(kind: Kind, title: str, blocks: tuple[Block, ...], of: AccountFacts) -> Document:
    return Document(kind, plain(title), blocks, training=is_training(of.ledger_id))
