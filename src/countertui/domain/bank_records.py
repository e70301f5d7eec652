"""What the desk's records of the bank contain, kind by kind. Amounts are integer cents, dates ISO 8601."""

from __future__ import annotations

from typing import TypedDict


class BankLineData(TypedDict):
    """One line of a bank's file that no file before had; see `countertui.domain.bank_statement`."""

    identity: str
    row: int
    account: str
    dated: str
    cents: int
    kind: str
    code: str
    reference: str
    bank_id: str
    check: str
    text: str


class BankBalanceData(TypedDict):
    """What an account held by the bank's ledger at a day's beginning and end, in cents; None: it is not told."""

    account: str
    dated: str
    opened: int | None
    closed: int | None


class BankFileData(TypedDict):
    """`bank_file`: a bank's file was taken in. lines: those that were new; seen: how many were there before."""

    name: str
    sha256: str
    form: str
    accounts: list[str]
    lines: list[BankLineData]
    seen: int
    balances: list[BankBalanceData]


class BankPairData(TypedDict):
    """A deposit (its record's number) and the lines of the bank that are it; off_cents: what the bank counted more."""

    deposit: int
    bag: str
    cents: int
    lines: list[str]
    off_cents: int
    confidence: int
    why: str


class BankMatchData(TypedDict):
    """`bank_match`: these deposits are at the bank; what it counted otherwise is posted as over or short of cash."""

    pairs: list[BankPairData]
    off_cents: int


class BankUnmatchData(TypedDict):
    """`bank_unmatch`: a deposit was not the lines it was said to be; what was posted for it is taken back."""

    deposit: int
    match_seq: int
    off_cents: int
    reason: str


class BankExplainData(TypedDict):
    """`bank_explain`: a line of the bank that is no deposit is posted to a GL account, or is in the books already.

    line: its identity; cents as the bank has it. gl: where it belongs, "" where entries say it: those of the books that
    it is, such as a returned check's or a lockbox file's. One of the two is empty.
    """

    line: str
    cents: int
    gl: str
    entries: list[int]
    reason: str


class BankUnexplainData(TypedDict):
    """`bank_unexplain`: a line of the bank was not what it was said to be; what was posted for it is taken back."""

    line: str
    explain_seq: int
    reason: str
