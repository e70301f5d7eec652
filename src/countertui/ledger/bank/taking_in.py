"""The bank's files in the books: their lines, each once, whichever file and form they come in.

A file is taken in whole or not at all. What an earlier file had is not taken in again, under its own id or another
(`countertui.domain.bank_again` has the rule); a file that brings nothing else is refused, and so is one that
contradicts an earlier one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import Connection, insert, select

from countertui.domain.bank_again import Judged, Known, judge
from countertui.domain.bank_matching import Line
from countertui.domain.bank_records import BankBalanceData, BankFileData, BankLineData
from countertui.domain.bank_statement import Balance, Statement, identities
from countertui.domain.dates import us_date
from countertui.domain.deposit_accounts import all_numbers
from countertui.domain.desk_records import DeskKind
from countertui.domain.money import Cents, format_cents
from countertui.domain.rights import Act
from countertui.domain.words import number_of
from countertui.ledger import tables
from countertui.ledger.bank.faults import BankRefusedError, refused
from countertui.ledger.bank.lines import kept, line_data, line_of
from countertui.ledger.bank.reading import read_bank_file
from countertui.ledger.bank.recording import recorded
from countertui.ledger.bulk import insert_many
from countertui.ledger.charted import rules_of
from countertui.ledger.desk import Ground, Made, require_right

MOST_LINES = 50_000
_ON = "What waits of it is listed without it: countertui ledger bank, or F10, 3, K at a counter."


class Checked(NamedTuple):
    """A bank's file that can be taken in, and what its lines are."""

    statement: Statement
    judged: Judged

    @property
    def again(self) -> str:
        """What is said of the lines that are there already; empty where all are new."""
        count = len(self.judged.seen) + len(self.judged.again)
        if not count:
            return ""
        lines = number_of(count, "line is", "lines are")
        return f"{lines} there from {' and '.join(self.judged.files)}, and not taken in again."


def checked(connection: Connection, data: bytes) -> Checked:
    """Read a bank's file that is about this city's accounts alone and says something new of them.

    Raises BankFileRefusedError for one that is not sound, BankRefusedError.
    """
    table = tables.bank_file
    before = select(table.c.name, table.c.biz_date).where(table.c.sha256 == sha256(data).hexdigest())
    if (row := connection.execute(before).first()) is not None:
        raise refused(f"This file was taken in before, as {row.name} on {us_date(row.biz_date)}.", _ON)
    statement = read_bank_file(data)
    ours = all_numbers(rules_of(connection).posting)
    if strangers := [account for account in statement.accounts if account not in ours]:
        raise BankRefusedError(
            f"The file is about account {strangers[0][:40]}, which is not one of the city's.",
            "Nothing was changed.",
            "Name the city's in gl.toml, [[control]], bank_accounts; then countertui ledger city.",
        )
    if len(statement.lines) > MOST_LINES:
        raise refused(f"A file has at most {MOST_LINES:,} lines; this one has {len(statement.lines):,}.")
    found = Checked(statement, _judged(connection, statement))
    _require_new(found)
    return found


def take_in(ground: Ground, name: str, data: bytes, *, by: str, biz_date: str, id_: str) -> Made:
    """Take a bank's file in. `by`, a technician, has signed in.

    Raises BankFileRefusedError, BankRefusedError, NotAllowed; nothing is changed then.
    """
    statement, judged = checked(ground.connection, data)
    said = BankFileData(
        name=kept(name),
        sha256=sha256(data).hexdigest(),
        form=statement.form,
        accounts=list(statement.accounts),
        lines=[line_data(line) for line in judged.fresh],
        seen=len(statement.lines) - len(judged.fresh),
        balances=[
            BankBalanceData(account=each.account, dated=each.dated.isoformat(), opened=each.opened, closed=each.closed)
            for each in _last_of_days(statement.balances)
        ],
    )
    made = recorded(ground, DeskKind.BANK_FILE, said, by=by, second=None, biz_date=biz_date, id_=id_)
    carry_out_file(ground, made)
    return made


def carry_out_file(ground: Ground, made: Made) -> None:
    """Note a file, its new lines and balances. Raises NotAllowed, BankRefusedError where it is there already."""
    require_right(ground.connection, made.body["operator"], Act.DEPOSIT, ground.now)
    connection, said = ground.connection, made.body["data"]
    there = select(tables.bank_file.c.seq).where(tables.bank_file.c.sha256 == said["sha256"])
    if connection.execute(there).first() is not None:
        raise refused(f"{said['name']} was taken in before.", _ON)
    days = [each["dated"] for each in (*said["lines"], *said["balances"])]
    values = {
        "sha256": said["sha256"],
        "seq": made.seq,
        "name": said["name"],
        "form": said["form"],
        "biz_date": made.body["biz_date"],
        "first_day": min(days, default=""),
        "last_day": max(days, default=""),
        "lines": len(said["lines"]),
        "seen": said["seen"],
    }
    connection.execute(insert(tables.bank_file).values(**values))
    columns = tuple(BankLineData.__annotations__)
    rows = [(*(line[column] for column in columns), made.seq) for line in said["lines"]]
    insert_many(connection, tables.bank_line, (*columns, "file_seq"), rows)
    held = tuple(BankBalanceData.__annotations__)
    balances = [(*(each[column] for column in held), made.seq) for each in said["balances"]]
    insert_many(connection, tables.bank_balance, (*held, "file_seq"), balances)


def _judged(connection: Connection, statement: Statement) -> Judged:
    lines = [Line(*each) for each in zip(identities(statement.lines), statement.lines, strict=True)]
    days = {each.dated.isoformat() for each in statement.lines}
    line, file, held = tables.bank_line, tables.bank_file, tables.bank_balance
    first, last = min(days, default=""), max(days, default="")
    query = (
        select(line, file.c.form, file.c.name, file.c.biz_date)
        .join(file, file.c.seq == line.c.file_seq)
        .where(line.c.dated >= first, line.c.dated <= last)
        .order_by(line.c.dated, line.c.file_seq, line.c.row, line.c.identity)
    )
    known = [
        Known(row["identity"], line_of(row), row["form"], f"{row['name']} of {us_date(row['biz_date'])}")
        for row in connection.execute(query).mappings()
    ]
    told = select(held).where(held.c.dated >= first, held.c.dated <= last)
    balances = [
        Balance(row.account, date.fromisoformat(row.dated), row.opened, row.closed)
        for row in connection.execute(told.order_by(held.c.file_seq))
    ]
    return judge(lines, known, statement.form, statement.balances, balances)


def _require_new(found: Checked) -> None:
    """Raise BankRefusedError for a file that says nothing new, or something else than an earlier one of the day."""
    judged = found.judged
    if judged.contradictions:
        line, known = judged.contradictions[0]
        says, other = line.says, known.says
        raise BankRefusedError(
            f"Line {says.row}: {format_cents(Cents(says.cents))} of {us_date(says.dated.isoformat())} is not in"
            f" {known.file}, which has {format_cents(Cents(other.cents))} {other.text[:40]} instead.",
            "The two tell the same day apart: nothing of the file was taken in.",
            "Ask the bank which is right.",
        )
    if found.statement.lines and not judged.fresh:
        files = " and ".join(judged.files)
        are = "This 1 line is" if len(found.statement.lines) == 1 else f"These {len(found.statement.lines):,} lines are"
        raise refused(f"{are} there from {files}.", _ON)


def _last_of_days(balances: Sequence[Balance]) -> list[Balance]:
    """Of each account and day the last that a file tells."""
    return list({(each.account, each.dated): each for each in balances}.values())
