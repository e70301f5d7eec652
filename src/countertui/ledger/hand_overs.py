"""Drawers that went from one operator to another, looked at again: those sessions, one drawer, two people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from countertui.domain.text import same_person
from countertui.ledger.posting import Problem
from countertui.ledger.sessions import Session, Sessions

Body = Mapping[str, Any]


def problems_of_hand_over(body: Body, sessions: Sessions) -> list[Problem]:
    """What is wrong with a `hand_over`. It posts nothing; both counts are judged with their close and opening."""
    data, by, giver = body["data"], body["operator"], body["approver"]
    told = f"{by} took drawer {data['drawer']} over from {giver or 'nobody'}"
    before, after = sessions.find(data["from_session"]), sessions.find(data["to_session"])
    if data["to_session"] != body["session"] or not _are_those(before, after, data):
        return [Problem("hand-over-of-no-session", f"{told}: its sessions are not those of the close and opening.", 0)]
    found = []
    if before is not None and (giver is None or not same_person(giver, before.operator)):
        found.append(Problem("other-operator", f"{told}; it was {before.operator}'s.", 0))
    if after is not None and not same_person(by, after.operator):
        found.append(Problem("other-operator", f"{told}; it was opened by {after.operator}.", 0))
    if giver is not None and same_person(giver, by):
        found.append(Problem("self-approval", f"{told}: nobody hands a drawer to themselves.", 0))
    return found


def _are_those(before: Session | None, after: Session | None, data: Mapping[str, Any]) -> bool:
    return (
        before is not None
        and after is not None
        and before.drawer == after.drawer == data["drawer"]
        and before.biz_date == after.biz_date
        and (before.close_seq, after.open_seq) == (data["close_seq"], data["open_seq"])
    )
