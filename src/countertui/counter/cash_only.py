"""Accounts flagged cash-only, as their holders' checks came back too often: no check is taken without a lead."""

from __future__ import annotations

from collections.abc import Sequence

from countertui.counter.require_now import require_now
from countertui.counter.station import Person, Session, Station
from countertui.domain.receipts import AccountLine, Cart
from countertui.domain.refusal import Refused
from countertui.domain.rights import Act, require_second_person
from countertui.domain.tenders import Tender, TenderKind

CASH_ONLY = "cash-only"


class CheckRefused(Refused):
    """A check for an account that is flagged cash-only, which no lead approved."""


def cash_only_accounts(station: Station, cart: Cart) -> tuple[str, ...]:
    """The cart's accounts that are flagged cash-only, in the cart's order."""
    numbers = [line.account for line in cart.lines if isinstance(line, AccountLine)]
    return tuple(number for number in numbers if CASH_ONLY in _flags(station, number))


def in_words(accounts: Sequence[str]) -> str:
    """That these accounts take no check."""
    which = f"Account {accounts[0]} is" if len(accounts) == 1 else f"Accounts {', '.join(accounts)} are"
    return f"{which} cash-only: no check is taken."


def approver_of_check(
    station: Station, session: Session, cart: Cart, tenders: Sequence[Tender], approver: Person | None
) -> str | None:
    """Who answers for a check that a cash-only account is paid with; None where nobody needs to.

    Raises CheckRefused where nobody does, NotAllowed for who may not or took the payment.
    """
    if all(tender.kind is not TenderKind.CHECK for tender in tenders):
        return None
    accounts = cash_only_accounts(station, cart)
    if not accounts:
        return None
    if approver is None:
        raise CheckRefused(
            in_words(accounts),
            press="Take the check off (Del). Laid again, it asks for a lead; or take cash, card or money order.",
        )
    require_second_person(approver.id, (session.operator,))
    require_now(station, approver.id, Act.APPROVE)
    return approver.id


def _flags(station: Station, number: str) -> list[str]:
    row = station.reference.account(number)
    return row.flags.split() if row is not None else []
