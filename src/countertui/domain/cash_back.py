"""Cash back: change from the drawer for more than is due on a check or a card; none unless the city's rules say so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from countertui.domain.money import Cents
from countertui.domain.tenders import Tender, TenderKind


@dataclass(frozen=True, slots=True)
class CashBack:
    """How much cash is given back on one receipt for a kind of tender that is not cash, in cents."""

    kind: TenderKind
    most: Cents


def room_for(rules: Iterable[CashBack], tenders: Iterable[Tender]) -> Cents:
    """How much cash may be given back beyond the cash handed over, in cents; never more than what pays for it."""
    room = 0
    laid = list(tenders)
    for row in rules:
        room += min(row.most, sum(tender.cents for tender in laid if tender.kind is row.kind))
    return Cents(room)
