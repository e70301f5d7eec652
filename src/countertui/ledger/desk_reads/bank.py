"""The bank at the ledger's desk: accounts and statements, what matches how surely, what waits on either side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from msgspec import Meta
from sqlalchemy import ColumnElement, Connection, Select, Table, func, select

from countertui.domain.bank_matching import AtBank, Line, Pair
from countertui.domain.deposit_accounts import all_accounts, numbers_of
from countertui.domain.desk_records import DESK
from countertui.domain.rights import Act
from countertui.domain.text import same_person
from countertui.errors import AnswerNo
from countertui.forms import Count, Form, Number
from countertui.ledger import tables
from countertui.ledger.bank.booking import lines_of_deposit
from countertui.ledger.bank.explaining import entries_like
from countertui.ledger.bank.lines import line_of
from countertui.ledger.bank.standing import SURE, standing
from countertui.ledger.bulk import looked_up
from countertui.ledger.charted import rules_of
from countertui.ledger.desk import EPOCH
from countertui.ledger.desk_calls import Looking, Nothing
from countertui.ledger.returned_list import Listed
from countertui.ledger.stored import record_at

AT_ONCE = 200
"""Rows of each kind in one answer; how many there are is said beside."""
_SESSIONS = 200


class NotAtBankError(AnswerNo):
    """There is no such deposit, or no such line of the bank."""


class DepositAsked(Form, frozen=True):
    """One deposit, by its number."""

    deposit: Number


class LineAsked(Form, frozen=True):
    """One line of the bank, by its identity."""

    line: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]


class FilesAsked(Form, frozen=True):
    """before: the record's number of the last file that was seen, 0 to begin with the newest."""

    before: Count = 0


class LinesAsked(Form, frozen=True):
    """The lines of one statement; file: its record's number; after: how many of them were seen."""

    file: Number
    after: Count = 0


def bank(look: Looking, _: Nothing) -> dict[str, Any]:
    """{"sure", "accounts", "pairs", "deposits", "lines", "counts"}: AT_ONCE of each at most.

    pairs: surest first, none of them booked; deposits: no line is one; lines: no deposit is one, oldest first, each
    with the check that it returned, where that is known. accounts: what the bank said last that each held.
    """
    now = standing(look.connection)
    items = {line: one for one, line in now.listed}
    in_transit, unmatched = now.in_transit, now.unmatched
    return {
        "sure": SURE,
        "accounts": _accounts(look.connection),
        "pairs": [_pair(pair) for pair in now.pairs[:AT_ONCE]],
        "deposits": [_deposit(each) for each in in_transit[:AT_ONCE]],
        "lines": [_line(line) | {"returned": _returned(items.get(line.identity))} for line in unmatched[:AT_ONCE]],
        "counts": {
            "pairs": len(now.pairs),
            "sure": sum(pair.confidence >= SURE for pair in now.pairs),
            "deposits": len(in_transit),
            "deposit_cents": sum(each.cents for each in in_transit),
            "lines": len(unmatched),
            "line_cents": sum(line.says.cents for line in unmatched),
        },
    }


def bank_deposit(look: Looking, asked: DepositAsked) -> dict[str, Any]:
    """{"deposit", "state", "pair", "lines", "booked", "sessions"}. Raises NotAtBankError.

    pair: the likeliest lines while it waits; booked: who said which lines it is, and those. sessions: whose money it
    is, as `_sessions` says.
    """
    connection, c = look.connection, tables.deposit.c
    row = connection.execute(select(tables.deposit).where(c.no == asked.deposit)).mappings().first()
    if row is None:
        raise NotAtBankError(f"There is no deposit {asked.deposit}.", "Nothing was changed.")
    pair = next((each for each in standing(connection).pairs if each.deposit.seq == asked.deposit), None)
    names = ("office", "terminal", "slip_no", "state", "account", "bag")
    return {
        "deposit": asked.deposit,
        "cents": row["total_cents"],
        "dated": row["biz_date"],
        **{name: row[name] for name in names},
        "pair": None if pair is None else _pair(pair),
        "lines": [_line(line) for line in lines_of_deposit(connection, asked.deposit)],
        "booked": _booked(connection, asked.deposit),
        "sessions": _sessions(look, asked.deposit),
    }


