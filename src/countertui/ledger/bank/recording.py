"""How what people say of the bank is recorded: on a date whose month is open, with a reason where one is due."""

from __future__ import annotations

from countertui.domain.bank_records import (
    BankExplainData,
    BankFileData,
    BankMatchData,
    BankUnexplainData,
    BankUnmatchData,
)
from countertui.domain.desk_records import DeskKind
from countertui.domain.records import Fact
from countertui.ledger.bank.faults import refused
from countertui.ledger.charted import rules_of
from countertui.ledger.desk import Ground, Made, record
from countertui.ledger.periods import Periods

Said = BankFileData | BankMatchData | BankUnmatchData | BankExplainData | BankUnexplainData


def recorded(
    ground: Ground, kind: DeskKind, said: Said, *, by: str, second: str | None, biz_date: str, id_: str
) -> Made:
    """Record it at the desk. Raises BankRefusedError for a month that is closed."""
    if Periods(ground.connection, rules_of(ground.connection).posting).open_date(biz_date) != biz_date:
        raise refused(f"{biz_date[:7]} is closed.")
    fact = Fact(id=id_, kind=kind, operator=by, approver=second, data=said, biz_date=biz_date)
    return record(ground.connection, ground.books, ground.key, fact, ground.now)


def given_reason(typed: str) -> str:
    """A reason as it is kept. Raises BankRefusedError for none."""
    if not typed.strip():
        raise refused("A reason is needed.")
    return typed.strip()
