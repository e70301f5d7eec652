"""What a check that came back unpaid does to the books, whoever says so: the desk, or a terminal's record.

A receipt is taken back once, from wherever: one that was voided or refunded has no check to return, and one whose
check came back is neither voided nor refunded any more.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, insert, select, update

from countertui.domain.balances import Movement, charge_movements
from countertui.domain.city import CityRules
from countertui.domain.desk_records import DESK, DeskKind, ShareData
from countertui.domain.money import Cents, format_cents
from countertui.domain.postings import GlLine, PostingRules, reversed_entry
from countertui.domain.records import Kind
from countertui.domain.returned_checks import (
    FEE_HEAD,
    FLAG,
    NotAsMuchError,
    fee_words,
    given_charge,
    given_in_cash,
    given_words,
    paid_all,
    shares_back,
)
from countertui.domain.tenders import TenderKind
from countertui.errors import AnswerNo
from countertui.ledger import tables
from countertui.ledger.bulk import add_many, run_many
from countertui.ledger.charted import chart_for
from countertui.ledger.deposit_items import is_lacking
from countertui.ledger.desk import EPOCH
from countertui.ledger.posting import Posted, Posting, Problem, as_lines, by_place, lines_of, turned_back
from countertui.ledger.stored import (
    CameBack,
    StoredRecord,
    came_back,
    corrections_of,
    record_at,
    share_movements,
    what_posted,
)

CHECK = ("reference", "terminal", "epoch", "seq", "n", "cents", "biz_date", "receipt_no", "id")
_TAKE_BACK = 'UPDATE "receipt_history" SET "voided" = 1, "changed_in" = ? WHERE "receipt_no" = ?'


class ReturnRefusedError(AnswerNo):
    """A check that can't be returned: no such receipt or check, or it was taken back before."""


def refused(happened: str) -> ReturnRefusedError:
    """The error, with what is safe."""
    return ReturnRefusedError(happened, "Nothing was changed.")


@dataclass(frozen=True, slots=True)
class Taken:
    """A receipt: its record's body and hash, a way to what it posted, and the checks of it that came back before."""

    body: Mapping[str, Any]
    h: bytes
    posted: Callable[[], Posted]
    before: Sequence[CameBack]

    @property
    def receipt_no(self) -> str:
        """Its number."""
        return str(self.body["receipt_no"])


@dataclass(frozen=True, slots=True)
class Return:
    """One check taken back: of which receipt (its record's id), what follows, and the fee in cents with its charge.

    given_cents: what of the check went back in cash when it was taken: no charge was paid with it, it is owed as well.
    """

    id: str
    receipt_no: str
    reference: str
    cents: int
    shares: Sequence[ShareData]
    account: str | None
    fee_cents: int
    fee_charge: str
    biz_date: str
    paid_from: str
    """The account where the check's money stood."""
    is_last: bool
    """Whether nothing of the receipt stands any more."""
    given_cents: int = 0

    def given_is_owed(self, rules: CityRules) -> bool:
        """Whether an account owes that cash: one has to be known, and where it is posted."""
        return bool(self.given_cents and self.account is not None and rules.returned_check_gl)


@dataclass(frozen=True, slots=True)
class Said:
    """Which record says so, which of its checks it is, and the entry that it posted."""

    terminal: str
    epoch: int
    seq: int
    n: int
    entry: int | None


