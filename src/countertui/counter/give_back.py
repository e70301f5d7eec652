"""What the person at the window hands out for a void: each tender's own net, never more than was kept of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from countertui.domain.drawers import cash_kept
from countertui.domain.money import format_cents
from countertui.domain.tenders import TenderKind
from countertui.domain.trust import deposited


def give_back(data: Mapping[str, Any]) -> str:
    """In words: the papers, the cash less its change, what is reversed on the card terminal, and cash back that is
    handed in again. data is PayData.
    """
    papers = [
        f"{TenderKind(tender['kind']).label.lower()} {tender['reference']} over {format_cents(tender['cents'])}"
        for tender in data["tenders"]
        if tender["kind"] in (TenderKind.CHECK, TenderKind.MONEY_ORDER)
    ]
    cash = cash_kept(data)
    given = [*papers, *([f"cash {format_cents(cash)}"] if cash > 0 else [])]
    back = [f"take back cash {format_cents(-cash)}"] if cash < 0 else []
    reversed_ = [
        f"reverse {format_cents(tender['cents'])} on the card terminal (approval {tender['reference']})"
        for tender in data["tenders"]
        if tender["kind"] == TenderKind.CARD
    ]
    held = [f"{account} holds {format_cents(-cents)} again" for account, cents in deposited(data).items() if cents < 0]
    words = "; ".join([*([f"give back {' and '.join(given)}"] if given else []), *reversed_, *back, *held])
    return f"{words[:1].upper()}{words[1:]}."
