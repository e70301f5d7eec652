"""Whether a check was taken today already: the same routing, account and check number, found unread by keyed hashes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from countertui.counter.station import Station
from countertui.counter.today import today
from countertui.domain.micr import Micr
from countertui.domain.money import Cents, format_cents
from countertui.domain.personal import ACCOUNT, ROUTING, of_tender
from countertui.domain.tenders import Tender, TenderKind
from countertui.store import personal, receipt_rows, session_rows

LATEST = 50
"""Sessions that are looked at for the day's first: more than drawers are opened in a day."""


@dataclass(frozen=True, slots=True)
class TakenCheck:
    """Where a check was taken before: the receipt, and its amount in cents; receipt_no empty: in this cart."""

    receipt_no: str
    cents: Cents

    @property
    def words(self) -> str:
        """For a person, without a number of the check."""
        where = f"receipt {self.receipt_no}" if self.receipt_no else "this cart"
        return f"This check was taken already today: {where}, {format_cents(self.cents)}."


def taken_today(station: Station, micr: Micr, number: str) -> TakenCheck | None:
    """The receipt of today, or of a drawer still open, that took this check and stands; None if there is none.

    Leading zeros of the check's number don't count: a person leaves them off.
    """
    day = today(station, station.reader)
    sessions = [
        row
        for row in session_rows.latest_sessions(station.reader, LATEST)
        if row.biz_date >= day or row.close_seq is None
    ]
    if not sessions:
        return None
    since = min(row.open_seq for row in sessions)
    blind, routing = station.vault.blind(ACCOUNT, micr.account), station.vault.blind(ROUTING, micr.routing)
    for seq, field in personal.found_since(station.reader, since, blind):
        _, n, what = field.split(".")
        if what != ACCOUNT or personal.blind_at(station.reader, seq, of_tender(int(n), ROUTING)) != routing:
            continue
        receipt = receipt_rows.receipt_at(station.reader, seq)
        if receipt is None or receipt.state == "void":  # its check was given back
            continue
        tender = receipt_rows.tender(station.reader, receipt.receipt_no, int(n))
        if tender is not None and _same_number(tender[0], number):
            return TakenCheck(receipt.receipt_no, tender[1])
    return None


def laid_before(tenders: Sequence[Tender], check: Tender) -> TakenCheck | None:
    """The same check among tenders that are laid, or being recorded, and so in no receipt yet."""
    for tender in tenders:
        same = tender.kind is TenderKind.CHECK and tender.micr is not None and tender.micr == check.micr
        if same and _same_number(tender.reference, check.reference):
            return TakenCheck("", tender.cents)
    return None


def _same_number(one: str, other: str) -> bool:
    return one.strip().lstrip("0") == other.strip().lstrip("0")
