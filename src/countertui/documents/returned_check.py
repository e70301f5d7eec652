"""The notice to the payor of a check that the bank sent back unpaid: what is owed again, and how it may be paid."""

from __future__ import annotations

from dataclasses import dataclass

from countertui.domain.dates import us_date
from countertui.domain.demo import is_demo, is_training
from countertui.domain.documents import Block, Cut, Document, Feed, Pair, Rule, Text, plain
from countertui.domain.languages import WORDS, Language
from countertui.domain.money import format_cents


@dataclass(frozen=True, slots=True)
class NoticeFacts:
    """One check. Dates are ISO, amounts cents; `account` is empty where only fees were paid, `owed_cents` then 0.

    owed_cents: what the account owes now, all of it. no_checks: the city's rule keeps checks from it from now on.
    """

    city_name: str
    office_name: str
    office_address: str
    biz_date: str
    payor: str
    address: str
    account: str
    receipt_no: str
    receipt_date: str
    reference: str
    reason: str
    cents: int
    fee_cents: int
    owed_cents: int
    no_checks: bool
    ledger_id: str
    language: Language


def notice_document(facts: NoticeFacts, *, copy: int = 0) -> Document:
    """The notice, to be mailed or handed over: which check, why, the fee, and what is owed now."""
    words = WORDS[facts.language]
    blocks: list[Block] = [
        Text(plain(facts.city_name), "center", bold=True),
        Text(plain(facts.office_name), "center"),
        Text(plain(facts.office_address), "center"),
        *((Text(words.demo_paper, "center", bold=True),) if is_demo(facts.ledger_id) else ()),
        Rule(),
        Text(words.notice_title, "center", bold=True),
        Feed(1),
        Text(us_date(facts.biz_date)),
        Text(plain(facts.payor)),
        *((Text(plain(facts.address)),) if facts.address else ()),
        Feed(1),
        Text(plain(words.notice_returned.format(facts.reason))),
        Feed(1),
        Pair(plain(words.notice_check.format(facts.reference)), format_cents(facts.cents)),
        Pair(words.receipt.format(plain(facts.receipt_no)), us_date(facts.receipt_date)),
        *((Pair(words.notice_fee, format_cents(facts.fee_cents)),) if facts.fee_cents else ()),
        Rule(),
        Pair(words.notice_to_pay, format_cents(facts.cents + facts.fee_cents), bold=True),
        *(
            (Pair(plain(words.notice_owed.format(facts.account)), format_cents(facts.owed_cents)),)
            if facts.account and facts.owed_cents
            else ()
        ),
        Feed(1),
        Text(words.notice_how),
        *((Text(words.notice_no_checks),) if facts.no_checks else ()),
        Cut(),
    ]
    title = plain(f"Returned check {facts.reference}, {facts.receipt_no}")
    return Document("notice", title, tuple(blocks), copy, is_training(facts.ledger_id), facts.language)
