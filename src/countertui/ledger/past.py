"""What reference rows were before they changed, so that the books can be recomputed as they came to be.

Imported rows are inputs: they are not recomputed. But what a batch posted depends on the chart, charges and accounts
known that day. Rows put in before anything was posted need no note; every later change of one does.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, select

from countertui.domain.reference import TABLES
from countertui.ledger import tables
from countertui.ledger.bulk import run_many
from countertui.ledger.turns import turns_taken

Row = Sequence[Any]

_KEEP = """INSERT INTO "reference_was" ("name", "key", "turn", "row", "by_journal") VALUES (?, ?, ?, ?, ?)
  ON CONFLICT ("name", "key", "turn") DO NOTHING"""
_PAID = """INSERT INTO "paid_before" ("charge", "cents") VALUES (?, ?)
  ON CONFLICT ("charge") DO UPDATE SET "cents" = excluded."cents\""""


def keep_past(
    connection: Connection, name: str, rows: Iterable[tuple[Row, Row | None]], *, by_journal: bool = False
) -> None:
    """Note rows of a reference table that are about to change: key, and the row's columns as they are (None: new).

    by_journal: a record changes them, so whoever recomputes the records makes that change again.
    """
    turn = turns_taken(connection)
    if turn or by_journal:
        noted = [(name, _text(key), turn, None if row is None else _text(row), int(by_journal)) for key, row in rows]
        run_many(connection, _KEEP, noted)


def keep_paid_before(connection: Connection, charges: Iterable[Row]) -> None:
    """Note what was paid on charges (columns as in `TABLES`) before they came here, where that is anything."""
    columns = TABLES["charge"]
    id_, amount, balance = map(columns.index, ("id", "amount_cents", "balance_cents"))
    run_many(
        connection, _PAID, [(row[id_], row[amount] - row[balance]) for row in charges if row[amount] != row[balance]]
    )


def rows_as_they_are(connection: Connection, name: str, keys: Iterable[Row]) -> list[tuple[Row, Row | None]]:
    """Key and row of each key, as `keep_past` wants them."""
    table, columns = tables.reference[name], TABLES[name]
    found: list[tuple[Row, Row | None]] = []
    for key in keys:
        where = [table.c[column] == value for column, value in zip(tables.key_of(name), key, strict=True)]
        row = connection.execute(select(*(table.c[column] for column in columns)).where(*where)).first()
        found.append((key, None if row is None else tuple(row)))
    return found


def _text(row: Row) -> str:
    return json.dumps(list(row), ensure_ascii=False, separators=(",", ":"))
