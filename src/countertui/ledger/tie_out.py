"""A month's tie-out: every control account, and every account that receipts went to, against what the subsystems have.

The general ledger's side is added up from its lines alone, the other side from records, sessions and accounts.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, case, func, select

from countertui.domain.balances import charge_movements
from countertui.domain.charges import CREDIT_HEAD
from countertui.domain.city import CityRules
from countertui.domain.postings import PostingRules
from countertui.domain.records import Kind
from countertui.domain.reference import AccountKind
from countertui.domain.tie_out import Section, Source, TieRow, last_day, month_before
from countertui.ledger import tables
from countertui.ledger.charted import rules_of
from countertui.ledger.tie_out_sums import Sums, control_accounts, sources_of, subsystem_sums

COUNTED = (Kind.PAY.value, Kind.VOID.value, Kind.REFUND.value)
"""What receipts of a month are, and what takes them back at the counters."""
_AT_ONCE = 500
_DEBIT_SIDE = frozenset({"asset", "expense"})
Key = tuple[str, int, int]
"""A record: terminal, epoch, number."""


class _Account(NamedTuple):
    fund: str
    name: str
    side: int


class Receipt(NamedTuple):
    """What a record of a month's receipts says went to a GL account: which account of the city's by kind, cents."""

    record: Key
    gl: str
    kind: str
    cents: int


def tie_out(connection: Connection, month: str, sections: Collection[Section] = tuple(Section)) -> list[TieRow]:
    """The rows of a month (YYYY-MM), control accounts first, of these sections. Raises NoRulesError."""
    rules = rules_of(connection)
    until, before = last_day(month), last_day(month_before(month))
    chart = _chart(connection)
    rows = _control_rows(connection, rules, chart, until, before) if Section.CONTROL in sections else []
    rows += _receipt_rows(connection, rules.posting, chart, month) if Section.RECEIPTS in sections else []
    return [*rows, *(_memo_rows(connection, until) if Section.MEMO in sections else [])]


def receipts_of(connection: Connection, month: str) -> Iterator[Receipt]:
    """What the records of receipts, voids and refunds of a month say, share by share (credits are negative)."""
    for body in _bodies(connection, month):
        key = body["terminal"], body["epoch"], body["seq"]
        kinds = [line["account_kind"] for line in body["data"]["lines"] for _ in line["allocations"]]
        moves = charge_movements(body["kind"], body["data"])
        for kind, move in zip(kinds, moves, strict=True):
            yield Receipt(key, move.gl, kind or "", -move.cents)


def posted_to(connection: Connection, month: str, account: str) -> dict[Key, int]:
    """What the entries of the same records posted to a GL account, in cents (a debit is positive)."""
    entry, line = tables.entry, tables.gl_line
    query = (
        select(entry.c.terminal, entry.c.epoch, entry.c.seq, func.sum(line.c.cents))
        .join(line, (line.c.entry == entry.c.id) & (line.c.biz_date == entry.c.biz_date))
        .where(entry.c.kind.in_(COUNTED), *_in_month(entry.c.biz_date, month), line.c.account == account)
        .group_by(entry.c.terminal, entry.c.epoch, entry.c.seq)
    )
    return {(terminal, epoch, seq): int(cents) for terminal, epoch, seq, cents in connection.execute(query)}


def _control_rows(
    connection: Connection, rules: CityRules, chart: Mapping[str, _Account], until: str, before: str
) -> list[TieRow]:
    posting = rules.posting
    then, now = subsystem_sums(connection, rules, before), subsystem_sums(connection, rules, until)
    accounts = dict.fromkeys([*control_accounts(posting), *sorted(now), *sorted(then), *_owed_to(posting)])
    gl = _balances(connection, [*accounts, *posting.due_from.values()], until, before)
    due = _interfund(posting, gl)
    rows = []
    for account in accounts:
        about = chart.get(account, _Account(posting.pooled_fund, account, 1))
        sources, was = sources_of(now, account), sum(each.cents for each in sources_of(then, account))
        if account in due:
            fund, owed, owed_before = due[account]
            sources = (*sources, *([Source(f"Fund {fund}: due from pooled cash", -owed)] if owed else []))
            was -= owed_before
        balance, balance_before = gl.get(account, (0, 0))
        if balance or sources or balance_before != was:
            figures = sources, balance, balance_before - was
            rows.append(TieRow(Section.CONTROL, about.fund, account, about.name, about.side, *figures))
    return rows


def _receipt_rows(
    connection: Connection, rules: PostingRules, chart: Mapping[str, _Account], month: str
) -> list[TieRow]:
    said: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for share in receipts_of(connection, month):
        said[share.gl][_taken_words(share.kind)] += share.cents
    entry, line = tables.entry, tables.gl_line
    query = (
        select(line.c.account, func.sum(line.c.cents))
        .join(entry, (line.c.entry == entry.c.id) & (line.c.biz_date == entry.c.biz_date))
        .where(entry.c.kind.in_(COUNTED), *_in_month(entry.c.biz_date, month))
        .group_by(line.c.account)
    )
    posted = {account: int(cents) for account, cents in connection.execute(query)}
    beside = {*control_accounts(rules), *rules.due_from.values(), *rules.due_to.values()}
    sums: Sums = {account: dict(by_kind) for account, by_kind in said.items()}
    rows = []
    for account in sorted((sums.keys() | posted.keys()) - beside):
        about = chart.get(account, _Account("", "Not in the chart", -1))
        sources, cents = sources_of(sums, account), posted.get(account, 0)
        if sources or cents:
            rows.append(TieRow(Section.RECEIPTS, about.fund, account, about.name, about.side, sources, cents))
    return sorted(rows, key=lambda row: (row.fund, row.account))


def _memo_rows(connection: Connection, until: str) -> list[TieRow]:
    """What is owed on open charges at the end of the month: their revenue is posted as it is paid."""
    charge, account, step = tables.reference["charge"], tables.reference["account"], tables.reference["charge_step"]
    of = charge.join(account, account.c.number == charge.c.account)
    owed = select(account.c.kind, func.sum(charge.c.balance_cents)).select_from(of).where(charge.c.head != CREDIT_HEAD)
    sums = {kind: int(cents) for kind, cents in connection.execute(owed.group_by(account.c.kind))}
    later = (
        select(account.c.kind, func.sum(step.c.cents))
        .select_from(of.join(step, step.c.charge == charge.c.id))
        .where(charge.c.head != CREDIT_HEAD, step.c.dated > until, step.c.source != "")
    )
    for kind, cents in connection.execute(later.group_by(account.c.kind)):
        sums[kind] = sums.get(kind, 0) - int(cents)
    return [
        TieRow(Section.MEMO, "", "", f"Open charges: {kind}", 1, (Source("Owed, revenue when it is paid", cents),), 0)
        for kind, cents in sorted(sums.items())
        if cents
    ]


def _bodies(connection: Connection, month: str) -> Iterator[dict[str, Any]]:
    """The month's receipts, voids and refunds: of its sessions, whatever was posted of them; and others posted."""
    session, record, entry, terminal = tables.session, tables.record, tables.entry, tables.terminal
    its_own = (terminal.c.code == session.c.terminal) & (terminal.c.epoch == session.c.epoch)
    seen: set[Key] = set()
    spans = select(
        session.c.terminal,
        session.c.epoch,
        func.min(session.c.open_seq),
        func.max(func.coalesce(session.c.close_seq, terminal.c.posted_seq)),
    ).join(terminal, its_own)
    spans = spans.where(*_in_month(session.c.biz_date, month)).group_by(session.c.terminal, session.c.epoch)
    for code, epoch, first, last in connection.execute(spans.order_by(session.c.terminal)).all():
        here = (record.c.terminal == code) & (record.c.epoch == epoch) & record.c.seq.between(first, last)
        query = select(record.c.body).where(here, record.c.kind.in_(COUNTED)).order_by(record.c.seq)
        for data in connection.execute(query).scalars():
            body = json.loads(bytes(data))
            if body["biz_date"][:7] == month:
                seen.add((code, epoch, body["seq"]))
                yield body
    posted = select(entry.c.terminal, entry.c.epoch, entry.c.seq).where(
        entry.c.kind.in_(COUNTED), *_in_month(entry.c.biz_date, month)
    )
    others: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    for code, epoch, seq in connection.execute(posted):
        if (code, epoch, seq) not in seen:
            others[code, epoch].append(seq)
    for (code, epoch), seqs in others.items():
        for n in range(0, len(seqs), _AT_ONCE):
            here = (record.c.terminal == code) & (record.c.epoch == epoch) & record.c.seq.in_(seqs[n : n + _AT_ONCE])
            for data in connection.execute(select(record.c.body).where(here)).scalars():
                yield json.loads(bytes(data))


