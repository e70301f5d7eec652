"""Papers that somebody puts into the printer: a check's endorsement, at once and once; the validation of a stub.

Checks are restrictively endorsed when they are received (GFOA, and Washington's BARS manual). Endorsing one once more
needs a reason, which is a record.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from countertui.counter.paper_choices import PaperChoiceRefused
from countertui.counter.print_queue import PrintNote, at, begin_sending, end_sending, not_sent
from countertui.counter.receipts import already, find_receipt, operator_name, original
from countertui.counter.require_now import require_now
from countertui.counter.station import Person, Run, Station
from countertui.counter.typed import LONGEST_REASON, checked_text
from countertui.documents.slips import EndorsementFacts, ValidationFacts, endorsement_document, validation_document
from countertui.domain.deposit_accounts import row_of
from countertui.domain.documents import MOST_COPIES, DocumentError, from_json, plain, to_json
from countertui.domain.languages import language_of
from countertui.domain.money import format_cents
from countertui.domain.record_data import EndorseAgainData
from countertui.domain.records import Fact, Kind
from countertui.domain.rights import Act
from countertui.domain.tenders import TenderKind
from countertui.errors import CounterError
from countertui.ports.devices import Printer, SlipSheet
from countertui.store import print_jobs
from countertui.store.print_jobs import ENDORSEMENT, VALIDATION, Db, PrintJob
from countertui.store.store import Recorded, read_body

_SHEETS: dict[str, SlipSheet] = {ENDORSEMENT: "slip", VALIDATION: "validation"}
_CAN_BE_DONE_AGAIN = ("uncertain", "confirmed", "processed", "sent", "settled")


@dataclass(frozen=True, slots=True)
class SlipSaid:
    """What the operator should do (insert, take out, left in), or printing; paper: what to put in; printer: where."""

    what: str
    paper: str
    printer: str


Told = Callable[[SlipSaid], None]


def queue_endorsements(station: Station, db: Db, recorded: Recorded) -> None:
    """Have each check of a payment endorsed, in the payment's transaction, where a printer takes sheets."""
    if station.slip_printer is None:
        return
    body = recorded.body
    for tender in body["data"]["tenders"]:
        if tender["kind"] != TenderKind.CHECK:
            continue
        facts = EndorsementFacts(
            city_name=station.place.city,
            bank_account=_endorsed_into(station, body["biz_date"]),
            biz_date=body["biz_date"],
            receipt_no=body["receipt_no"],
            cents=tender["cents"],
            ledger_id=station.place.ledger,
        )
        title = plain(f"Check {tender['reference']} of {format_cents(tender['cents'])}")
        document = replace(endorsement_document(facts), title=title)
        print_jobs.queue_print(
            db, recorded.seq, recorded.receipt_no, ENDORSEMENT, 0, to_json(document), station.slip_printer.name
        )


def _endorsed_into(station: Station, biz_date: str) -> str:
    """The account that the office's checks of a day go to, as the city names it to its bank; empty for none."""
    own = row_of(station.rules.posting, station.place.office, biz_date)
    return own.name if own is not None else station.rules.deposit_account


def print_slips(_station: Station, run: Run, printer: Printer, told: Told) -> list[PrintNote]:
    """Have each sheet that waits for that printer put in, oldest first, and print on it once.

    Runs on the thread that owns the printer. What nobody puts in is refused, and waits until a person asks for it.
    """
    if not printer.has_slip:
        return []
    notes: list[PrintNote] = []
    while (job := run(_next_for, printer)) is not None:
        notes.append(_print(run, printer, job, told))
    return notes


def validate_stub(station: Station, person: Person, receipt_no: str) -> None:
    """Have the customer's stub printed on: paid, how much, by which receipt.

    Raises PaperChoiceRefused, ReceiptUnknown, NotAllowed.
    """
    require_now(station, person.id, Act.REPRINT)
    record = find_receipt(station.db, receipt_no)
    printer = station.slip_printer
    if printer is None:
        raise PaperChoiceRefused("No printer of this terminal takes a stub.", press="Stamp it by hand.")
    if record.state != "taken":
        raise PaperChoiceRefused(already(record.receipt_no, record.state), "The stub is not validated.")
    body = read_body(station.db, record.seq)
    accounts = [line["account"] for line in body["data"]["lines"] if line["account"]]
    facts = ValidationFacts(
        city_name=station.place.city,
        terminal=station.place.terminal,
        operator_name=operator_name(station, station.db, record.operator),
        printed_at=station.clock.local_of(body["utc"]),
        receipt_no=record.receipt_no,
        account=accounts[0] if len(set(accounts)) == 1 else "",
        cents=record.total_cents,
        ledger_id=station.place.ledger,
        language=language_of(station.reference.languages(dict.fromkeys(accounts))),
    )
    document = replace(validation_document(facts), title="Stub")
    station.store.write_working(
        lambda db: print_jobs.queue_print(
            db, record.seq, record.receipt_no, VALIDATION, 0, to_json(document), printer.name
        )
    )


def endorse_again(station: Station, person: Person, job: int, reason: str) -> None:
    """Endorse a check once more that is endorsed, or may be: recorded with its reason.

    Raises PaperChoiceRefused, NotAllowed.
    """
    require_now(station, person.id, Act.REPRINT)
    found = print_jobs.print_job(station.db, job)
    if found is None or found.kind != ENDORSEMENT or found.receipt_no is None:
        raise PaperChoiceRefused("That is no endorsement.", "Nothing was changed.")
    typed = checked_text(reason, "The reason", LONGEST_REASON)
    if not typed:
        raise PaperChoiceRefused(
            "A check is endorsed once. Once more needs a reason.", "Nothing was changed.", "Type why."
        )
    record = find_receipt(station.db, found.receipt_no)
    document = from_json(found.document)
    copy = min(found.copy + 1, MOST_COPIES)

    def with_job(db: Db, recorded: Recorded) -> None:
        now = print_jobs.print_job(db, job)
        if now is None or now.state not in _CAN_BE_DONE_AGAIN:
            raise PaperChoiceRefused("It waits to be endorsed, or is under way.", "Nothing was changed.")
        if now.state == "uncertain":
            print_jobs.set_state(db, job, "settled", "endorsed again")
        again = to_json(replace(document, copy=copy))
        print_jobs.queue_print(db, recorded.seq, found.receipt_no, ENDORSEMENT, copy, again, found.device)

    station.record(
        Fact(
            id=station.ids(),
            kind=Kind.ENDORSE_AGAIN,
            operator=person.id,
            session=record.session,
            biz_date=record.biz_date,
            data=EndorseAgainData(original=original(record), check=document.title, copy=copy, reason=typed),
        ),
        with_job,
    )


def _next_for(station: Station, printer: Printer) -> PrintJob | None:
    return print_jobs.next_slip(station.db, at(station, printer, slip=True))


def _print(run: Run, printer: Printer, job: PrintJob, told: Told) -> PrintNote:
    try:
        paper = from_json(job.document).title
        data = printer.render(job.document)
    except (CounterError, DocumentError) as error:
        words = error.happened if isinstance(error, CounterError) else f"it can't be laid out: {error}"
        return run(not_sent, printer, job, words)
    attempt = run(begin_sending, printer, job, data)
    if attempt is None:
        return run(not_sent, printer, job, "somebody decided otherwise")
    outcome = printer.print_slip(data, _SHEETS[job.kind], lambda what: told(SlipSaid(what, paper, printer.name)))
    return run(end_sending, printer, job, attempt, outcome)
