"""What the subsystems have for each GL account at the end of a day, worked out of anything but the general ledger.

Money in drawers and safes comes from the sessions' own records, bags from deposits, what is held for customers from
their accounts, suspense from the worklist, what is owed by check from the payables.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, func, select

from countertui.domain.charges import CREDIT_HEAD
from countertui.domain.city import CityRules
from countertui.domain.deposit_accounts import account_at_bank, all_accounts
from countertui.domain.desk_records import DESK, DeskKind
from countertui.domain.postings import PostingRules
from countertui.domain.reference import AccountKind
from countertui.domain.tenders import TenderKind
from countertui.domain.tie_out import Source
from countertui.ledger import tables
from countertui.ledger.credits import CREDIT_PREFIX
from countertui.ledger.desk import EPOCH
from countertui.ledger.stored import record_at
from countertui.ledger.tie_out_deposits import deposits_then, given_up, standing
from countertui.ledger.tie_out_suspense import record_is, waiting

Sums = dict[str, dict[str, int]]
"""GL account to subsystem, in plain words, to cents (a debit is positive)."""


class Drawer(NamedTuple):
    """A session's drawer: its money and its bags less its opening count, over and short once closed; cents a tender."""

    terminal: str
    epoch: int
    session: str
    close_seq: int | None
    money: dict[str, int]
    over_short: dict[str, int]


def subsystem_sums(connection: Connection, rules: CityRules, until: str) -> Sums:
    """What every subsystem has for its control accounts by business dates up to `until` (ISO 8601)."""
    sums: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    posting = rules.posting
    made = connection.execute(select(tables.deposit.c.no, tables.deposit.c.account))
    banks = {row.no: row.account for row in made}
    for drawer in drawers(connection, until):
        for tender, cents in drawer.money.items():
            kind = TenderKind(tender)
            sums[_at(posting.tender, kind, posting)][f"{kind.label} in drawers and safe"] += cents
        for tender, cents in drawer.over_short.items():
            kind = TenderKind(tender)
            sums[_at(posting.over_short, kind, posting)]["Drawers over and short"] -= cents
    stood = standing(connection, until)
    for said, account, in_books in deposits_then(connection, until, stood):
        if account:
            sums[account]["Deposits"] += said["total_cents"]
        _put_deposit(sums, posting, said, in_books=in_books)
    _put_lost(sums, posting, given_up(connection, until))
    for kind_of, sign in ((DeskKind.BANK_MATCH, 1), (DeskKind.BANK_UNMATCH, -1)):
        for body in posted_records(connection, kind_of.value, until):
            for each in body["data"].get("pairs", [body["data"]]):
                sums[banks[each["deposit"]]]["Counted otherwise by the bank"] += sign * each["off_cents"]
            over_short = _at(posting.over_short, TenderKind.CASH, posting)
            sums[over_short]["Counted otherwise by the bank"] -= sign * body["data"]["off_cents"]
    for account, cents in _explained(connection, posting, until):
        sums[account]["Other lines of the bank"] += cents
    for account, cents in _checks_back(connection, posting, until):
        sums[account]["Checks that came back"] -= cents
    for origin, cents in _files(connection, until):
        if origin in posting.origins:
            sums[posting.origins[origin]][f"{origin.capitalize()} payments"] += cents
    for gl, holder, cents in credits(connection, until):
        sums[gl][_held_words(holder)] += cents
    for each in waiting(connection, until, stood):
        sums[posting.suspense]["Open error items"] -= each.cents
    owed = select(func.sum(tables.payable.c.cents)).where(tables.payable.c.biz_date <= until)
    if cents := int(connection.execute(owed).scalar() or 0):
        sums[posting.refunds_payable]["Refunds owed by check"] -= cents
    return {gl: dict(by_source) for gl, by_source in sums.items()}


def sources_of(sums: Sums, account: str) -> tuple[Source, ...]:
    """The sources of one account, those of nothing left out."""
    return tuple(Source(words, cents) for words, cents in sorted(sums.get(account, {}).items()) if cents)


