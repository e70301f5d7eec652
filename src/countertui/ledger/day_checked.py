"""Days that terminals said they closed, looked at again: who said so, what was left open and why, what was hidden."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from countertui.domain.day_checklist import State, Step, left_in, said_open
from countertui.domain.rights import Act
from countertui.ledger.posting import Problem
from countertui.ledger.sessions import Sessions
from countertui.ledger.staff import People, allowed

Body = Mapping[str, Any]


def problems_of_day(body: Body, sessions: Sessions, people: People) -> list[Problem]:
    """What a technician looks at of a `day_checked`: it posts nothing.

    Drawers are not believed: which of them are open, the records themselves say.
    """
    data, by = body["data"], body["operator"]
    told = f"{by} closed the day {body['biz_date']} at {sessions.terminal}"
    problems = []
    if not allowed(people, by, Act.SEAL, body):
        problems.append(Problem("no-right", f"{told} and may not, or is not known here.", 0))
    if left := left_in(data):
        each = "; ".join(f"{said_open(one)}{f' ({note})' if (note := one['note']) else ''}" for one in left)
        reason = f"Why, by {by}: {data['reason']}" if data["reason"] else "No reason is given."
        problems.append(Problem("left-open", f"{told} and left open: {each}. {reason}", 0))
    said = next((one for one in data["items"] if one["what"] == Step.DRAWERS), None)
    still = sessions.open_drawers()
    if said is not None and said["state"] != State.OPEN and still:
        problems.append(Problem("drawer-hidden", f"{told} and named no open drawer; open: {', '.join(still)}.", 0))
    return problems
