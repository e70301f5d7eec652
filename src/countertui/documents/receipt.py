"""The customer's receipt: what was paid for, what it was paid with, what remains owed, and how to check it later."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain
from typing import Literal

from countertui.domain.dates import us_date, us_moment
from countertui.domain.demo import is_demo, is_training
from countertui.domain.documents import (
    Barcode,
    Block,
    Cut,
    Document,
    Feed,
    Logo,
    Pair,
    Qr,
    Rule,
    Text,
    fits_barcode,
    plain,
)
from countertui.domain.languages import USUAL, WORDS, Language, Words
from countertui.domain.money import format_cents

State = Literal["normal", "voided", "void-requested", "refunded", "refund-requested", "returned"]

_BLANK, _RULE = Feed(1), Rule()


def _mark(words: Words, state: State) -> str:
    """What a receipt's state is called on paper; nothing where it isn't out of the ordinary."""
    return {
        "normal": "",
        "voided": words.voided,
        "void-requested": words.void_requested,
        "refunded": words.refunded,
        "refund-requested": words.refund_requested,
        "returned": words.returned,
    }[state]


@dataclass(frozen=True, slots=True)
class ReceiptLineFacts:
    """One line. `detail` holds (head label, cents); `cents` is their sum. `quantity` and `unit_cents` come together.

    `owed_after_cents` is what the account owes after this receipt, below zero a credit; None where nothing can be owed.
    """

    description: str
    cents: int
    detail: tuple[tuple[str, int], ...] = ()
    account: str | None = None
    owed_after_cents: int | None = None
    quantity: int | None = None
    unit_cents: int | None = None


@dataclass(frozen=True, slots=True)
class TenderFacts:
    """One tender: its label, its check number or approval code if any, and cents."""

    label: str
    cents: int
    reference: str = ""


@dataclass(frozen=True, slots=True)
class ReceiptFacts:
    """What a receipt says. Amounts are cents; `biz_date` is ISO; `printed_at` is local date and time (ISO).

    `claim` is the QR code's text, printable ASCII. `paper` names the paper receipt it was keyed in from, if
    any. A demo or training city's `ledger_id` marks the paper as worthless. Labels of heads and tenders come in
    `language` already.
    """

    city_name: str
    office_name: str
    office_address: str
    terminal: str
    drawer: str
    operator_name: str
    biz_date: str
    printed_at: str
    receipt_no: str
    payor: str
    lines: tuple[ReceiptLineFacts, ...]
    total_cents: int
    tenders: tuple[TenderFacts, ...]
    change_cents: int
    short_hash: str
    claim: str
    ledger_id: str
    paper: str = ""
    state: State = "normal"
    language: Language = USUAL


@lru_cache(maxsize=32)
def _place(city: str, office: str, address: str, *, demo: str, mark: str) -> tuple[Block, ...]:
    """What stands first on every receipt of a place; `mark` is the receipt's state where it isn't the normal one."""
    return (
        Logo(),
        *((Text(demo, "center", bold=True),) if demo else ()),
        *((Text(mark, "center", bold=True, double=True),) if mark else ()),
        Text(plain(city), "center", bold=True),
        *(Text(plain(line), "center") for line in (office, address) if line),
        _BLANK,
    )


@lru_cache(maxsize=32)
def _shift(biz_date: str, terminal: str, drawer: str, operator_name: str, language: Language) -> tuple[Block, ...]:
    """What all receipts of a drawer session say."""
    words = WORDS[language]
    return (
        Pair(words.business_date, plain(us_date(biz_date))),
        Pair(plain(words.terminal.format(terminal)), plain(words.drawer.format(drawer))),
        Pair(words.served_by, plain(operator_name)),
    )


def _heading(facts: ReceiptFacts, words: Words) -> tuple[Block, ...]:
    demo, mark = words.demo if is_demo(facts.ledger_id) else "", _mark(words, facts.state)
    return (
        *_place(facts.city_name, facts.office_name, facts.office_address, demo=demo, mark=mark),
        Pair(plain(words.receipt.format(facts.receipt_no)), plain(us_moment(facts.printed_at)), bold=True),
        *_shift(facts.biz_date, facts.terminal, facts.drawer, facts.operator_name, facts.language),
        *((Pair(words.received_from, plain(facts.payor)),) if facts.payor else ()),
        *((Text(plain(words.from_paper.format(facts.paper))),) if facts.paper else ()),
    )


def _line(line: ReceiptLineFacts, words: Words) -> tuple[Block, ...]:
    # The right column holds line amounts only, so that a citizen who adds it up gets the total.
    each = ""
    if line.quantity is not None and line.unit_cents is not None:
        each = f" {line.quantity} x {format_cents(line.unit_cents)}"
    owed = line.owed_after_cents or 0
    remains = words.credit.format(format_cents(-owed)) if owed < 0 else words.still_owed.format(format_cents(owed))
    return (
        Pair(plain(line.description + each), format_cents(line.cents)),
        *((Text(plain("  " + words.account.format(line.account))),) if line.account else ()),
        *(Text(plain(f"  {head} {format_cents(cents)}")) for head, cents in line.detail),
        Text("  " + remains),
    )


def _tender(tender: TenderFacts) -> Pair:
    label = f"{tender.label} {tender.reference}" if tender.reference else tender.label
    return Pair(plain(label), format_cents(tender.cents))


def receipt_document(facts: ReceiptFacts, *, copy: int = 0) -> Document:
    """Lay out a receipt in its language; `copy` 0 is the original, n prints DUPLICATE n.

    Raises DocumentError for a claim that no QR code of ours holds and for a copy over 999.
    """
    words = WORDS[facts.language]
    blocks: tuple[Block, ...] = (
        *_heading(facts, words),
        _RULE,
        *chain.from_iterable(_line(line, words) for line in facts.lines),
        _RULE,
        Pair(words.total, format_cents(facts.total_cents), bold=True, double=True),
        *map(_tender, facts.tenders),
        Pair(words.change, format_cents(facts.change_cents)),
        _RULE,
        Pair(words.check_code, plain(facts.short_hash)),
        _BLANK,
        Qr(facts.claim),
        # By it a scanner that reads no QR codes finds the receipt again, for a void or a refund.
        *((_BLANK, Barcode(facts.receipt_no)) if fits_barcode(facts.receipt_no) else ()),
        Text(words.keep, "center"),
        Cut(),
    )
    title = plain(words.receipt.format(facts.receipt_no))
    return Document("receipt", title, blocks, copy, is_training(facts.ledger_id), facts.language)


def as_copy(receipt: Document, state: State) -> Document:
    """A receipt as it was printed, marked as a copy and with how it stands now: for a file, never for the counter's
    printer, whose copies are recorded and numbered.
    """
    words = WORDS[receipt.language]
    marks = tuple(Text(word, "center", bold=True, double=True) for word in (words.copy, _mark(words, state)) if word)
    return replace(receipt, blocks=marks + receipt.blocks)
