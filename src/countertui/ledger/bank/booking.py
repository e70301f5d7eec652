"""Which of the city's deposits the bank has, in the books.

That a deposit is at the bank is booked by a technician; where the bank counted another amount, a second person agrees,
and the difference is posted as over or short of cash. Every step is a record of the desk.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import ColumnElement, Connection, delete, select, update

from countertui.domain.bank_matching import AtBank, Line, Pair
from countertui.domain.bank_records import BankMatchData, BankPairData, BankUnmatchData
from countertui.domain.bank_statement import LineKind, StatementLine
from countertui.domain.deposit_accounts import numbers_of
from countertui.domain.desk_records import DeskKind
from countertui.domain.rights import Act
from countertui.domain.tenders import TenderKind
from countertui.ledger import tables
from countertui.ledger.bank.faults import refused
from countertui.ledger.bank.lines import line_of
from countertui.ledger.bank.published import publish_at_bank, withdraw_at_bank
from countertui.ledger.bank.recording import given_reason, recorded
from countertui.ledger.bulk import insert_many
from countertui.ledger.charted import rules_of
from countertui.ledger.desk import Ground, Made, require_right, require_two
from countertui.ledger.desk_entry import write_entry
from countertui.ledger.posting import Posting


def book(ground: Ground, found: Sequence[Pair], *, by: str, second: str | None, biz_date: str, id_: str) -> Made:
    """Book that these deposits are at the bank. Who books has signed in; who agrees, likewise, where an amount differs.

    Raises BankRefusedError, NotAllowed; nothing is changed then.
    """
    if not found:
        raise refused("There is nothing to book.")
    pairs = [
        BankPairData(
            deposit=pair.deposit.seq,
            bag=pair.deposit.bag,
            cents=pair.deposit.cents,
            lines=[line.identity for line in pair.lines],
            off_cents=pair.off_cents,
            confidence=pair.confidence,
            why=pair.why,
        )
        for pair in found
    ]
    said = BankMatchData(pairs=pairs, off_cents=sum(pair["off_cents"] for pair in pairs))
    made = recorded(ground, DeskKind.BANK_MATCH, said, by=by, second=second, biz_date=biz_date, id_=id_)
    carry_out_match(ground, made)
    return made


def carry_out_match(ground: Ground, made: Made) -> None:
    """Note which deposits are at the bank, and post what it counted otherwise.

    Raises NotAllowed, BankRefusedError where a deposit or a line is not there, is booked, or adds up to something else.
    """
    connection, said = ground.connection, made.body["data"]
    off: dict[str, int] = defaultdict(int)
    differs = any(pair["off_cents"] for pair in said["pairs"])
    _require_people(ground, made, two=differs)
    waiting = {each.seq: each for each in not_at_bank(connection)}
    lines = {line.identity: line for line in open_lines(connection)}
    for pair in said["pairs"]:
        deposit = waiting.pop(pair["deposit"], None)
        if deposit is None or deposit.cents != pair["cents"]:
            raise refused(f"Deposit {pair['deposit']} does not wait for the bank.")
        there = [lines.pop(identity, None) for identity in pair["lines"]]
        cents = [line.says.cents for line in there if line is not None and line.says.kind is not LineKind.RETURNED]
        if not there or len(cents) != len(there) or min(cents) <= 0 or sum(cents) - deposit.cents != pair["off_cents"]:
            raise refused(f"The lines for deposit {pair['deposit']} are not there, or not what they add up to.")
        if elsewhere := [line.says.account for line in there if line and line.says.account not in deposit.numbers]:
            raise refused(f"Deposit {pair['deposit']} went to {deposit.account}, a line for it is of {elsewhere[0]}.")
        off[deposit.account] += pair["off_cents"]
        table = tables.bank_line
        connection.execute(update(table).where(table.c.identity.in_(pair["lines"])).values(deposit=pair["deposit"]))
    rows = [(pair["deposit"], made.seq, pair["off_cents"]) for pair in said["pairs"]]
    insert_many(connection, tables.at_bank, ("deposit", "match_seq", "off_cents"), rows)
    publish_at_bank(connection, [pair["deposit"] for pair in said["pairs"]])
    _post(ground, made, off)


def unbook(ground: Ground, deposit: int, *, by: str, second: str, reason: str, biz_date: str, id_: str) -> Made:
    """Take back that a deposit is the lines it was booked with. Both people have signed in.

    Raises BankRefusedError, NotAllowed; nothing is changed then.
    """
    table = tables.at_bank
    row = ground.connection.execute(select(table).where(table.c.deposit == deposit)).mappings().first()
    if row is None:
        raise refused(f"Deposit {deposit} is not booked as at the bank.")
    said = BankUnmatchData(
        deposit=deposit, match_seq=row["match_seq"], off_cents=row["off_cents"], reason=given_reason(reason)
    )
    made = recorded(ground, DeskKind.BANK_UNMATCH, said, by=by, second=second, biz_date=biz_date, id_=id_)
    carry_out_unmatch(ground, made)
    return made


def carry_out_unmatch(ground: Ground, made: Made) -> None:
    """Let a deposit and its lines wait again, and take back what was posted. Raises NotAllowed, BankRefusedError."""
    _require_people(ground, made, two=True)
    connection, said = ground.connection, made.body["data"]
    here, lines = tables.at_bank, tables.bank_line
    row = connection.execute(select(here).where(here.c.deposit == said["deposit"])).mappings().first()
    if row is None or (row["match_seq"], row["off_cents"]) != (said["match_seq"], said["off_cents"]):
        raise refused(f"Deposit {said['deposit']} is not booked as the record says.")
    withdraw_at_bank(connection, said["deposit"])
    connection.execute(delete(here).where(here.c.deposit == said["deposit"]))
    connection.execute(update(lines).where(lines.c.deposit == said["deposit"]).values(deposit=None))
    there = select(tables.deposit.c.account).where(tables.deposit.c.no == said["deposit"])
    _post(ground, made, {connection.execute(there).scalar_one(): -said["off_cents"]})


def not_at_bank(connection: Connection) -> list[AtBank]:
    """The deposits that no line of the bank is yet, oldest first."""
    deposit, booked, rules = tables.deposit, tables.at_bank, rules_of(connection).posting
    query = (
        select(deposit.c.no, deposit.c.bag, deposit.c.total_cents, deposit.c.biz_date, deposit.c.account)
        .where(~select(booked.c.deposit).where(booked.c.deposit == deposit.c.no).exists())
        .where(deposit.c.state != "taken_back")
        .order_by(deposit.c.biz_date, deposit.c.no)
    )
    return [
        AtBank(no, bag, cents, date.fromisoformat(dated), account, numbers_of(rules, account))
        for no, bag, cents, dated, account in connection.execute(query)
    ]


def booked_bags(connection: Connection) -> list[str]:
    """The bags of the deposits that are booked as at the bank."""
    deposit, booked = tables.deposit, tables.at_bank
    query = select(deposit.c.bag).join(booked, booked.c.deposit == deposit.c.no).order_by(deposit.c.no)
    return list(connection.execute(query).scalars())


def open_lines(connection: Connection) -> list[Line]:
    """The lines of the bank that are no deposit, or none yet, and that nobody explained, oldest first."""
    c = tables.bank_line.c
    return _lines(connection, c.deposit.is_(None) & c.explained.is_(None))


def lines_of_deposit(connection: Connection, deposit: int) -> list[Line]:
    """The lines of the bank that a deposit was booked with."""
    return _lines(connection, tables.bank_line.c.deposit == deposit)


def _lines(connection: Connection, where: ColumnElement[bool]) -> list[Line]:
    c = tables.bank_line.c
    query = select(tables.bank_line).where(where).order_by(c.dated, c.file_seq, c.row, c.identity)
    return [Line(row["identity"], line_of(row)) for row in connection.execute(query).mappings()]


def _post(ground: Ground, made: Made, off: Mapping[str, int]) -> None:
    """Post cents that the bank counted more (negative: less) in its accounts than was deposited as over or short."""
    rules = rules_of(ground.connection).posting
    pool = rules.pooled_fund
    lines = {(pool, account): cents for account, cents in off.items() if cents}
    if off_cents := sum(off.values()):
        lines[pool, rules.over_short[TenderKind.CASH]] = -off_cents
    if lines:
        write_entry(ground, made, Posting(lines), biz_date=made.body["biz_date"])


def _require_people(ground: Ground, made: Made, *, two: bool) -> None:
    by, second = made.body["operator"], made.body["approver"]
    if second is not None:
        require_two(ground.connection, by, Act.DEPOSIT, second, Act.AGREE, ground.now)
    elif two:
        raise refused("The bank counted another amount: a second person must agree.")
    else:
        require_right(ground.connection, by, Act.DEPOSIT, ground.now)


def returned(lines: Iterable[Line]) -> list[StatementLine]:
    """The items among lines that came back unpaid."""
    return [line.says for line in lines if line.says.kind is LineKind.RETURNED]
