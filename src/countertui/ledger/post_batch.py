"""A batch into the books, inside the caller's transaction: records, entries, lines, balances, charges, error items.

Everything is inserted in bulk and every balance is moved once per batch: per receipt there is nothing but arithmetic.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from sqlalchemy import Connection, select

from countertui.domain.balances import Movement, charge_movements
from countertui.domain.charges import CREDIT_HEAD
from countertui.domain.city import rules_from_json
from countertui.domain.postings import PostingRules, out_of_balance
from countertui.domain.records import Kind
from countertui.domain.reference import CityKey
from countertui.ledger import tables
from countertui.ledger.books import draw_numbers, next_version
from countertui.ledger.bulk import add_many, insert_many, known, looked_up, run_many
from countertui.ledger.posting import (
    Chart,
    Lines,
    Posting,
    Problem,
    as_lines,
    chart,
    post_close,
    post_pay,
    post_refund,
    post_refused_refund,
    post_refused_void,
    post_void,
)
from countertui.ledger.staff import People, kept, people_of, why_not_kept, write_operators
from countertui.ledger.undoing import Receipts, receipts_for, why_not
from countertui.sync.batch import Batch

Body = Mapping[str, Any]

CREDIT_PREFIX = "CR-"
"""A charge of this prefix and an account's number is that account's credit: money it paid beyond what it owed."""

_RECORD = ("terminal", "epoch", "seq", "id", "kind", "h", "entry", "body")
_ENTRY = ("id", "terminal", "epoch", "seq", "kind", "biz_date", "receipt_no")
_LINE = ("entry", "n", "fund", "account", "cents")
_HISTORY = ("receipt_no", "account", "biz_date", "payor", "cents", "voided", "changed_in")
_ITEM = ("id", "terminal", "epoch", "seq", "reason", "detail", "cents", "state", "made_at")
_PAY_CHARGE = 'UPDATE "charge" SET "balance_cents" = "balance_cents" - ?, "changed_in" = ? WHERE "id" = ?'
_TAKE_BACK = 'UPDATE "receipt_history" SET "voided" = 1, "changed_in" = ? WHERE "receipt_no" = ?'
_CREDIT = """INSERT INTO "charge"
  ("id", "account", "due", "head", "description", "gl", "amount_cents", "balance_cents", "changed_in")
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT ("id") DO UPDATE SET "amount_cents" = "charge"."amount_cents" + excluded."amount_cents",
  "balance_cents" = "charge"."balance_cents" + excluded."balance_cents", "changed_in" = excluded."changed_in\""""


class NoRulesError(Exception):
    """The ledger has no rules of a city yet, so it can't know how to post."""


@dataclass(slots=True)
class Sheet:
    """What a batch will do to the books, gathered before anything is written."""

    entries: list[tuple[Any, ...]] = field(default_factory=list)
    entry_of: dict[int, int] = field(default_factory=dict)
    lines: list[Lines] = field(default_factory=list)
    """Of each entry, in their order."""
    balances: defaultdict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    paid: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    credits: dict[str, tuple[str, str, int]] = field(default_factory=dict)
    """Account to (GL account, business date, cents put onto its credit)."""
    history: list[tuple[Any, ...]] = field(default_factory=list)
    days: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    undone: list[tuple[str, str, int, str]] = field(default_factory=list)
    """(id of the receipt's record, kind, seq, receipt number)."""
    operators: list[Body] = field(default_factory=list)
    problems: list[tuple[int, Problem]] = field(default_factory=list)


