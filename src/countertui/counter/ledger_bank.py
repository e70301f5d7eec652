"""The bank at the ledger's desk, read strictly from its answers, and a bank's file of this machine to send there."""

from __future__ import annotations

import zlib
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from countertui.counter.ledger_answers import Said, answer_as
from countertui.counter.station import Station
from countertui.domain.refusal import Refused
from countertui.forms import Cents, Count, Form, Number

MOST_SENT = 60_000
"""How long a packed file may be, in letters: what one request to the desk holds."""
_MOST_READ = 4 << 20


class BankDeposit(Form, frozen=True, kw_only=True):
    """A deposit that waits for the bank."""

    deposit: Number
    bag: Said
    cents: Cents
    dated: Said
    account: Said


class BankReturned(Form, frozen=True, kw_only=True):
    """The check that a returned item is, or why it is not known."""

    check: Said
    receipt_no: Said
    why_not: Said


class BankLine(Form, frozen=True, kw_only=True):
    """A line of the bank; cents negative: out of the account."""

    line: Said
    account: Said
    dated: Said
    cents: Cents
    kind: Said
    reference: Said
    check: Said
    text: Said
    returned: BankReturned | None = None

    @property
    def words(self) -> str:
        """What the bank says of it."""
        number = self.reference or self.check
        return " ".join(each for each in (number, self.text) if each) or self.kind


class BankPair(Form, frozen=True, kw_only=True):
    """A deposit and the lines that it may be: how sure in percent, why; off_cents: what the bank counted more."""

    deposit: BankDeposit
    lines: list[BankLine]
    confidence: int
    why: Said
    off_cents: Cents


class BankAccount(Form, frozen=True, kw_only=True):
    """A bank account of the city, what the bank's files call it, and what it held last by them."""

    account: Said
    name: Said
    numbers: list[Said]
    dated: Said
    closed: Cents | None


class BankCounts(Form, frozen=True, kw_only=True):
    """How many there are of each; cents: what they add up to."""

    pairs: Count
    sure: Count
    deposits: Count
    deposit_cents: Cents
    lines: Count
    line_cents: Cents


class Bank(Form, frozen=True, kw_only=True):
    """How the bank and the books stand. sure: from which confidence on pairs are booked together."""

    sure: int
    accounts: list[BankAccount]
    pairs: list[BankPair]
    deposits: list[BankDeposit]
    lines: list[BankLine]
    counts: BankCounts

    @property
    def rows(self) -> list[BankPair | BankDeposit | BankLine]:
        """All of it in one list: pairs, deposits in transit, lines of no deposit."""
        return [*self.pairs, *self.deposits, *self.lines]


class BankBooked(Form, frozen=True, kw_only=True):
    """Who booked a deposit as at the bank."""

    seq: Number
    at: Said
    by: Said
    second: Said
    off_cents: Cents
    confidence: int
    why: Said


class BankSession(Form, frozen=True, kw_only=True):
    """A drawer whose money is in a deposit: what it took (None: not to be seen), or its dropped `bags` alone."""

    terminal: Said
    epoch: Number
    session: Said
    operator: Said
    drawer: Said
    biz_date: Said
    receipts: Count
    cents: Cents | None
    bags: list[Said]


class BankDepositPage(Form, frozen=True, kw_only=True):
    """A deposit, the lines that it is or may be, and whose money it is."""

    deposit: Number
    cents: Cents
    dated: Said
    office: Said
    terminal: Said
    slip_no: Said
    state: Said
    account: Said
    bag: Said
    pair: BankPair | None
    lines: list[BankLine]
    booked: BankBooked | None
    sessions: list[BankSession]


class BankExplained(Form, frozen=True, kw_only=True):
    """What two people said that a line is; gl empty: it is in the books already."""

    seq: Number
    at: Said
    by: Said
    second: Said
    gl: Said
    reason: Said


class BankLinePage(Form, frozen=True, kw_only=True):
    """A line, the file it came in, and what it is."""

    line: BankLine
    file: Said
    taken: Said
    deposit: Number | None
    explained: BankExplained | None
    in_books: Count
    returned: BankReturned | None


class BankHeld(Form, frozen=True, kw_only=True):
    """What an account held at a day's end."""

    account: Said
    dated: Said
    closed: Cents | None


class BankFile(Form, frozen=True, kw_only=True):
    """A statement that was taken in: how many of its lines were new, how many were there."""

    seq: Number
    name: Said
    form: Said
    biz_date: Said
    first_day: Said
    last_day: Said
    lines: Count
    seen: Count
    by: Said
    balances: list[BankHeld]


class BankFiles(Form, frozen=True, kw_only=True):
    """Statements, newest first."""

    files: list[BankFile]
    more: bool


class BankFileLine(BankLine, frozen=True, kw_only=True):
    """A line of a statement, and what it is by now: a deposit's, explained, or neither."""

    deposit: Number | None
    explained: bool


class BankFileLines(Form, frozen=True, kw_only=True):
    """The lines that a statement brought."""

    file: Said
    lines: list[BankFileLine]
    more: bool


def read_bank(_station: Station, said: Mapping[str, Any]) -> Bank:
    """The answer to `bank`."""
    return answer_as(Bank, said)


def read_bank_deposit(_station: Station, said: Mapping[str, Any]) -> BankDepositPage:
    """The answer to `bank.deposit`."""
    return answer_as(BankDepositPage, said)


def read_bank_line(_station: Station, said: Mapping[str, Any]) -> BankLinePage:
    """The answer to `bank.line`."""
    return answer_as(BankLinePage, said)


def read_bank_files(_station: Station, said: Mapping[str, Any]) -> BankFiles:
    """The answer to `bank.files`."""
    return answer_as(BankFiles, said)


def read_bank_file_lines(_station: Station, said: Mapping[str, Any]) -> BankFileLines:
    """The answer to `bank.file`."""
    return answer_as(BankFileLines, said)


def bank_file_to_send(_station: Station, typed: str) -> dict[str, str]:
    """A bank's file of this machine as the act `bank.take` wants it. Raises Refused: not there, or too large."""
    path = Path(typed.strip()).expanduser()
    try:
        if not path.is_file():
            raise _refused(f"There is no file {typed.strip()[:60]} here.", "Type its whole name, with its folder.")
        with path.open("rb") as file:
            data = file.read(_MOST_READ + 1)
    except (OSError, ValueError, RuntimeError) as fault:
        raise _refused(f"{path.name[:60]} can't be read.", "Type the name of another.") from fault
    packed = b64encode(zlib.compress(data, 9)).decode("ascii")
    if len(data) > _MOST_READ or len(packed) > MOST_SENT:
        raise _refused(
            f"{path.name[:60]} is too large to be sent from here.", "At the ledger: countertui ledger bank FILE --take."
        )
    name = "".join(letter if letter.isprintable() else " " for letter in path.name)[:200]
    return {"name": name, "data": packed}


def _refused(happened: str, press: str) -> Refused:
    return Refused(happened, "Nothing was sent.", press)
