"""Change that terminals' drawers got out of the safe, looked at again; it posts nothing and moves no money in sum."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from countertui.domain.money import Cents, format_cents
from countertui.domain.rights import Act
from countertui.domain.text import same_person
from countertui.ledger.breaches import of_approver
from countertui.ledger.posting import Problem
from countertui.ledger.sessions import Sessions
from countertui.ledger.staff import People, allowed

Body = Mapping[str, Any]


def problems_of_change(body: Body, sessions: Sessions, people: People) -> list[Problem]:
    """What is wrong with a `fund_change`: no such open drawer, another's, nobody who gave it."""
    told = f"{body['operator']} had {_what(body)} changed"
    found = _asked(body, told, sessions, people)
    if any(problem.reason == "change-of-no-session" for problem in found):
        return found
    if body["approver"] is None:
        return [*found, Problem("not-approved", f"{told}, and nobody gave it.", 0)]
    return found + of_approver(body, people, "change")


def problems_of_request(body: Body, sessions: Sessions, people: People) -> list[Problem]:
    """What is wrong with a `fund_request`: no such open drawer, another's, somebody without the right."""
    return _asked(body, f"{body['operator']} wanted {_what(body)} changed", sessions, people)


def _what(body: Body) -> str:
    return f"{format_cents(Cents(body['data']['cents']))} of drawer {body['data']['drawer']}"


def _asked(body: Body, told: str, sessions: Sessions, people: People) -> list[Problem]:
    session, by = sessions.find(body["session"]), body["operator"]
    if session is None or session.close_seq is not None or session.drawer != body["data"]["drawer"]:
        return [Problem("change-of-no-session", f"{told}, which was not open.", 0)]
    found = []
    if not same_person(by, session.operator):
        found.append(Problem("other-operator", f"{told}, which is {session.operator}'s.", 0))
    if not allowed(people, by, Act.TAKE_MONEY, body):
        found.append(Problem("no-right", f"{told} and may not, or is not known here.", 0))
    return found