def drawers(connection: Connection, until: str) -> Iterator[Drawer]:
    """Every session's drawer by business dates up to `until`: less its opening count, with its drops in the safe."""
    session, record, tender, dropped = tables.session, tables.record, tables.session_tender, tables.dropped
    expected: defaultdict[tuple[str, int, str], dict[str, int]] = defaultdict(dict)
    its_own = (session.c.terminal == tender.c.terminal) & (session.c.epoch == tender.c.epoch)
    moved = select(tender.c.terminal, tender.c.epoch, tender.c.session, tender.c.tender, tender.c.cents)
    moved = moved.join(session, its_own & (session.c.id == tender.c.session)).where(session.c.biz_date <= until)
    for terminal, epoch, id_, kind, cents in connection.execute(moved):
        expected[terminal, epoch, id_][kind] = cents
    safe = {
        (terminal, epoch, id_): int(cents)
        for terminal, epoch, id_, cents in connection.execute(
            select(dropped.c.terminal, dropped.c.epoch, dropped.c.session, func.sum(dropped.c.cents)).group_by(
                dropped.c.terminal, dropped.c.epoch, dropped.c.session
            )
        )
    }
    opened, closed = record.alias("opened"), record.alias("closed")
    query = (
        select(session, opened.c.body.label("opened"), closed.c.body.label("closed"))
        .outerjoin(opened, record_is(opened, session, session.c.open_seq))
        .outerjoin(closed, record_is(closed, session, session.c.close_seq))
        .where(session.c.biz_date <= until)
        .order_by(session.c.terminal, session.c.epoch, session.c.open_seq)
    )
    for row in connection.execute(query).all():
        yield _drawer(row, expected[row.terminal, row.epoch, row.id], safe.get((row.terminal, row.epoch, row.id), 0))


def credits(connection: Connection, until: str) -> list[tuple[str, str, int]]:
    """What accounts have to their credit: GL account, kind of account, cents (credits are negative)."""
    charge, account, step = tables.reference["charge"], tables.reference["account"], tables.reference["charge_step"]
    sums: defaultdict[tuple[str, str], int] = defaultdict(int)
    of = charge.outerjoin(account, account.c.number == charge.c.account)
    now = select(charge.c.gl, account.c.kind, func.sum(charge.c.balance_cents)).select_from(of)
    for gl, kind, cents in connection.execute(
        now.where(charge.c.head == CREDIT_HEAD).group_by(charge.c.gl, account.c.kind)
    ):
        sums[gl, kind or ""] += int(cents)
    later = select(charge.c.gl, account.c.kind, func.sum(step.c.cents)).select_from(
        of.join(step, step.c.charge == charge.c.id)
    )
    is_later = (step.c.dated > until) & (step.c.source != "") & step.c.charge.startswith(CREDIT_PREFIX)
    for gl, kind, cents in connection.execute(later.where(is_later).group_by(charge.c.gl, account.c.kind)):
        sums[gl, kind or ""] -= int(cents)
    brought = tables.brought_credit
    since = (
        select(brought.c.gl, account.c.kind, func.sum(brought.c.cents))
        .select_from(brought.outerjoin(account, account.c.number == brought.c.account))
        .where(brought.c.biz_date > until)
    )
    for gl, kind, cents in connection.execute(since.group_by(brought.c.gl, account.c.kind)):
        sums[gl, kind or ""] -= int(cents)
    return [(gl, kind, cents) for (gl, kind), cents in sorted(sums.items())]


def posted_records(connection: Connection, kind: str, until: str) -> Iterator[dict[str, Any]]:
    """The bodies of the desk's records of a kind that posted an entry dated up to `until`."""
    entry, record = tables.entry, tables.record
    place = (record.c.terminal == entry.c.terminal) & (record.c.epoch == entry.c.epoch) & (record.c.seq == entry.c.seq)
    query = (
        select(record.c.body)
        .select_from(entry.join(record, place))
        .where(entry.c.terminal == DESK, entry.c.kind == kind, entry.c.biz_date <= until)
        .order_by(entry.c.id)
    )
    for body in connection.execute(query).scalars():
        yield json.loads(bytes(body))


def _drawer(row: Row[Any], expected: dict[str, int], in_safe: int) -> Drawer:
    opened = json.loads(bytes(row.opened))["data"] if row.opened is not None else {}
    counted = None
    if row.closed is not None:
        counted = {each["tender"]: each["cents"] for each in json.loads(bytes(row.closed))["data"]["counted"]}
    money = dict(expected if counted is None else counted)
    money[TenderKind.CASH.value] = money.get(TenderKind.CASH.value, 0) + in_safe - opened.get("counted_cents", 0)
    off = {} if counted is None else {kind: cents - expected.get(kind, 0) for kind, cents in counted.items()}
    return Drawer(
        row.terminal,
        row.epoch,
        row.id,
        row.close_seq,
        {kind: cents for kind, cents in money.items() if cents},
        {kind: cents for kind, cents in off.items() if cents},
    )


