"""What a batch adds up to, from its records alone: made at the terminal, and derived again by the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from countertui.domain.records import Kind, gl_totals
from countertui.domain.tenders import TenderKind

_TAKES_BACK = frozenset({Kind.VOID.value, Kind.REFUND.value})


def batch_totals(bodies: Iterable[Mapping[str, Any]], seals: int) -> dict[str, Any]:
    """Totals of parsed record bodies in cents; `seals` is how many seal records still follow (1 when sealing, else 0).

    tenders are net of change, voids and cash refunds; gl are net credits; count includes the seal record.
    """
    tenders = {kind.value: {"count": 0, "cents": 0} for kind in TenderKind}
    gl: dict[str, int] = {}
    count = receipts = net = absolute = cum_net = cum_abs = 0
    for body in bodies:
        count += 1
        cum_net, cum_abs = body["cum_net"], body["cum_abs"]
        kind = body["kind"]
        if kind == Kind.PAY.value:
            receipts += 1
            sign = 1
        elif kind in _TAKES_BACK:
            sign = -1
        else:
            continue
        data = body["data"]
        net += sign * data["total_cents"]
        absolute += data["total_cents"]
        for account, cents in gl_totals(data["lines"]).items():
            gl[account] = gl.get(account, 0) + sign * cents
        _add_tenders(tenders, data, sign)
    return {
        "count": count + seals,
        "receipts": receipts,
        "tenders": tenders,
        "gl": gl,
        "net": net,
        "abs": absolute,
        "cum_net": cum_net,
        "cum_abs": cum_abs,
    }


def _add_tenders(tenders: dict[str, dict[str, int]], data: Mapping[str, Any], sign: int) -> None:
    if "tenders" in data:
        for tender in data["tenders"]:
            total = tenders[tender["kind"]]
            total["count"] += sign
            total["cents"] += sign * tender["cents"]
        tenders["cash"]["cents"] -= sign * data["change_cents"]
    elif data["method"] == "cash":
        tenders["cash"]["cents"] -= data["total_cents"]
