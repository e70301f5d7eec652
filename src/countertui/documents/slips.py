"""What is printed on papers put into a slip printer: a check's endorsement, and the validation of a customer's stub.

A slip has no roll to cut and little room: text alone, the fewest lines that say whose money it is.
"""

from __future__ import annotations

from dataclasses import dataclass

from countertui.domain.dates import us_date, us_moment
from countertui.domain.demo import is_demo, is_training
from countertui.domain.documents import Block, Document, Text, plain
from countertui.domain.languages import USUAL, WORDS, Language
from countertui.domain.money import format_cents


@dataclass(frozen=True, slots=True)
class EndorsementFacts:
    """What stands on the back of a check that was taken: cents; `biz_date` is ISO.

    `bank_account` is the account it goes to, as the city names it to its bank; empty where none is set.
    """

    city_name: str
    bank_account: str
    biz_date: str
    receipt_no: str
    cents: int
    ledger_id: str


@dataclass(frozen=True, slots=True)
class ValidationFacts:
    """What is printed on the stub that a customer brought: what was paid on it, in cents, when and by which receipt.

    `account` is empty where the receipt has several.
    """

    city_name: str
    terminal: str
    operator_name: str
    printed_at: str
    receipt_no: str
    account: str
    cents: int
    ledger_id: str
    language: Language = USUAL


def endorsement_document(facts: EndorsementFacts, *, copy: int = 0) -> Document:
    """The restrictive endorsement of a check (UCC 3-206): for deposit only, to whom, into what, and for which receipt.

    `copy` n is the n-th time it is printed again, and says so.
    """
    lines = (
        *((WORDS[USUAL].demo_paper,) if is_demo(facts.ledger_id) else ()),
        "FOR DEPOSIT ONLY",
        facts.city_name,
        *((f"Account {facts.bank_account}",) if facts.bank_account else ()),
        f"{us_date(facts.biz_date)} {format_cents(facts.cents)}",
        f"Receipt {facts.receipt_no}",
    )
    return Document(
        "endorsement", plain(f"Endorsement {facts.receipt_no}"), _texts(lines), copy, is_training(facts.ledger_id)
    )


def validation_document(facts: ValidationFacts, *, copy: int = 0) -> Document:
    """The validation of a stub: paid, how much, on which account, by which receipt, where and by whom."""
    words = WORDS[facts.language]
    lines = (
        *((words.demo_paper,) if is_demo(facts.ledger_id) else ()),
        f"{words.paid.format(format_cents(facts.cents))} {us_moment(facts.printed_at)}",
        facts.city_name,
        *((words.account.format(facts.account),) if facts.account else ()),
        words.receipt.format(facts.receipt_no),
        f"{words.terminal.format(facts.terminal)} {facts.operator_name}",
    )
    title = plain(f"Validation {facts.receipt_no}")
    return Document("validation", title, _texts(lines), copy, is_training(facts.ledger_id), facts.language)


def _texts(lines: tuple[str, ...]) -> tuple[Block, ...]:
    return tuple(Text(plain(line)) for line in lines)
