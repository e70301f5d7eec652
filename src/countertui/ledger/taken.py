"""What reports are told from, as batches are posted: what each session took, receipt numbers in runs, what was undone.

Nothing here is a terminal's own sum: all of it is added up from its records.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, insert, select

from countertui.domain.records import Kind
from countertui.ledger import tables
from countertui.ledger.bulk import add_many
from countertui.ledger.posting import Problem
from countertui.ledger.sessions import Sessions
from countertui.ledger.undoing import Receipts
from countertui.sync.batch import Batch

Body = Mapping[str, Any]
UNDONE = ("id", "kind", "terminal", "epoch", "seq", "biz_date", "taken_at", "taken_by", "cents", "receipt_no")
_KEYS = ("biz_date", "terminal", "epoch", "session", "operator")
_SUMS = ("receipts", "cents", "no_sales")
_MOST_DIGITS = 15
_PAY = Kind.PAY.value
_COUNTED = frozenset({_PAY, Kind.NO_SALE.value})


class _Run(NamedTuple):
    """Receipt numbers without a gap between them, and the business dates at both ends."""

    first_no: int
    last_no: int
    first_date: str
    last_date: str


def taken_from(receipt: Body) -> dict[str, Any]:
    """What table undone has of the receipt that is taken back, or of the credit that is applied no more."""
    data = receipt["data"]
    cents = data["total_cents"] if "total_cents" in data else data["cents"]
    where = {"taken_at": receipt["terminal"], "taken_by": receipt["operator"]}
    return {**where, "cents": cents, "receipt_no": receipt["receipt_no"] or ""}


def undone_rows(batch: Batch, undone: Iterable[tuple[str, str, int, str]], receipts: Receipts) -> list[tuple[Any, ...]]:
    """Rows of table undone (columns UNDONE): undone are (id, kind, seq of the record that says so, receipt number)."""
    rows = []
    for id_, kind, seq, _ in undone:
        found = _original(batch, id_, receipts)
        biz_date = batch.bodies[seq - batch.first_seq]["biz_date"]
        of = taken_from(found) if found is not None else {"taken_at": "", "taken_by": "", "cents": 0, "receipt_no": ""}
        rows.append((id_, kind, batch.terminal, batch.epoch, seq, biz_date, *of.values()))
    return rows


def note_taken(connection: Connection, batch: Batch, left_out: Mapping[int, Problem], sessions: Sessions) -> None:
    """Add up what a batch's sessions took, and which receipt numbers it has."""
    sums: dict[tuple[str, str, str], list[int]] = {}
    numbers: dict[int, str] = {}
    prefix = f"{batch.terminal}-"
    for body in batch.bodies:  # plain and short: every receipt passes here
        kind = body["kind"]
        if kind not in _COUNTED:
            continue
        if left_out and body["seq"] in left_out:
            continue
        if kind == _PAY:
            day = body["biz_date"]
            found = sums.setdefault((day, body["session"], body["operator"]), [0, 0, 0])
            found[0] += 1
            found[1] += body["data"]["total_cents"]
            if (number := _number(body["receipt_no"], prefix)) is not None:
                numbers[number] = day
        else:
            sums.setdefault((_day(body, sessions), _text(body["session"]), body["operator"]), [0, 0, 0])[2] += 1
    place = batch.terminal, batch.epoch
    rows = [(day, *place, session, operator, *each) for (day, session, operator), each in sorted(sums.items())]
    add_many(connection, tables.session_taken, _KEYS, _SUMS, rows)
    for run in _runs(numbers):
        _join(connection, place, run)


def _original(batch: Batch, id_: str, receipts: Receipts) -> Body | None:
    found = receipts.find(id_)
    if found is not None:
        return found[0]
    return next((body for body in batch.bodies if body.get("id") == id_), None)  # a credit applied in this very batch


def _day(body: Body, sessions: Sessions) -> str:
    """The business date that a record beside money counts under: its session's."""
    session = sessions.find(body["session"])
    return session.biz_date if session is not None else str(body["utc"])[:10]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _number(receipt_no: object, prefix: str) -> int | None:
    """The n of a receipt's number; None where that is none of its terminal's, which is told elsewhere."""
    if not isinstance(receipt_no, str) or not receipt_no.startswith(prefix):
        return None
    digits = receipt_no[len(prefix) :]
    return int(digits) if digits.isdecimal() and digits.isascii() and len(digits) <= _MOST_DIGITS else None


def _runs(numbers: Mapping[int, str]) -> list[_Run]:
    found: list[_Run] = []
    for number in sorted(numbers):
        day = numbers[number]
        if found and found[-1].last_no == number - 1:
            found[-1] = found[-1]._replace(last_no=number, last_date=day)
        else:
            found.append(_Run(number, number, day, day))
    return found


def _join(connection: Connection, place: tuple[str, int], run: _Run) -> None:
    """Put a run into the books, made one with those that it touches."""
    c = tables.number_run.c
    terminal, epoch = place
    touched = (
        (c.terminal == terminal)
        & (c.epoch == epoch)
        & (c.first_no <= run.last_no + 1)
        & (c.last_no >= run.first_no - 1)
    )
    there = connection.execute(select(c.first_no, c.last_no, c.first_date, c.last_date).where(touched)).all()
    whole: Sequence[_Run] = sorted([run, *(_Run(*each) for each in there)])
    if there:
        connection.execute(delete(tables.number_run).where(touched))
    last = max(whole, key=lambda each: each.last_no)
    joined = {"first_no": whole[0].first_no, "first_date": whole[0].first_date}
    ends = {"last_no": last.last_no, "last_date": last.last_date}
    connection.execute(insert(tables.number_run).values(terminal=terminal, epoch=epoch, **joined, **ends))
