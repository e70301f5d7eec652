"""An OFX file (Open Financial Exchange 1.x and 2.x) as a statement: the bank accounts' lines, strictly read."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation

from countertui.domain.bank_statement import Balance, LineKind, Statement, StatementLine
from countertui.domain.money import LARGEST
from countertui.ledger.bank.faults import BankFileRefusedError
from countertui.ledger.bank.ofx_elements import Element, ofx_root

FORM = "OFX"
_DOLLARS = frozenset({"USD", "CAD", ""})
_DEPOSITS = frozenset({"DEP", "DIRECTDEP", "ATM", "CREDIT"})
_RETURNED = re.compile(
    r"\b(?:RETURN(?:ED)?|RTN|NSF|CHARGEBACK)\b.*\b(?:ITEM|CHECK|CHEQUE|DEPOSIT|DEP|CHK)\b", re.IGNORECASE
)
_FEE = re.compile(r"\b(?:FEE|CHARGE|CHG|CHRG)\b", re.IGNORECASE)


def read_ofx(text: str) -> Statement:
    """Read an OFX file. Raises BankFileRefusedError, with the line."""
    root = ofx_root(text)
    statements = list(root.all("STMTRS"))
    if not statements:
        raise BankFileRefusedError("It holds no statement of a bank account.")
    accounts: dict[str, None] = {}
    lines: list[StatementLine] = []
    balances: list[Balance] = []
    for statement in statements:
        account = _account(statement)
        accounts[account] = None
        for transaction in statement.all("STMTTRN"):
            lines.append(_line(transaction, account))
        balances += (_balance(held, account) for held in statement.all("LEDGERBAL") if held.said("BALAMT").strip())
    _require_once(lines)
    return Statement(FORM, tuple(accounts), tuple(lines), tuple(balances))


def _account(statement: Element) -> str:
    if (currency := statement.said("CURDEF").upper()) not in _DOLLARS:
        raise BankFileRefusedError(f"Its amounts are in {currency[:8]}, not in dollars.", statement.row)
    number = next((account.said("ACCTID").strip() for account in statement.all("BANKACCTFROM")), "")
    if not number:
        raise BankFileRefusedError("A statement names no account.", statement.row)
    return number


def _line(transaction: Element, account: str) -> StatementLine:
    cents = _cents(transaction, "TRNAMT", "A line has no amount.")
    text = " ".join(" ".join(filter(None, (transaction.said("NAME"), transaction.said("MEMO")))).split())
    kind = transaction.said("TRNTYPE").upper()
    check = transaction.said("CHECKNUM").strip().lstrip("0")
    return StatementLine(
        row=transaction.row,
        account=account,
        dated=_date(transaction, "DTPOSTED", "A line has no date."),
        cents=cents,
        kind=_kind(kind, cents, text),
        code=kind,
        reference=transaction.said("REFNUM").strip(),
        bank_id=transaction.said("FITID").strip(),
        check=check,
        text=text,
    )


def _kind(code: str, cents: int, text: str) -> LineKind:
    if cents > 0:
        return LineKind.DEPOSIT if code in _DEPOSITS else LineKind.CREDIT
    if _RETURNED.search(text) and not _FEE.search(text):
        return LineKind.RETURNED
    return LineKind.DEBIT


def _balance(held: Element, account: str) -> Balance:
    """What the bank's ledger had at the end of a day, or as far as the day was when the file was made."""
    closed = _cents(held, "BALAMT", "A balance is no amount.")
    return Balance(account, _date(held, "DTASOF", "A balance has no date."), None, closed)


def _cents(element: Element, name: str, lacks: str) -> int:
    """An amount in cents: OFX writes a point or a comma before the cents, and nothing between thousands."""
    said = element.said(name).strip()
    if not re.fullmatch(r"[+-]?[0-9]{1,15}(?:[.,][0-9]{0,4})?", said, re.ASCII):
        raise BankFileRefusedError(lacks, element.row)
    try:
        cents = Decimal(said.replace(",", ".")) * 100
    except InvalidOperation:
        raise BankFileRefusedError(lacks, element.row) from None
    if cents != cents.to_integral_value() or abs(cents) > LARGEST:
        raise BankFileRefusedError("An amount is not one of cents.", element.row)
    return int(cents)


def _date(element: Element, name: str, lacks: str) -> date:
    """A day, as the bank's own clock has it."""
    said = element.said(name).strip()
    if not re.match(r"[0-9]{8}(?:[0-9]{4,6}|(?=\D)|$)", said, re.ASCII):
        raise BankFileRefusedError(lacks, element.row)
    try:
        return date(int(said[:4]), int(said[4:6]), int(said[6:8]))
    except ValueError:
        raise BankFileRefusedError(f"{said[:8]} is no date.", element.row) from None


def _require_once(lines: list[StatementLine]) -> None:
    """Raise BankFileRefusedError where a line with an id of the bank's stands there twice: is it one, or two?"""
    seen: dict[tuple[str, str, date, int], int] = {}
    for line in lines:
        place = line.account, line.bank_id, line.dated, line.cents
        if line.bank_id and place in seen:
            raise BankFileRefusedError(f"It repeats the line before, in {seen[place]}, with its id.", line.row)
        seen[place] = line.row
