"""An account's flags in words: what they ask of whoever serves it, with the amounts and dates that belong to them.

Amounts are as billing worked them out on one day (`since`); what was paid from that day on goes to the first due.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from countertui.domain.dates import us_date
from countertui.domain.money import Cents, format_cents

SHUT_OFF, ARRANGEMENT, COLLECTIONS, CASH_ONLY = "shutoff", "arrangement", "collections", "cash-only"
RETURNED_CHECK, AUTOPAY, BUDGET_PLAN, PAPERLESS = "returned-check", "autopay", "budget-plan", "paperless"
_WARNINGS = frozenset({SHUT_OFF, ARRANGEMENT, COLLECTIONS, CASH_ONLY, RETURNED_CHECK})
_PLAIN = {
    COLLECTIONS: "In collections",
    CASH_ONLY: "Cash only: no checks",
    RETURNED_CHECK: "A check came back unpaid",
    AUTOPAY: "Paid automatically",
    BUDGET_PLAN: "Budget plan",
    PAPERLESS: "Bills by e-mail",
}


@dataclass(frozen=True, slots=True)
class FlagDetail:
    """What belongs to a flag: since when its amount holds and when it is due (ISO, or empty), cents or None."""

    flag: str
    since: str
    due: str
    cents: int | None
    note: str


@dataclass(frozen=True, slots=True)
class FlagSaid:
    """A flag in words; left: what is still to be paid for it in cents, None where no amount belongs to it.

    note: what billing wrote to it, empty for nothing.
    """

    flag: str
    words: str
    is_warning: bool
    left: Cents | None = None
    note: str = ""


def in_force(details: Iterable[FlagDetail]) -> dict[str, list[FlagDetail]]:
    """The details by flag, of each flag the newest ones alone, in the order they are due."""
    of_flag: dict[str, list[FlagDetail]] = {}
    for detail in sorted(details, key=lambda one: (one.since, one.due)):
        kept = of_flag.setdefault(detail.flag, [])
        if kept and kept[0].since != detail.since:
            kept.clear()
        kept.append(detail)
    return of_flag


def flag_words(flag: str, details: Sequence[FlagDetail], paid_since: int) -> FlagSaid:
    """One flag in words. details: its own, in the order they are due; paid_since: cents since they hold, net."""
    detail, left = _next(details, paid_since)
    words = _PLAIN.get(flag, flag.replace("-", " ").capitalize())
    if flag == SHUT_OFF:
        words = _shut_off(detail, left)
    elif flag == ARRANGEMENT:
        words = _arrangement(detail, left)
    elif left:
        words = f"{words}: {format_cents(left)}"
    return FlagSaid(flag, words, flag in _WARNINGS, left, detail.note if detail is not None else "")


def _next(details: Sequence[FlagDetail], paid: int) -> tuple[FlagDetail | None, Cents | None]:
    """The first detail that is not paid in full, or the last one, with what is left of it."""
    covered = max(0, paid)
    for detail in details:
        if detail.cents is not None and detail.cents > covered:
            return detail, Cents(detail.cents - covered)
        covered -= detail.cents or 0
    last = details[-1] if details else None
    return last, Cents(0) if last is not None and last.cents is not None else None


def _shut_off(detail: FlagDetail | None, left: Cents | None) -> str:
    if detail is None or left is None:
        return "Shut-off pending; what keeps it on is not known here"
    if not left:
        return "Shut-off: what keeps it on is paid"
    return f"Shut-off pending: pay {format_cents(left)}{_by(detail)} to stay on"


def _arrangement(detail: FlagDetail | None, left: Cents | None) -> str:
    if detail is None or left is None:
        return "Payment arrangement; its instalments are not known here"
    if not left:
        return "Payment arrangement: all instalments are paid"
    return f"Payment arrangement: next {format_cents(left)}{_by(detail)}"


def _by(detail: FlagDetail) -> str:
    return f" by {us_date(detail.due)}" if detail.due else ""
