"""An account's credit: a charge of its own, below zero by the money that was paid beyond what the account owed."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from countertui.domain.charges import CREDIT_HEAD
from countertui.ledger import tables
from countertui.ledger.bulk import put_many

CREDIT_PREFIX = "CR-"
"""A charge of this prefix and an account's number is that account's credit: money it paid beyond what it owed."""

_CREDIT = """INSERT INTO "charge"
  ("id", "account", "due", "head", "description", "gl", "amount_cents", "balance_cents", "changed_in") {rows}
  ON CONFLICT ("id") DO UPDATE SET "amount_cents" = "charge"."amount_cents" + excluded."amount_cents",
  "balance_cents" = "charge"."balance_cents" + excluded."balance_cents", "changed_in" = excluded."changed_in\""""
_CHARGE = [
    tables.reference["charge"].c[name]
    for name in ("id", "account", "due", "head", "description", "gl", "amount_cents", "balance_cents", "changed_in")
]


def put_on_credit(connection: Connection, credits: Mapping[str, tuple[str, str, int]], version: int) -> None:
    """Put cents onto accounts' credits: account to (GL account, business date, cents); negative takes them back."""
    rows = [
        (CREDIT_PREFIX + account, account, due, CREDIT_HEAD, "Credit on account", gl, -cents, -cents, version)
        for account, (gl, due, cents) in sorted(credits.items())
    ]
    put_many(connection, _CREDIT, _CHARGE, rows)