def control_accounts(rules: PostingRules) -> tuple[str, ...]:
    """The city's control accounts of the pooled fund, each once, in the order that they are shown in."""
    accounts = (*rules.tender.values(), *rules.origins.values(), *all_accounts(rules), *rules.over_short.values())
    return tuple(dict.fromkeys(each for each in (*accounts, rules.refunds_payable, rules.suspense) if each))


def _put_lost(
    sums: defaultdict[str, defaultdict[str, int]], rules: PostingRules, given_up: Iterable[dict[str, Any]]
) -> None:
    """What deposits lacked and people gave up: out of its tender, short."""
    for said in given_up:
        kind, cents = TenderKind(said["tender"]), said["cents"]
        sums[_at(rules.tender, kind, rules)][f"{kind.label} given up as lost"] -= cents
        sums[_at(rules.over_short, kind, rules)]["Deposits over and short"] += cents


def _put_deposit(
    sums: defaultdict[str, defaultdict[str, int]], rules: PostingRules, said: dict[str, Any], *, in_books: bool
) -> None:
    """A deposit: out of its tenders unless all of it is in suspense; what it was off, over or short."""
    for each in said["composition"] if in_books else ():
        kind = TenderKind(each["tender"])
        sums[_at(rules.tender, kind, rules)][f"{kind.label} in deposits"] -= each["cents"]
    for each in said.get("differences", ()) if in_books else ():
        if not each["carried"]:
            kind = TenderKind(each["tender"])
            sums[_at(rules.tender, kind, rules)][f"{kind.label} off in deposits"] += each["cents"]
            sums[_at(rules.over_short, kind, rules)]["Deposits over and short"] -= each["cents"]


def _explained(connection: Connection, rules: PostingRules, until: str) -> Iterator[tuple[str, int]]:
    """What lines of the bank that are no deposit moved: at its account, and at another control account."""
    others = {*control_accounts(rules)} - {*all_accounts(rules)}
    line = tables.bank_line.c
    lines = connection.execute(select(line.identity, line.account))
    numbers = {row.identity: row.account for row in lines}
    for kind, sign in ((DeskKind.BANK_EXPLAIN, 1), (DeskKind.BANK_UNEXPLAIN, -1)):
        for body in posted_records(connection, kind.value, until):
            said = body["data"]
            if kind is DeskKind.BANK_UNEXPLAIN:
                before = record_at(connection, DESK, EPOCH, said["explain_seq"])
                said = before.body["data"] if before is not None else {"cents": 0, "gl": "", "line": ""}
            yield account_at_bank(rules, numbers.get(said["line"], "")), sign * said["cents"]
            if said["gl"] in others:
                yield said["gl"], -sign * said["cents"]


def _checks_back(connection: Connection, rules: PostingRules, until: str) -> Iterator[tuple[str, int]]:
    """Where the money of checks that came back was taken from, and how much."""
    returned, entry, line = tables.returned, tables.entry, tables.gl_line
    stood_at = {*all_accounts(rules), *rules.tender.values(), *rules.origins.values()} - {""}
    query = (
        select(returned.c.entry, returned.c.cents, line.c.account, func.sum(line.c.cents))
        .join(entry, entry.c.id == returned.c.entry)
        .join(line, (line.c.entry == entry.c.id) & (line.c.biz_date == entry.c.biz_date))
        .where(entry.c.biz_date <= until, line.c.account.in_(stood_at), line.c.cents < 0)
        .group_by(returned.c.entry, returned.c.cents, line.c.account)
    )
    for _, cents, account, _ in connection.execute(query):
        yield account, cents


def _files(connection: Connection, until: str) -> Iterator[tuple[str, int]]:
    """What payment files brought, by where they are from."""
    file, record = tables.payment_file, tables.record
    at_desk = (record.c.terminal == DESK) & (record.c.epoch == EPOCH) & (record.c.seq == file.c.seq)
    query = select(file.c.origin, record.c.body).join(record, at_desk).where(file.c.state == "posted")
    for origin, data in connection.execute(query):
        body = json.loads(bytes(data))
        if body["biz_date"] is None or body["biz_date"] <= until:
            yield origin, body["data"]["total_cents"]


def _at(accounts: Any, kind: TenderKind, rules: PostingRules) -> str:
    return str(accounts.get(kind, rules.suspense))


def _held_words(kind: str) -> str:
    return {
        AccountKind.TRUST.value: "Trust deposits held",
        AccountKind.CUSTOMER.value: "Customers' money on account",
        AccountKind.LICENSE.value: "Paid too much on licenses",
        "": "Credits of accounts not known here",
    }.get(kind, f"Credits of {kind} accounts")
