"""What came to a charge beyond what was owed on it stands as the account's credit, whoever took it and in what order.

Two offices that were both offline take the same charge; each receipt is right by what its terminal knew. The charge
then goes to nothing, not below, and the rest to the account's credit, as if the later customer had paid too much at
the counter: in the general ledger from the charge's account to the account of customers' credits. It is worked out
anew whenever money moves on the charge: a void of either receipt takes it back. Whose credit it is, should the charge
become another account's, says `domain.overpaid`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby, islice
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection

from countertui.domain.overpaid import Charge, settled
from countertui.domain.postings import PostingRules
from countertui.ledger import tables
from countertui.ledger.bulk import looked_up, marked, put_many, run_many
from countertui.ledger.charge_steps import OVERPAID_FROM, overpaid_steps, write_steps
from countertui.ledger.credits import CREDIT_PREFIX, put_on_credit
from countertui.ledger.posting import Chart, Lines, chart

CREDITED = "credit"
"""The kind of entry that moves money from a charge to its account's credit."""
Paid = Mapping[tuple[str, str], int]
"""Net cents that receipts brought (positive) or took back, by charge and the account whose receipts they are."""
_AT_ONCE = 500
_FIND = """SELECT c."id", c."account", c."balance_cents", c."amount_cents" - COALESCE(b."cents", 0), c."gl",
    o."account", o."cents", o."gl", o."credit_gl"
  FROM "charge" c LEFT JOIN "paid_before" b ON b."charge" = c."id" LEFT JOIN "paid_over" o ON o."charge" = c."id"
  WHERE c."id" IN ({marks}) AND (c."balance_cents" < 0 OR o."cents" IS NOT NULL) ORDER BY c."id", o."account\""""
_COLUMNS = ("charge", "account", "cents", "gl", "credit_gl")
_SET = """INSERT INTO "paid_over" ("charge", "account", "cents", "gl", "credit_gl") {rows}
  ON CONFLICT ("charge", "account") DO UPDATE SET "cents" = excluded."cents\""""


class _Over(NamedTuple):
    """A charge that money moved on, its GL account, and what stands on credits: account to cents and GL accounts."""

    id: str
    charge: Charge
    gl: str
    over: Mapping[str, tuple[int, str, str]]


class _Change(NamedTuple):
    """What of a charge stands on an account's credit from now on, in cents, how much more that is, and by which GL."""

    charge: str
    account: str
    cents: int
    more: int
    gl: str
    credit_gl: str


def credit_overpaid(
    connection: Connection, paid: Paid, rules: PostingRules, biz_date: str, version: int, source: str
) -> Lines:
    """Bring these charges and their accounts' credits to what they come to; gives the lines of an entry that says so.

    source: the record that the charges' working names for it. Nothing but these charges may have moved since. One whose
    GL accounts can't be posted to stays as it is.
    """
    moved: dict[str, dict[str, int]] = {}
    for (charge, account), cents in paid.items():
        moved.setdefault(charge, {})[account] = cents
    found = list(_found(connection, moved))
    credit_gl = _credit_accounts(connection, found, moved)
    changes = [(each, *_changed(each, moved[each.id], credit_gl)) for each in found]
    accounts = _chart(connection, rules, [change for *_, some in changes for change in some])
    lines: dict[tuple[str, str], int] = {}
    credits: dict[str, tuple[str, str, int]] = {}
    balances: list[tuple[int, int, str]] = []
    done: list[_Change] = []
    for each, owed, some in changes:
        if not some or not {gl for change in some for gl in (change.gl, change.credit_gl)} <= accounts.funds.keys():
            continue
        balances.append((owed, version, each.id))
        done += some
        for change in some:
            for gl, sign in ((change.credit_gl, 1), (change.gl, -1)):
                for place, one in accounts.cent_on(gl):
                    lines[place] = lines.get(place, 0) + sign * one * change.more
            before = credits.get(change.account, ("", "", 0))[2]
            credits[change.account] = change.credit_gl, biz_date, before + change.more
    _write(connection, done, balances)
    put_on_credit(connection, credits, version)
    steps = overpaid_steps(source, biz_date, [(each.charge, each.account, each.more) for each in done])
    write_steps(connection, steps, version, OVERPAID_FROM)
    return {place: cents for place, cents in lines.items() if cents}


def _found(connection: Connection, charges: Iterable[str]) -> Iterator[_Over]:
    source = iter(sorted(charges))
    while chunk := tuple(islice(source, _AT_ONCE)):
        statement = marked(connection, _FIND.format(marks=", ".join("?" * len(chunk))))
        rows = connection.exec_driver_sql(statement, chunk).all()
        for id_, some in groupby(rows, itemgetter(0)):
            if id_.startswith(CREDIT_PREFIX):
                continue
            of_it = list(some)
            _, account, owed, at_first, gl, *_ = of_it[0]
            over = {row[5]: (row[6], row[7], row[8]) for row in of_it if row[5] is not None}
            yield _Over(id_, Charge(account, owed, at_first), gl, over)


def _credit_accounts(
    connection: Connection, found: Iterable[_Over], moved: Mapping[str, Mapping[str, int]]
) -> dict[str, str]:
    """The GL account of each account's credit, of those that a new credit may come to."""
    names = {name for each in found for name in (each.charge.account, *moved[each.id]) if name not in each.over}
    return looked_up(connection, tables.reference["account"], "number", "credit_gl", names) if names else {}


def _changed(each: _Over, moved: Mapping[str, int], credit_gl: Mapping[str, str]) -> tuple[int, list[_Change]]:
    """What is owed on a charge then, and what changes of what stands on credits."""
    before = {account: cents for account, (cents, *_) in each.over.items()}
    owed, after = settled(each.charge, before, moved)
    changes = []
    for account in sorted(before.keys() | after.keys()):
        cents = after.get(account, 0)
        more = cents - before.get(account, 0)
        if more:
            _, gl, credit = each.over.get(account) or (0, each.gl, credit_gl.get(account, ""))
            changes.append(_Change(each.id, account, cents, more, gl, credit))
    return owed, changes


def _chart(connection: Connection, rules: PostingRules, changes: Iterable[_Change]) -> Chart:
    """The chart with the GL accounts that these name."""
    names = {gl for change in changes for gl in (change.gl, change.credit_gl)}
    funds = looked_up(connection, tables.reference["gl_account"], "code", "fund", names) if names else {}
    return chart(rules, funds, {}, set())


def _write(connection: Connection, done: Iterable[_Change], balances: Iterable[tuple[int, int, str]]) -> None:
    table = tables.paid_over
    put: list[tuple[Any, ...]] = []
    gone: list[tuple[Any, ...]] = []
    for each in done:
        if each.cents:
            put.append((each.charge, each.account, each.cents, each.gl, each.credit_gl))
        else:
            gone.append((each.charge, each.account))
    put_many(connection, _SET, [table.c[name] for name in _COLUMNS], put)
    run_many(connection, 'DELETE FROM "paid_over" WHERE "charge" = ? AND "account" = ?', gone)
    run_many(connection, 'UPDATE "charge" SET "balance_cents" = ?, "changed_in" = ? WHERE "id" = ?', balances)
