"""What the papers of a bank deposit say: its slip, and the list of its checks. Amounts in cents, dates ISO."""

from __future__ import annotations

from dataclasses import dataclass

from countertui.domain.dates import us_date
from countertui.domain.money import Cents, format_cents
from countertui.domain.words import number_of


@dataclass(frozen=True, slots=True)
class CoveredFacts:
    """A session whose money it is; batch: of its close, None while that is not sealed. bag: it is that one alone."""

    terminal: str
    drawer: str
    operator: str
    biz_date: str
    batch: int | None
    cents: int
    bag: str = ""

    @property
    def words(self) -> str:
        """For a person: `T1 drawer A, rosa, 11/23/2026, batch 4`."""
        return f"{self.terminal} drawer {self.drawer}, {self.operator}, {us_date(self.biz_date)}, {self.of}"

    @property
    def of(self) -> str:
        """What of the session it is: its close's batch, or one bag that it dropped."""
        if self.bag:
            return f"bag {self.bag} of the safe"
        return f"batch {self.batch}" if self.batch is not None else "not sealed yet"


@dataclass(frozen=True, slots=True)
class DifferenceFacts:
    """What the bag holds more or less (negative) than its sessions' closes say, or what it holds of an earlier slip."""

    item: str
    what: str
    cents: int


@dataclass(frozen=True, slots=True)
class DepositFacts:
    """A deposit. made_at is local (ISO); bank: the account, as the city names it; sums: tender, pieces, cents.

    pieces: (denomination, number) of the cash. carried: lacking, to be found by a later deposit; over_short: posted as
    such; found: of earlier slips, in this bag. due: until when, in words, and its working. copy: which
    print after the first it is, 0 for the first.
    """

    city_name: str
    office_name: str
    ledger_id: str
    terminal: str
    slip_no: str
    is_final: bool
    biz_dates: tuple[str, ...]
    made_at: str
    bank: str
    bag: str
    made_by: str
    second_name: str
    sums: tuple[tuple[str, int, int], ...]
    pieces: tuple[tuple[int, int], ...]
    total_cents: int
    sessions: tuple[CoveredFacts, ...]
    not_heard: tuple[str, ...]
    carried: tuple[DifferenceFacts, ...] = ()
    over_short: tuple[DifferenceFacts, ...] = ()
    found: tuple[DifferenceFacts, ...] = ()
    due: str = ""
    due_working: tuple[str, ...] = ()
    copy: int = 0

    @property
    def stage(self) -> str:
        """What it is of its day, as its papers say it."""
        return "FINAL DEPOSIT" if self.is_final else "INTERIM DEPOSIT"

    @property
    def dates(self) -> str:
        """The business dates, as a person reads them."""
        return ", ".join(map(us_date, self.biz_dates))

    @property
    def heard(self) -> str:
        """Which terminals it could not ask: what these hold is not known, and not nothing."""
        return f"Not heard from {', '.join(self.not_heard)}" if self.not_heard else "All terminals heard"


@dataclass(frozen=True, slots=True)
class CheckFacts:
    """A check or money order of the bag; number is what stands on it, micr its bank's numbers or why they lack."""

    receipt_no: str
    payor: str
    tender: str
    number: str
    micr: str
    cents: int


@dataclass(frozen=True, slots=True)
class CheckListFacts:
    """The papers of a deposit's bag, in the order of their receipts; count and total are the deposit's own."""

    city_name: str
    office_name: str
    ledger_id: str
    slip_no: str
    is_final: bool
    biz_dates: tuple[str, ...]
    bag: str
    bank: str
    made_at: str
    checks: tuple[CheckFacts, ...]
    count: int
    total_cents: int

    def __post_init__(self) -> None:
        """A list that does not add up to its deposit is none."""
        there = len(self.checks), sum(each.cents for each in self.checks)
        if there != (self.count, self.total_cents):
            raise ValueError(f"the checks are {there}, the deposit has {(self.count, self.total_cents)}")

    @property
    def total_words(self) -> str:
        """Count and total for a person: `3 checks and money orders, 412.50`."""
        counted = number_of(self.count, "check or money order", "checks and money orders")
        return f"{counted}, {format_cents(Cents(self.total_cents))}"
