"""The whole general ledger for another program: hledger and Beancount journals, and CSV.

Every entry is written as it was posted, fund by fund, so that the other program's balances are ours to the cent.
Entries never change once posted, so they are read in slices up to the last one there was at the start: a long export
keeps no batch waiting.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from sqlalchemy import func, select

from countertui.ledger import tables
from countertui.ledger.books import Books
from countertui.ledger.bulk import stream

Format = Literal["hledger", "beancount", "csv"]

CURRENCY = "USD"
_SLICE = 2_000
_ROOTS = {
    "asset": "Assets",
    "liability": "Liabilities",
    "equity": "Equity",
    "revenue": "Income",
    "expense": "Expenses",
}
_UNSAFE = re.compile(r"[^A-Za-z0-9-]")
_LINES = """SELECT entry.id, entry.biz_date, entry.kind, entry.receipt_no, entry.terminal, entry.epoch, entry.seq,
  gl_line.fund, gl_line.account, gl_line.cents FROM entry
  JOIN gl_line ON gl_line.entry = entry.id AND gl_line.biz_date = entry.biz_date
  WHERE entry.id BETWEEN ? AND ? ORDER BY entry.id, gl_line.n"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One posted entry: its record, and its lines as (fund, account, cents), debits positive."""

    number: int
    biz_date: str
    kind: str
    receipt_no: str | None
    terminal: str
    epoch: int
    seq: int
    lines: tuple[tuple[str, str, int], ...]

    @property
    def source(self) -> str:
        """The record it comes from, `terminal/epoch/seq`."""
        return f"{self.terminal}/{self.epoch}/{self.seq}"


@dataclass(frozen=True, slots=True)
class ExportAccount:
    """A GL account of a fund: its name in a plain-text ledger, and what people call it."""

    name: str
    title: str


Accounts = dict[tuple[str, str], ExportAccount]


def export(books: Books, form: Format) -> Iterator[str]:
    """The books as text, in pieces that end with a line break, entries in the order they were posted."""
    last = last_entry(books)
    # Named after the last entry is known: what was posted up to it has its accounts by now.
    return _WRITERS[form](books, last, account_names(books))


def account_names(books: Books) -> Accounts:
    """A name for every account that was ever posted to, by (fund, account): root by type, fund, code.

    `Income:F510:A510-4610`. Characters such ledgers don't take are written as their code point; no two codes become one
    name.
    """
    balance, chart = tables.gl_balance, tables.reference["gl_account"]
    with books.reading() as connection:
        rows = connection.execute(
            select(balance.c.fund, balance.c.account, chart.c.name, chart.c.type)
            .join_from(balance, chart, chart.c.code == balance.c.account, isouter=True)
            .order_by(balance.c.fund, balance.c.account)
        ).all()
    found: Accounts = {}
    taken: set[str] = set()
    for fund, account, title, type_ in rows:
        name = base = f"{_ROOTS.get(type_ or '', 'Equity')}:F{_safe(fund)}:A{_safe(account)}"
        again = 1
        while name in taken:
            again += 1
            name = f"{base}-{again}"
        taken.add(name)
        found[fund, account] = ExportAccount(name, title or account)
    return found


def last_entry(books: Books) -> int:
    """The number of the last entry; 0 if there is none."""
    with books.reading() as connection:
        return int(connection.execute(select(func.coalesce(func.max(tables.entry.c.id), 0))).scalar_one())


def entries(books: Books, last: int) -> Iterator[Entry]:
    """The entries up to number `last` with their lines, in the order they were posted."""
    for first in range(1, last + 1, _SLICE):
        posted: dict[int, list[tuple[Any, ...]]] = {}
        with books.reading() as connection:
            for row in stream(connection, _LINES, (first, min(first + _SLICE - 1, last))):
                posted.setdefault(row[0], []).append(row)
        for rows in posted.values():
            number, biz_date, kind, receipt_no, terminal, epoch, seq = rows[0][:7]
            lines = tuple((fund, account, cents) for *_, fund, account, cents in rows)
            yield Entry(number, biz_date, kind, receipt_no, terminal, epoch, seq, lines)


def _hledger(books: Books, last: int, accounts: Accounts) -> Iterator[str]:
    yield f"; General ledger of {books.ledger}\ncommodity 1000.00 {CURRENCY}\n\n"
    for account in accounts.values():
        yield f"account {account.name}  ; {_one_line(account.title)}\n"
    for entry in entries(books, last):
        code = f" ({entry.receipt_no})" if entry.receipt_no else ""
        yield f"\n{entry.biz_date} *{code} {entry.kind}  ; source:{entry.source}\n"
        for fund, gl, cents in entry.lines:
            yield f"    {accounts[fund, gl].name}  {_amount(cents)} {CURRENCY}\n"


def _beancount(books: Books, last: int, accounts: Accounts) -> Iterator[str]:
    yield f'option "title" "General ledger of {_quoted(books.ledger)}"\noption "operating_currency" "{CURRENCY}"\n'
    dates = tables.entry.c.biz_date
    with books.reading() as connection:
        first, newest = connection.execute(select(func.min(dates), func.max(dates))).one()
    for account in accounts.values() if first else ():
        yield f'\n{first} open {account.name} {CURRENCY}\n  title: "{_quoted(account.title)}"\n'
    sums = dict.fromkeys(accounts, 0)
    for entry in entries(books, last):
        what = f"{entry.kind} {entry.receipt_no}" if entry.receipt_no else entry.kind
        yield f'\n{entry.biz_date} * "{_quoted(what)}"\n  source: "{_quoted(entry.source)}"\n'
        for fund, gl, cents in entry.lines:
            sums[fund, gl] += cents
            yield f"  {accounts[fund, gl].name}  {_amount(cents)} {CURRENCY}\n"
    for place, cents in sums.items() if newest else ():
        # Beancount checks these itself; left to its own tolerance it would let a cent pass.
        after = date.fromisoformat(newest) + timedelta(days=1)
        yield f"\n{after} balance {accounts[place].name}  {_amount(cents)} ~ 0.00 {CURRENCY}\n"


def _csv(books: Books, last: int, accounts: Accounts) -> Iterator[str]:
    yield _row(
        (
            "entry",
            "business_date",
            "terminal",
            "epoch",
            "seq",
            "kind",
            "receipt_no",
            "fund",
            "account",
            "name",
            "debit",
            "credit",
        )
    )
    for entry in entries(books, last):
        head = (entry.number, entry.biz_date, entry.terminal, entry.epoch, entry.seq, entry.kind, entry.receipt_no)
        for fund, gl, cents in entry.lines:
            amounts = (_amount(cents), "") if cents > 0 else ("", _amount(-cents))
            yield _row((*head, fund, gl, accounts[fund, gl].title, *amounts))


_WRITERS: dict[Format, Callable[[Books, int, Accounts], Iterator[str]]] = {
    "hledger": _hledger,
    "beancount": _beancount,
    "csv": _csv,
}


def cell(value: str | int | None) -> str | int | None:
    """A value for a CSV line: text that a spreadsheet would take for a formula is marked as text (OWASP)."""
    return f"'{value}" if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"} else value


def _safe(code: str) -> str:
    return _UNSAFE.sub(lambda found: f"-u{ord(found[0]):x}-", code)


def _amount(cents: int) -> str:
    dollars, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{dollars}.{rest:02d}"


def _one_line(text: str) -> str:
    return " ".join(text.replace(";", ",").split())


def _quoted(text: str) -> str:
    return " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"')


def _row(values: tuple[str | int | None, ...]) -> str:
    """One CSV line."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow(map(cell, values))
    return buffer.getvalue()
