"""Entries and their lines into the books: the one place where they are written, and where balances are moved.

On PostgreSQL the two tables are partitioned by the month of the business date. A month's partitions are made when its
first entry comes, in the same transaction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection

from countertui.ledger import tables
from countertui.ledger.bulk import add_many, insert_many
from countertui.ledger.engines import is_postgres
from countertui.ledger.posting import Lines

ENTRY = ("id", "terminal", "epoch", "seq", "kind", "biz_date", "receipt_no")
_DATE, _TERMINAL, _EPOCH = ENTRY.index("biz_date"), ENTRY.index("terminal"), ENTRY.index("epoch")
_LINE = ("entry", "n", "biz_date", "fund", "account", "cents")
_OfDay = tuple[str, str, int, str, str]
"""Business date, terminal, epoch, fund, account."""
_PARTITIONED = (tables.entry.name, tables.gl_line.name)


def write_entries(
    connection: Connection,
    entries: Sequence[tuple[Any, ...]],
    lines: Sequence[Lines],
    balances: Mapping[tuple[str, str], int] | None = None,
) -> None:
    """Write entries (columns ENTRY, numbered already) with the lines of each, and move the accounts' balances.

    `balances` are the lines' sums by (fund, account), where the caller has them added up already.
    """
    if is_postgres(connection):
        make_partitions(connection, {entry[_DATE] for entry in entries})
    insert_many(connection, tables.entry, ENTRY, entries)
    insert_many(connection, tables.gl_line, _LINE, _line_rows(entries, lines))
    sums = [(*place, cents) for place, cents in sorted((_summed(lines) if balances is None else balances).items())]
    add_many(connection, tables.gl_balance, ("fund", "account"), ("cents",), sums)
    days = [(*place, cents) for place, cents in sorted(_by_day(entries, lines, sums).items()) if cents]
    add_many(connection, tables.gl_day, ("biz_date", "terminal", "epoch", "fund", "account"), ("cents",), days)


def make_partitions(connection: Connection, dates: Iterable[str]) -> None:
    """Make the partitions of these business dates' months (ISO 8601) where they are not there yet; PostgreSQL only."""
    for month in sorted({day[:7] for day in dates}):
        there = connection.exec_driver_sql("SELECT to_regclass(%s)", (_partition(_PARTITIONED[-1], month),)).scalar()
        if there is None:
            begins = date.fromisoformat(f"{month}-01")  # so it is a month, and may stand in a statement
            ends = _next_month(begins)
            for name in _PARTITIONED:
                made = _partition(name, month)
                # Made first, then attached: so no reader of the other months waits, and this waits for none.
                connection.exec_driver_sql(f'CREATE TABLE "{made}" (LIKE "{name}" INCLUDING ALL)')
                connection.exec_driver_sql(
                    f"ALTER TABLE \"{name}\" ATTACH PARTITION \"{made}\" FOR VALUES FROM ('{month}') TO ('{ends}')"
                )


def _partition(table: str, month: str) -> str:
    return f"{table}_{month.replace('-', '_')}"


def _next_month(begins: date) -> str:
    """`YYYY-MM`; after the last month that a date can have, text above every date."""
    year, month = (begins.year, begins.month + 1) if begins.month < 12 else (begins.year + 1, 1)
    return f"{year:04}-{month:02}" if year <= date.max.year else ":"


def _line_rows(entries: Iterable[tuple[Any, ...]], lines: Iterable[Lines]) -> Iterator[tuple[Any, ...]]:
    for entry, posted in zip(entries, lines, strict=True):
        number, biz_date = entry[0], entry[_DATE]
        for n, ((fund, account), cents) in enumerate(posted.items()):
            yield number, n, biz_date, fund, account, cents


def _by_day(
    entries: Sequence[tuple[Any, ...]], lines: Iterable[Lines], sums: Iterable[tuple[str, str, int]]
) -> Mapping[_OfDay, int]:
    """The lines' sums by day. sums: those by (fund, account)."""
    days = {(entry[_DATE], entry[_TERMINAL], entry[_EPOCH]) for entry in entries}
    if len(days) == 1:  # as most batches are
        ((day, terminal, epoch),) = days
        return {(day, terminal, epoch, fund, account): cents for fund, account, cents in sums}
    found: defaultdict[_OfDay, int] = defaultdict(int)
    for entry, posted in zip(entries, lines, strict=True):
        for (fund, account), cents in posted.items():
            found[entry[_DATE], entry[_TERMINAL], entry[_EPOCH], fund, account] += cents
    return found


def _summed(lines: Iterable[Lines]) -> Mapping[tuple[str, str], int]:
    sums: defaultdict[tuple[str, str], int] = defaultdict(int)
    for posted in lines:
        for place, cents in posted.items():
            sums[place] += cents
    return sums