def post_batch(connection: Connection, batch: Batch, hashes: Sequence[bytes], now: str) -> int:
    """Post a checked batch whose figures add up. Returns the number of error items made.

    Raises NoRulesError if the city's rules are not there, sqlalchemy's IntegrityError if a record's id is in the books.
    """
    bodies = batch.bodies
    version = next_version(connection)
    sheet = _filled(connection, batch, hashes)
    first_entry = draw_numbers(connection, "entry", len(sheet.entries)) - 1
    place = batch.terminal, batch.epoch
    insert_many(
        connection,
        tables.record,
        _RECORD,
        [
            (*place, seq, body["id"], body["kind"], h, _shifted(sheet.entry_of.get(seq), first_entry), data)
            for seq, (body, h, (data, _)) in enumerate(
                zip(bodies, hashes, batch.records, strict=True), start=batch.first_seq
            )
        ],
    )
    insert_many(connection, tables.entry, _ENTRY, [(n + first_entry, *place, *rest) for n, *rest in sheet.entries])
    insert_many(connection, tables.gl_line, _LINE, _line_rows(sheet.lines, first_entry + 1))
    balances = [(*key, cents) for key, cents in sheet.balances.items()]
    add_many(connection, tables.gl_balance, ("fund", "account"), ("cents",), balances)
    days = [(day, batch.terminal, *sums) for day, sums in sheet.days.items()]
    add_many(connection, tables.day, ("biz_date", "terminal"), ("receipts", "net_cents"), days)
    run_many(connection, _PAY_CHARGE, [(cents, version, charge) for charge, cents in sorted(sheet.paid.items())])
    run_many(
        connection,
        _CREDIT,
        [
            (CREDIT_PREFIX + account, account, due, CREDIT_HEAD, "Credit on account", gl, -cents, -cents, version)
            for account, (gl, due, cents) in sorted(sheet.credits.items())
        ],
    )
    insert_many(connection, tables.reference["receipt_history"], _HISTORY, [(*row, version) for row in sheet.history])
    undone = [(id_, kind, *place, seq) for id_, kind, seq, _ in sheet.undone]
    insert_many(connection, tables.undone, ("id", "kind", "terminal", "epoch", "seq"), undone)
    run_many(connection, _TAKE_BACK, [(version, number) for *_, number in sheet.undone])
    write_operators(connection, sheet.operators, version)
    _write_problems(connection, place, sheet.problems, now)
    return len(sheet.problems)


def chart_for(connection: Connection, movements: Iterable[Movement]) -> Chart:
    """The chart with all that these movements name. Raises NoRulesError."""
    gl: set[str] = set()
    charges: set[str] = set()
    accounts: set[str] = set()
    for movement in movements:
        gl.add(movement.gl)
        if movement.charge is not None:
            charges.add(movement.charge)
        elif movement.account is not None:
            accounts.add(movement.account)
    return chart(
        _rules(connection),
        looked_up(connection, tables.reference["gl_account"], "code", "fund", gl),
        looked_up(connection, tables.reference["charge"], "id", "account", charges),
        known(connection, tables.reference["account"], "number", accounts),
    )


def _rules(connection: Connection) -> PostingRules:
    city = tables.reference["city"]
    text = connection.execute(select(city.c.value).where(city.c.key == CityKey.RULES)).scalar()
    try:
        return rules_from_json(text or "").posting
    except (KeyError, TypeError, ValueError) as fault:
        raise NoRulesError from fault


def _filled(connection: Connection, batch: Batch, hashes: Sequence[bytes]) -> Sheet:
    """Work out everything the batch posts. Entries are numbered from 1 here; the books' own numbers come later."""
    moved = [tuple(charge_movements(body["kind"], body["data"])) for body in batch.bodies]
    chart = chart_for(connection, chain.from_iterable(moved))
    receipts = receipts_for(connection, batch.terminal, batch.epoch, batch.bodies)
    people = people_of(connection)
    sheet = Sheet()
    for body, h, movements in zip(batch.bodies, hashes, moved, strict=True):
        kind = body["kind"]
        if kind == Kind.PAY:
            posting = post_pay(body["data"], movements, chart)
            receipts.here[body["id"]] = body, h, posting.lines
            _write_history(sheet, body)
        elif kind in (Kind.VOID, Kind.REFUND):
            posting = _undo(body, movements, receipts, why_not(body, receipts, people), chart, sheet)
        elif kind == Kind.CLOSE:
            posting = post_close(body["data"], chart)
        elif kind == Kind.OPERATOR:
            _keep_operator(body, people, sheet)
            continue
        else:
            if kind in (Kind.VOID_REQUEST, Kind.REFUND_REQUEST):
                receipts.requests[body["seq"]] = body
            continue
        _write(sheet, body, posting)
    return sheet