def _balances(connection: Connection, accounts: list[str], until: str, before: str) -> dict[str, tuple[int, int]]:
    """Balances by GL account at the ends of two days."""
    line = tables.gl_line
    earlier = func.sum(case((line.c.biz_date <= before, line.c.cents), else_=0))
    query = select(line.c.account, func.sum(line.c.cents), earlier).where(
        line.c.account.in_(accounts), line.c.biz_date <= until
    )
    rows = connection.execute(query.group_by(line.c.account))
    return {account: (int(cents), int(was)) for account, cents, was in rows}


def _owed_to(rules: PostingRules) -> list[str]:
    """The pool's due-to accounts of funds that have a due-from."""
    return [account for fund, account in rules.due_to.items() if fund in rules.due_from]


def _interfund(rules: PostingRules, gl: Mapping[str, tuple[int, int]]) -> dict[str, tuple[str, int, int]]:
    """The pool's due-to accounts, each with its fund and what that fund's due-from says at the ends of two days."""
    return {
        account: (fund, *gl.get(rules.due_from[fund], (0, 0)))
        for fund, account in rules.due_to.items()
        if fund in rules.due_from
    }


def _chart(connection: Connection) -> dict[str, _Account]:
    c = tables.reference["gl_account"].c
    rows = connection.execute(select(c.code, c.fund, c.name, c.type))
    return {code: _Account(fund, name, 1 if kind in _DEBIT_SIDE else -1) for code, fund, name, kind in rows}


def _in_month(column: Any, month: str) -> tuple[Any, ...]:
    return column >= f"{month}-01", column <= last_day(month)


def _taken_words(kind: str) -> str:
    if not kind:
        return "Fees without an account"
    return f"{AccountKind(kind).label} accounts" if kind in set(AccountKind) else f"{kind} accounts"
