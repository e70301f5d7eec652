"""Checks that the bank sent back unpaid: looked up one by one, taken back all at once by two people, and told.

Everything is in force here at once: charges are owed again, the fee too, and the account counts one returned check
more. The ledger looks at each again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from countertui.counter.accounts import account_here
from countertui.counter.balances import open_charges
from countertui.counter.drafts import Form
from countertui.counter.receipts import already, decision_on, original
from countertui.counter.require_now import require_now
from countertui.counter.station import Person, Station
from countertui.counter.tenders_allowed import returned_days
from countertui.counter.today import fee_date
from countertui.counter.typed import LONGEST_REASON, checked_text
from countertui.documents.returned_check import NoticeFacts, notice_document
from countertui.documents.text import as_text
from countertui.domain.balances import charge_movements
from countertui.domain.charges import total_owed
from countertui.domain.desk_records import Verdict
from countertui.domain.documents import Document, to_json
from countertui.domain.languages import language_of
from countertui.domain.money import Cents, format_cents
from countertui.domain.record_data import OriginalData
from countertui.domain.records import Fact, Kind
from countertui.domain.refusal import Refused
from countertui.domain.returned_checks import (
    MOST_CHECKS,
    CameBackData,
    ChecksReturnedData,
    NotAsMuchError,
    account_of,
    given_in_cash,
    shares_back,
)
from countertui.domain.rights import Act, NotAllowed, require_second_person, took_part
from countertui.domain.tender_rules import takes_no_checks
from countertui.domain.tenders import TenderKind
from countertui.store import came_back_rows, print_jobs, receipt_rows, session_rows, working
from countertui.store.receipt_rows import ReceiptRecord
from countertui.store.store import Recorded, read_body

NOTICE = "notice"
LONGEST_NUMBER = 24


class ReturnRefused(Refused):
    """The check can't be taken back like this; nothing is recorded. about: the part of its line to be mended."""

    def __init__(
        self, happened: str, safe: str = "Nothing was recorded.", press: str = "", about: str = "number"
    ) -> None:
        self.about = about
        super().__init__(happened, safe, press)


@dataclass(frozen=True, slots=True)
class BankLine:
    """A line of the bank's list as typed: the check's number, cents, what the bank says, and maybe the receipt."""

    reference: str
    cents: Cents
    reason: str
    receipt_no: str = ""


