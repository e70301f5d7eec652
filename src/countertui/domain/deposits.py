"""Bank deposits made at a terminal: what their records say. What a deposit must be made of: deposit_making.py.

A deposit is a signed record of two people: the money of closed sessions, whole, in one numbered bag. It is never
edited; a wrong one is taken back by another record of two people while its bag is still in the safe.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NotRequired, TypedDict

from countertui.domain.desk_records import SessionRef, TenderSum
from countertui.domain.refusal import Refused
from countertui.domain.tenders import TenderKind

DEPOSITED = (TenderKind.CASH, TenderKind.CHECK, TenderKind.MONEY_ORDER)
"""What goes to the bank in a bag. Card slips are settled by the card company."""
PAPERS = (TenderKind.CHECK, TenderKind.MONEY_ORDER)
"""Of it what is looked at one by one."""


class Stage(StrEnum):
    """Whether a deposit is one of several of its day, or closes the office's day."""

    INTERIM = "interim"
    FINAL = "final"


class PaperState(StrEnum):
    """What became of a check or money order of a receipt."""

    THERE = "there"
    MISSING = "missing"
    RETURNED = "returned"


class What(StrEnum):
    """What a difference is: a paper missing or given back, cash off, or what the drawer's close said already.

    BAG: one bag of the safe, opened, held more or less cash than its drop says. FUND: more cash went out of the
    drawers than came in, by refunds or short, so their funds lack it.
    """

    MISSING = "missing"
    RETURNED = "returned"
    CASH = "cash"
    BAG = "bag"
    AT_CLOSE = "at_close"
    FUND = "fund"


class PaperData(TypedDict):
    """A check or money order of a receipt, n-th of its tenders (from 1): in the bag (`there`), or why it is not."""

    receipt_no: str
    n: int
    tender: str
    reference: str
    cents: int
    state: str
    reason: str


class BagData(TypedDict):
    """A bag that a session dropped into the safe, opened and counted with this deposit."""

    bag: str
    cents: int


class SafeBagData(TypedDict):
    """A bag that a session dropped into the safe and that is in this deposit apart from its session, opened with it.

    hands: everybody whom the opening of its session names; none of them is the second person.
    """

    terminal: str
    epoch: int
    session: str
    biz_date: str
    drawer: str
    operator: str
    hands: list[str]
    bag: str
    cents: int


class BagRef(TypedDict):
    """A bag in the safe, by its session and its number."""

    terminal: str
    epoch: int
    session: str
    bag: str


class CoveredData(TypedDict):
    """A session whose money this is. sums: as counted at its close, less its opening count, and with its drops.

    batch_no: of the sealed batch that its close is in, None while that is not sealed. cash_off: cents that its close
    said were over (negative: short) in cash; they are in sums. bags: without those that another deposit took before,
    which are not in sums either.
    hands: everybody whom its opening and its close name; none of them is the second person.
    """

    terminal: str
    epoch: int
    session: str
    batch_no: int | None
    biz_date: str
    drawer: str
    operator: str
    hands: list[str]
    sums: list[TenderSum]
    cash_off: int
    bags: list[BagData]
    papers: list[PaperData]


class FoundData(TypedDict):
    """What an earlier deposit carried as missing and this one contains; item: as that one called it.

    cents are below zero for a fund that is filled up out of this deposit's cash.
    """

    item: str
    tender: str
    cents: int
    receipt_no: str
    reference: str


class DifferenceData(TypedDict):
    """What the bag holds more (negative: less) than the closes of its sessions say, in cents of one tender, and why.

    item: the slip's number and its place there, from 1. of: the session, where it is of one. carried: open until a
    later deposit finds it, or fills the fund up; otherwise it is posted as over or short of that tender. reference: a
    paper's, or the number of a bag of the safe.
    """

    item: str
    tender: str
    cents: int
    what: str
    of: SessionRef | None
    receipt_no: str
    reference: str
    reason: str
    carried: bool


class DepositCountData(TypedDict):
    """`deposit_count`: cash as counted blind for a deposit of these sessions and earlier carried items, by its pieces.

    A recount is another record; the deposit names the last and tells how many there were. safe_bags: only where there
    are any.
    """

    sessions: list[SessionRef]
    found: list[str]
    pieces: list[list[int]]
    cents: int
    safe_bags: NotRequired[list[BagRef]]


class BankDepositData(TypedDict):
    """`deposit`: the operator and a second person (the approver), who had none of its drawers, sign for one bag.

    slip_no: of the terminal's own series. composition: what is in the bag, per tender. not_heard: the office's
    terminals of which nothing was heard here; what they hold is not known, and not nothing. safe_bags: only where there
    are any; of sessions that are open, or that were deposited without them.
    """

    office: str
    bank: str
    slip_no: str
    bag: str
    stage: str
    biz_dates: list[str]
    sessions: list[CoveredData]
    found: list[FoundData]
    differences: list[DifferenceData]
    count_seq: int
    counts: int
    pieces: list[list[int]]
    composition: list[TenderSum]
    total_cents: int
    not_heard: list[str]
    safe_bags: NotRequired[list[SafeBagData]]


class DepositRef(TypedDict):
    """A deposit made at this terminal: its record, slip and bag."""

    seq: int
    h: str
    slip_no: str
    bag: str


class DepositFinalData(TypedDict):
    """`deposit_final`: the last interim deposit closes the office's day after all."""

    deposit: DepositRef
    biz_dates: list[str]
    not_heard: list[str]


class DepositTakenBackData(TypedDict):
    """`deposit_taken_back`: a wrong deposit whose bag is still in the safe; its sessions can be deposited again."""

    deposit: DepositRef
    reason: str


class DepositItemLostData(TypedDict):
    """`deposit_item_lost`: what a deposit carries as lacking is given up, posted as short of its tender; cents > 0."""

    item: str
    tender: str
    cents: int
    receipt_no: str
    reference: str
    reason: str


class DepositCopyData(TypedDict):
    """`deposit_copy`: a deposit's slip was printed again, for the n-th time (from 1)."""

    deposit: DepositRef
    copy: int


class DepositRefused(Refused):
    """A deposit that can't be made, closed or taken back like this; nothing was recorded."""


class BagRefused(DepositRefused):
    """A bag that has no number, or was used before."""


class SubstitutionRefused(DepositRefused):
    """Checks would stand in for cash, or cash for a check: what was received is deposited, and nothing else."""


class ReasonNeeded(DepositRefused):
    """A difference that nobody said why of."""


def slip_number(terminal: str, epoch: int, n: int) -> str:
    """A deposit slip's number, the n-th of a terminal's own series; epochs after the first say which they are."""
    return f"{terminal}{f'.{epoch}' if epoch > 1 else ''}-D{n}"


def item_name(slip_no: str, n: int) -> str:
    """What a slip's n-th difference (from 1) is called."""
    return f"{slip_no}/{n}"


def in_bag(data: Mapping[str, Any], tender: TenderKind) -> int:
    """Cents of one tender in a deposit's bag."""
    return sum(each["cents"] for each in data["composition"] if each["tender"] == tender)
