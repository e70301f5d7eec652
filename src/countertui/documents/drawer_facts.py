"""What X and Z reports say of a drawer's session. Amounts are integer cents."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """The drawer session a report is about. `biz_date` is ISO; `opened_at` and `printed_at` are local (ISO).

    `first_receipt` and `last_receipt` are empty where nothing was taken. A demo city's `ledger_id` marks the paper.
    `opening_cents` is what was counted at the opening where that was another amount than the fund, seen by
    `opening_seen_by`; None where it was the fund.
    """

    city_name: str
    office_name: str
    terminal: str
    drawer: str
    session: str
    operator_name: str
    biz_date: str
    opened_at: str
    printed_at: str
    fund_cents: int
    receipt_count: int
    first_receipt: str
    last_receipt: str
    ledger_id: str
    opening_cents: int | None = None
    opening_seen_by: str = ""


@dataclass(frozen=True, slots=True)
class VoidFacts:
    """A voided receipt, or one whose void is requested (then `approved_by` is empty); cents of its total."""

    receipt_no: str
    cents: int
    reason: str
    requested_by: str
    approved_by: str = ""


@dataclass(frozen=True, slots=True)
class NoSaleFacts:
    """The drawer opened without a sale: when (local), by whom, why."""

    at: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class SurpriseFacts:
    """A surprise count: when (local), by whom, whether the operator signed; (label, cents) that were over or short."""

    at: str
    by: str
    signed: bool
    over: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class ChangeFacts:
    """Change out of the safe: when (local), who gave it (empty: it is only asked for), cents that came and left."""

    at: str
    by: str
    cents: int


@dataclass(frozen=True, slots=True)
class OpenCardFacts:
    """A card charge that is in no receipt and not settled: when it was asked (local), whose it is, cents."""

    asked_at: str
    payor: str
    cents: int


@dataclass(frozen=True, slots=True)
class ExpectedFacts:
    """What one tender should come to: how many (None: not counted in pieces), and cents; `parts` add up to it."""

    label: str
    count: int | None
    expected_cents: int
    parts: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class CountedFacts:
    """What one tender should come to and what was counted: cents each. Over is counted minus expected.

    `parts` (label, cents) add up to what is expected; `count` is None for what is not counted in pieces, as cash.
    """

    label: str
    count: int | None
    expected_cents: int
    counted_cents: int
    parts: tuple[tuple[str, int], ...] = ()

    @property
    def over_cents(self) -> int:
        """Counted minus expected, in cents; below zero is short."""
        return self.counted_cents - self.expected_cents


@dataclass(frozen=True, slots=True)
class DenominationFacts:
    """One line of a count: what one piece is worth in cents, and how many there are."""

    label: str
    unit_cents: int
    count: int


@dataclass(frozen=True, slots=True)
class XFacts:
    """A running session. `shown_to` names the lead or technician for whom the figures were revealed, else empty."""

    session: SessionFacts
    tenders: tuple[ExpectedFacts, ...]
    voids: tuple[VoidFacts, ...] = ()
    open_requests: tuple[VoidFacts, ...] = ()
    shown_to: str = ""
    no_sales: tuple[NoSaleFacts, ...] = ()
    surprises: tuple[SurpriseFacts, ...] = ()
    changes: tuple[ChangeFacts, ...] = ()
    open_cards: tuple[OpenCardFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class ZFacts:
    """A closed session; `closed_by` is a name. Checks are counted apart: `check_count` pieces, `check_cents` in all.

    `counts` is how often the drawer was counted; `first_over` (label, cents) what the first count was over or short;
    `approved_by` names the lead who saw a large difference, or who counted an absent operator's drawer along.
    """

    session: SessionFacts
    closed_at: str
    closed_by: str
    denominations: tuple[DenominationFacts, ...]
    tenders: tuple[CountedFacts, ...]
    check_count: int
    check_cents: int
    voids: tuple[VoidFacts, ...] = ()
    open_requests: tuple[VoidFacts, ...] = ()
    counts: int = 1
    first_over: tuple[tuple[str, int], ...] = ()
    no_sales: tuple[NoSaleFacts, ...] = ()
    surprises: tuple[SurpriseFacts, ...] = ()
    changes: tuple[ChangeFacts, ...] = ()
    open_cards: tuple[OpenCardFacts, ...] = ()
    approved_by: str = ""
