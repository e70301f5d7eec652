"""The whole general ledger for another program: hledger and Beancount journals, and CSV.

Every entry is written as it was posted, fund by fund, so that the other program's balances are ours to the cent.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from sqlalchemy import Connection, select

from countertui.ledger import tables
from countertui.ledger.books import Books

Format = Literal["hledger", "beancount", "csv"]

CURRENCY = "USD"
_ROOTS = {
    "asset": "Assets",
    "liability": "Liabilities",
    "equity": "Equity",
    "revenue": "Income",
    "expense": "Expenses",
}
_UNSAFE = re.compile(r"[^A-Za-z0-9-]")


@dataclass(frozen=True, slots=True)
class ExportLine:
    """One posted line with its entry's head; cents: debit positive, credit negative."""

    entry: int
    biz_date: str
    terminal: str
    seq: int
    kind: str
    receipt_no: str | None
    fund: str
    account: str
    cents: int


@dataclass(frozen=True, slots=True)
class ExportAccount:
    """A GL account that has postings."""

    fund: str
    code: str
    name: str
    type: str


def export(books: Books, form: Format) -> Iterator[str]:
    """The books as text, in pieces that end with a line break, entries in the order they were posted."""
    with books.reading() as connection:
        accounts = {(a.fund, a.code): a for a in _accounts(connection)}
        lines = _lines(connection)
        match form:
            case "csv":
                yield from _csv(lines, accounts)
            case "beancount":
                yield from _beancount(lines, accounts, _first_date(connection))
            case "hledger":
                yield from _hledger(lines, accounts)


def account_name(account: ExportAccount) -> str:
    """The account's name in a plain-text ledger: root by type, then fund and code, `Income:F510:A510-4610`.

    Characters such ledgers don't take are written as their code point, so that two codes never become one name.
    """
    root = _ROOTS.get(account.type, "Equity")
    return f"{root}:F{_safe(account.fund)}:A{_safe(account.code)}"


def _csv(lines: Iterable[ExportLine], accounts: dict[tuple[str, str], ExportAccount]) -> Iterator[str]:
    head = (
        "entry",
        "business_date",
        "terminal",
        "seq",
        "kind",
        "receipt_no",
        "fund",
        "account",
        "name",
        "debit",
        "credit",
    )
    yield _row(head)
    for line in lines:
        debit = _amount(line.cents) if line.cents > 0 else ""
        credit = _amount(-line.cents) if line.cents < 0 else ""
        name = accounts[line.fund, line.account].name
        yield _row(
            (
                str(line.entry),
                line.biz_date,
                line.terminal,
                str(line.seq),
                line.kind,
                line.receipt_no or "",
                line.fund,
                line.account,
                name,
                debit,
                credit,
            )
        )


def _beancount(
    lines: Iterable[ExportLine], accounts: dict[tuple[str, str], ExportAccount], first: str
) -> Iterator[str]:
    yield f'option "operating_currency" "{CURRENCY}"\n\n'
    for account in sorted(accounts.values(), key=account_name):
        yield f"{first} open {account_name(account)} {CURRENCY}\n  name: {_quoted(account.name)}\n"
    for head, posted in _entries(lines):
        yield f"\n{head.biz_date} * {_quoted(_title(head))}\n"
        for line in posted:
            yield f"  {account_name(accounts[line.fund, line.account])}  {_amount(line.cents)} {CURRENCY}\n"


def _hledger(lines: Iterable[ExportLine], accounts: dict[tuple[str, str], ExportAccount]) -> Iterator[str]:
    for account in sorted(accounts.values(), key=account_name):
        name = account.name.replace("\n", " ").replace(";", ",")
        yield f"account {account_name(account)}  ; {name}\n"
    for head, posted in _entries(lines):
        yield f"\n{head.biz_date} * {_title(head)}\n"
        for line in posted:
            yield f"    {account_name(accounts[line.fund, line.account])}  {_amount(line.cents)} {CURRENCY}\n"


def _entries(lines: Iterable[ExportLine]) -> Iterator[tuple[ExportLine, list[ExportLine]]]:
    for _, group in groupby(lines, key=lambda line: line.entry):
        posted = list(group)
        yield posted[0], posted


def _title(line: ExportLine) -> str:
    return f"{line.kind} {line.receipt_no or ''}".strip() + f" {line.terminal} record {line.seq}"


def _lines(connection: Connection) -> Iterator[ExportLine]:
    entry, line = tables.entry, tables.gl_line
    query = (
        select(
            entry.c.id,
            entry.c.biz_date,
            entry.c.terminal,
            entry.c.seq,
            entry.c.kind,
            entry.c.receipt_no,
            line.c.fund,
            line.c.account,
            line.c.cents,
        )
        .join_from(entry, line, line.c.entry == entry.c.id)
        .order_by(entry.c.id, line.c.n)
    )
    for row in connection.execute(query.execution_options(yield_per=5000)):
        yield ExportLine(*row)


def _accounts(connection: Connection) -> list[ExportAccount]:
    """Every account with a balance row, named from the chart; one the chart has lost keeps its code."""
    balance, chart = tables.gl_balance, tables.reference["gl_account"]
    rows = connection.execute(
        select(balance.c.fund, balance.c.account, chart.c.name, chart.c.type).join_from(
            balance, chart, chart.c.code == balance.c.account, isouter=True
        )
    )
    return [ExportAccount(fund, code, name or code, type_ or "equity") for fund, code, name, type_ in rows]


def _first_date(connection: Connection) -> str:
    first = connection.execute(select(tables.entry.c.biz_date).order_by(tables.entry.c.biz_date).limit(1)).scalar()
    return first or "2000-01-01"


def _amount(cents: int) -> str:
    dollars, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{dollars}.{rest:02d}"


def _safe(code: str) -> str:
    return _UNSAFE.sub(lambda match: f"-u{ord(match.group()):x}-", code)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _row(values: Iterable[str]) -> str:
    """One CSV line; a text that a spreadsheet would take for a formula is marked as text."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow(
        f"'{value}" if value[:1] in ("=", "+", "@", "\t") else value for value in values
    )
    return buffer.getvalue()
