"""A license at a counter of the demo city, whose own ledger posts what is sealed and publishes what comes of it."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from counter_station import Person, Session, Station, exchange_of, on, pay_on, run_here
from countertui.counter.find import open_account
from countertui.counter.licenses import act, file_license
from countertui.counter.seal_batch import seal_batch
from countertui.counter.take_snapshot import take_snapshot
from countertui.demo.folder import PASSPHRASE
from countertui.domain.license_acts import LicenseActData, TermChargeData, TermData
from countertui.domain.license_determination import Determination, Line
from countertui.domain.license_fees import Worked
from countertui.domain.license_file import License
from countertui.domain.license_states import Step
from countertui.domain.license_term_charges import term_data
from countertui.domain.license_terms import Term
from countertui.domain.money import Cents
from countertui.ledger.answers import NEW
from countertui.ledger.books import open_books
from countertui.ledger.desk import Ground
from countertui.ledger.ingest import ingest
from countertui.ledger.keys import ledger_public_key, open_key
from countertui.ledger.license_desk import record_acts
from countertui.ledger.publish import publish
from countertui.machine import uuid7
from countertui.store.working import sending
from countertui.sync.ed25519 import checked_public_key
from countertui.sync.exchange import Offer
from countertui.sync.snapshot import TableEntry, open_manifest

NOW = "2026-11-23T18:00:00+00:00"
TACOS: dict[str, Any] = {
    "business": "Ana's Tacos",
    "premises": "5 Quince Terrace",
    "phone": "555-010-0188",
    "license_class": "FOODTRUCK",
    "reviews": {"fire": "open"},
}


def term(
    number: str, year: int = 2026, cents: int = 100_00, before: Sequence[TermChargeData] | None = None
) -> TermData:
    """A term of a year that costs so much, in one charge; assessed anew where it was before."""
    lines = (
        Line("BASE", "Base fee", "license", "100-3211", "Sec. 8-1", Cents(cents), (Worked("flat", Decimal(cents)),)),
    )
    days = Term(date(year, 1, 1), date(year, 12, 31))
    return term_data(number, days, date(year, 1, 31), Determination(lines), before)


def filed(station: Station, person: Person, **says: Any) -> License:
    """An application."""
    return file_license(station, person, None, {**TACOS, **says})


def assessed(station: Station, **says: Any) -> License:
    """An application that passed its review, was approved by a lead, and whose first term is assessed."""
    lead = on(station, "lena")
    license_ = filed(station, on(station, "ben"), **says)
    license_ = act(station, lead, None, license_, Step.REVIEW, {"reviews": {"fire": "passed"}})
    license_ = act(station, lead, None, license_, Step.APPROVE)
    return act(station, lead, None, license_, Step.ASSESS, term=term(license_.number))


def issued(station: Station, person: Person, session: Session, **says: Any) -> License:
    """A license whose fee was paid in cash here, and that was issued."""
    license_ = assessed(station, **says)
    pay_on(station, session, license_.number, open_account(station, license_.number).amount)
    return act(station, person, session, license_, Step.ISSUE)


def at_the_desk(
    station: Station, license_: License, step: Step, says: dict[str, Any], term_: TermData | None = None
) -> None:
    """What a technician does with it at the ledger itself."""
    data = LicenseActData(
        license=license_.number, was=license_.version, step=step.value, says=says, reason="", term=term_
    )
    ledger = station.store.folder / "ledger"
    books = open_books(ledger)
    try:
        with books.writing() as connection:
            record_acts(Ground(connection, books, open_key(ledger, PASSPHRASE), NOW), "tess", [data], uuid7)
    finally:
        books.close()


def posted(station: Station) -> None:
    """Seal, and have the demo city's own ledger post it."""
    batch_no = seal_batch(station, on(station, "tess")).batch_no
    row = sending(station.db, batch_no)
    assert row is not None
    ledger = station.store.folder / "ledger"
    books = open_books(ledger)
    try:
        answer = ingest(books, open_key(ledger, PASSPHRASE), row.envelope, "T1", 1, batch_no, NOW)
    finally:
        books.close()
    assert answer.status == NEW


def taken(station: Station) -> None:
    """Have the ledger publish, and work by that snapshot from now on."""
    ledger = station.store.folder / "ledger"
    books = open_books(ledger)
    try:
        version = publish(books, open_key(ledger, PASSPHRASE), NOW)
    finally:
        books.close()
    folder = ledger / "snapshots" / str(version)
    key = checked_public_key(ledger_public_key(ledger))
    manifest = open_manifest((folder / "manifest.json").read_bytes(), key, station.place.ledger, None)

    def fetch(entry: TableEntry, to: Path) -> None:
        shutil.copyfile(folder / f"{entry.name}.ndjson", to)

    exchange_of(station).offer = Offer(manifest, "T1", 1, fetch)
    assert take_snapshot(station, run_here(station), lambda _table, _rows: None) == version
