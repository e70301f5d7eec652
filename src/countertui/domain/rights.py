"""Who may do what, and who may not approve it (DESIGN, Rights)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from countertui.domain.refusal import Refused
from countertui.domain.text import person_key


class Role(StrEnum):
    """What an operator is trusted with. Nobody has all of it."""

    CASHIER = "cashier"
    LEAD = "lead"
    TECHNICIAN = "technician"
    AUDITOR = "auditor"
    ADMIN = "admin"


class Act(StrEnum):
    """What a role allows."""

    TAKE_MONEY = "take money"
    ASK = "ask for a void or refund"
    APPROVE = "approve"
    SEE_EXPECTED = "see expected figures"
    SEAL = "seal and send a batch"
    REPRINT = "print a receipt again"
    NO_SALE = "open the drawer without a sale"
    KEEP_ACCOUNTS = "write notes, addresses and telephones"
    CLOSE_OTHERS = "close an absent operator's drawer"
    COUNT_OTHERS = "count another's running drawer"
    KEEP_OPERATORS = "keep operators"
    KEEP_KEYS = "keep keys"
    RELEASE = "release, reject or reopen a batch"
    POST = "post a batch"
    CORRECT = "correct the books"
    AGREE = "agree to a correction"
    DEPOSIT = "make a bank deposit"
    APPROVE_RESET = "approve a PIN's reset"
    REVIEW_RIGHTS = "review rights"
    SEE_ALARMS = "see to an alarm"
    ERASE = "erase personal data"
    IMPORT = "import reference data"
    READ_PERSONAL = "read personal data"
    KEEP_PAPER = "keep paper receipt books"
    SETTLE_CARD = "settle a card charge"
    KEEP_LICENSES = "write license applications and hand out licenses"
    DECIDE_LICENSES = "decide on licenses"
    SEE_LEDGER = "look into the ledger"


ALLOWED: dict[Role, frozenset[Act]] = {
    Role.CASHIER: frozenset(
        {Act.TAKE_MONEY, Act.ASK, Act.SEAL, Act.REPRINT, Act.NO_SALE, Act.SETTLE_CARD, Act.KEEP_ACCOUNTS}
        | {Act.KEEP_LICENSES}
    ),
    Role.LEAD: frozenset(
        {Act.APPROVE, Act.SEE_EXPECTED, Act.CLOSE_OTHERS, Act.COUNT_OTHERS, Act.SEAL, Act.REPRINT, Act.NO_SALE}
        | {Act.AGREE, Act.APPROVE_RESET, Act.REVIEW_RIGHTS, Act.SEE_ALARMS}
        | {Act.READ_PERSONAL, Act.SETTLE_CARD, Act.KEEP_ACCOUNTS, Act.KEEP_LICENSES, Act.DECIDE_LICENSES}
        | {Act.SEE_LEDGER}
    ),
    Role.TECHNICIAN: frozenset(
        {
            Act.SEE_EXPECTED,
            Act.SEAL,
            Act.REPRINT,
            Act.RELEASE,
            Act.POST,
            Act.CORRECT,
            Act.AGREE,
            Act.DEPOSIT,
            Act.IMPORT,
            Act.SEE_ALARMS,
            Act.READ_PERSONAL,
            Act.KEEP_PAPER,
            Act.SETTLE_CARD,
            Act.KEEP_ACCOUNTS,
            Act.KEEP_LICENSES,
            Act.DECIDE_LICENSES,
            Act.SEE_LEDGER,
        }
    ),
    Role.AUDITOR: frozenset({Act.SEE_EXPECTED, Act.REVIEW_RIGHTS, Act.SEE_LEDGER}),
    Role.ADMIN: frozenset(
        {Act.KEEP_OPERATORS, Act.KEEP_KEYS, Act.APPROVE_RESET, Act.REVIEW_RIGHTS, Act.SEE_ALARMS}
        | {Act.ERASE, Act.IMPORT, Act.KEEP_PAPER, Act.SEE_LEDGER}
    ),
}


class NotAllowed(Refused):
    """The person may not do this."""


def may(roles: Iterable[Role], act: Act) -> bool:
    """Whether any of the roles allows the act."""
    return any(act in ALLOWED[role] for role in roles)


def require(name: str, roles: Iterable[Role], act: Act) -> None:
    """Raise NotAllowed unless one of the roles allows the act."""
    held = tuple(roles)
    if not may(held, act):
        allowed = " or ".join(_a(role.value) for role in Role if act in ALLOWED[role])
        raise NotAllowed(f"{name} may not {act.value}.", press=f"Ask {allowed}.")


def _a(word: str) -> str:
    return f"an {word}" if word[0] in "aeiou" else f"a {word}"


def took_part(*records: Mapping[str, Any]) -> list[str]:
    """Everybody whom the bodies of these records name: who did what they say, and who approved it."""
    return [str(record[name]) for record in records for name in ("operator", "approver") if record[name]]


def require_second_person(approver: str, took_part: Iterable[str]) -> None:
    """Raise NotAllowed if the approver is one of those who began or took part, in any spelling."""
    if person_key(approver) in {person_key(person) for person in took_part}:
        raise NotAllowed("Nobody approves what they began or took part in.", press="Ask another person.")
