"""Who may make a bank deposit, and who may sign for it: by the people of the moment, and by who had its drawers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from countertui.domain.deposit_making import ClosedSession
from countertui.domain.records import Kind
from countertui.domain.refusal import Refused
from countertui.domain.rights import Act, require_second_person
from countertui.domain.safe_bags import SafeBag
from countertui.ledger.posting import Problem
from countertui.ledger.staff import People, allowed

Body = Mapping[str, Any]


def of_people(body: Body, people: People) -> list[Problem]:
    """Who signed and may not; a count is one person's."""
    by, second = body["operator"], body["approver"]
    found = []
    if not allowed(people, by, Act.DEPOSIT, body):
        found.append(Problem("no-right", f"{by} may not make a bank deposit, or is not known here.", 0))
    if body["kind"] == Kind.DEPOSIT_COUNT:
        return found
    if second is None:
        return [*found, Problem("not-approved", f"{by} alone signed for a bank deposit.", 0)]
    if not allowed(people, second, Act.AGREE, body):
        found.append(Problem("no-right", f"{second} may not sign for a bank deposit, or is not known here.", 0))
    try:
        require_second_person(second, (by,))
    except Refused:
        found.append(Problem("self-approval", f"{second} signed for their own bank deposit.", 0))
    return found


def of_hands(body: Body, drawers: Iterable[ClosedSession | SafeBag]) -> list[Problem]:
    """The second person had one of the drawers, or opened or closed it for another."""
    return had_one(body, ((each.drawer, each.terminal, (each.operator, *each.hands)) for each in drawers))


def had_one(body: Body, drawers: Iterable[tuple[str, str, Sequence[str]]]) -> list[Problem]:
    """The second person is one of those who had a drawer: its code, its terminal, its people each."""
    second = body["approver"]
    for drawer, terminal, hands in drawers:
        try:
            require_second_person(second or "", hands)
        except Refused:
            told = f"{second} signed for a bank deposit of drawer {drawer} at {terminal}, which they had."
            return [Problem("own-drawer", told, 0)]
    return []
