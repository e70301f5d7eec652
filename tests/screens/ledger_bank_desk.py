"""A desk whose ledger has a bank: a sure match and one that is off, a bag in transit, a fee, a check that came back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from countertui.counter import ledger_answers, ledger_bank
from screens.ledger_work_desk import STATION, LedgerWorkDesk
from screens.ledger_work_desk import answers as others

BOOKED_AT = "2026-11-23T15:58:00+00:00"


def line(number: int, cents: int, kind: str, text: str, **more: Any) -> dict[str, Any]:
    usual = {"line": f"{number:064x}", "account": "4410022", "dated": "2026-11-20", "cents": cents, "kind": kind}
    return usual | {"reference": "", "check": "", "text": text} | more


def waits(number: int, bag: str, cents: int, dated: str = "2026-11-20") -> dict[str, Any]:
    return {"deposit": number, "bag": bag, "cents": cents, "dated": dated, "account": "100-1010"}


def pair(deposit: dict[str, Any], of: dict[str, Any], confidence: int, why: str) -> dict[str, Any]:
    off = of["cents"] - deposit["cents"]
    return {"deposit": deposit, "lines": [of], "confidence": confidence, "why": why, "off_cents": off}


SURE = pair(
    waits(11, "B-1041", 3_821_07),
    line(1, 3_821_07, "deposit", "BRANCH DEPOSIT", reference="B1041"),
    100,
    "bag and amount",
)
OFF = pair(
    waits(12, "B-1042", 1_204_50),
    line(2, 1_194_50, "deposit", "BRANCH DEPOSIT", reference="B1042"),
    70,
    "bag; the bank counted another amount",
)
TRANSIT = waits(9, "B-1039", 512_00, "2026-11-18")
KNOWN = {"check": "3007", "receipt_no": "T1-31", "why_not": ""}
BACK = line(3, -40_00, "returned item", "DEPOSITED ITEM RETURNED", check="3007", returned=KNOWN)
FEE = line(4, -18_50, "other debit", "ACCOUNT ANALYSIS FEE", returned=None)
HELD = {"account": "4410022", "dated": "2026-11-20", "closed": 1_204_330_07}


def bank(**more: Any) -> dict[str, Any]:
    counts = {"pairs": 2, "sure": 1, "deposits": 1, "deposit_cents": 512_00, "lines": 2, "line_cents": -58_50}
    account = {"account": "100-1010", "name": "Pooled cash", "numbers": ["4410022"]}
    usual = {
        "sure": 90,
        "accounts": [account | {"dated": "2026-11-20", "closed": 1_204_330_07}],
        "pairs": [SURE, OFF],
        "deposits": [TRANSIT],
        "lines": [BACK, FEE],
        "counts": counts,
    }
    return usual | more


def deposit(**more: Any) -> dict[str, Any]:
    session = {"terminal": "T1", "epoch": 1, "session": "s-D1", "operator": "rosa", "drawer": "D1"}
    usual = waits(12, "B-1042", 1_204_50) | {
        "office": "HALL",
        "terminal": "T1",
        "slip_no": "T1-D4",
        "state": "deposited",
        "pair": OFF,
        "lines": [],
        "booked": None,
        "sessions": [session | {"biz_date": "2026-11-20", "receipts": 41, "cents": 1_204_50, "bags": []}],
    }
    return usual | more


def of_line(said: dict[str, Any], **more: Any) -> dict[str, Any]:
    usual = {"file": "2026-11-20.bai", "taken": "2026-11-21", "deposit": None, "explained": None, "in_books": 0}
    return usual | {"line": said | {"returned": None}, "returned": said["returned"]} | more


FILES = {
    "files": [
        {
            "seq": 44,
            "name": "2026-11-20.bai",
            "form": "BAI2",
            "biz_date": "2026-11-21",
            "first_day": "2026-11-20",
            "last_day": "2026-11-20",
            "lines": 4,
            "seen": 2,
            "by": "tess",
            "balances": [HELD],
        }
    ],
    "more": False,
}
BOOKED = {"seq": 51, "at": BOOKED_AT, "by": "tess", "second": "lee", "off_cents": -10_00, "confidence": 70}


def told(said: dict[str, Any], deposit: int | None, *, explained: bool = False) -> dict[str, Any]:
    return {name: value for name, value in said.items() if name != "returned"} | {
        "deposit": deposit,
        "explained": explained,
    }


LINES = {
    "file": "2026-11-20.bai",
    "lines": [told(OFF["lines"][0], 12), told(BACK, None), told(FEE, None, explained=True)],
    "more": False,
}


def answers() -> dict[str, Any]:
    return others() | {
        "bank": bank(),
        "bank.deposit": deposit(),
        "bank.line": of_line(FEE),
        "bank.files": FILES,
        "bank.file": LINES,
    }


@dataclass
class LedgerBankDesk(LedgerWorkDesk):
    """What the ledger's pages of the bank are answered."""

    answers: dict[str, Any] = field(default_factory=answers)

    def _read_bank(self, said: dict[str, Any]) -> Any:
        return ledger_bank.read_bank(STATION, said)

    def _read_bank_deposit(self, said: dict[str, Any]) -> Any:
        return ledger_bank.read_bank_deposit(STATION, said)

    def _read_bank_line(self, said: dict[str, Any]) -> Any:
        return ledger_bank.read_bank_line(STATION, said)

    def _read_bank_files(self, said: dict[str, Any]) -> Any:
        return ledger_bank.read_bank_files(STATION, said)

    def _read_bank_file_lines(self, said: dict[str, Any]) -> Any:
        return ledger_bank.read_bank_file_lines(STATION, said)

    def _bank_file_to_send(self, typed: str) -> Any:
        return ledger_bank.bank_file_to_send(STATION, typed)

    def _ages_of_days(self, days: list[str]) -> list[str]:
        return ledger_answers.ages_of_days(STATION, days)
