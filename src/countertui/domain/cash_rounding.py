"""Cash where no small coins are taken: what is paid in cash is rounded, and the difference is a line of its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from countertui.domain.money import ZERO, Cents
from countertui.domain.tenders import Tender, TenderKind

ROUNDING_CODE, ROUNDING_HEAD = "CASH-ROUNDING", "rounding"
"""The fee code and the head of the line that says what rounding added or took off."""
MOST_ROUNDED = 5
"""The most cents, either way, that rounding changes a receipt by."""


@dataclass(frozen=True, slots=True)
class CashRounding:
    """The smallest coin taken, in cents (5 or 10), and the GL account of what is rounded off."""

    to: int
    gl: str


def rounded(cents: Cents, rounding: CashRounding | None) -> Cents:
    """So many cents in coins that are taken: the nearest such sum, of two as near the smaller one."""
    if rounding is None or cents <= 0:
        return cents
    over = cents % rounding.to
    return Cents(cents - over + (rounding.to if 2 * over > rounding.to else 0))


def rounded_by(total: Cents, tenders: Iterable[Tender], rounding: CashRounding | None) -> Cents:
    """What rounding adds to a total (negative: takes off), in cents: of what is left for cash, if there is any."""
    laid = list(tenders)
    if rounding is None or all(tender.kind is not TenderKind.CASH for tender in laid):
        return ZERO
    by_cash = Cents(total - sum(tender.cents for tender in laid if tender.kind is not TenderKind.CASH))
    return Cents(rounded(by_cash, rounding) - by_cash)


def left(total: Cents, tenders: Iterable[Tender], rounding: CashRounding | None) -> Cents:
    """What of a total the tenders don't cover, in cents, rounded where one is cash; negative once there is change."""
    laid = list(tenders)
    return Cents(total + rounded_by(total, laid, rounding) - sum(tender.cents for tender in laid))


def due_in(kind: TenderKind, total: Cents, tenders: Iterable[Tender], rounding: CashRounding | None) -> Cents:
    """What of a total is still to be paid, if it is paid by one more tender of a kind, in cents; never below zero."""
    laid = list(tenders)
    if left(total, laid, rounding) <= 0:
        return ZERO
    if kind is not TenderKind.CASH:
        return Cents(max(0, total - sum(tender.cents for tender in laid)))
    return Cents(max(0, left(total, [*laid, Tender(TenderKind.CASH, ZERO)], rounding)))
