"""What counters wrote of accounts, kept through imports that do not know of it yet.

A file that still has an address as it was before a counter changed it leaves the change alone; one that has another
address than any of before takes over, and the matter is settled.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from countertui.domain.account_details import Detail
from countertui.domain.reference import TABLES
from countertui.ledger.bulk import marked, run_many

Row = tuple[Any, ...]
Superseded = Mapping[str, Mapping[str, frozenset[str]]]
"""Account to detail to what it was before counters changed it."""

_NUMBER = TABLES["account"].index("number")
_PLACES = {detail.value: TABLES["account"].index(detail.value) for detail in Detail}
_AT_ONCE = 500


def superseded_of(connection: Connection, accounts: Iterable[str]) -> Superseded:
    """What was superseded of these accounts."""
    wanted, found = list(accounts), dict[str, dict[str, frozenset[str]]]()
    for start in range(0, len(wanted), _AT_ONCE):
        some = tuple(wanted[start : start + _AT_ONCE])
        marks = ", ".join("?" * len(some))
        statement = f'SELECT "account", "detail", "value" FROM "superseded" WHERE "account" IN ({marks})'  # noqa: S608 - marks alone
        for account, detail, value in connection.exec_driver_sql(marked(connection, statement), some):
            of_it = found.setdefault(account, {})
            of_it[detail] = of_it.get(detail, frozenset()) | {value}
    return found


def with_kept(old: Row, new: Row, superseded: Superseded) -> Row:
    """An imported row of table account, with what counters wrote where the file still has what was before."""
    kept = list(new)
    for detail, values in superseded.get(new[_NUMBER], {}).items():
        place = _PLACES[detail]
        if new[place] in values:
            kept[place] = old[place]
    return tuple(kept)


def settles(new: Row, superseded: Superseded) -> list[tuple[str, str]]:
    """Of which details a file has another value than any of before: (account, detail) each."""
    of_it = superseded.get(new[_NUMBER], {})
    return [(new[_NUMBER], detail) for detail, values in of_it.items() if new[_PLACES[detail]] not in values]


def settle(connection: Connection, settled: Sequence[tuple[str, str]]) -> None:
    """Forget what was superseded of these."""
    run_many(connection, 'DELETE FROM "superseded" WHERE "account" = ? AND "detail" = ?', settled)
