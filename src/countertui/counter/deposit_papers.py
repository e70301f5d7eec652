"""The papers of a bank deposit made here: its slip on the receipt printer and as a PDF beside the store."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from countertui.counter.deposit_due import due_of
from countertui.counter.license_papers import PAPERS
from countertui.counter.receipts import operator_name
from countertui.counter.require_now import require_now
from countertui.counter.station import Run
from countertui.counter.today import business_date
from countertui.documents.deposit_facts import CoveredFacts, DepositFacts, DifferenceFacts
from countertui.documents.deposit_slip import deposit_document
from countertui.domain.deposit_accounts import name_of
from countertui.domain.deposits import (
    BankDepositData,
    DepositCopyData,
    DepositRef,
    DepositRefused,
    DifferenceData,
    SafeBagData,
    Stage,
    What,
)
from countertui.domain.documents import to_json
from countertui.domain.records import Fact, Kind
from countertui.domain.rights import Act
from countertui.domain.tenders import TenderKind
from countertui.store import deposit_rows, print_jobs
from countertui.store.store import Recorded, read_body

if TYPE_CHECKING:
    from countertui.counter.station import Person, Station

SLIP = "deposit"
"""The kind of a slip's print job."""


def queue_slip(station: Station, db: sqlite3.Connection, recorded: Recorded) -> None:
    """In a deposit's own transaction: its slip goes to print."""
    slip = deposit_document(_facts(station, db, recorded.body, is_final=recorded.body["data"]["stage"] == Stage.FINAL))
    print_jobs.queue_print(db, recorded.seq, None, SLIP, 0, to_json(slip))


def print_slip_again(station: Station, person: Person, seq: int) -> int:
    """Print a deposit's slip once more, recorded and marked COPY n; gives n. Raises DepositRefused, NotAllowed."""
    require_now(station, person.id, Act.DEPOSIT)
    db, copy = station.db, deposit_rows.copies_of(station.db, seq) + 1
    facts = deposit_facts(station, db, seq, copy=copy)
    ref = DepositRef(seq=seq, h=deposit_rows.hash_of(db, seq), slip_no=facts.slip_no, bag=facts.bag)

    def with_paper(db: sqlite3.Connection, recorded: Recorded) -> None:
        print_jobs.queue_print(db, recorded.seq, None, SLIP, copy, to_json(deposit_document(facts)))

    fact = Fact(
        id=station.ids(),
        kind=Kind.DEPOSIT_COPY,
        operator=person.id,
        biz_date=business_date(station, db, None),
        data=DepositCopyData(deposit=ref, copy=copy),
    )
    station.record(fact, with_paper)
    return copy


def write_slip(station: Station, run: Run, seq: int) -> Path:
    """Write a deposit's slip as a PDF; gives its file. Raises DepositRefused, PdfError. An errand: it takes a while."""
    from countertui.documents.deposit_pdf import deposit_slip_pdf  # Typst is 80 MB

    def read(station: Station) -> tuple[DepositFacts, int]:
        return deposit_facts(station, station.db, seq), made_at(station.db, seq)

    facts, at = run(read)
    return written(station, f"deposit-{facts.slip_no}", deposit_slip_pdf(facts, made_at=at))


def written(station: Station, name: str, made: bytes) -> Path:
    """Write a PDF into the folder of papers beside the store, whole or not at all; gives its file.

    It is for nobody but who runs this program: what is in a bag, and whose checks, is not for every eye of a machine.
    """
    folder = station.store.path.parent / PAPERS
    folder.mkdir(exist_ok=True)
    file, begun = folder / f"{name}.pdf", folder / f"{name}.pdf.part"
    begun.unlink(missing_ok=True)
    begun.touch(mode=0o600)
    begun.write_bytes(made)
    begun.replace(file)
    return file


def made_at(db: sqlite3.Connection, seq: int) -> int:
    """When a record was made, in seconds since 1970 UTC."""
    return int(datetime.fromisoformat(read_body(db, seq)["utc"]).timestamp())


