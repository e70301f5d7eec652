"""The list of a deposit's checks and money orders: one row each, equal to the deposit in number and total.

Routing and account numbers are personal data. A list says whether they are kept; they are opened for somebody who may
read such, where this terminal can, and every reading is recorded before one is.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from countertui.counter.deposit_papers import bank_words, deposit_facts, made_at, written
from countertui.counter.office_receipts import receipts_of
from countertui.counter.read_personal import read_all
from countertui.counter.station import Run
from countertui.documents.deposit_facts import CheckFacts, CheckListFacts
from countertui.domain.deposits import PAPERS, BankDepositData, CoveredData, DepositRefused, PaperState
from countertui.domain.personal import ACCOUNT, ROUTING, Place, commitments, of_tender
from countertui.domain.tenders import TenderKind
from countertui.store import receipt_rows
from countertui.store.store import read_body

if TYPE_CHECKING:
    from countertui.counter.station import Person, Station

NOT_KEPT, NOT_SHOWN, NOT_READABLE = "none was typed", "kept, not shown", "not readable here"


@dataclass(frozen=True, slots=True)
class _Row:
    """A check of the bag, and where its bank's numbers are kept; None where that is not known here."""

    facts: CheckFacts
    places: tuple[Place, Place] | None


def check_list(station: Station, seq: int) -> CheckListFacts:
    """The list of a deposit made here, without its banks' numbers; a look. Raises DepositRefused."""
    return _list(station, station.reader, seq)[0]


def write_check_list(station: Station, run: Run, seq: int) -> Path:
    """Write the list as a PDF, without its banks' numbers; gives its file. Raises DepositRefused, PdfError.

    An errand: it takes a while.
    """
    return _write(station, run, seq, None)


def write_check_list_with_numbers(station: Station, run: Run, person: Person, seq: int) -> Path:
    """Write the list with every routing and account number that can be read here, once it is recorded who read them.

    Raises NotAllowed for who may not read personal data, DepositRefused, PdfError, an AnswerNo for an altered value.
    """
    return _write(station, run, seq, person)


def _write(station: Station, run: Run, seq: int, person: Person | None) -> Path:
    from countertui.documents.deposit_pdf import check_list_pdf  # Typst is 80 MB

    def read(station: Station) -> tuple[CheckListFacts, int]:
        facts, rows = _list(station, station.db, seq)
        if person is not None:
            facts = replace(facts, checks=tuple(_opened(station, person, rows)))
        return facts, made_at(station.db, seq)

    facts, at = run(read)
    name = f"checks-{facts.slip_no}" + ("" if person is None else "-numbers")
    return written(station, name, check_list_pdf(facts, made_at=at))


def _list(station: Station, db: sqlite3.Connection, seq: int) -> tuple[CheckListFacts, list[_Row]]:
    deposit = deposit_facts(station, db, seq)
    data: BankDepositData = read_body(db, seq)["data"]
    rows = [*_held(station, db, data), *_found(db, data)]
    composition = [each for each in data["composition"] if each["tender"] in PAPERS]
    try:
        facts = CheckListFacts(
            city_name=deposit.city_name,
            office_name=deposit.office_name,
            ledger_id=deposit.ledger_id,
            slip_no=deposit.slip_no,
            is_final=deposit.is_final,
            biz_dates=deposit.biz_dates,
            bag=deposit.bag,
            bank=bank_words(station, data),
            made_at=deposit.made_at,
            checks=tuple(row.facts for row in rows),
            count=sum(each["count"] for each in composition),
            total_cents=sum(each["cents"] for each in composition),
        )
    except ValueError as fault:
        raise DepositRefused(
            f"The checks of {deposit.slip_no} are not those of its sum: {fault}.",
            "Nothing was printed.",
            "Run `countertui verify`.",
        ) from fault
    return facts, rows


def _held(station: Station, db: sqlite3.Connection, data: BankDepositData) -> Iterator[_Row]:
    for session in data["sessions"]:
        there = [paper for paper in session["papers"] if paper["state"] == PaperState.THERE]
        bodies = _bodies(station, db, session, {paper["receipt_no"] for paper in there})
        for paper in there:
            body = bodies.get(paper["receipt_no"])
            yield _row(body, paper["receipt_no"], paper["n"], paper["tender"], paper["reference"], paper["cents"])


def _bodies(
    station: Station, db: sqlite3.Connection, session: CoveredData, numbers: AbstractSet[str]
) -> dict[str, Mapping[str, Any]]:
    """The records of a session's receipts: of this terminal's journal, or of another's batches that were brought."""
    place = session["terminal"], session["epoch"]
    if place != (station.place.terminal, station.place.epoch):
        return receipts_of(station, db, *place, session["batch_no"], numbers) if session["batch_no"] else {}
    rows = [(number, receipt_rows.receipt(db, number)) for number in numbers]
    return {number: read_body(db, row.seq) for number, row in rows if row is not None}


def _found(db: sqlite3.Connection, data: BankDepositData) -> Iterator[_Row]:
    """Those of earlier slips that turned up: their number among the receipt's tenders is not in the record."""
    for each in data["found"]:
        if each["tender"] in PAPERS:
            row = receipt_rows.receipt(db, each["receipt_no"])
            body = read_body(db, row.seq) if row is not None else None
            yield _row(body, each["receipt_no"], None, each["tender"], each["reference"], each["cents"])


def _row(
    body: Mapping[str, Any] | None, receipt_no: str, n: int | None, tender: str, reference: str, cents: int
) -> _Row:
    """body: of the receipt's record; None where it is not here."""
    payor, micr, places = "", NOT_READABLE, None
    if body is not None:
        payor = body["data"]["payor"]
        n = n if n is not None else _nth(body["data"]["tenders"], tender, reference, cents)
        micr, kept = NOT_KEPT, commitments(body)
        if of_tender(n, ACCOUNT) in kept:
            at = body["terminal"], body["epoch"], body["seq"]
            micr, places = NOT_SHOWN, (Place(*at, of_tender(n, ROUTING)), Place(*at, of_tender(n, ACCOUNT)))
    return _Row(CheckFacts(receipt_no, payor, TenderKind(tender).label, reference, micr, cents), places)


def _nth(tenders: list[dict[str, object]], tender: str, reference: str, cents: int) -> int:
    """Which of a receipt's tenders, from 1, that one is; 0 where none is."""
    wanted = tender, reference, cents
    there = ((each["kind"], each["reference"], each["cents"]) for each in tenders)
    return next((n for n, each in enumerate(there, start=1) if each == wanted), 0)


def _opened(station: Station, person: Person, rows: list[_Row]) -> Iterator[CheckFacts]:
    read = read_all(station, person, [place for row in rows if row.places for place in row.places])
    for row in rows:
        if row.places is None:
            yield row.facts
            continue
        routing, account = (read[place] for place in row.places)
        yield replace(row.facts, micr=f"{routing} {account}" if routing and account else NOT_READABLE)
