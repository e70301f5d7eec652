"""The virtual tape: everything this terminal did today, newest first, with the paper behind each entry."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from countertui.counter.station import Station
from countertui.domain.account_details import change_words
from countertui.domain.day_checklist import left_in, said_open
from countertui.domain.money import format_cents
from countertui.domain.paper_books import PaperNumber
from countertui.domain.records import Kind
from countertui.domain.tenders import TenderKind
from countertui.domain.trust import deposited
from countertui.domain.words import number_of
from countertui.store import journal_rows
from countertui.store.store import utc_text
from countertui.store.tape_rows import bodies_back

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TapeEntry:
    """One record: when (local time), what was done, about whom or what, by whom, and the amount in cents if it has one.

    receipt_no: the receipt it is about; session: of a closing, whose Z report stands behind it; both may be empty.
    words: what it is found by, case folded.
    """

    seq: int
    time: str
    what: str
    about: str
    operator: str
    cents: int | None
    receipt_no: str
    session: str
    words: str


def tape(station: Station) -> list[TapeEntry]:
    """Everything recorded on the local date it is now, newest first.

    Records' times never go back; where the clock did, it is the date of the newest record.
    """
    now = max(utc_text(station.clock.utc_ms()), journal_rows.last_utc(station.reader))
    day = station.clock.local_of(now)[:10]
    entries = []
    for body in bodies_back(station.reader):
        if station.clock.local_of(body["utc"])[:10] < day:
            break
        entries.append(_entry(station, body))
    return entries


def fitting(entries: Sequence[TapeEntry], text: str) -> list[TapeEntry]:
    """The entries in which every word of the text stands somewhere, in the order given."""
    words = text.casefold().split()
    return [entry for entry in entries if all(word in entry.words for word in words)]


def _entry(station: Station, body: Mapping[str, Any]) -> TapeEntry:
    kind, data = Kind(body["kind"]), body["data"]
    receipt_no = body["receipt_no"] or data.get("original", {}).get("receipt_no", "")
    label, about, cents = _TOLD[kind](data) if kind in _TOLD else (_label(kind), "", None)
    what = f"{label} {receipt_no}".rstrip()
    time = station.clock.local_of(body["utc"])[11:]
    approver = f", approved by {body['approver']}" if body["approver"] else ""
    about = f"{about}{approver}".removeprefix(", ")
    amount = "" if cents is None else f"{format_cents(cents)} {format_cents(cents).replace(',', '')}"
    found_by = f"{time} {what} {about} {body['operator']} {amount} {_paid_on(data)}".casefold()
    session = body["session"] if kind is Kind.CLOSE else ""
    return TapeEntry(body["seq"], time, what, about, body["operator"], cents, receipt_no, session, found_by)


def _paid_on(data: Data) -> str:
    """Accounts, fees and references of tenders in a record that has them."""
    lines = (line["account"] or line["fee"] for line in data.get("lines", ()))
    return " ".join([*lines, *(tender["reference"] for tender in data.get("tenders", ()))])


def _label(kind: Kind) -> str:
    return kind.value.replace("_", " ").capitalize()


def _pay(data: Data) -> tuple[str, str, int | None]:
    tenders = [TenderKind(tender["kind"]).label.lower() for tender in data["tenders"]]
    tenders += [f"drawn on {account}" for account, cents in deposited(data).items() if cents < 0]
    return "Receipt", f"{data['payor']}, {' + '.join(tenders)}", data["total_cents"]


def _returned(data: Data) -> tuple[str, str, int | None]:
    checks = data["checks"]
    said = ", ".join(f"{one['reference']} of {one['receipt_no']}" for one in checks)
    return f"{number_of(len(checks), 'check')} back", said, sum(one["cents"] for one in checks)


def _undone(label: str) -> Callable[[Data], tuple[str, str, int | None]]:
    return lambda data: (label, data["reason"], data.get("total_cents"))


def _of_deposit(label: str) -> Callable[[Data], tuple[str, str, int | None]]:
    return lambda data: (label, f"{data['account']}: {data['reason']}", data["cents"])


def _left(data: Data) -> str:
    left = left_in(data)
    return f"left open: {', '.join(map(said_open, left))}: {data['reason']}" if left else ""


def _seen(data: Data) -> str:
    """What somebody looked at: expected money, or a personal value, or several of a list."""
    if "of" not in data:
        return "X report"
    return f"{len(data['of'])} values" if isinstance(data["of"], list) else str(data["of"]["field"])


def _of_license(data: Data) -> str:
    about = data["says"].get("business") or data["reason"]
    return f"{data['license']}: {about}" if about else str(data["license"])


_TOLD: dict[Kind, Callable[[Data], tuple[str, str, int | None]]] = {
    Kind.PAY: _pay,
    Kind.VOID_REQUEST: _undone("Void asked"),
    Kind.VOID: _undone("VOID"),
    Kind.VOID_REFUSAL: _undone("Void refused"),
    Kind.REFUND_REQUEST: _undone("Refund asked"),
    Kind.REFUND: _undone("REFUNDED"),
    Kind.REFUND_REFUSAL: _undone("Refund refused"),
    Kind.CHECKS_RETURNED: _returned,
    Kind.TRUST_REFUND_REQUEST: _of_deposit("Deposit asked back"),
    Kind.TRUST_REFUND: _of_deposit("DEPOSIT GIVEN BACK"),
    Kind.TRUST_REFUND_REFUSAL: _of_deposit("Deposit kept"),
    Kind.APPLY: lambda data: ("Credit applied", f"{data['account']} {data['name']}", data["cents"]),
    Kind.UNAPPLY: lambda data: ("CREDIT TAKEN BACK", f"{data['account']}: {data['reason']}", data["cents"]),
    Kind.REPRINT: lambda data: (f"DUPLICATE {data['copy']}", "", None),
    Kind.ENDORSE_AGAIN: lambda data: ("Endorsed again", f"check {data['check']}: {data['reason']}", None),
    Kind.NO_SALE: lambda data: ("No sale", f"drawer {data['drawer']}: {data['reason']}", None),
    Kind.DROP: lambda data: ("DROP TO THE SAFE", f"drawer {data['drawer']}, bag {data['bag']}", data["cents"]),
    Kind.FUND_REQUEST: lambda data: ("Change wanted", f"drawer {data['drawer']}", data["cents"]),
    Kind.FUND_CHANGE: lambda data: ("Change given", f"drawer {data['drawer']}, safe", data["cents"]),
    Kind.HAND_OVER: lambda data: ("HANDED OVER", f"drawer {data['drawer']}", data["found_cents"]),
    Kind.DEPOSIT_COUNT: lambda _: ("Deposit counted", "cash", None),
    Kind.DEPOSIT: lambda data: (
        f"BANK DEPOSIT, {data['stage']}",
        f"{data['slip_no']}, bag {data['bag']}",
        data["total_cents"],
    ),
    Kind.DEPOSIT_FINAL: lambda data: ("DEPOSIT IS FINAL", f"{data['deposit']['slip_no']}", None),
    Kind.DEPOSIT_TAKEN_BACK: lambda data: (
        "DEPOSIT TAKEN BACK",
        f"{data['deposit']['slip_no']}, bag {data['deposit']['bag']}: {data['reason']}",
        None,
    ),
    Kind.DEPOSIT_ITEM_LOST: lambda data: ("GIVEN UP AS LOST", f"{data['item']}: {data['reason']}", data["cents"]),
    Kind.DEPOSIT_COPY: lambda data: (f"Slip, COPY {data['copy']}", f"{data['deposit']['slip_no']}", None),
    Kind.COURIER: lambda data: ("With the courier", f"{data['company']}: {', '.join(data['bags'])}", None),
    Kind.SURPRISE_COUNT: lambda data: ("SURPRISE COUNT", f"drawer {data['drawer']}", None),
    Kind.DAY_CHECKED: lambda data: ("DAY CLOSED", _left(data), None),
    Kind.PAPER_SPOILED: lambda data: (
        "Paper spoiled",
        f"{PaperNumber(data['series'], data['number']).text}: {data['reason']}",
        None,
    ),
    Kind.REMITTANCE_OPEN: lambda data: (
        "Batch opened",
        f"{data['origin']}, control: {number_of(data['pieces'], 'piece')}",
        data["cents"],
    ),
    Kind.REMITTANCE_CLOSE: lambda data: (
        "Batch closed",
        f"{data['origin']}, {number_of(data['taken_pieces'], 'piece')}{', ' if data['reason'] else ''}{data['reason']}",
        data["taken_cents"],
    ),
    Kind.CARD_UNKNOWN: lambda data: (
        "Card not known",
        f"{data['payor']}{', taken off' if data['reference'] else ''}",
        data["cents"],
    ),
    Kind.CARD_SETTLED: lambda data: (
        "Card settled",
        f"{data['verdict'].replace('_', ' ')}, report {data['report']}",
        data["cents"],
    ),
    Kind.ACCOUNT_NOTE: lambda data: ("Note", f"{data['account']}: {data['note']}", None),
    Kind.ACCOUNT_CHANGE: lambda data: ("Account changed", f"{data['account']}: {change_words(data)}", None),
    Kind.LICENSE: lambda data: (f"License: {data['step']}", _of_license(data), None),
    Kind.REVEAL: lambda data: ("Personal data read" if "of" in data else "Expected seen", _seen(data), None),
    Kind.OPEN: lambda data: ("Drawer opened", f"drawer {data['drawer']}", data["counted_cents"]),
    Kind.COUNT: lambda data: ("Drawer counted", f"drawer {data['drawer']}", None),
    Kind.CLOSE: lambda data: ("Drawer closed", f"drawer {data['drawer']}, receipts: {data['receipts']}", None),
    Kind.SEAL: lambda data: ("Batch sealed", f"batch {data['batch_no']}", None),
    Kind.LOGIN: lambda _: ("Signed on", "", None),
    Kind.LOGOUT: lambda _: ("Signed off", "", None),
    Kind.PIN_FAIL: lambda _: ("Wrong PIN", "", None),
    Kind.PIN_LOCK: lambda _: ("Locked", "too many wrong PINs", None),
    Kind.SNAPSHOT_APPLIED: lambda data: ("New data", f"snapshot {data['version']}", None),
    Kind.START: lambda _: ("Program started", "", None),
}
