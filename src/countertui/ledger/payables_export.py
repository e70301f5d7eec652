"""The file for accounts payable: what is owed by check and was in no file yet, numbered, with a control total.

A file is made once, by a record of the desk; made again it has the same bytes, as the payables it names never change.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Connection, RowMapping, func, select, update

from countertui.domain.desk_records import DESK, DeskKind, PayablesExportData
from countertui.domain.money import format_cents
from countertui.domain.records import Fact
from countertui.domain.rights import Act
from countertui.errors import AnswerNo
from countertui.ledger import tables
from countertui.ledger.charted import rules_of
from countertui.ledger.desk import EPOCH, Ground, Made, record, require_right
from countertui.ledger.export import cell
from countertui.ledger.stored import record_at

COLUMNS = (
    "export",
    "no",
    "kind",
    "business_date",
    "reference",
    "account",
    "payee",
    "address",
    "reason",
    "gl",
    "amount",
)
TRAILER = "TRAILER"


class ExportRefusedError(AnswerNo):
    """There is nothing to hand over, or no such file was made."""


@dataclass(frozen=True, slots=True)
class Exported:
    """A file for accounts payable: its number, how many payables it has, what they add up to in cents, its bytes."""

    export_no: int
    count: int
    total_cents: int
    data: bytes


def waiting(connection: Connection) -> list[RowMapping]:
    """The payables that were in no file yet, by number."""
    table = tables.payable
    query = select(table).where(table.c.export_no.is_(None)).order_by(table.c.no)
    return list(connection.execute(query).mappings().all())


def export_payables(ground: Ground, *, by: str, biz_date: str, id_: str) -> Exported:
    """Hand over all that waits, as the next file. `by`, a technician, has signed in.

    Raises ExportRefusedError where nothing waits, NotAllowed; nothing is changed then.
    """
    connection = ground.connection
    rows = waiting(connection)
    if not rows:
        raise ExportRefusedError("Nothing waits for accounts payable.", "No file was made.")
    number = int(connection.execute(select(func.max(tables.payable.c.export_no))).scalar() or 0) + 1
    gl = rules_of(connection).posting.refunds_payable
    data = _file(number, gl, rows)
    told = PayablesExportData(
        export_no=number,
        first_no=rows[0]["no"],
        last_no=rows[-1]["no"],
        count=len(rows),
        total_cents=sum(row["cents"] for row in rows),
        gl=gl,
        sha256=sha256(data).hexdigest(),
    )
    fact = Fact(id=id_, kind=DeskKind.PAYABLES_EXPORT, operator=by, data=told, biz_date=biz_date)
    carry_out(ground, record(connection, ground.books, ground.key, fact, ground.now))
    return Exported(number, told["count"], told["total_cents"], data)


def carry_out(ground: Ground, made: Made) -> None:
    """Note which payables were handed over. Raises NotAllowed, ExportRefusedError where they are not what it says."""
    require_right(ground.connection, made.body["operator"], Act.CORRECT, ground.now)
    said, rows = made.body["data"], waiting(ground.connection)
    found = len(rows), sum(row["cents"] for row in rows), sha256(_file(said["export_no"], said["gl"], rows)).hexdigest()
    if found != (said["count"], said["total_cents"], said["sha256"]):
        raise ExportRefusedError("What waits for accounts payable is not what the file has.", "Nothing was changed.")
    table = tables.payable
    connection = ground.connection
    connection.execute(update(table).where(table.c.export_no.is_(None)).values(export_no=said["export_no"]))


def exported_again(connection: Connection, export_no: int) -> Exported:
    """A file made before, with the same bytes. Raises ExportRefusedError for one that was not."""
    said = _record_of(connection, export_no)
    if said is None:
        raise ExportRefusedError(f"No file {export_no} was made for accounts payable.", "", "Leave --again out.")
    table = tables.payable
    rows = connection.execute(select(table).where(table.c.export_no == export_no).order_by(table.c.no)).mappings().all()
    data = _file(export_no, said["gl"], list(rows))
    if sha256(data).hexdigest() != said["sha256"]:
        raise ExportRefusedError(
            f"File {export_no} would not be as it was: the books were altered.",
            "Nothing was written.",
            "countertui ledger fsck says more.",
        )
    return Exported(export_no, len(rows), said["total_cents"], data)


def _record_of(connection: Connection, export_no: int) -> PayablesExportData | None:
    table = tables.record
    here = (table.c.terminal == DESK) & (table.c.epoch == EPOCH) & (table.c.kind == DeskKind.PAYABLES_EXPORT.value)
    for seq in connection.execute(select(table.c.seq).where(here).order_by(table.c.seq)).scalars():
        stored = record_at(connection, DESK, EPOCH, seq)
        if stored is not None and stored.body["data"]["export_no"] == export_no:
            said: PayablesExportData = stored.body["data"]
            return said
    return None


def _file(export_no: int, gl: str, rows: list[RowMapping]) -> bytes:
    """CSV (RFC 4180) in UTF-8: a header, a line each, and a trailer with how many there are and what they add up to."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    names = ("no", "kind", "biz_date", "reference", "account", "payee", "address", "reason")
    for row in rows:
        writer.writerow([export_no, *(cell(row[name]) for name in names), cell(gl), _amount(row["cents"])])
    total = _amount(sum(row["cents"] for row in rows))
    writer.writerow([export_no, TRAILER, *[""] * (len(COLUMNS) - 4), len(rows), total])
    return buffer.getvalue().encode()


def _amount(cents: int) -> str:
    return format_cents(cents).replace(",", "")