@dataclass(frozen=True, slots=True)
class Matched:
    """The check that a line is about: its receipt, when and by whom it was paid, and what the fee will be, in cents.

    given_cents: what of it went back in cash when it was taken, and is owed too; of receipts taken here.
    """

    line: BankLine
    receipt_no: str
    biz_date: str
    payor: str
    account: str | None
    fee_cents: int
    original: OriginalData | None
    given_cents: int = 0


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What was recorded: each check, and the lines of its notice as printed."""

    checks: tuple[Matched, ...]
    notices: tuple[tuple[str, ...], ...]

    @property
    def cents(self) -> int:
        """What they add up to, fees left out."""
        return sum(one.line.cents for one in self.checks)


def match(station: Station, line: BankLine, listed: Sequence[Matched] = ()) -> Matched:
    """The check of a receipt that a line of the bank's list is about, beside those that are listed already.

    Raises ReturnRefused where there is none, or more than one, or it can't come back; CardNumberRefused, TextTooLong.
    """
    return _match(station, station.reader, line, listed)


def check_on(station: Station, receipt_no: str) -> tuple[str, Cents]:
    """The one check that a receipt was paid with: its number and cents. Raises ReturnRefused, CardNumberRefused."""
    number = checked_text(receipt_no, "The receipt's number", LONGEST_NUMBER)
    record = receipt_rows.receipt_typed(station.reader, number) if number else None
    if record is None:
        raise _refused(f"There is no receipt {number} at this terminal.", press="Type the check's number and amount.")
    tenders = receipt_rows.body_of(station.reader, record.receipt_no)["data"]["tenders"]
    checks = [tender for tender in tenders if tender["kind"] == TenderKind.CHECK]
    if len(checks) != 1:
        held = "no check" if not checks else "several checks"
        raise _refused(f"Receipt {record.receipt_no} was paid with {held}.", press="Type the check's number.")
    return str(checks[0]["reference"]), Cents(checks[0]["cents"])


def lines_to_keep(lines: Sequence[BankLine]) -> dict[str, str]:
    """A list as texts of a draft, by name."""
    return {
        f"{n}.{name}": text
        for n, line in enumerate(lines)
        for name, text in (
            ("reference", line.reference),
            ("cents", str(line.cents)),
            ("reason", line.reason),
            ("receipt_no", line.receipt_no),
        )
        if text
    }


def lines_kept(texts: Mapping[str, str]) -> list[BankLine]:
    """The list that such texts are; a line of which something was not kept is left out."""
    lines = []
    for n in range(MOST_CHECKS):
        reference, cents = texts.get(f"{n}.reference", ""), texts.get(f"{n}.cents", "")
        if reference and cents.isdecimal():
            reason, receipt_no = texts.get(f"{n}.reason", ""), texts.get(f"{n}.receipt_no", "")
            lines.append(BankLine(reference, Cents(int(cents)), reason, receipt_no))
    return lines


def return_checks(
    station: Station, asker: Person, approver: Person, lines: Sequence[BankLine], source: str = ""
) -> TakenBack:
    """Take back what these checks paid, all or none: one record, and a notice printed for each payor.

    asker: a technician; approver: a lead or another technician. Neither took part in any of the receipts.
    source: what the bank's list is called, empty for none. Raises ReturnRefused, NotAllowed; nothing is recorded then.
    """
    require_now(station, asker.id, Act.CORRECT)
    require_now(station, approver.id, Act.AGREE)
    require_second_person(approver.id, (asker.id,))
    if not 0 < len(lines) <= MOST_CHECKS:
        raise ReturnRefused(f"A list has 1 to {MOST_CHECKS} checks.", "Nothing was recorded.", "Type a check.")
    found: list[Matched] = []
    for line in lines:
        found.append(_match(station, station.db, line, found))
        _require_no_part(station, (asker, approver), found[-1])
    notices: list[Document] = []

    def with_notices(db: sqlite3.Connection, recorded: Recorded) -> None:
        for form in (Form.RETURNED_CHECK, Form.RETURNED_LIST):
            working.drop_draft(db, form, "", asker.id)
        for one in found:
            document = _notice(station, db, one, str(recorded.body["biz_date"]))
            notices.append(document)
            print_jobs.queue_print(db, recorded.seq, one.receipt_no, NOTICE, 0, to_json(document))

    gl = station.rules.returned_check_gl
    data = ChecksReturnedData(
        source=checked_text(source, "The list's name", LONGEST_REASON), checks=[_data(one, gl) for one in found]
    )
    fact = Fact(
        id=station.ids(),
        kind=Kind.CHECKS_RETURNED,
        operator=asker.id,
        approver=approver.id,
        biz_date=fee_date(station, station.db),
        data=data,
    )
    station.record(fact, with_notices)
    return TakenBack(tuple(found), tuple(tuple(as_text(document)) for document in notices))


def _match(station: Station, db: sqlite3.Connection, line: BankLine, listed: Sequence[Matched]) -> Matched:
    line = _checked(line)
    number = line.receipt_no
    record = receipt_rows.receipt_typed(db, number) if number else None
    if number and record is None:
        return _elsewhere(station, line, listed)
    receipts = came_back_rows.checks_numbered(db, line.reference)
    if record is not None:
        receipts = [each for each in receipts if each[0] == record.receipt_no]
        if not receipts:
            raise _refused(f"Receipt {record.receipt_no} was not paid with check {line.reference}.")
    if not receipts:
        raise _refused(
            f"No check {line.reference} was taken at this terminal.",
            press="Of another terminal's receipt: type the receipt's number too.",
            about="receipt",
        )
    fitting = [receipt_no for receipt_no, cents in receipts if cents == line.cents]
    if not fitting:
        others = ", ".join(f"{format_cents(cents)} of {receipt_no}" for receipt_no, cents in receipts[:3])
        told = f"Check {line.reference} was {others}; the bank says {format_cents(line.cents)}."
        raise _refused(told, "Look at both; type what the bank says.", "amount")
    if len(fitting) > 1:
        raise _refused(
            f"Receipts {', '.join(fitting[:4])} have a check {line.reference} of that amount.",
            press="Type the receipt's number too.",
            about="receipt",
        )
    taken = receipt_rows.receipt(db, fitting[0])
    if taken is None:
        raise AssertionError("a tender is of a receipt")
    _require_not_listed(listed, taken.receipt_no, line.reference)
    return _of_here(station, db, line, taken)


def _of_here(station: Station, db: sqlite3.Connection, line: BankLine, taken: ReceiptRecord) -> Matched:
    number = taken.receipt_no
    decision = decision_on(station, taken)
    if taken.state in {"void", "refunded"} or (decision is not None and decision.verdict == Verdict.APPROVE):
        raise _refused(already(number, taken.state))
    reference = _as_tendered(db, number, line)
    back = came_back_rows.came_back(db, number)
    if any(before == reference for before, _ in back) or reference in station.reference.checks_back(number):
        raise _refused(f"Check {reference} of receipt {number} came back before.")
    session = session_rows.session(db, taken.session)
    if session is not None and session.close_seq is None:
        raise _refused(
            f"Check {reference} is still in drawer {session.drawer}: receipt {number} can be voided.",
            press="F3 finds it; V voids it.",
        )
    data = read_body(db, taken.seq)["data"]
    movements = list(charge_movements(Kind.PAY, data))
    try:
        before = sum(cents for _, cents in back)
        gone = shares_back(movements, before - given_in_cash(data, before, 0))
        given = given_in_cash(data, line.cents, before)
        shares = shares_back(movements, line.cents - given, gone)
    except NotAsMuchError as fault:
        more = format_cents(Cents(fault.cents))
        raise _refused(f"Check {reference} is {more} more than what is left of receipt {number}.") from fault
    account = account_of(shares)
    return Matched(
        replace(line, reference=reference, receipt_no=number),
        number,
        taken.biz_date,
        taken.payor,
        account,
        _fee(station, account),
        original(taken),
        given if account is not None and station.rules.returned_check_gl else 0,
    )


def _elsewhere(station: Station, line: BankLine, listed: Sequence[Matched]) -> Matched:
    """A check of another terminal's receipt: what was paid is known from the snapshot, the ledger knows its checks."""
    number = line.receipt_no.upper()
    rows = station.reference.past.receipt(number)
    if not rows:
        raise _refused(
            f"There is no receipt {number}, as far as is known here.",
            press="Look at the number again.",
            about="receipt",
        )
    if all(row.voided for row in rows):
        raise _refused(f"Receipt {number} was taken back before.")
    if line.reference in station.reference.checks_back(number) or _said_here(station, number, line.reference):
        raise _refused(f"Check {line.reference} of receipt {number} came back before.")
    _require_not_listed(listed, number, line.reference)
    row = rows[-1]
    return Matched(
        replace(line, receipt_no=number),
        number,
        row.biz_date,
        row.payor,
        row.account,
        _fee(station, row.account),
        None,
    )