def deposit_facts(station: Station, db: sqlite3.Connection, seq: int, *, copy: int = 0) -> DepositFacts:
    """What the papers of a deposit made here say, as it stands. Raises DepositRefused for one that was taken back."""
    row = deposit_rows.deposit_at(db, seq)
    if row is None:
        raise DepositRefused("That deposit was not made here.", "Nothing was printed.", "Its own terminal prints it.")
    if row.back_seq is not None:
        raise DepositRefused(f"{row.slip_no} was taken back.", "Nothing was printed.", "Choose another deposit.")
    return _facts(station, db, read_body(db, seq), is_final=row.final_seq is not None, copy=copy)


def bank_words(station: Station, data: BankDepositData) -> str:
    """A deposit's bank account, as `account_words` has it."""
    return account_words(station, data["bank"])


def account_words(station: Station, account: str) -> str:
    """A bank account as the city names it to its bank; its account in the books where it names none."""
    rules = station.rules
    city_s = rules.deposit_account if account == rules.posting.bank else ""
    return name_of(rules.posting, account) or city_s or account


def _facts(
    station: Station, db: sqlite3.Connection, body: Mapping[str, Any], *, is_final: bool, copy: int = 0
) -> DepositFacts:
    data: BankDepositData = body["data"]
    place, due = station.place, due_of(station, db, data)
    carried = [each for each in data["differences"] if each["carried"]]
    posted = [each for each in data["differences"] if not each["carried"]]
    return DepositFacts(
        city_name=place.city,
        office_name=place.office_name,
        ledger_id=place.ledger,
        terminal=place.terminal,
        slip_no=data["slip_no"],
        is_final=is_final,
        biz_dates=tuple(data["biz_dates"]),
        made_at=station.clock.local_of(body["utc"]),
        bank=bank_words(station, data),
        bag=data["bag"],
        made_by=operator_name(station, db, body["operator"]),
        second_name=operator_name(station, db, body["approver"]),
        sums=tuple((TenderKind(each["tender"]).label, each["count"], each["cents"]) for each in data["composition"]),
        pieces=tuple((denomination, number) for denomination, number in data["pieces"]),
        total_cents=data["total_cents"],
        sessions=tuple(
            CoveredFacts(
                each["terminal"],
                each["drawer"],
                each["operator"],
                each["biz_date"],
                each["batch_no"],
                sum(one["cents"] for one in each["sums"]),
            )
            for each in data["sessions"]
        )
        + tuple(map(_safe_bag, data.get("safe_bags", ()))),
        not_heard=tuple(data["not_heard"]),
        carried=tuple(map(_difference, carried)),
        over_short=tuple(map(_difference, posted)),
        found=tuple(
            DifferenceFacts(each["item"], _paper(each["tender"], each["reference"], each["receipt_no"]), each["cents"])
            for each in data["found"]
        ),
        due=due.words if due is not None else "",
        due_working=due.working if due is not None else (),
        copy=copy,
    )


def _safe_bag(each: SafeBagData) -> CoveredFacts:
    of = each["terminal"], each["drawer"], each["operator"], each["biz_date"]
    return CoveredFacts(*of, None, each["cents"], bag=each["bag"])


def _difference(each: DifferenceData) -> DifferenceFacts:
    words = {What.AT_CLOSE: "off at the close", What.CASH: "counted otherwise", What.FUND: "lacking in a drawer's fund"}
    what = words.get(What(each["what"]), each["what"])
    if each["what"] == What.BAG:
        return DifferenceFacts(each["item"], f"Bag {each['reference']} of the safe: {each['reason']}", each["cents"])
    named = _paper(each["tender"], each["reference"], each["receipt_no"])
    return DifferenceFacts(each["item"], f"{named}, {what}: {each['reason']}", each["cents"])


def _paper(tender: str, reference: str, receipt_no: str) -> str:
    named = f"{TenderKind(tender).label} {reference}".strip()
    return f"{named} of receipt {receipt_no}" if receipt_no else named
