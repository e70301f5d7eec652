"""A batch into the books, inside the caller's transaction: records, entries, lines, balances, charges, error items.

Everything is inserted in bulk and every balance is moved once per batch: per receipt there is nothing but arithmetic.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from countertui.domain.city import rules_to_json
from countertui.domain.records import Kind
from countertui.errors import EnvironmentFault
from countertui.ledger import tables
from countertui.ledger.books import draw_numbers, next_version
from countertui.ledger.bulk import add_many, add_to_many, insert_many, run_many
from countertui.ledger.charge_steps import source_of, write_steps
from countertui.ledger.checks_back import CHECK
from countertui.ledger.credits import put_on_credit
from countertui.ledger.entries import write_entries
from countertui.ledger.licenses import follow_payments
from countertui.ledger.overpaid import CREDITED, Paid, credit_overpaid
from countertui.ledger.payables import owe
from countertui.ledger.posting import Problem
from countertui.ledger.rights_review import note_reviews
from countertui.ledger.sheet.batch import sheet_of
from countertui.ledger.sheet.entering import NONE
from countertui.ledger.staff_changes import note_logins, write_changes
from countertui.ledger.stored import note_rules
from countertui.ledger.taken import UNDONE, note_taken, undone_rows
from countertui.ledger.trust import write_moves
from countertui.sync.batch import Batch

_RECORD = ("terminal", "epoch", "seq", "id", "kind", "h", "entry", "body")
_HISTORY = ("receipt_no", "account", "biz_date", "payor", "cents", "voided", "changed_in")
ITEM = ("id", "terminal", "epoch", "seq", "reason", "detail", "cents", "state", "made_at")
TAKE_BACK = 'UPDATE "receipt_history" SET "voided" = 1, "changed_in" = ? WHERE "receipt_no" = ?'


class ChargeGoneError(EnvironmentFault):
    """A charge that was paid, or is to be, is in the books no more; no import takes one out."""

    def __init__(self, gone: int, named: int) -> None:
        super().__init__(
            f"{gone} of {named} charges that money goes to or comes back from are gone from the books.",
            "Nothing was posted.",
            "Look at the whole ledger first: countertui ledger fsck.",
        )


def post_batch(
    connection: Connection, batch: Batch, hashes: Sequence[bytes], now: str, left_out: Mapping[int, Problem] = NONE
) -> int:
    """Post a checked batch whose figures add up. Returns the number of error items made.

    left_out: records, by sequence number, that people post the batch without; each becomes an error item.
    Raises NoRulesError if the city's rules are not there, ChargeGoneError, sqlalchemy's IntegrityError if a record's
    id is in the books.
    """
    bodies = batch.bodies
    version = next_version(connection)
    sheet = sheet_of(connection, batch, hashes, left_out)
    first_entry = draw_numbers(connection, "entry", len(sheet.entries)) - 1
    place = batch.terminal, batch.epoch
    insert_many(
        connection,
        tables.record,
        _RECORD,
        [
            (*place, seq, body["id"], body["kind"], h, _shifted(sheet.entry_of.get(seq), first_entry), data)
            for seq, (body, h, (data, _)) in enumerate(
                zip(_named(bodies, hashes, left_out), hashes, batch.records, strict=True), start=batch.first_seq
            )
        ],
    )
    entries = [(n + first_entry, *place, *rest) for n, *rest in sheet.entries]
    write_entries(connection, entries, sheet.lines, sheet.balances)
    days = [(day, *place, *sums) for day, sums in sheet.days.items()]
    add_many(connection, tables.day, ("biz_date", "terminal", "epoch"), ("receipts", "net_cents"), days)
    sheet.checks.charge_fees(version)
    sheet.licenses.write(sheet.rules.license_credits, version)
    sheet.raised.write(version)
    pay_charges(connection, _on_charges(sheet.paid), version)
    put_on_credit(connection, sheet.credits, version)
    if sheet.paid:
        dated = max((biz_date for *_, biz_date, _ in sheet.entries), default=now[:10])
        by = source_of({**batch.bodies[-1], "seq": batch.last_seq})
        lines = credit_overpaid(connection, sheet.paid, sheet.rules.posting, dated, version, by)
        if lines:
            entry = (draw_numbers(connection, "entry", 1), *place, batch.last_seq, CREDITED, dated, None)
            write_entries(connection, [entry], [lines])
    insert_many(connection, tables.reference["receipt_history"], _HISTORY, [(*row, version) for row in sheet.history])
    insert_many(connection, tables.undone, UNDONE, undone_rows(batch, sheet.undone, sheet.receipts))
    note_taken(connection, batch, left_out, sheet.sessions)
    unposted = [(*place, seq, n) for seq, n in sheet.unposted]
    insert_many(connection, tables.unposted, ("terminal", "epoch", "seq", "n"), unposted)
    run_many(connection, TAKE_BACK, [(version, number) for *_, number in sheet.undone if number])
    sheet.checks.write(first_entry, version)
    insert_many(connection, tables.check_taken, CHECK, sheet.checks_taken)
    owe(connection, sheet.owed)
    write_changes(connection, sheet.operators, version)
    note_reviews(connection, sheet.reviews)
    note_logins(connection, batch.terminal, [body for body in bodies if body["kind"] == Kind.LOGIN])
    sheet.sessions.write()
    sheet.receipts.write_answers()
    sheet.papers.write(version)
    sheet.cards.write()
    sheet.drops.write()
    sheet.problems += sheet.banked.write(sheet.sessions.closed, now)
    write_moves(connection, sheet.trust_moves, version)
    write_steps(connection, sheet.steps, version)
    sheet.details.write(connection, version)
    note_rules(connection, *place, batch.first_seq, rules_to_json(sheet.rules))
    sheet.problems += sheet.licenses.unpaid()
    _write_problems(connection, place, sheet.problems, now)
    return len(sheet.problems)


def pay_charges(connection: Connection, paid: Mapping[str, int], version: int) -> None:
    """Take cents off the balances of charges, by charge id; negative puts them back. Licenses stand by what is paid.

    Raises ChargeGoneError.
    """
    rows = [(charge, -cents, version) for charge, cents in sorted(paid.items())]
    there = add_to_many(connection, tables.reference["charge"], "id", "balance_cents", "changed_in", rows)
    if there != len(rows):
        raise ChargeGoneError(len(rows) - there, len(rows))
    follow_payments(connection, paid, version)


def _on_charges(paid: Paid) -> dict[str, int]:
    sums: dict[str, int] = {}
    for (charge, _), cents in paid.items():
        sums[charge] = sums.get(charge, 0) + cents
    return sums


def _named(
    bodies: Sequence[dict[str, Any]], hashes: Sequence[bytes], left_out: Mapping[int, Problem]
) -> Sequence[dict[str, Any]]:
    """The bodies, those that were left out named by their hash: they may bear another record's id."""
    if not left_out:
        return bodies
    return [
        body if body["seq"] not in left_out else {"id": h.hex(), "kind": str(body.get("kind"))}
        for body, h in zip(bodies, hashes, strict=True)
    ]


def _write_problems(
    connection: Connection, place: tuple[str, int], problems: Sequence[tuple[int, Problem]], now: str
) -> None:
    first = draw_numbers(connection, "error_item", len(problems))
    rows = [
        (number, *place, seq, problem.reason, problem.detail, problem.cents, "open", now)
        for number, (seq, problem) in enumerate(problems, start=first)
    ]
    insert_many(connection, tables.error_item, ITEM, rows)


def _shifted(entry: int | None, by: int) -> int | None:
    return None if entry is None else entry + by
