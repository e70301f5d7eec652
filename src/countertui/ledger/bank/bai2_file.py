"""A BAI2 file as a statement: its control totals and counts are checked here, its records are read by bai2.

Each account, group and file says what its amounts add up to and how many records it has; a file of which one of these
is wrong, that ends too early or holds what nobody asked for is refused whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import chain
from typing import Any, NamedTuple

from bai2.constants import GroupStatus, TypeCodes, TypeCodeTransaction
from bai2.exceptions import NotSupportedYetException, ParsingException
from bai2.helpers import IteratorHelper
from bai2.parsers import AccountIdentifierParser, GroupHeaderParser, TransactionDetailParser

from countertui.domain.bank_statement import Balance, LineKind, Statement, StatementLine
from countertui.ledger.bank.bai2_records import DETAIL, Bai2Record, bai2_records
from countertui.ledger.bank.faults import BankFileRefusedError

FORM = "BAI2"
DEPOSITS = frozenset(
    {"108", "165", "172", "173", "174", "175", "176", "301", "366", "369", "115", "116", "121", "122"}
)  # fmt: skip
"""Type codes of money that somebody brought or sent to the bank for the account, item by item."""
RETURNED = frozenset({"555", "557", "566"})
"""Type codes of deposited items that came back unpaid."""
_CURRENCIES = frozenset({"", "USD", "CAD"})
_ENDS = {"03": "49", "02": "98", "01": "99"}
_LESS = {"01": "02", "02": "03", "03": DETAIL}
_OPENED, _CLOSED = "010", "015"
"""Type codes of what the bank's ledger had at the day's beginning and end."""
_CREDIT, _DEBIT = "399", "699"
"""What stands for a bank's own codes where bai2 reads: miscellaneous credit and debit."""


class _Part(NamedTuple):
    """A file, a group or an account: its records from the first to the last."""

    records: Sequence[Bai2Record]
    parts: tuple[_Part, ...]

    @property
    def physical(self) -> int:
        return sum(record.physical for record in self.records)


def read_bai2(text: str) -> Statement:
    """Read a BAI2 file. Raises BankFileRefusedError, with the line."""
    records = bai2_records(text)
    if not records or records[0].code != "01":
        raise BankFileRefusedError("A BAI2 file begins with a record 01.", records[0].row if records else None)
    file, after = _part(records, 0)
    if after < len(records):
        raise BankFileRefusedError("Something stands after the file's end.", records[after].row)
    _require_sums(file)
    lines = list(chain.from_iterable(_lines(group) for group in file.parts))
    accounts = dict.fromkeys(account.records[0].fields[0] for group in file.parts for account in group.parts)
    balances = chain.from_iterable(_balances(group) for group in file.parts)
    return Statement(FORM, tuple(accounts), tuple(lines), tuple(balances))


def _part(records: Sequence[Bai2Record], at: int) -> tuple[_Part, int]:
    """The part that begins at a place, and the place after it."""
    first = records[at]
    ends, less = _ENDS[first.code], _LESS[first.code]
    parts: list[_Part] = []
    here = at + 1
    while here < len(records) and records[here].code != ends:
        record = records[here]
        if record.code != less:
            raise BankFileRefusedError(f"A record {record.code} stands where {less} or {ends} should.", record.row)
        if less == DETAIL:
            here += 1
        else:
            part, here = _part(records, here)
            parts.append(part)
    if here == len(records):
        raise BankFileRefusedError(f"The file ends before its record {ends}.", records[-1].row)
    return _Part(records[at : here + 1], tuple(parts)), here + 1


def _require_sums(file: _Part) -> None:
    total = 0
    for group in file.parts:
        of_group = 0
        for account in group.parts:
            _require(account, _account_total(account), None)
            of_group += account.records[-1].number(0, "The account's control total")
        _require(group, of_group, len(group.parts))
        total += group.records[-1].number(0, "The group's control total")
    _require(file, total, len(file.parts))


def _require(part: _Part, total: int, parts: int | None) -> None:
    """Raise BankFileRefusedError unless a trailer says this total, so many parts, and the records there are."""
    trailer = part.records[-1]
    says = [("control total", trailer.number(0, "The control total"), total)]
    if parts is not None:
        says.append(("number of parts", trailer.number(1, "The number of parts"), parts))
    says.append(("number of records", trailer.number(len(says), "The number of records"), part.physical))
    for words, said, found in says:
        if said != found:
            raise BankFileRefusedError(f"The {words} is {said}, and {found} was found.", trailer.row)


def _account_total(account: _Part) -> int:
    header, details = account.records[0], account.records[1:-1]
    total = sum(detail.number(1, "The amount") for detail in details)
    return total + sum(header.number(place + 1, "The amount") for place in _summaries(header))


