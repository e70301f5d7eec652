"""What a record of the desk posts, into the books: its entry, what it moves on charges and credits, its error items."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import update

from countertui.domain.balances import Movement, paid_by_accounts, paid_on_charges
from countertui.domain.desk_records import DESK
from countertui.domain.pay_record import LineData
from countertui.domain.postings import out_of_balance
from countertui.ledger import tables
from countertui.ledger.books import draw_numbers, next_version
from countertui.ledger.bulk import add_many, insert_many
from countertui.ledger.charge_steps import source_of, steps_of, write_steps
from countertui.ledger.charted import rules_of
from countertui.ledger.credits import put_on_credit
from countertui.ledger.desk import EPOCH, Ground, Made
from countertui.ledger.entries import write_entries
from countertui.ledger.overpaid import CREDITED, credit_overpaid
from countertui.ledger.post_batch import ITEM, pay_charges
from countertui.ledger.posting import Lines, Posting, Problem, as_lines
from countertui.ledger.trust import deposits_among, moved_on, write_moves


def write_entry(ground: Ground, made: Made, posting: Posting, *, biz_date: str) -> int | None:
    """Post what a desk record does, dated `biz_date`; gives its entry's number, None if it has no lines."""
    deposits = deposits_among(ground.connection, [move.account for move in posting.moves if move.account is not None])
    dated = {**made.body, "biz_date": biz_date}
    write_moves(ground.connection, moved_on(dated, posting.moves, deposits), next_version(ground.connection))
    move_charges(ground, posting.moves, biz_date)
    write_steps(ground.connection, steps_of(dated, posting.moves), next_version(ground.connection))
    write_problems(ground, made.seq, posting.problems)
    number = _entry(ground, made, posting.lines, biz_date) if posting.lines else None
    _credit_overpaid(ground, made, posting.moves, biz_date)
    return number


def move_charges(ground: Ground, moves: Sequence[Movement], biz_date: str) -> None:
    """Let money go to (positive) or come back from charges and credits."""
    version = next_version(ground.connection)
    credits: dict[str, tuple[str, str, int]] = {}
    for move in moves:
        if move.charge is None and move.account is not None:
            gl, _, cents = credits.get(move.account, (move.gl, biz_date, 0))
            credits[move.account] = gl, biz_date, cents + move.cents
    pay_charges(ground.connection, paid_on_charges(moves), version)
    put_on_credit(ground.connection, credits, version)


def write_problems(ground: Ground, seq: int, problems: Sequence[Problem]) -> None:
    """Open an error item for each."""
    if not problems:
        return
    first = draw_numbers(ground.connection, "error_item", len(problems))
    rows = [
        (number, DESK, EPOCH, seq, problem.reason, problem.detail, problem.cents, "open", ground.now)
        for number, problem in enumerate(problems, start=first)
    ]
    insert_many(ground.connection, tables.error_item, ITEM, rows)


def write_history(ground: Ground, made: Made, lines: Sequence[LineData], payor: str) -> None:
    """Put a payment into the accounts' history of receipts."""
    per_account: dict[str, int] = {}
    for line in lines:
        if (account := line["account"]) is not None:
            per_account[account] = per_account.get(account, 0) + line["cents"]
    number, day, version = made.body["receipt_no"], made.body["biz_date"], next_version(ground.connection)
    rows = [(number, account, day, payor, cents, 0, version) for account, cents in per_account.items()]
    columns = ("receipt_no", "account", "biz_date", "payor", "cents", "voided", "changed_in")
    insert_many(ground.connection, tables.reference["receipt_history"], columns, rows)


def count_day(ground: Ground, biz_date: str, receipts: int, cents: int) -> None:
    """Count payments and money in less money given back under the desk, on that business date."""
    row = (biz_date, DESK, EPOCH, receipts, cents)
    add_many(ground.connection, tables.day, ("biz_date", "terminal", "epoch"), ("receipts", "net_cents"), [row])


def _credit_overpaid(ground: Ground, made: Made, moves: Sequence[Movement], biz_date: str) -> None:
    connection = ground.connection
    if paid := paid_by_accounts(moves):
        rules = rules_of(connection).posting
        lines = credit_overpaid(connection, paid, rules, biz_date, next_version(connection), source_of(made.body))
        if lines:
            row = (draw_numbers(connection, "entry", 1), DESK, EPOCH, made.seq, CREDITED, biz_date, None)
            write_entries(connection, [row], [lines])


def _entry(ground: Ground, made: Made, lines: Lines, biz_date: str) -> int:
    if off := out_of_balance(as_lines(lines)):
        raise AssertionError(f"desk record {made.seq} posts out of balance: {off}")
    connection, body = ground.connection, made.body
    entry = draw_numbers(connection, "entry", 1)
    row = (entry, DESK, EPOCH, made.seq, body["kind"], biz_date, body["receipt_no"])
    write_entries(connection, [row], [lines])
    table = tables.record
    here = (table.c.terminal == DESK) & (table.c.epoch == EPOCH) & (table.c.seq == made.seq)
    connection.execute(update(table).where(here).values(entry=entry))
    return entry
