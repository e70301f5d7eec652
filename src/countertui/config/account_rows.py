"""gl.toml, [[deposit_account]]: which bank account an office's money goes to where it is not the city's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import zip_longest
from typing import TypeVar

from countertui.config.problems import unknown
from countertui.config.rows import Code, Control, Office, Row, TenderAccounts, Text
from countertui.domain.postings import DepositAccount

_PLACE = "gl.toml, [[deposit_account]]"
_Row = TypeVar("_Row", bound=Row)


class DepositAccountRow(Row):
    """[[deposit_account]]: an office's own bank account; bank_account: its number, as the bank's files name it."""

    office: Code
    account: Code
    bank_account: Text
    name: Text

    @property
    def key(self) -> str:
        """The office."""
        return self.office


def account_faults(
    rows: Sequence[DepositAccountRow],
    controls: Sequence[Control],
    offices: Sequence[Office],
    tenders: Sequence[TenderAccounts],
) -> Iterator[str]:
    """What keeps rows in force from being rules: offices and accounts that are none, or are something else."""
    codes = [office.code for office in offices]
    for row, control in ((row, control) for control in controls for row in rows):
        place = f"{_PLACE} {row.key}"
        taken = {control.refunds_payable: "refunds_payable", control.suspense: "suspense"}
        taken |= {tender.account: f"of [[tender]] {tender.key}" for tender in tenders}
        taken |= {tender.over_short: f"of [[tender]] {tender.key}" for tender in tenders}
        if row.office not in codes:
            yield f"{place}, key office: {unknown('office in force with the code', row.office, codes)}"
        if control.bank is None:
            yield f"{place}: [[control]] says no bank. Allowed: beside bank, where all other deposits go."
        elif row.account == control.bank:
            yield f"{place}, key account: {row.account} is where all deposits go. Allowed: an account of its own."
        if row.account in taken:
            yield f"{place}, key account: {row.account} is {taken[row.account]}. Allowed: a bank account alone."
        if row.bank_account not in control.bank_accounts:
            told = unknown("account in bank_accounts of [[control]]", row.bank_account, control.bank_accounts)
            yield f"{place}, key bank_account: {told}"
    own = {row.bank_account for row in rows}
    for control in controls if rows else ():
        if not set(control.bank_accounts) - own:
            yield "gl.toml, [[control]], key bank_accounts: offices have them all. Allowed: another one, for bank."


def faults_of_all_days(rows: Sequence[DepositAccountRow], offices: Sequence[Office]) -> Iterator[str]:
    """Offices that never are, and accounts at the bank that are not one account in the books, or the other way."""
    codes = sorted({office.code for office in offices})
    numbers: dict[str, DepositAccountRow] = {}
    accounts: dict[str, DepositAccountRow] = {}
    for row in rows:
        place = f"{_PLACE} {row.key} from {row.effective_from}"
        if row.office not in codes:
            yield f"{place}, key office: {unknown('office with the code', row.office, codes)}"
        first = numbers.setdefault(row.bank_account, row)
        if first.account != row.account:
            told = f"{row.bank_account} is account {first.account} in the row of {first.key}"
            yield f"{place}, key bank_account: {told}. Allowed: one account for it, on all days."
        first = accounts.setdefault(row.account, row)
        if first.bank_account != row.bank_account:
            told = f"{row.account} is {first.bank_account} at the bank in the row of {first.key}"
            yield f"{place}, key account: {told}. Allowed: one of the bank's accounts for it, on all days."


def deposit_accounts(
    rows: Sequence[DepositAccountRow], controls: Sequence[Control], now: Control
) -> tuple[DepositAccount, ...]:
    """The rows of all days, so that a deposit goes by its own; and where others' went before `now` and go after it."""
    offices: Mapping[str, list[DepositAccountRow]] = {
        code: [row for row in rows if row.office == code] for code in dict.fromkeys(row.office for row in rows)
    }
    found = [
        DepositAccount(
            row.office, row.account, (row.bank_account,), row.name, f"{row.effective_from}", last, row.ordinance
        )
        for of_office in offices.values()
        for row, last in _until(of_office)
    ]
    own = {row.bank_account for row in rows}
    found += [
        DepositAccount(
            "",
            row.bank,
            tuple(number for number in row.bank_accounts if number not in own),
            "",
            f"{row.effective_from}",
            last,
            row.ordinance,
        )
        for row, last in _until(controls)
        if row is not now and row.bank is not None and row.bank != now.bank
    ]
    return tuple(found)


def _until(rows: Sequence[_Row]) -> Iterator[tuple[_Row, str]]:
    """Rows about one thing, and the last day of each (ISO 8601), empty where it has none."""
    of_days = sorted(rows, key=lambda row: row.effective_from)
    for row, following in zip_longest(of_days, of_days[1:]):
        ends = [] if row.effective_to is None else [row.effective_to]
        ends += [] if following is None else [following.effective_from - timedelta(days=1)]
        yield row, f"{min(ends)}" if ends else ""