def _summaries(header: Bai2Record) -> Iterator[int]:
    """Where in an account's first record each status or summary begins: its type code, then its amount."""
    fields, place = header.fields, 2
    while place < len(fields) and any(field.strip() for field in fields[place:]):
        yield place
        place += 4 + _of_availability(header, place + 3)


def _balances(group: _Part) -> Iterator[Balance]:
    """What the group's accounts held on its date, as far as it says so."""
    read = _read(group.records[0], GroupHeaderParser)
    if read.group_status is not GroupStatus.update or read.as_of_date is None:
        return
    for account in group.parts:
        header = account.records[0]
        told = {
            header.fields[place].strip(): header.number(place + 1, "The amount")
            for place in _summaries(header)
            if place + 1 < len(header.fields) and header.fields[place + 1].strip()
        }
        opened, closed = told.get(_OPENED), told.get(_CLOSED)
        if opened is not None or closed is not None:
            yield Balance(header.fields[0].strip(), read.as_of_date, opened, closed)


def _of_availability(record: Bai2Record, place: int) -> int:
    """How many fields say when the money can be used, after a funds type at a place."""
    funds = record.fields[place] if place < len(record.fields) else ""
    if funds == "D":
        return 1 + 2 * record.number(place + 1, "The number of days")
    return {"S": 3, "V": 2}.get(funds, 0)


def _lines(group: _Part) -> Iterator[StatementLine]:
    header = group.records[0]
    read = _read(header, GroupHeaderParser)
    if read.currency not in _CURRENCIES:
        raise BankFileRefusedError("The group's amounts are not in dollars.", header.row)
    if read.as_of_date is None:
        raise BankFileRefusedError("The group has no date.", header.row)
    if read.group_status is not GroupStatus.update:
        if any(len(account.records) > 2 for account in group.parts):
            raise BankFileRefusedError("The group takes back, or only tries out, lines of another file.", header.row)
        return
    for account in group.parts:
        holder = _read(account.records[0], AccountIdentifierParser)
        if (holder.currency or "") not in _CURRENCIES:
            raise BankFileRefusedError("The account's amounts are not in dollars.", account.records[0].row)
        number = (holder.customer_account_number or "").strip()
        if not number:
            raise BankFileRefusedError("The account has no number.", account.records[0].row)
        for record in account.records[1:-1]:
            yield _line(record, number, read.as_of_date)


def _line(record: Bai2Record, account: str, dated: date) -> StatementLine:
    code = record.fields[0].strip()
    stands_for = _stand_in(record.row, code)
    detail = _read(replace(record, fields=(stands_for, *_with_days(record.fields[1:]))), TransactionDetailParser)
    sign = 1 if detail.type_code.transaction is TypeCodeTransaction.credit else -1
    reference = (detail.customer_reference or "").strip()
    return StatementLine(
        row=record.row,
        account=account,
        dated=dated,
        cents=sign * (detail.amount or 0),
        kind=_kind(code, sign),
        code=code,
        reference=reference,
        bank_id=(detail.bank_reference or "").strip(),
        check=reference if code in RETURNED and reference.isdecimal() else "",
        text=" ".join((detail.text or "").split()),
    )


def _with_days(fields: tuple[str, ...]) -> tuple[str, ...]:
    """A detail's fields after the code, with a zero for each day on which nothing can be used."""
    if fields[1:2] != ("S",):
        return fields
    return (*fields[:2], *(field.strip() or "0" for field in fields[2:5]), *fields[5:])


def _kind(code: str, sign: int) -> LineKind:
    if code in RETURNED:
        return LineKind.RETURNED
    if sign > 0:
        return LineKind.DEPOSIT if code in DEPOSITS else LineKind.CREDIT
    return LineKind.DEBIT


def _stand_in(row: int, code: str) -> str:
    """The code that bai2 reads: a bank's own of a known range stands for a miscellaneous credit or debit."""
    known = TypeCodes.get(code)
    if known is not None and known.transaction is not None:
        return code
    if not re.fullmatch(r"[0-9]{3}", code, re.ASCII):
        raise BankFileRefusedError(f"“{code[:8]}” is no type code.", row)
    if known is None and (100 <= int(code) < 400 or 920 <= int(code) < 960):
        return _CREDIT
    if known is None and (400 <= int(code) < 700 or int(code) >= 960):
        return _DEBIT
    raise BankFileRefusedError(f"Type code {code} says neither in nor out.", row)


def _read(record: Bai2Record, parser: type[Any]) -> Any:
    """What bai2 reads in one record. Raises BankFileRefusedError."""
    try:
        return parser(IteratorHelper([f"{record.code},{','.join(record.fields)}"])).parse()
    except (ValueError, IndexError, KeyError, NotSupportedYetException, ParsingException) as fault:
        raise BankFileRefusedError(f"The record can't be read: {fault}.", record.row) from None
