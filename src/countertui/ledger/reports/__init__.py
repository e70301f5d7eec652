"""The ledger's reports by name: each a function of its books and what is asked, and a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from countertui.domain.report_names import OF_LEDGER
from countertui.domain.report_table import Asked, Heading, Table
from countertui.ledger.reports import banking, drawers, general_ledger, numbers, people, trust, undoing
from countertui.ledger.reports.asking import UnknownReportError, city_of

Read = Callable[[Connection, Asked], Table]
SOURCE = "by the ledger's books"
OF_SESSION = "receipts"
"""The part that is of one session, whatever days are asked for."""


@dataclass(frozen=True, slots=True)
class Part:
    """What rows of a report lead to: how it is read, and how many values name which part it is of."""

    read: Read
    keys: int


REPORTS: Mapping[str, Read] = {
    "drawers": drawers.by_operator,
    "totals": drawers.totals,
    "checks": banking.checks,
    "deposits": banking.deposits,
    "gl": general_ledger.distribution,
    "voids": undoing.by_cashier,
    "gaps": numbers.gaps,
    "lag": banking.lag,
    "over-short": drawers.over_short,
    "no-sales": undoing.no_sales,
    "rights": people.rights,
    "trust": trust.control,
}
"""What can be asked for by name, as `domain/report_names.py` lists it."""
PARTS: Mapping[str, Part] = {
    OF_SESSION: Part(drawers.receipts, 3),
    "voided": Part(undoing.one_by_one, 1),
    "opened": Part(undoing.opened, 1),
    "gl-days": Part(general_ledger.days, 2),
    "gl-entries": Part(general_ledger.entries, 5),
    "deposited": Part(banking.deposited, 1),
    "trust-accounts": Part(trust.accounts, 1),
}
"""What rows of those lead to."""
_OF_ALL = frozenset({"voided", "opened"})
"""Parts that may be asked for whole."""
_BY_PERIODS = frozenset(named.name for named in OF_LEDGER if named.by_periods)


def report(connection: Connection, ledger: str, name: str, asked: Asked, as_of: str) -> Table:
    """A report of the books of `ledger`, as of a local moment (ISO 8601). Raises UnknownReportError."""
    part = PARTS.get(name)
    read = part.read if part is not None else REPORTS.get(name)
    if read is None:
        raise UnknownReportError(f"There is no report {name[:40]}.", "Nothing was read.")
    if part is not None and len(asked.key) != part.keys and (asked.key or name not in _OF_ALL):
        raise UnknownReportError(f"Report {name} is of one row of another report.", "Nothing was read.")
    if name not in _BY_PERIODS and not asked.key:
        asked = replace(asked, by=None)
    city, year_from = city_of(connection)
    table = read(connection, replace(asked, year_from=year_from))
    return replace(table, heading=Heading(city, ledger, as_of, SOURCE))


__all__ = ["OF_SESSION", "PARTS", "REPORTS", "UnknownReportError", "report"]