def bank_line(look: Looking, asked: LineAsked) -> dict[str, Any]:
    """{"line", "file", "deposit", "explained", "in_books", "returned"}. Raises NotAtBankError.

    in_books: how many returned checks or payment files of the books it may be; explained: what two people said it is.
    """
    connection, line, file = look.connection, tables.bank_line, tables.bank_file
    query = (
        select(line, file.c.name, file.c.biz_date)
        .join(file, file.c.seq == line.c.file_seq)
        .where(line.c.identity == asked.line)
    )
    row = connection.execute(query).mappings().first()
    if row is None:
        raise NotAtBankError("The ledger has no such line of the bank.", "Nothing was changed.")
    open_ = row["deposit"] is None and row["explained"] is None
    items = {identity: one for one, identity in standing(connection).listed} if open_ else {}
    return {
        "line": _line(Line(asked.line, line_of(row))),
        "file": row["name"],
        "taken": row["biz_date"],
        "deposit": row["deposit"],
        "explained": None if row["explained"] is None else _explained(connection, row["explained"]),
        "in_books": len(entries_like(connection, asked.line)) if open_ else 0,
        "returned": _returned(items.get(asked.line)),
    }


def bank_files(look: Looking, asked: FilesAsked) -> dict[str, Any]:
    """The statements taken in, newest first: {"files", "more"}; each with what it says that accounts held last."""
    c, held = tables.bank_file.c, tables.bank_balance
    query = select(tables.bank_file).order_by(c.seq.desc()).limit(AT_ONCE + 1)
    if asked.before:
        query = query.where(c.seq < asked.before)
    rows = look.connection.execute(query).mappings().all()
    files = []
    for row in rows[:AT_ONCE]:
        told = select(held).where(held.c.file_seq == row["seq"]).order_by(held.c.dated)
        last = {each["account"]: each for each in look.connection.execute(told).mappings()}
        record = record_at(look.connection, DESK, EPOCH, row["seq"])
        names = ("seq", "name", "form", "biz_date", "first_day", "last_day", "lines", "seen")
        balances = [{name: each[name] for name in ("account", "dated", "closed")} for each in last.values()]
        by = "" if record is None else record.body["operator"]
        files.append({name: row[name] for name in names} | {"by": by, "balances": balances[:20]})
    return {"files": files, "more": len(rows) > AT_ONCE}


def bank_file_lines(look: Looking, asked: LinesAsked) -> dict[str, Any]:
    """The lines that a statement brought, in its order: {"file", "lines", "more"}; each with what it is by now.

    deposit: the one that it was booked with; explained: whether two people said what else it is. Raises NotAtBankError.
    """
    line, file = tables.bank_line.c, tables.bank_file.c
    name = look.connection.execute(select(file.name).where(file.seq == asked.file)).scalar()
    if name is None:
        raise NotAtBankError(f"There is no statement {asked.file}.", "Nothing was changed.")
    query = select(tables.bank_line).where(line.file_seq == asked.file).order_by(line.row, line.identity)
    rows = look.connection.execute(query.offset(asked.after).limit(AT_ONCE + 1)).mappings().all()
    lines = [
        _line(Line(row["identity"], line_of(row)))
        | {"deposit": row["deposit"], "explained": row["explained"] is not None}
        for row in rows[:AT_ONCE]
    ]
    return {"file": name, "lines": lines, "more": len(rows) > AT_ONCE}


def _accounts(connection: Connection) -> list[dict[str, Any]]:
    rules, held = rules_of(connection).posting, tables.bank_balance
    names = looked_up(connection, tables.reference["gl_account"], "code", "name", set(all_accounts(rules)))
    found = []
    for account in all_accounts(rules):
        numbers = sorted(numbers_of(rules, account))
        told = (
            select(held.c.account, held.c.dated, held.c.closed)
            .where(held.c.account.in_(numbers), held.c.closed.is_not(None))
            .order_by(held.c.dated.desc(), held.c.file_seq.desc())
            .limit(1)
        )
        row = connection.execute(told).first()
        said = {"dated": "", "closed": None} if row is None else {"dated": row.dated, "closed": row.closed}
        found.append({"account": account, "name": names.get(account, ""), "numbers": numbers[:20], **said})
    return found


def _deposit(each: AtBank) -> dict[str, Any]:
    return {
        "deposit": each.seq,
        "bag": each.bag,
        "cents": each.cents,
        "dated": each.dated.isoformat(),
        "account": each.account,
    }


def _pair(pair: Pair) -> dict[str, Any]:
    return {
        "deposit": _deposit(pair.deposit),
        "lines": [_line(line) for line in pair.lines],
        "confidence": pair.confidence,
        "why": pair.why,
        "off_cents": pair.off_cents,
    }