def _keep_operator(body: Body, people: People, sheet: Sheet) -> None:
    problem = why_not_kept(body, people)
    if problem is not None:
        sheet.problems.append((body["seq"], problem))
        return
    kept(people, body)
    sheet.operators.append(body)


def _undo(
    body: Body,
    movements: Sequence[Movement],
    receipts: Receipts,
    refused: Problem | None,
    chart: Chart,
    sheet: Sheet,
) -> Posting:
    data, is_void = body["data"], body["kind"] == Kind.VOID
    if refused is not None:
        return post_refused_void(data, refused, chart) if is_void else post_refused_refund(data, refused, chart)
    id_ = data["original"]["id"]
    found = receipts.find(id_)
    if found is None:
        raise AssertionError("why_not lets nothing pass whose receipt is not there")
    receipts.taken_back.add(id_)
    sheet.undone.append((id_, body["kind"], body["seq"], data["original"]["receipt_no"]))
    if is_void:
        return post_void(data, movements, found[2](), chart)
    return post_refund(data, movements, chart)


def _write(sheet: Sheet, body: Body, posting: Posting) -> None:
    seq = body["seq"]
    for problem in posting.problems:
        sheet.problems.append((seq, problem))
    if body["kind"] != Kind.CLOSE:
        day = sheet.days[body["biz_date"]]
        day[0] += body["kind"] == Kind.PAY
        total = body["data"]["total_cents"]
        day[1] += total if body["kind"] == Kind.PAY else -total
    for move in posting.moves:
        if move.charge is not None:
            sheet.paid[move.charge] += move.cents
        elif move.account is not None:
            gl, due, cents = sheet.credits.get(move.account, (move.gl, body["biz_date"], 0))
            sheet.credits[move.account] = gl, due, cents + move.cents
    if not posting.lines:
        return
    if any(_by_fund(posting.lines).values()):
        raise AssertionError(f"record {seq} posts out of balance: {out_of_balance(as_lines(posting.lines))}")
    entry = len(sheet.entries) + 1
    sheet.entries.append((entry, seq, body["kind"], body["biz_date"], body["receipt_no"]))
    sheet.entry_of[seq] = entry
    sheet.lines.append(posting.lines)
    balances = sheet.balances
    for place, cents in posting.lines.items():
        balances[place] += cents


def _by_fund(lines: Lines) -> dict[str, int]:
    sums: dict[str, int] = {}
    for (fund, _), cents in lines.items():
        sums[fund] = sums.get(fund, 0) + cents
    return sums


def _line_rows(entries: Sequence[Lines], first: int) -> Iterator[tuple[Any, ...]]:
    for entry, lines in enumerate(entries, start=first):
        for n, ((fund, account), cents) in enumerate(lines.items()):
            yield entry, n, fund, account, cents


def _write_history(sheet: Sheet, body: Body) -> None:
    per_account: dict[str, int] = {}
    for line in body["data"]["lines"]:
        if (account := line["account"]) is not None:
            per_account[account] = per_account.get(account, 0) + line["cents"]
    for account, cents in per_account.items():
        sheet.history.append((body["receipt_no"], account, body["biz_date"], body["data"]["payor"], cents, 0))


def _write_problems(
    connection: Connection, place: tuple[str, int], problems: Sequence[tuple[int, Problem]], now: str
) -> None:
    first = draw_numbers(connection, "error_item", len(problems))
    rows = [
        (number, *place, seq, problem.reason, problem.detail, problem.cents, "open", now)
        for number, (seq, problem) in enumerate(problems, start=first)
    ]
    insert_many(connection, tables.error_item, _ITEM, rows)


def _shifted(entry: int | None, by: int) -> int | None:
    return None if entry is None else entry + by
