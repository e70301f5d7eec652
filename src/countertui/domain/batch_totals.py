"""What a batch adds up to, from its records alone: made at the terminal, and derived again by the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from countertui.domain.records import Kind
from countertui.domain.tenders import TenderKind

_PAY = Kind.PAY.value
_TAKES_BACK = frozenset({Kind.VOID.value, Kind.REFUND.value})


def _nothing_tendered() -> dict[str, dict[str, int]]:
    return {kind.value: {"count": 0, "cents": 0} for kind in TenderKind}


@dataclass(slots=True)
class BatchTotals:
    """Sums in cents over parsed record bodies, added one by one in the order of the journal.

    tenders are net of change, voids and cash refunds; gl are net credits.
    """

    count: int = 0
    receipts: int = 0
    net: int = 0
    absolute: int = 0
    cum_net: int = 0
    cum_abs: int = 0
    tenders: dict[str, dict[str, int]] = field(default_factory=_nothing_tendered)
    gl: dict[str, int] = field(default_factory=dict)

    def add(self, body: Mapping[str, Any]) -> None:
        """Add the record that follows."""
        self.count += 1
        self.cum_net, self.cum_abs = body["cum_net"], body["cum_abs"]
        kind = body["kind"]
        if kind == _PAY:
            self.receipts += 1
            sign = 1
        elif kind in _TAKES_BACK:
            sign = -1
        else:
            return
        data = body["data"]
        self.net += sign * data["total_cents"]
        self.absolute += data["total_cents"]
        gl = self.gl
        for line in data["lines"]:
            for part in line["allocations"]:
                account = part["gl"]
                gl[account] = gl.get(account, 0) + sign * part["cents"]
        self._add_tenders(data, sign)

    def said(self, seals: int) -> dict[str, Any]:
        """The totals as a batch says them; `seals` is how many seal records still follow (1 when sealing, else 0)."""
        return {
            "count": self.count + seals,
            "receipts": self.receipts,
            "tenders": {kind: dict(total) for kind, total in self.tenders.items()},
            "gl": dict(self.gl),
            "net": self.net,
            "abs": self.absolute,
            "cum_net": self.cum_net,
            "cum_abs": self.cum_abs,
        }

    def _add_tenders(self, data: Mapping[str, Any], sign: int) -> None:
        if "tenders" in data:
            for tender in data["tenders"]:
                total = self.tenders[tender["kind"]]
                total["count"] += sign
                total["cents"] += sign * tender["cents"]
            self.tenders["cash"]["cents"] -= sign * data["change_cents"]
        elif data["method"] == "cash":
            self.tenders["cash"]["cents"] -= data["total_cents"]


def batch_totals(bodies: Iterable[Mapping[str, Any]], seals: int) -> dict[str, Any]:
    """Totals of all these records at once: see `BatchTotals.said`."""
    totals = BatchTotals()
    for body in bodies:
        totals.add(body)
    return totals.said(seals)
