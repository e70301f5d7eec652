"""Surprise counts that terminals recorded, looked at again: who counted whose drawer, and how far off it was."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from countertui.domain.city import CityRules
from countertui.domain.money import Cents, format_cents
from countertui.domain.rights import Act
from countertui.domain.tenders import TenderKind
from countertui.domain.text import same_person
from countertui.ledger.posting import Problem
from countertui.ledger.sessions import Sessions
from countertui.ledger.staff import People, allowed

Body = Mapping[str, Any]


def problems_of_surprise(body: Body, sessions: Sessions, people: People, rules: CityRules) -> list[Problem]:
    """What is wrong with a surprise count, and what a technician looks at; it posts nothing and moves no money.

    The difference is what was counted less what the session's own records add up to by then, whatever it says.
    """
    data, by = body["data"], body["operator"]
    told = f"{by} counted drawer {data['drawer']} by surprise"
    session = sessions.find(body["session"])
    if session is None or session.close_seq is not None or session.drawer != data["drawer"]:
        return [Problem("count-of-no-session", f"{told}, which was not open.", 0)]
    found = []
    if same_person(by, session.operator):
        found.append(Problem("own-surprise-count", f"{told}: it is their own.", 0))
    elif not allowed(people, by, Act.COUNT_OTHERS, body):
        found.append(Problem("no-right", f"{told} and may not, or is not known here.", 0))
    signer = body["approver"]
    if signer is not None and not same_person(signer, session.operator):
        found.append(Problem("other-operator", f"{told}; {signer} signed for {session.operator}, whose it is.", 0))
    said = {each["tender"]: each["cents"] for each in data["expected"]}
    counted = {each["tender"]: each["cents"] for each in data["counted"]}
    for kind, (_, cents) in sessions.expected(body["session"]).items():
        if said[kind.value] != cents:
            differs = (
                f"it expected {format_cents(Cents(said[kind.value]))}, the records add up to {format_cents(cents)}"
            )
            found.append(Problem("other-expected", f"{told}; {kind.label}: {differs}.", 0))
        off = counted[kind.value] - cents
        if abs(off) > rules.over_short_lead_above:
            found.append(Problem("surprise-count-off", f"{told}: {_off(kind, off)} of {session.operator}.", 0))
    return found


def _off(kind: TenderKind, cents: int) -> str:
    return f"{kind.label} is {format_cents(Cents(abs(cents)))} {'over' if cents > 0 else 'short'} in the drawer"