def _line(line: Line) -> dict[str, Any]:
    says = line.says
    return {
        "line": line.identity,
        "account": says.account,
        "dated": says.dated.isoformat(),
        "cents": says.cents,
        "kind": says.kind.label,
        "reference": says.reference,
        "check": says.check,
        "text": says.text,
    }


def _returned(one: Listed | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {"check": one.reference or one.row.reference, "receipt_no": one.receipt_no, "why_not": one.why_not}


def _booked(connection: Connection, deposit: int) -> dict[str, Any] | None:
    c = tables.at_bank.c
    row = connection.execute(select(c.match_seq, c.off_cents).where(c.deposit == deposit)).first()
    record = None if row is None else record_at(connection, DESK, EPOCH, row.match_seq)
    if row is None or record is None:
        return None
    pair = next((each for each in record.body["data"]["pairs"] if each["deposit"] == deposit), None)
    return _people(record.body) | {
        "off_cents": row.off_cents,
        "confidence": 0 if pair is None else pair["confidence"],
        "why": "" if pair is None else pair["why"],
    }


def _explained(connection: Connection, seq: int) -> dict[str, Any] | None:
    record = record_at(connection, DESK, EPOCH, seq)
    if record is None:
        return None
    data = record.body["data"]
    return _people(record.body) | {"gl": data["gl"], "reason": data["reason"]}


def _people(body: Mapping[str, Any]) -> dict[str, Any]:
    return {"seq": body["seq"], "at": body["utc"], "by": body["operator"], "second": body["approver"] or ""}


def _sessions(look: Looking, deposit: int) -> list[dict[str, Any]]:
    """Whose money a deposit is: its drawers' sessions, with how many receipts each has and what it took.

    Of a session whose dropped bags alone are in it (`bags`), cents are theirs. What a session took is None for whoever
    may not see expected figures, and of a drawer of theirs that they have not counted.
    """
    connection, part, taken = look.connection, tables.deposited, tables.session_taken
    whole = _of_deposit(part, part.c.seq == deposit)
    found = []
    for row in connection.execute(whole).all():
        here = (taken.c.terminal == row.terminal) & (taken.c.epoch == row.epoch) & (taken.c.session == row.id)
        sums = connection.execute(select(taken.c.receipts, taken.c.cents).where(here)).all()
        seen = look.may(Act.SEE_EXPECTED) and not (row.close_seq is None and same_person(row.operator, look.operator))
        cents = sum(each.cents for each in sums) if seen else None
        found.append(_drawer(row) | {"receipts": sum(each.receipts for each in sums), "cents": cents, "bags": []})
    covered = {(each["terminal"], each["epoch"], each["session"]) for each in found}
    held, drop = tables.deposited_bag, tables.dropped.c
    for row in connection.execute(_of_deposit(held, held.c.no == deposit).distinct()).all():
        if (row.terminal, row.epoch, row.id) in covered:
            continue
        here = (held.c.terminal == row.terminal) & (held.c.epoch == row.epoch) & (held.c.session == row.id)
        its_own = (drop.terminal == held.c.terminal) & (drop.epoch == held.c.epoch) & (drop.session == held.c.session)
        query = (
            select(held.c.bag, func.sum(drop.cents).label("cents"))
            .join(tables.dropped, its_own & (drop.bag == held.c.bag))
            .where(here, held.c.no == deposit)
            .group_by(held.c.bag)
            .order_by(held.c.bag)
        )
        bags = connection.execute(query.limit(_SESSIONS)).all()
        cents = sum(int(each.cents) for each in bags)
        found.append(_drawer(row) | {"receipts": 0, "cents": cents, "bags": [each.bag for each in bags]})
    return found


def _of_deposit(part: Table, its_own: ColumnElement[bool]) -> Select[Any]:
    """The sessions that a table of a deposit's parts names."""
    of = tables.session.c
    place = (part.c.terminal == of.terminal) & (part.c.epoch == of.epoch) & (part.c.session == of.id)
    return (
        select(of.terminal, of.epoch, of.id, of.operator, of.drawer, of.biz_date, of.close_seq, of.open_seq)
        .join(part, place)
        .where(its_own)
        .order_by(of.biz_date, of.terminal, of.epoch, of.open_seq)
        .limit(_SESSIONS)
    )


def _drawer(row: Any) -> dict[str, Any]:
    names = ("terminal", "epoch", "operator", "drawer", "biz_date")
    return {"session": row.id} | {name: getattr(row, name) for name in names}
