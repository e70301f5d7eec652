"""What the demo's bank says of the deposits in the demo's own books, as BAI2 and as OFX: all its accounts in one file.

As at a real bank not everything agrees: a month's fee is taken, a check of the deposits comes back, and of several
deposits the bank counts one otherwise. Its own files are its memory: a deposit that is in one is not told of again.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, select

from countertui.domain.bank_matching import AtBank
from countertui.domain.bank_statement import Statement
from countertui.domain.deposit_accounts import all_accounts, numbers_of
from countertui.ledger import tables
from countertui.ledger.bank.booking import not_at_bank
from countertui.ledger.bank.reading import read_bank_file
from countertui.ledger.charted import rules_of

FOLDER = "bank"
FEE_CENTS = 18_50
"""What the bank takes a month."""
MISCOUNTED_CENTS = 10_00
"""How much less the bank counts of the last of several deposits."""


OPENED_CENTS = 250_000_00
"""What an account held before the bank's first file of it."""


class BankSays(NamedTuple):
    """One line of the bank: cents (negative: out of the account), what it is in both forms, its numbers and words.

    number: the bag's of a deposit, the check's of a returned item; bank_id: the bank's own, alike in both files.
    """

    cents: int
    bai2: str
    ofx: str
    number: str
    bank_id: str
    text: str


class OfAccount(NamedTuple):
    """What the bank says of one account on a day: its number, its new lines, what it held at the beginning and now."""

    number: str
    says: list[BankSays]
    opened: int
    closed: int


def write_bank_files(connection: Connection, folder: Path, today: date) -> list[Path]:
    """Write what the bank says of the deposits that its files in a folder do not have yet: a BAI2 and an OFX file.

    Each has every account of the city that a deposit is new at. No deposit, no file. The files are named by the day,
    and numbered where there are more of one.
    """
    before = [read_bank_file(file.read_bytes()) for file in _in_order(folder)]
    rules = rules_of(connection).posting
    waiting, checks = not_at_bank(connection), _deposited_checks(connection)
    accounts = []
    for account in all_accounts(rules):
        numbers = numbers_of(rules, account)
        told = [line for statement in before for line in statement.lines if line.account in numbers]
        references = {line.reference for line in told}
        here = [each for each in waiting if each.account == account]
        fresh = [each for each in here if numbers and _as_sent(each.bag) not in references]
        if not fresh:
            continue
        number = next((each for each in rules.bank_accounts if each in numbers), min(numbers))
        came_back = {line.check.lstrip("0") for line in told if line.cents < 0}
        check = next((one[1:] for one in checks if one[0] == account and one[1] not in came_back), None)
        charged = any(line.bank_id == _fee_id(number, today) for line in told)
        says = lines_of(fresh, check, number, today, charged=charged)
        accounts.append(_held(number, says, before, today))
    if not accounts:
        return []
    folder.mkdir(exist_ok=True)
    name = today.isoformat()
    if there := len(list(folder.glob(f"{name}*.ofx"))):
        name = f"{name}-{there + 1}"
    written = []
    for form, text in (("bai", as_bai2(accounts, today)), ("ofx", as_ofx(accounts, today))):
        path = folder / f"{name}.{form}"
        path.write_text(text, encoding="ascii")
        written.append(path)
    return written


def lines_of(
    deposits: Sequence[AtBank], check: tuple[str, int] | None, number: str, today: date, *, charged: bool
) -> list[BankSays]:
    """What the bank says of these deposits at an account of its. check: number and cents of one that it sends back."""
    miscounted = deposits[-1].seq if len(deposits) > 1 else None
    says = []
    for each in deposits:
        cents = each.cents - (MISCOUNTED_CENTS if each.seq == miscounted and each.cents > MISCOUNTED_CENTS else 0)
        bag = _as_sent(each.bag)
        says.append(BankSays(cents, "301", "DEP", bag, f"MR-{bag}", "BRANCH DEPOSIT"))
    if check is not None:
        item, cents = check
        says.append(BankSays(-cents, "555", "DEBIT", item, f"MR-RTN-{item}", "RETURNED DEPOSITED ITEM"))
    if not charged:
        says.append(BankSays(-FEE_CENTS, "698", "SRVCHG", "", _fee_id(number, today), "ACCOUNT ANALYSIS FEE"))
    return says


