"""Payments of a file that were posted before, perhaps in other bytes: line ends, an added blank, a second download."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from sqlalchemy import Connection, select

from countertui.domain.desk_records import DESK, DeskKind
from countertui.domain.money import Cents, format_cents
from countertui.ledger import tables
from countertui.ledger.desk import EPOCH
from countertui.ledger.importing.payments import Payment, PaymentFile
from countertui.ledger.stored import record_at

_Like = tuple[str, str, int]
"""Account, reference, cents of a payment."""


def seen_before(connection: Connection, file: PaymentFile) -> Iterator[str]:
    """Why people should look at a file's payments: the same were posted before, or are in it twice; a text each.

    A payment is known again by origin, account, reference and cents; without a reference, only with its whole file.
    One that was taken back since may come again.
    """
    posted = _posted_like(connection, file)
    rows: dict[_Like, int] = {}
    for payment in file.payments:
        like = _like(payment)
        if not payment.reference:
            continue
        named = f"Row {payment.row}: payment {payment.reference} of {_told(payment)} for {payment.account}"
        if like in rows:
            yield f"{named} is row {rows[like]} again."
        elif like in posted:
            yield f"{named} was posted before, as {DESK}-{posted[like][0][0]}."
        rows.setdefault(like, payment.row)
    wanted = Counter(_like(payment) for payment in file.payments)
    of_files: defaultdict[int, Counter[_Like]] = defaultdict(Counter)
    for like, receipts in posted.items():
        for _, file_seq in receipts:
            of_files[file_seq][like] += 1
    for file_seq, likes in sorted(of_files.items()):
        if likes == wanted and not any(payment.reference for payment in file.payments):
            yield f"All its payments were posted before, by record {DESK}-{file_seq}."


def _posted_like(connection: Connection, file: PaymentFile) -> dict[_Like, list[tuple[int, int]]]:
    """Payments of the same origin that stand in the books and are like one of the file's: (record, file's record)."""
    history = tables.reference["receipt_history"].c
    wanted = {(payment.account, payment.cents) for payment in file.payments}
    likes = {_like(payment) for payment in file.payments}
    numbers = select(history.receipt_no, history.account, history.cents).where(
        history.receipt_no >= f"{DESK}-", history.receipt_no < f"{DESK}-:", history.voided == 0
    )
    found: defaultdict[_Like, list[tuple[int, int]]] = defaultdict(list)
    near = [number for number, account, cents in connection.execute(numbers) if (account, cents) in wanted]
    digits = [number.removeprefix(f"{DESK}-") for number in near]
    for seq in sorted(int(each) for each in digits if each.isascii() and each.isdecimal()):
        stored = record_at(connection, DESK, EPOCH, seq)
        if stored is None or stored.body["kind"] != DeskKind.REMITTANCE:
            continue
        data = stored.body["data"]
        like = data["lines"][0]["account"], data["reference"], data["total_cents"]
        if data["origin"] == file.origin and like in likes:
            found[like].append((seq, data["file_seq"]))
    return found


def _like(payment: Payment) -> _Like:
    return payment.account, payment.reference, payment.cents


def _told(payment: Payment) -> str:
    return format_cents(Cents(payment.cents))
