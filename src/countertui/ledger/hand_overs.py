"""Drawers that went from one operator to another, looked at again: those sessions, one drawer, two people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from countertui.domain.money import Cents, format_cents
from countertui.domain.tenders import TenderKind
from countertui.domain.text import same_person
from countertui.ledger.posting import Problem
from countertui.ledger.sessions import Session, Sessions

Body = Mapping[str, Any]


def problems_of_hand_over(body: Body, sessions: Sessions) -> list[Problem]:
    """What is wrong with a `hand_over`. It posts nothing; both counts are those of its close and opening."""
    data, by, giver = body["data"], body["operator"], body["approver"]
    told = f"{by} took drawer {data['drawer']} over from {giver or 'nobody'}"
    before, after = sessions.find(data["from_session"]), sessions.find(data["to_session"])
    if data["to_session"] != body["session"] or not _are_those(before, after, data):
        return [Problem("hand-over-of-no-session", f"{told}: its sessions are not those of the close and opening.", 0)]
    found = _other_counts(told, before, after, data, sessions)
    if before is not None and (giver is None or not same_person(giver, before.operator)):
        found.append(Problem("other-operator", f"{told}; it was {before.operator}'s.", 0))
    if after is not None and not same_person(by, after.operator):
        found.append(Problem("other-operator", f"{told}; it was opened by {after.operator}.", 0))
    if giver is not None and same_person(giver, by):
        found.append(Problem("self-approval", f"{told}: nobody hands a drawer to themselves.", 0))
    return found


def _other_counts(
    told: str, before: Session | None, after: Session | None, data: Mapping[str, Any], sessions: Sessions
) -> list[Problem]:
    """An error item where the record says other amounts than the close and the opening that it names counted."""
    if before is None or after is None:
        return []
    fund = sessions.said_at(before, before.open_seq)["fund_cents"]
    counted = sessions.said_at(before, data["close_seq"])["counted"]
    cash = sum(each["cents"] for each in counted if each["tender"] == TenderKind.CASH)
    left, taken = min(cash, fund), sessions.said_at(after, after.open_seq)["counted_cents"]
    if (data["left_cents"], data["found_cents"]) == (left, taken):
        return []
    says = ", ".join(format_cents(Cents(data[name])) for name in ("left_cents", "found_cents"))
    were = ", ".join(format_cents(Cents(cents)) for cents in (left, taken))
    return [Problem("hand-over-other-counts", f"{told}: it says left and found {says}; they were {were}.", 0)]


def _are_those(before: Session | None, after: Session | None, data: Mapping[str, Any]) -> bool:
    return (
        before is not None
        and after is not None
        and before.drawer == after.drawer == data["drawer"]
        and before.biz_date == after.biz_date
        and (before.close_seq, after.open_seq) == (data["close_seq"], data["open_seq"])
    )
