"""What a batch says of drawers, put onto its sheet: opened, closed, and what was done with a running one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from countertui.domain.records import Kind
from countertui.domain.tenders import TenderKind
from countertui.ledger import breaches
from countertui.ledger.fund_changes import problems_of_change, problems_of_request
from countertui.ledger.hand_overs import problems_of_hand_over
from countertui.ledger.posting import Posting, Problem, post_close, post_close_of_nothing
from countertui.ledger.sheet.entering import Body, Day
from countertui.ledger.surprise_counts import problems_of_surprise
from countertui.ledger.two_terminals import drawers_at_two


def problems_in_drawer(day: Day, body: Body) -> list[Problem]:
    """What is wrong with what was done with a running drawer beside taking money."""
    sheet = day.sheet
    if body["kind"] == Kind.DROP:
        return sheet.drops.take(body, sheet.sessions, day.people)
    if body["kind"] == Kind.FUND_REQUEST:
        return problems_of_request(body, sheet.sessions, day.people)
    if body["kind"] == Kind.FUND_CHANGE:
        return problems_of_change(body, sheet.sessions, day.people)
    if body["kind"] == Kind.HAND_OVER:
        return problems_of_hand_over(body, sheet.sessions)
    return problems_of_surprise(body, sheet.sessions, day.people, sheet.rules)


def open_drawer(day: Day, body: Body) -> None:
    """Let a drawer be open from here on, and say what was wrong with opening it."""
    before = day.sheet.sessions.find(body["session"])
    in_use = day.sheet.sessions.open_in_drawer(body["data"]["drawer"])
    day.sheet.problems += [(body["seq"], problem) for problem in breaches.of_open(body, before, in_use, day.people)]
    if before is None:
        day.sheet.sessions.open(body)


def close_drawer(day: Day, bodies: Sequence[Body], body: Body) -> Posting:
    """Over and short are what was counted less what the session's records add up to, not less what the close says."""
    data, session = body["data"], day.sheet.sessions.find(body["session"])
    if session is None:
        said = {TenderKind(each["tender"]): each["cents"] for each in data["over_short"]}
        return post_close_of_nothing(said, breaches.why_not_open(body, session), day.chart)
    if session.close_seq is not None:
        return Posting({}, (), [breaches.why_not_open(body, session)])
    derived, rules = day.sheet.sessions.expected(body["session"]), day.sheet.rules
    problems = breaches.of_close(body, session, derived, day.people, rules) + day.sheet.cards.hidden_at_close(body)
    problems += breaches.of_counts(bodies, body, session, rules) + drawers_at_two(day.connection, bodies, body, session)
    day.sheet.sessions.close(body)
    counted = {each["tender"]: each["cents"] for each in data["counted"]}
    found = {kind: counted.get(kind.value, 0) - cents for kind, (_, cents) in derived.items()}
    posting = day.periods.fitted(post_close(found, day.chart), body["biz_date"])
    return replace(posting, problems=[*problems, *posting.problems])