def _said_here(station: Station, receipt_no: str, reference: str) -> bool:
    return any(before == reference for before, _ in came_back_rows.came_back(station.reader, receipt_no))


def _checked(line: BankLine) -> BankLine:
    reference = checked_text(line.reference, "The check's number", LONGEST_NUMBER)
    reason = checked_text(line.reason, "The reason", LONGEST_REASON)
    receipt_no = checked_text(line.receipt_no, "The receipt's number", LONGEST_NUMBER)
    if not reference:
        raise _refused("The check's number is needed.", press="Type it as on the bank's list.")
    if line.cents <= 0:
        raise _refused("The check's amount is needed.", "Type it as on the bank's list.", "amount")
    if not reason:
        raise _refused("A reason is needed.", "Type what the bank says, like NSF.", "reason")
    return BankLine(reference, line.cents, reason, receipt_no)


def _as_tendered(db: sqlite3.Connection, receipt_no: str, line: BankLine) -> str:
    """The check's number as it stands on the receipt: the bank may write it with other leading zeros."""
    tenders = receipt_rows.body_of(db, receipt_no)["data"]["tenders"]
    checks = [str(t["reference"]) for t in tenders if t["kind"] == TenderKind.CHECK and t["cents"] == line.cents]
    return next(number for number in checks if number.lstrip("0") == line.reference.lstrip("0"))


def _require_not_listed(listed: Sequence[Matched], receipt_no: str, reference: str) -> None:
    if any((one.receipt_no, one.line.reference.lstrip("0")) == (receipt_no, reference.lstrip("0")) for one in listed):
        raise _refused(f"Check {reference} of receipt {receipt_no} is in the list already.")


def _require_no_part(station: Station, people: Sequence[Person], one: Matched) -> None:
    """Raise NotAllowed for who took, or approved, a receipt of here; of another terminal's the ledger knows who did."""
    if one.original is None:
        return
    body = read_body(station.db, one.original["seq"])
    for person in people:
        try:
            require_second_person(person.id, took_part(body))
        except NotAllowed as refusal:
            raise NotAllowed(
                f"{person.name} took part in receipt {one.receipt_no}.",
                "Nothing was recorded.",
                "Take its check out of the list (Del), or ask another person.",
            ) from refusal


def _fee(station: Station, account: str | None) -> int:
    return station.rules.returned_check_fee if account is not None and station.rules.returned_check_gl else 0


def _data(one: Matched, gl: str) -> CameBackData:
    data = CameBackData(
        receipt_no=one.receipt_no,
        original=one.original,
        reference=one.line.reference,
        cents=one.line.cents,
        reason=one.line.reason,
        account=one.account,
        fee_cents=one.fee_cents,
        fee_gl=gl if one.fee_cents or one.given_cents else "",
    )
    if one.given_cents:
        data["given_cents"] = one.given_cents
    return data


def _notice(station: Station, db: sqlite3.Connection, one: Matched, biz_date: str) -> Document:
    place, account = station.place, one.account
    row = account_here(station, db, account) if account is not None else None
    owed = total_owed(open_charges(station, db, row.number, row.credit_gl)) if row is not None else Cents(0)
    days = returned_days(station, db, account) if account is not None else ()
    return notice_document(
        NoticeFacts(
            city_name=place.city,
            office_name=place.office_name,
            office_address=place.office_address,
            biz_date=biz_date,
            payor=one.payor or (row.name if row is not None else ""),
            address=row.address if row is not None else "",
            account=account or "",
            receipt_no=one.receipt_no,
            receipt_date=one.biz_date,
            reference=one.line.reference,
            reason=one.line.reason,
            cents=one.line.cents,
            fee_cents=one.fee_cents,
            owed_cents=owed,
            no_checks=takes_no_checks(station.rules.tenders, date.fromisoformat(biz_date), days),
            ledger_id=place.ledger,
            language=language_of(station.reference.languages([account] if account is not None else [])),
        )
    )


def _refused(happened: str, press: str = "", about: str = "number") -> ReturnRefused:
    return ReturnRefused(happened, press=press, about=about)
