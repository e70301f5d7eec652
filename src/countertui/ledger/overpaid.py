"""What came to a charge beyond what was owed on it stands as the account's credit, whoever took it and in what order.

Two offices that were both offline take the same charge; each receipt is right by what its terminal knew. The charge
then goes to nothing, not below, and the rest to the account's credit, as if the later customer had paid too much at
the counter: in the general ledger from the charge's account to the account of customers' credits. How much that is
follows from the charge alone, so it is worked out anew whenever money moves on it: a void of either receipt takes it
back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import Connection

from countertui.domain.postings import PostingRules
from countertui.ledger import tables
from countertui.ledger.bulk import looked_up, marked, put_many, run_many
from countertui.ledger.credits import CREDIT_PREFIX, put_on_credit
from countertui.ledger.posting import Lines, chart

CREDITED = "credit"
"""The kind of entry that moves money from a charge to its account's credit."""
_AT_ONCE = 500
_FIND = """SELECT c."id", COALESCE(o."account", c."account"), c."balance_cents",
    c."amount_cents" - COALESCE(b."cents", 0), o."cents",
    COALESCE(o."gl", c."gl"), COALESCE(o."credit_gl", a."credit_gl")
  FROM "charge" c JOIN "account" a ON a."number" = c."account"
    LEFT JOIN "paid_before" b ON b."charge" = c."id" LEFT JOIN "paid_over" o ON o."charge" = c."id"
  WHERE c."id" IN ({marks}) AND (c."balance_cents" < 0 OR o."cents" IS NOT NULL) ORDER BY c."id\""""
_SET = """INSERT INTO "paid_over" ("charge", "account", "cents", "gl", "credit_gl") {rows}
  ON CONFLICT ("charge") DO UPDATE SET "cents" = excluded."cents\""""


class _Over(NamedTuple):
    """A charge that money moved on, in cents: owed, owed before anything was paid here, on the credit so far.

    account: whose credit that is. What was put there is taken from there, also if the charge is another's since.
    """

    charge: str
    account: str
    owed: int
    at_first: int
    before: int
    gl: str
    credit_gl: str

    @property
    def cents(self) -> int:
        """What is beyond what was owed: no more than brings the charge to nothing, or to what it began with below."""
        return max(0, min(0, self.at_first) - (self.owed - self.before))


def credit_overpaid(
    connection: Connection, charges: Iterable[str], rules: PostingRules, biz_date: str, version: int
) -> Lines:
    """Bring these charges and their accounts' credits to what they come to; gives the lines of an entry that says so.

    Nothing but these charges may have moved since. One whose GL accounts can't be posted to stays as it is.
    """
    found = [each for each in _found(connection, charges) if each.cents != each.before]
    if not found:
        return {}
    names = {each.gl for each in found} | {each.credit_gl for each in found}
    accounts = chart(rules, looked_up(connection, tables.reference["gl_account"], "code", "fund", names), {}, set())
    moved = [each for each in found if {each.gl, each.credit_gl} <= accounts.funds.keys()]
    lines: dict[tuple[str, str], int] = {}
    credits: dict[str, tuple[str, str, int]] = {}
    for each in moved:
        cents = each.cents - each.before
        for gl, sign in ((each.credit_gl, 1), (each.gl, -1)):
            for place, one in accounts.cent_on(gl):
                lines[place] = lines.get(place, 0) + sign * one * cents
        credits[each.account] = each.credit_gl, biz_date, credits.get(each.account, ("", "", 0))[2] + cents
    _write(connection, moved, version)
    put_on_credit(connection, credits, version)
    return {place: cents for place, cents in lines.items() if cents}


def _found(connection: Connection, charges: Iterable[str]) -> Iterator[_Over]:
    source = iter(sorted(charges))
    while chunk := tuple(islice(source, _AT_ONCE)):
        statement = marked(connection, _FIND.format(marks=", ".join("?" * len(chunk))))
        for id_, account, owed, at_first, before, gl, credit_gl in connection.exec_driver_sql(statement, chunk):
            if not id_.startswith(CREDIT_PREFIX):
                yield _Over(id_, account, owed, at_first, before or 0, gl, credit_gl)


def _write(connection: Connection, moved: list[_Over], version: int) -> None:
    table = tables.paid_over
    put: list[tuple[Any, ...]] = [
        (each.charge, each.account, each.cents, each.gl, each.credit_gl) for each in moved if each.cents
    ]
    put_many(connection, _SET, [table.c[name] for name in ("charge", "account", "cents", "gl", "credit_gl")], put)
    run_many(
        connection, 'DELETE FROM "paid_over" WHERE "charge" = ?', [(each.charge,) for each in moved if not each.cents]
    )
    balances = [(each.owed - each.before + each.cents, version, each.charge) for each in moved]
    run_many(connection, 'UPDATE "charge" SET "balance_cents" = ?, "changed_in" = ? WHERE "id" = ?', balances)
