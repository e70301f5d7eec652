"""What somebody must see to of trust deposits and customers' money: due, too low, not applied, asked back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from countertui.counter.accounts import account_here
from countertui.counter.receivables import Receivable, receivable, unapplied
from countertui.counter.station import Session, Station
from countertui.counter.today import business_date
from countertui.counter.trust import deposit_of, deposits
from countertui.counter.trust_refunds import refunds_asked
from countertui.domain.card_guard import refuse_card_numbers
from countertui.domain.money import format_cents
from countertui.domain.receivables import APPLIED_ON
from countertui.domain.reference import AccountKind
from countertui.domain.text import refuse_controls
from countertui.domain.trust import Deposit
from countertui.domain.words import number_of


class Listing(StrEnum):
    """Which list: deposits whose day of release has come, below their minimum, all; customers' money not applied;
    deposits asked back."""

    DUE = "due"
    LOW = "low"
    ALL = "all"
    UNAPPLIED = "unapplied"
    ASKED = "asked"


@dataclass(frozen=True, slots=True)
class Listed:
    """One line: whose account, what is to be said of it, cents; seq is the record that asked, 0 for none."""

    account: str
    name: str
    note: str
    cents: int
    seq: int = 0
    asked_by: str = ""


def listed(station: Station, listing: Listing, session: Session | None = None) -> list[Listed]:
    """A list, the most urgent first."""
    if listing is Listing.ASKED:
        return [
            Listed(one.account, one.name, f"by {one.operator}: {one.reason}", one.cents, one.seq, one.operator)
            for one in refunds_asked(station)
        ]
    if listing is Listing.UNAPPLIED:
        return [_of_customer(one) for one in unapplied(station)]
    found, on = deposits(station), date.fromisoformat(business_date(station, station.reader, session))
    if listing is Listing.DUE:
        due = [one for one in found if one.is_due(on)]
        return [_of_deposit(one) for one in sorted(due, key=lambda one: one.terms.release_on or on)]
    if listing is Listing.LOW:
        low = sorted((one for one in found if one.top_up()), key=lambda one: -one.top_up())
        return [_of_deposit(one) for one in low]
    return [_of_deposit(one) for one in found]


def found_accounts(station: Station, text: str) -> list[Listed]:
    """Deposits and customers' accounts by number, name or address. Raises CardNumberRefused, TextRefused."""
    refuse_card_numbers(text, "What was typed")
    refuse_controls(text, "What was typed")
    exact = account_here(station, station.reader, text.strip().upper())
    rows = [exact] if exact is not None else station.reference.search(text)
    lines = []
    for row in rows:
        if row.kind == AccountKind.TRUST:
            lines.append(_of_deposit(deposit_of(station, station.reader, row.number)))
        elif row.kind in APPLIED_ON:
            lines.append(_of_customer(receivable(station, station.reader, row.number)))
    return lines


def _of_deposit(deposit: Deposit) -> Listed:
    terms, told = deposit.terms, []
    if deposit.asked:
        told.append(f"asked back {format_cents(deposit.asked)}")
    if deposit.top_up():
        told.append(f"top up {format_cents(deposit.top_up())}")
    if terms.release_on is not None:
        told.append(f"release {terms.release_on:%m/%d/%Y}")
    if terms.project:
        told.append(terms.project)
    return Listed(deposit.account, deposit.name, ", ".join(told), deposit.held)


def _of_customer(one: Receivable) -> Listed:
    open_ = (
        f"{number_of(len(one.invoices), 'open invoice')}, {format_cents(one.owed)}" if one.invoices else "owes nothing"
    )
    return Listed(one.account, one.name, f"on account; {open_}" if one.credit else open_, one.credit)
