"""What a `pay` record contains, and a settled cart made into one. Amounts are integer cents."""

from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

from countertui.domain.cash_rounding import ROUNDING_CODE
from countertui.domain.paper_books import PaperData, paper_data
from countertui.domain.receipts import AccountLine, FeeLine, SettledLine, Settlement, kind_of
from countertui.domain.tenders import Tender

if TYPE_CHECKING:
    from countertui.domain.license_raised import RaisedData


class AllocationData(TypedDict):
    """Where a part of a line goes; charge None: a fee, or the account's credit."""

    charge: str | None
    head: str
    gl: str
    cents: int
    owed_after: int


class LineData(TypedDict):
    """One line of a receipt. `account` or `fee` is set, the other None; `reason` stands for an allocation by hand."""

    n: int
    account: str | None
    account_kind: str | None
    fee: str | None
    description: str
    quantity: int | None
    unit_cents: int | None
    cents: int
    owed_after: int | None
    reason: str | None
    allocations: list[AllocationData]


class TenderData(TypedDict):
    """One tender as handed over. Of a card: the id under which it was asked for, and what its slip says of it."""

    kind: str
    cents: int
    reference: str
    ask: NotRequired[str]
    brand: NotRequired[str]
    last4: NotRequired[str]


class PayData(TypedDict):
    """`pay`: money in = total + change. personal: commitments to routing and account numbers of checks, by field.

    paper: the paper receipt it was keyed in from; `paper_spoiled` has the same as its data, and why it was not used.
    approved: what the approver let be of the city's rules of tenders, in words. cash_back_cents: what of the change is
    more than the cash handed over, given for a check or a card. raised: the charges that this very payment raises on
    licenses, and takes back with it where it is taken back. postmarked: the day (ISO) of the postmark of what came by
    mail, where it was typed.
    """

    payor: str
    lines: list[LineData]
    tenders: list[TenderData]
    change_cents: int
    total_cents: int
    personal: NotRequired[dict[str, str]]
    cash_back_cents: NotRequired[int]
    paper: NotRequired[PaperData]
    remittance: NotRequired[str]
    approved: NotRequired[list[str]]
    raised: NotRequired[list[RaisedData]]
    postmarked: NotRequired[str]


def pay_data(settlement: Settlement) -> PayData:
    """A settled cart as `pay` data."""
    data = PayData(
        payor=settlement.cart.payor,
        lines=[_line(n, settled, settlement.cart.id) for n, settled in enumerate(settlement.lines, start=1)],
        tenders=[_tender(tender) for tender in settlement.tenders],
        change_cents=settlement.change,
        total_cents=settlement.total,
    )
    if settlement.cash_back:
        data["cash_back_cents"] = settlement.cash_back
    if settlement.cart.paper is not None:
        data["paper"] = paper_data(settlement.cart.paper)
    if settlement.cart.remittance:
        data["remittance"] = settlement.cart.remittance
    if raised := [one.said(settlement.cart.id) for settled in settlement.lines for one in settled.raised]:
        data["raised"] = raised
    if settlement.cart.postmarked:
        data["postmarked"] = settlement.cart.postmarked
    return data


def _tender(tender: Tender) -> TenderData:
    data = TenderData(kind=tender.kind.value, cents=tender.cents, reference=tender.reference)
    if tender.ask:
        data["ask"] = tender.ask
    if tender.slip is not None:
        data["brand"], data["last4"] = tender.slip.brand, tender.slip.last4
    return data


def _line(n: int, settled: SettledLine, record: str) -> LineData:
    line = settled.line
    raised = {one.charge: one.said(record)["charge"] for one in settled.raised}
    is_rounding = isinstance(line, FeeLine) and line.code == ROUNDING_CODE
    return LineData(
        n=n,
        account=None if isinstance(line, FeeLine) else line.account,
        account_kind=kind_of(line) or None,
        fee=line.code if isinstance(line, FeeLine) else None,
        description=line.description if isinstance(line, FeeLine) else line.name,
        quantity=line.quantity if isinstance(line, FeeLine) and not is_rounding else None,
        unit_cents=line.unit_cents if isinstance(line, FeeLine) and not is_rounding else None,
        cents=line.amount,
        owed_after=settled.owed_after,
        reason=line.reason if isinstance(line, AccountLine) and line.by_hand else None,
        allocations=[
            AllocationData(
                charge=raised.get(part.charge, part.charge) if part.charge is not None else None,
                head=part.head,
                gl=part.gl,
                cents=part.cents,
                owed_after=part.owed_after,
            )
            for part in settled.allocations
        ],
    )
