"""What the demo's bank says of the deposits in the demo's own books, as BAI2 and as OFX: files to reconcile with.

As at a real bank not everything agrees: a month's fee is taken, a check of the deposits comes back, and of several
deposits the bank counts one otherwise. Its own files are its memory: a deposit that is in one is not told of again.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, select

from countertui.domain.bank_matching import AtBank
from countertui.ledger import tables
from countertui.ledger.bank.booking import not_at_bank
from countertui.ledger.bank.reading import read_bank_file
from countertui.ledger.charted import rules_of

FOLDER = "bank"
FEE_CENTS = 18_50
"""What the bank takes a month."""
MISCOUNTED_CENTS = 10_00
"""How much less the bank counts of the last of several deposits."""


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


def write_bank_files(connection: Connection, folder: Path, today: date) -> list[Path]:
    """Write what the bank says of the deposits that its files in a folder do not have yet: a BAI2 and an OFX file.

    No deposit, no file. The files are named by the day, and numbered where there are more of one.
    """
    before = [line for file in sorted(folder.glob("*.ofx")) for line in read_bank_file(file.read_bytes()).lines]
    told = {line.reference for line in before}
    account = rules_of(connection).posting.bank_accounts[0]
    here = [each for each in not_at_bank(connection) if account in each.numbers]
    fresh = [each for each in here if _as_sent(each.bag) not in told]
    if not fresh:
        return []
    came_back = {line.check.lstrip("0") for line in before if line.cents < 0}
    check = next((one for one in _deposited_checks(connection) if one[0] not in came_back), None)
    charged = any(line.bank_id == _fee_id(today) for line in before)
    says = lines_of(fresh, check, today, charged=charged)
    folder.mkdir(exist_ok=True)
    name = today.isoformat()
    if there := len(list(folder.glob(f"{name}*.ofx"))):
        name = f"{name}-{there + 1}"
    written = []
    for form, text in (("bai", as_bai2(says, account, today)), ("ofx", as_ofx(says, account, today))):
        path = folder / f"{name}.{form}"
        path.write_text(text, encoding="ascii")
        written.append(path)
    return written


def lines_of(
    deposits: Sequence[AtBank], check: tuple[str, int] | None, today: date, *, charged: bool
) -> list[BankSays]:
    """What the bank says of these deposits. check: the number and cents of one that it sends back."""
    miscounted = deposits[-1].seq if len(deposits) > 1 else None
    says = []
    for each in deposits:
        cents = each.cents - (MISCOUNTED_CENTS if each.seq == miscounted and each.cents > MISCOUNTED_CENTS else 0)
        bag = _as_sent(each.bag)
        says.append(BankSays(cents, "301", "DEP", bag, f"MR-{bag}", "BRANCH DEPOSIT"))
    if check is not None:
        number, cents = check
        says.append(BankSays(-cents, "555", "DEBIT", number, f"MR-RTN-{number}", "RETURNED DEPOSITED ITEM"))
    if not charged:
        says.append(BankSays(-FEE_CENTS, "698", "SRVCHG", "", _fee_id(today), "ACCOUNT ANALYSIS FEE"))
    return says


def as_bai2(says: Iterable[BankSays], account: str, today: date) -> str:
    """The lines as a BAI2 file of one account, its totals and counts worked out."""
    lines = list(says)
    total, day = sum(abs(each.cents) for each in lines), today.strftime("%y%m%d")
    details = [f"16,{one.bai2},{abs(one.cents)},Z,{one.bank_id},{one.number},{one.text}/" for one in lines]
    account_records, group_records = len(details) + 2, len(details) + 4
    records = [
        f"01,MILLRIVER,ALDERFALLS,{day},0600,1,,,2/",
        f"02,ALDERFALLS,MILLRIVER,1,{day},2400,USD,2/",
        f"03,{account},USD/",
        *details,
        f"49,{total},{account_records}/",
        f"98,{total},1,{group_records}/",
        f"99,{total},1,{group_records + 2}/",
    ]
    return "\n".join(records) + "\n"


def as_ofx(says: Iterable[BankSays], account: str, today: date) -> str:
    """The lines as an OFX 2 file of one account."""
    day = today.strftime("%Y%m%d")
    transactions = "".join(_transaction(one, day) for one in says)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<?OFX OFXHEADER="200" VERSION="211" SECURITY="NONE"?>\n'
        "<OFX><BANKMSGSRSV1><STMTTRNRS><TRNUID>1</TRNUID><STMTRS>\n<CURDEF>USD</CURDEF>\n"
        f"<BANKACCTFROM><BANKID>007122</BANKID><ACCTID>{account}</ACCTID><ACCTTYPE>CHECKING</ACCTTYPE></BANKACCTFROM>\n"
        f"<BANKTRANLIST><DTSTART>{day}</DTSTART><DTEND>{day}</DTEND>\n{transactions}</BANKTRANLIST>\n"
        "</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n"
    )


def _transaction(one: BankSays, day: str) -> str:
    sign, cents = "-" if one.cents < 0 else "", abs(one.cents)
    named = "REFNUM" if one.cents > 0 else "CHECKNUM"
    number = f"<{named}>{one.number}</{named}>" if one.number else ""
    return (
        f"<STMTTRN><TRNTYPE>{one.ofx}</TRNTYPE><DTPOSTED>{day}</DTPOSTED>"
        f"<TRNAMT>{sign}{cents // 100}.{cents % 100:02}</TRNAMT><FITID>{one.bank_id}</FITID>{number}"
        f"<NAME>{one.text}</NAME></STMTTRN>\n"
    )


def _deposited_checks(connection: Connection) -> list[tuple[str, int]]:
    """Checks of deposited sessions that stand, the newest first, those of a number that is one's alone: with cents."""
    check, session, deposited = tables.check_taken.c, tables.session.c, tables.deposited.c
    record, undone = tables.record.c, tables.undone.c
    query = (
        select(check.reference, check.cents)
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
        .join(
            tables.record,
            (record.terminal == check.terminal) & (record.epoch == check.epoch) & (record.seq == check.seq),
        )
        .where(~select(undone.id).where(undone.id == record.id).exists())
        .order_by(deposited.seq.desc(), check.terminal, check.seq.desc(), check.n)
    )
    rows = connection.execute(query).all()
    alike = Counter(row.reference for row in rows)
    return [(row.reference, row.cents) for row in rows if alike[row.reference] == 1]


def _as_sent(number: str) -> str:
    """A bag's number with what both forms can say."""
    return re.sub(r"[^A-Za-z0-9-]", "", number)


def _fee_id(today: date) -> str:
    return f"MR-FEE-{today:%Y%m}"
