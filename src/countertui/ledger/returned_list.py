"""A bank's list of returned checks: each row matched with a check of the books, or said why not; all done, or none.

A row that is done is a record of the desk like any check returned there; the same list again changes nothing, as a
check comes back once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from countertui.domain.money import Cents, format_cents
from countertui.ledger import tables
from countertui.ledger.checks_back import ReturnRefusedError, check_of, receipt_by_number, refused, why_not_standing
from countertui.ledger.desk import Ground
from countertui.ledger.importing.returns import ReturnRow
from countertui.ledger.returned_checks import return_check
from countertui.ledger.stored import StoredRecord, record_at
from countertui.ports.clock import Ids


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of the list, and the receipt whose check it is; receipt_no empty: none, and why_not says why."""

    row: ReturnRow
    receipt_no: str
    reference: str
    why_not: str

    @property
    def matched(self) -> bool:
        """Whether its check can come back."""
        return not self.why_not


def match_list(connection: Connection, rows: Sequence[ReturnRow]) -> list[Listed]:
    """Each row with the check that it is about, by number and amount, and by the receipt's number where it has one."""
    found: list[Listed] = []
    for row in rows:
        listed = _listed(connection, row)
        if listed.matched and any(
            (one.receipt_no, one.reference) == (listed.receipt_no, listed.reference) for one in found
        ):
            listed = Listed(row, "", "", f"Check {row.reference} of {listed.receipt_no} is in the list already.")
        found.append(listed)
    return found


def return_list(ground: Ground, listed: Sequence[Listed], *, by: str, second: str, biz_date: str, ids: Ids) -> int:
    """Take back every check that was matched; gives how many. Both people have signed in.

    Raises ReturnRefusedError, naming the row, NotAllowed; nothing is changed then.
    """
    matched = [one for one in listed if one.matched]
    for one in matched:
        more = {"by": by, "second": second, "reason": one.row.reason, "biz_date": biz_date, "id_": ids()}
        try:
            return_check(ground, one.receipt_no, one.reference, **more)
        except ReturnRefusedError as refusal:
            raise refused(f"Row {one.row.row}: {refusal.happened}") from refusal
    return len(matched)


def _listed(connection: Connection, row: ReturnRow) -> Listed:
    if row.why_not:
        return Listed(row, "", "", row.why_not)
    receipts = _receipts(connection, row)
    checks = [(stored, number) for stored in receipts for number in _numbers(stored, row)]
    if not checks:
        where = f"receipt {row.receipt_no}" if row.receipt_no else "any receipt"
        return Listed(row, "", "", f"No check {row.reference} is of {where}.")
    fitting = [(stored, number) for stored, number in checks if check_of(stored.body, number) == row.cents]
    if not fitting:
        stored, number = checks[0]
        was, said = format_cents(Cents(check_of(stored.body, number) or 0)), format_cents(Cents(row.cents))
        return Listed(row, "", "", f"Check {number} of {stored.body['receipt_no']} was {was}; the list says {said}.")
    standing = [(stored, number, why_not_standing(connection, stored.body, number)) for stored, number in fitting]
    open_ = [one for one in standing if not one[2]]
    if len(open_) > 1:
        numbers = ", ".join(str(stored.body["receipt_no"]) for stored, *_ in open_[:4])
        return Listed(row, "", "", f"Receipts {numbers} have a check {row.reference} of that amount: name the receipt.")
    stored, number, why = open_[0] if open_ else standing[0]
    return Listed(row, "" if why else str(stored.body["receipt_no"]), number, why)


def _receipts(connection: Connection, row: ReturnRow) -> list[StoredRecord]:
    """The receipts that such a check may be of."""
    if row.receipt_no:
        stored = receipt_by_number(connection, row.receipt_no.upper())
        return [] if stored is None else [stored]
    c = tables.check_taken.c
    query = select(c.terminal, c.epoch, c.seq).where(c.reference == row.reference.lstrip("0")).distinct()
    places = connection.execute(query.order_by(c.terminal, c.epoch, c.seq)).all()
    return [stored for place in places if (stored := record_at(connection, *place)) is not None]


def _numbers(stored: StoredRecord, row: ReturnRow) -> list[str]:
    """The check's number as it stands on a receipt: a bank may write it with other leading zeros."""
    wanted = row.reference.lstrip("0")
    tenders = stored.body["data"]["tenders"]
    numbers = [str(t["reference"]) for t in tenders if t["kind"] == "check" and t["reference"].lstrip("0") == wanted]
    return list(dict.fromkeys(numbers))