def checks_in(body: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The checks that a receipt was paid with, as rows of table check_taken (columns CHECK)."""
    place, of = (body["terminal"], body["epoch"], body["seq"]), (body["biz_date"], body["receipt_no"], body["id"])
    return [
        (tender["reference"].lstrip("0"), *place, n, tender["cents"], *of)
        for n, tender in enumerate(body["data"]["tenders"])
        if tender["kind"] == TenderKind.CHECK and tender["reference"]
    ]


def as_taken(connection: Connection, stored: StoredRecord) -> Taken:
    """A receipt of the books."""
    posted = lambda: what_posted(connection, stored)  # noqa: E731 - looked up only if it is needed
    return Taken(stored.body, stored.h, posted, came_back(connection, stored.body["id"]))


def receipt_by_number(connection: Connection, receipt_no: str) -> StoredRecord | None:
    """A receipt, or a payment of a bank's file, by its number; None if it is not in the books."""
    entry = tables.entry
    query = select(entry.c.terminal, entry.c.epoch, entry.c.seq).where(
        entry.c.receipt_no == receipt_no, entry.c.kind.in_([Kind.PAY.value, DeskKind.REMITTANCE.value])
    )
    place = connection.execute(query).first()
    return record_at(connection, *place) if place is not None else None


def check_of(body: Mapping[str, Any], reference: str) -> int | None:
    """The cents of the check of that number that a receipt was paid with; None if there is none."""
    tenders = body["data"]["tenders"]
    found = (t["cents"] for t in tenders if t["kind"] == TenderKind.CHECK and t["reference"] == reference)
    return next(found, None)


def shares_of(connection: Connection, taken: Taken, cents: int) -> tuple[list[ShareData], int]:
    """A receipt's shares that a check of so many cents paid, and what it gave in cash. Raises ReturnRefusedError."""
    body = taken.body
    if not is_all(taken, cents) and _is_elsewhere(connection, taken):
        raise refused("The receipt was corrected since, and the check paid a part of it: move that part back.")
    movements = list(charge_movements(body["kind"], body["data"]))
    try:
        given = given_in_cash(body["data"], cents, sum(each.cents for each in taken.before))
        return shares_back(movements, cents - given, [share for each in taken.before for share in each.shares]), given
    except NotAsMuchError as fault:
        more = format_cents(Cents(fault.cents))
        raise refused(f"The check is {more} more than what is left of the receipt.") from fault


def is_all(taken: Taken, cents: int) -> bool:
    """Whether so many cents are all that the receipt paid, and what was given back in cash."""
    body = taken.body
    return paid_all(charge_movements(body["kind"], body["data"]), body["data"], cents)


def posting_of(connection: Connection, rules: CityRules, taken: Taken, back: Return) -> Posting:
    """What it posts: the shares taken back as they were posted, out of the account where the check's money stands.

    What went back in cash is owed where the fee is posted: paying its charge credits that account again. Where nobody
    can be charged, suspense bears it.
    """
    gone = GlLine(rules.posting.pooled_fund, back.paid_from, Cents(-back.cents))
    given, problems = _given_back(connection, rules, back)
    if is_all(taken, back.cents):
        posted = taken.posted()
        lines = [*reversed_entry(as_lines(posted.lines)), *as_lines(posted.tendered)]
        return Posting(by_place([*lines, *given, gone]), turned_back(posted.moves), problems)
    chart = chart_for(connection, rules, charge_movements(taken.body["kind"], taken.body["data"]))
    lines = as_lines(lines_of(back.shares, chart))
    return Posting(by_place([*lines, *given, gone]), share_movements(back.shares), problems)


def borne_by_suspense(connection: Connection, rules: CityRules, back: Return, short: Problem) -> Posting:
    """What it posts instead where a trust deposit that it paid into was drawn on since: none goes below zero."""
    pool, cents = rules.posting.pooled_fund, back.cents - back.given_cents
    given, problems = _given_back(connection, rules, back)
    lines = (
        GlLine(pool, rules.posting.suspense, Cents(cents)),
        *given,
        GlLine(pool, back.paid_from, Cents(-back.cents)),
    )
    return Posting(by_place(lines), (), [replace(short, cents=-cents), *problems])


def _given_back(connection: Connection, rules: CityRules, back: Return) -> tuple[list[GlLine], list[Problem]]:
    """The lines that debit what went back in cash, in their own fund, and the problem where suspense bears it."""
    if not back.given_cents:
        return [], []
    gl = rules.returned_check_gl if back.given_is_owed(rules) else rules.posting.suspense
    owed = Movement(None, None, gl, FEE_HEAD, -back.given_cents)
    share = ShareData(account=None, charge=None, head=FEE_HEAD, gl=gl, cents=-back.given_cents)
    chart = chart_for(connection, rules, [owed])
    lines = as_lines(lines_of([share], chart))
    if gl in chart.funds and gl != rules.posting.suspense:
        return lines, []
    told = f"{format_cents(Cents(back.given_cents))} given back in cash on check {back.reference} of receipt"
    return lines, [Problem("cash-back-owed", f"{told} {back.receipt_no}: no account bears it.", -back.given_cents)]


Banked = Callable[[tuple[str, int, str], str, str], str | None]
"""The bank account that deposits of the same batch bring a check to, by its session, receipt and number.

Empty: they leave it among the checks; None: they say nothing of it.
"""


def stands_at(
    connection: Connection,
    rules: PostingRules,
    body: Mapping[str, Any],
    reference: str,
    banked: Banked = lambda *_: None,
) -> str:
    """Where the check's money is now: at its deposit's bank account; among the checks before, or while it lacks there.

    banked: what deposits say that are not in the tables yet.
    """
    if "paid_into" in body["data"]:
        return str(body["data"]["paid_into"])
    c, made = tables.deposited.c, tables.deposit.c
    here = (c.terminal == body["terminal"]) & (c.epoch == body["epoch"]) & (c.session == body["session"])
    query = select(made.account).join_from(tables.deposited, tables.deposit, made.no == c.seq).where(here)
    session = body["terminal"], body["epoch"], body["session"]
    account = banked(session, body["receipt_no"], reference)
    if account is None and not is_lacking(connection, body["receipt_no"], reference):
        account = connection.execute(query).scalar()
    return account or rules.tender.get(TenderKind.CHECK, rules.suspense)


def why_not_standing(connection: Connection, body: Mapping[str, Any], reference: str) -> str:
    """Why a check of a receipt can't come back, by the books: it was taken back, or waits; empty if it can."""
    item, returned, number = tables.error_item.c, tables.returned.c, body["receipt_no"]
    kind = connection.execute(select(tables.undone.c.kind).where(tables.undone.c.id == body["id"])).scalar()
    if kind is not None and kind != DeskKind.RETURNED_CHECK:
        return f"Receipt {number} was taken back before, by a {kind}."
    before = (returned.id == body["id"]) & (returned.reference == reference)
    if connection.execute(select(returned.seq).where(before)).first() is not None:
        return f"Check {reference} of receipt {number} came back before."
    here = (item.terminal == body["terminal"]) & (item.epoch == body["epoch"]) & (item.seq == body["seq"])
    waiting = connection.execute(select(item.id).where(here, item.state == "open", item.cents != 0)).scalar()
    if waiting is not None:
        return f"Receipt {number} has an open error item, {waiting}: correct that first."
    return ""


def charges_raised(rules: CityRules, back: Return) -> dict[str, tuple[str, int]]:
    """The charges of the fee, and of what went back in cash, if there are such: by id, what it is called and cents."""
    raised = {}
    if back.fee_cents:
        raised[back.fee_charge] = fee_words(back.reference), back.fee_cents
    if back.given_is_owed(rules):
        raised[given_charge(back.fee_charge)] = given_words(back.reference), back.given_cents
    return raised


def charge_fee(connection: Connection, rules: CityRules, back: Return, version: int) -> None:
    """Raise the charges of the fee and of what went back in cash."""
    for id_, (words, cents) in charges_raised(rules, back).items():
        row = {"id": id_, "account": back.account, "due": back.biz_date}
        what = {"head": FEE_HEAD, "description": words, "gl": rules.returned_check_gl}
        sums = {"amount_cents": cents, "balance_cents": cents, "changed_in": version}
        connection.execute(insert(tables.reference["charge"]).values(**row, **what, **sums))


def keep(connection: Connection, back: Return, said: Said, version: int) -> None:
    """Note that a check came back: the receipt is undone, the account flagged, terminals are told."""
    place = {"terminal": said.terminal, "epoch": said.epoch, "seq": said.seq}
    row = {"id": back.id, "reference": back.reference, **place, "n": said.n, "entry": said.entry}
    row |= {"cents": back.cents, "account": back.account, "shares": json.dumps(back.shares)}
    connection.execute(insert(tables.returned).values(**row))
    if connection.execute(select(tables.undone.c.id).where(tables.undone.c.id == back.id)).first() is None:
        of = {"taken_at": back.receipt_no.rpartition("-")[0], "taken_by": "", "receipt_no": back.receipt_no}
        row = {"id": back.id, "kind": DeskKind.RETURNED_CHECK.value, **place, **of}
        connection.execute(insert(tables.undone).values(**row, biz_date=back.biz_date, cents=back.cents))
    if back.is_last:
        run_many(connection, _TAKE_BACK, [(version, back.receipt_no)])
    if back.account is not None:
        _flag(connection, back.account, version)
        told = {"receipt_no": back.receipt_no, "reference": back.reference, "account": back.account}
        row_told = insert(tables.reference["returned_check"]).values(**told, biz_date=back.biz_date)
        connection.execute(row_told.values(changed_in=version))


def count_day(connection: Connection, sums: Mapping[str, int]) -> None:
    """Count what banks took back, cents by business date, under the desk: no terminal gave it back."""
    rows = [(biz_date, DESK, EPOCH, 0, -cents) for biz_date, cents in sums.items()]
    add_many(connection, tables.day, ("biz_date", "terminal", "epoch"), ("receipts", "net_cents"), rows)


def _flag(connection: Connection, number: str, version: int) -> None:
    table = tables.reference["account"]
    words = connection.execute(select(table.c.flags).where(table.c.number == number)).scalar()
    if words is not None and FLAG not in words.split():
        values = {"flags": f"{words} {FLAG}".strip(), "changed_in": version}
        connection.execute(update(table).where(table.c.number == number).values(**values))


def _is_elsewhere(connection: Connection, taken: Taken) -> bool:
    """Whether corrections left money of a receipt at another place than it said."""
    moved: Counter[tuple[str | None, str | None, str, str]] = Counter()
    for correction in corrections_of(connection, StoredRecord(dict(taken.body), taken.h, None)):
        for share in correction.body["data"]["shares"]:
            moved[share["account"], share["charge"], share["head"], share["gl"]] += share["cents"]
    return any(moved.values())