def as_bai2(accounts: Sequence[OfAccount], today: date) -> str:
    """The accounts as a BAI2 file, its totals and counts worked out."""
    day, records, total = today.strftime("%y%m%d"), [], 0
    for each in accounts:
        details = [f"16,{one.bai2},{abs(one.cents)},Z,{one.bank_id},{one.number},{one.text}/" for one in each.says]
        of_account = sum(abs(one.cents) for one in each.says) + each.opened + each.closed
        records += [
            f"03,{each.number},USD,010,{each.opened},,,015,{each.closed},,/",
            *details,
            f"49,{of_account},{len(details) + 2}/",
        ]
        total += of_account
    return "\n".join(
        [
            f"01,MILLRIVER,ALDERFALLS,{day},0600,1,,,2/",
            f"02,ALDERFALLS,MILLRIVER,1,{day},2400,USD,2/",
            *records,
            f"98,{total},{len(accounts)},{len(records) + 2}/",
            f"99,{total},1,{len(records) + 4}/",
            "",
        ]
    )


def as_ofx(accounts: Sequence[OfAccount], today: date) -> str:
    """The accounts as an OFX 2 file."""
    day = today.strftime("%Y%m%d")
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<?OFX OFXHEADER="200" VERSION="211" SECURITY="NONE"?>\n'
        f"<OFX><BANKMSGSRSV1>{''.join(_statement(each, day) for each in accounts)}</BANKMSGSRSV1></OFX>\n"
    )


def _statement(account: OfAccount, day: str) -> str:
    lines = "".join(_transaction(one, day) for one in account.says)
    return (
        "<STMTTRNRS><TRNUID>1</TRNUID><STMTRS>\n<CURDEF>USD</CURDEF>\n<BANKACCTFROM><BANKID>007122</BANKID>"
        f"<ACCTID>{account.number}</ACCTID><ACCTTYPE>CHECKING</ACCTTYPE></BANKACCTFROM>\n"
        f"<BANKTRANLIST><DTSTART>{day}</DTSTART><DTEND>{day}</DTEND>\n{lines}</BANKTRANLIST>\n"
        f"<LEDGERBAL><BALAMT>{_dollars(account.closed)}</BALAMT><DTASOF>{day}</DTASOF></LEDGERBAL>\n"
        "</STMTRS></STMTTRNRS>"
    )


def _transaction(one: BankSays, day: str) -> str:
    named = "REFNUM" if one.cents > 0 else "CHECKNUM"
    number = f"<{named}>{one.number}</{named}>" if one.number else ""
    return (
        f"<STMTTRN><TRNTYPE>{one.ofx}</TRNTYPE><DTPOSTED>{day}</DTPOSTED>"
        f"<TRNAMT>{_dollars(one.cents)}</TRNAMT><FITID>{one.bank_id}</FITID>{number}"
        f"<NAME>{one.text}</NAME></STMTTRN>\n"
    )


def _dollars(cents: int) -> str:
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02}"


def _in_order(folder: Path) -> list[Path]:
    """The bank's files of a folder, one form of each, in the order they were written."""
    return sorted(folder.glob("*.bai"), key=lambda path: (path.stem[:10], len(path.stem), path.stem))


def _held(number: str, says: list[BankSays], before: Sequence[Statement], today: date) -> OfAccount:
    """Lines with what the account held: a file of a day that has one already tells the same day further."""
    told = [each for statement in before for each in statement.balances if each.account == number]
    opened = closed = OPENED_CENTS if not told or told[-1].closed is None else told[-1].closed
    if told and told[-1].dated == today and told[-1].opened is not None:
        opened = told[-1].opened
    return OfAccount(number, says, opened, closed + sum(one.cents for one in says))


def _deposited_checks(connection: Connection) -> list[tuple[str, str, int]]:
    """Checks of deposited sessions that stand, newest first, of a number that is one's alone: bank account, cents."""
    check, session, deposited = tables.check_taken.c, tables.session.c, tables.deposited.c
    record, undone = tables.record.c, tables.undone.c
    query = (
        select(tables.deposit.c.account, check.reference, check.cents)
        .join(
            tables.session,
            (session.terminal == check.terminal)
            & (session.epoch == check.epoch)
            & check.seq.between(session.open_seq, session.close_seq),
        )
        .join(
            tables.deposited,
            (deposited.terminal == session.terminal)
            & (deposited.epoch == session.epoch)
            & (deposited.session == session.id),
        )
        .join(tables.deposit, tables.deposit.c.no == deposited.seq)
        .join(
            tables.record,
            (record.terminal == check.terminal) & (record.epoch == check.epoch) & (record.seq == check.seq),
        )
        .where(~select(undone.id).where(undone.id == record.id).exists())
        .order_by(deposited.seq.desc(), check.terminal, check.seq.desc(), check.n)
    )
    rows = connection.execute(query).all()
    alike = Counter(row.reference for row in rows)
    return [(row.account, row.reference, row.cents) for row in rows if alike[row.reference] == 1]


def _as_sent(number: str) -> str:
    """A bag's number with what both forms can say."""
    return re.sub(r"[^A-Za-z0-9-]", "", number)


def _fee_id(number: str, today: date) -> str:
    return f"MR-FEE-{number}-{today:%Y%m}"
