"""The ledger's reports by name: each a function of its books and what is asked, and a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from countertui.domain.report_table import Asked, Heading, Table
from countertui.errors import AnswerNo
from countertui.ledger.letterhead import letterhead
from countertui.ledger.reports import banking, drawers, general_ledger, numbers, people, trust, undoing

Read = Callable[[Connection, Asked], Table]
SOURCE = "by the ledger's books"


class UnknownReportError(AnswerNo):
    """There is no such report, or it is of a part that nobody named."""


@dataclass(frozen=True, slots=True)
class Report:
    """A report: what it is called in a list, how it is read, and whether it is told by periods where they are asked.

    keys: how many values name the part that it is of, where it is one that a row of another leads to.
    """

    title: str
    read: Read
    by_periods: bool = True
    keys: int = 0


REPORTS: Mapping[str, Report] = {
    "drawers": Report("Drawers by operator", drawers.by_operator),
    "totals": Report("X and Z totals by session", drawers.totals, by_periods=False),
    "checks": Report("Check list", banking.checks),
    "deposits": Report("Deposits", banking.deposits, by_periods=False),
    "gl": Report("GL distribution", general_ledger.distribution),
    "voids": Report("Voids and refunds by cashier", undoing.by_cashier),
    "gaps": Report("Receipt number gaps", numbers.gaps, by_periods=False),
    "lag": Report("Deposit lag", banking.lag, by_periods=False),
    "over-short": Report("Over and short", drawers.over_short),
    "no-sales": Report("Drawers opened without a sale", undoing.no_sales),
    "rights": Report("Rights of operators", people.rights, by_periods=False),
    "trust": Report("Trust deposits and control accounts", trust.control, by_periods=False),
}
"""What can be asked for by name."""
PARTS: Mapping[str, Report] = {
    "receipts": Report("Receipts of a session", drawers.receipts, by_periods=False, keys=3),
    "voided": Report("Voids and refunds, one by one", undoing.one_by_one, by_periods=False, keys=1),
    "opened": Report("Drawers opened, one by one", undoing.opened, by_periods=False, keys=1),
    "gl-days": Report("An account day by day", general_ledger.days, by_periods=False, keys=2),
    "gl-entries": Report("Entries of a day", general_ledger.entries, by_periods=False, keys=4),
    "deposited": Report("Sessions of a deposit", banking.deposited, by_periods=False, keys=1),
    "trust-accounts": Report("Trust deposits of a control account", trust.accounts, by_periods=False, keys=1),
}
"""What rows of those lead to."""


def report(connection: Connection, ledger: str, name: str, asked: Asked, as_of: str) -> Table:
    """A report of the books of `ledger`, as of a local moment (ISO 8601). Raises UnknownReportError."""
    found = REPORTS.get(name) or PARTS.get(name)
    if found is None:
        raise UnknownReportError(f"There is no report {name}.", "Nothing was read.")
    if found.keys and len(asked.key) != found.keys and (asked.key or name not in _OF_ALL):
        raise UnknownReportError(f"Report {name} is of one row of another report.", "Nothing was read.")
    if not found.by_periods:
        asked = replace(asked, by=asked.by if asked.key else None)
    table = found.read(connection, asked)
    return replace(table, heading=Heading(letterhead(connection, ledger).city, ledger, as_of, SOURCE))


_OF_ALL = frozenset({"voided", "opened"})
