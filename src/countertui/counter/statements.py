"""Statements of customers' accounts and of trust deposits, and notices to top a deposit up: shown, and printed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import date

from countertui.counter.accounts import account_here
from countertui.counter.receivables import receivable
from countertui.counter.require_now import require_now
from countertui.counter.station import Person, Session, Station
from countertui.counter.today import business_date
from countertui.counter.trust import deposit_of
from countertui.documents.statements import (
    AccountFacts,
    EntryFacts,
    StatementFacts,
    TopUpFacts,
    statement_document,
    top_up_document,
)
from countertui.documents.text import as_text
from countertui.domain.aging import aged
from countertui.domain.dates import us_date
from countertui.domain.documents import Document, to_json
from countertui.domain.money import Cents, format_cents
from countertui.domain.rights import Act
from countertui.domain.trust import Deposit, TrustRefused, what_moved
from countertui.store import money_here, print_jobs
from countertui.store.store import read_body

MOST_PAYMENTS = 12
"""So many of the last payments are on a customer's statement."""
_AGES = (
    ("not_due", "Not due yet"),
    ("to_30", "0 to 30 days"),
    ("to_60", "31 to 60 days"),
    ("to_90", "61 to 90 days"),
    ("longer", "Over 90 days"),
)


def statement(station: Station, db: sqlite3.Connection, number: str, session: Session | None) -> Document:
    """The statement of a trust deposit or a customer's account. Raises TrustRefused, ApplyRefused."""
    if station.reference.trust.deposit(number) is not None:
        return _of_deposit(station, db, number, session)
    return _of_customer(station, db, number, session)


def statement_text(station: Station, number: str, session: Session | None = None) -> list[str]:
    """The same as lines for the screen."""
    return as_text(statement(station, station.reader, number, session))


def print_statement(station: Station, person: Person, number: str, session: Session | None = None) -> None:
    """Put a statement into the print queue. Raises NotAllowed, and as `statement`."""
    require_now(station, person.id, Act.REPRINT)
    _queue(station, statement(station, station.db, number, session))


def print_top_up(station: Station, person: Person, number: str, session: Session | None = None) -> None:
    """Put the notice of a deposit below its minimum into the print queue. Raises TrustRefused, NotAllowed."""
    require_now(station, person.id, Act.REPRINT)
    deposit = deposit_of(station, station.db, number)
    if not deposit.top_up():
        raise TrustRefused(
            f"{deposit.account} is not below its minimum.", "Nothing is printed.", "S prints a statement."
        )
    _queue(station, top_up_notice(station, deposit, business_date(station, station.db, session)))


def top_up_notice(station: Station, deposit: Deposit, on: str) -> Document:
    """The notice of a deposit below its minimum, on a business date (ISO)."""
    return top_up_document(
        TopUpFacts(
            _account_facts(station, deposit.account, on),
            deposit.terms.project,
            deposit.held,
            deposit.terms.minimum,
        )
    )


def queue_top_ups(station: Station, db: sqlite3.Connection, seq: int, accounts: list[str], on: str) -> None:
    """In a draw's own transaction: a notice for each deposit that it left below its minimum."""
    for account in accounts:
        deposit = deposit_of(station, db, account)
        if deposit.top_up():
            notice = to_json(top_up_notice(station, deposit, on))
            print_jobs.queue_print(db, seq, None, "top_up", 0, notice)


def _queue(station: Station, document: Document) -> None:
    seq = station.store.tip()[0]  # it says what was recorded up to there
    station.store.write_working(lambda db: print_jobs.queue_print(db, seq, None, document.kind, 0, to_json(document)))


def _of_deposit(station: Station, db: sqlite3.Connection, number: str, session: Session | None) -> Document:
    deposit = deposit_of(station, db, number)
    on = business_date(station, db, session)
    entries = tuple(_trust_entries(station, db, number))
    before = deposit.held - sum(entry.cents for entry in entries)
    terms = deposit.terms
    said = [f"Project: {terms.project}"] if terms.project else []
    said += [f"To be held at least: {format_cents(terms.minimum)}"] if terms.minimum else []
    said += [f"Please top up by {format_cents(deposit.top_up())}."] if deposit.top_up() else []
    said += [f"Released from {terms.release_on:%m/%d/%Y} on."] if terms.release_on else []
    said += [f"Asked back, not yet approved: {format_cents(deposit.asked)}"] if deposit.asked else []
    return statement_document(
        StatementFacts(
            _account_facts(station, number, on),
            "DEPOSIT STATEMENT",
            "Received, drawn and given back",
            entries,
            (("Held before", before), ("Held in trust now", deposit.held)),
            tuple(said),
        )
    )


def _trust_entries(station: Station, db: sqlite3.Connection, number: str) -> Iterator[EntryFacts]:
    """What posted records did, as the snapshot says, then those made here since."""
    for move in station.reference.trust.moves(number):
        yield EntryFacts(move.biz_date, f"{move.what.capitalize()} {move.receipt_no}".rstrip(), move.cents)
    for seq, cents in money_here.put_on_credit_here(db, number, station.reference.snapshot().seq):
        body = read_body(db, seq)
        about = body["receipt_no"] or body["data"].get("original", {}).get("receipt_no", "")
        what = what_moved(body["kind"], cents)
        yield EntryFacts(body["biz_date"], f"{what.value.capitalize()} {about}".rstrip(), cents)


def _of_customer(station: Station, db: sqlite3.Connection, number: str, session: Session | None) -> Document:
    now = receivable(station, db, number)
    on = business_date(station, db, session)
    entries = tuple(EntryFacts(each.due.isoformat(), f"due: {each.description}", each.balance) for each in now.invoices)
    owed = Cents(now.owed - now.credit)
    sums = [("Open invoices", now.owed)]
    sums += [("Credit not applied", Cents(-now.credit))] if now.credit else []
    sums.append(("Amount due", owed) if owed >= 0 else ("In your favor", Cents(-owed)))
    aging = aged(now.invoices, date.fromisoformat(on))
    notes = [f"{label}: {format_cents(cents)}" for name, label in _AGES if (cents := getattr(aging, name))]
    paid = [each for each in station.reference.past.of_account(number) if not each.voided][:MOST_PAYMENTS]
    notes += [f"Paid {us_date(each.biz_date)} {each.receipt_no}: {format_cents(each.cents)}" for each in paid]
    return statement_document(
        StatementFacts(
            _account_facts(station, number, on),
            "STATEMENT",
            "Open invoices",
            entries,
            tuple(sums),
            notes=tuple(notes),
        )
    )


def _account_facts(station: Station, number: str, on: str) -> AccountFacts:
    place, row = station.place, account_here(station, station.reader, number)
    return AccountFacts(
        city_name=place.city,
        office_name=place.office_name,
        office_address=place.office_address,
        account=number,
        name=row.name if row else "",
        address=row.address if row else "",
        biz_date=on,
        printed_at=station.clock.local_text(),
        ledger_id=place.ledger,
    )
