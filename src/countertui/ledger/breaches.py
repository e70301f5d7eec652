"""What a signed record did that it may not do: opening, taking money and closing, looked at again by the ledger.

The money was taken all the same, so it is posted where it belongs: these problems hold nothing in suspense (0 cents)
unless said otherwise. Voids and refunds are looked at in undoing.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from countertui.domain.cash_back import room_for
from countertui.domain.cash_rounding import ROUNDING_CODE
from countertui.domain.charges import DRAWN_HEAD
from countertui.domain.city import CityRules
from countertui.domain.money import Cents, format_cents
from countertui.domain.records import Kind
from countertui.domain.refusal import Refused
from countertui.domain.rights import Act, require_second_person
from countertui.domain.tender_rules import TenderRules
from countertui.domain.tenders import Tender, TenderKind
from countertui.domain.text import same_person
from countertui.ledger.posting import Problem
from countertui.ledger.sessions import Amount, Session
from countertui.ledger.staff import People, allowed

Body = Mapping[str, Any]


_FAR_DAYS = 8
"""More than a week by the day at the terminal; a day more, as the record tells its time in UTC."""


def of_open(body: Body, before: Session | None, in_use: str | None, people: People) -> list[Problem]:
    """Of an `open`: a session of that id before, a drawer in use, an operator without the right, a business date far
    from the clock's, a difference; the last two where no second person approved.

    in_use: another open session of this terminal that has the drawer.
    """
    if before is not None:
        return [_said("session-open-twice", f"Session {body['session']} was opened before, by {before.operator}.")]
    found = _of_operator(body, people)
    data, approver = body["data"], body["approver"]
    if in_use is not None:
        told = f"Drawer {data['drawer']} was opened for session {body['session']} while session {in_use} had it."
        found.append(_said("drawer-open-twice", told))
    off = data["counted_cents"] - data["fund_cents"]
    far = _days_between(body["biz_date"], body["utc"][:10]) > _FAR_DAYS
    if not off and not far:
        # Somebody let it be for another reason, which stands in it: a clock that was off, a drawer open elsewhere.
        return found if approver is None else found + of_approver(body, people, "opening count")
    if approver is None:
        if off:
            told = f"Drawer {data['drawer']} was opened {format_cents(off)} off its fund, unapproved."
            found.append(_said("not-approved", told))
        if far:
            told = f"Session {body['session']} was opened on {body['utc'][:10]} for {body['biz_date']}, unapproved."
            found.append(_said("far-date", told))
    else:
        found += of_approver(body, people, "opening count")
    return found


def of_pay(body: Body, session: Session | None, people: People) -> list[Problem]:
    """Of a `pay`: an operator without the right, a session that is not open, another's, or of another date, and an
    approver (of a check for a cash-only account) without the right or who took the payment.
    """
    found = _of_operator(body, people)
    if body["approver"] is not None:
        found += of_approver(body, people, "payment")
    elif fees_by_draw(body["data"]):
        found.append(_said("not-approved", "A trust deposit paid for fees, unapproved."))
    if session is None or session.close_seq is not None:
        found.append(why_not_open(body, session))
    elif session.operator != body["operator"]:
        found.append(
            _said("other-operator", f"{body['operator']} took money in {session.operator}'s session {body['session']}.")
        )
    if session is not None and session.biz_date != body["biz_date"]:
        found.append(_other_date(body, session))
    return found


def fees_by_draw(data: Mapping[str, Any]) -> bool:
    """Whether a deposit paid in a receipt with fees, of which nobody knows whose they are."""
    heads = {part["head"] for line in data["lines"] for part in line["allocations"]}
    fees = any(line["account"] is None and line["fee"] != ROUNDING_CODE for line in data["lines"])
    return DRAWN_HEAD in heads and fees


def of_apply(body: Body, people: People) -> list[Problem]:
    """Of credit applied to charges: an operator without the right."""
    return _of_operator(body, people)


def of_cash_back(data: Mapping[str, Any], rules: TenderRules) -> list[Problem]:
    """Of a `pay`: more cash back than the city's rules give for its tenders."""
    back = data.get("cash_back_cents", 0)
    if not back:
        return []
    tenders = [Tender(TenderKind(each["kind"]), Cents(each["cents"])) for each in data["tenders"]]
    room = room_for(rules.cash_back, tenders)
    if back <= room:
        return []
    return [_said("cash-back", f"Cash back of {format_cents(back)} was given; the rules give {format_cents(room)}.")]


def of_close(
    body: Body, session: Session, derived: Mapping[TenderKind, Amount], people: People, rules: CityRules
) -> list[Problem]:
    """Of an open session's `close`: expected figures other than its records add up to, another drawer, date, closer,
    a difference that only a lead lets be, where none did, and an absent operator's drawer that was closed by one.

    Over and short are posted from what was counted and what is derived here (pieces and cents), whatever it says.
    """
    data, found = body["data"], []
    said = {each["tender"]: (each.get("count"), each["cents"]) for each in data["expected"]}
    for kind, (count, cents) in derived.items():
        said_count, said_cents = said.get(kind.value, (0, 0))
        if said_cents != cents:
            told = f"the close expected {format_cents(said_cents)}, its records add up to {format_cents(cents)}"
            off = format_cents(cents - said_cents)
            found.append(_said("other-expected", f"Session {body['session']}, {kind.label}: {told}; {off} off."))
        elif kind is not TenderKind.CASH and said_count != count:
            # Cash is counted by its worth alone.
            told = f"the close expected {said_count} pieces, its records add up to {count}"
            found.append(_said("other-expected", f"Session {body['session']}, {kind.label}: {told}."))
    if data["drawer"] != session.drawer:
        found.append(_said("other-drawer", f"Session {body['session']} has drawer {session.drawer}, not this one."))
    if body["biz_date"] != session.biz_date:
        found.append(_other_date(body, session))
    mine = same_person(body["operator"], session.operator)
    if not allowed(people, body["operator"], Act.TAKE_MONEY if mine else Act.CLOSE_OTHERS, body):
        found.append(_said("no-right", f"{body['operator']} may not close session {body['session']}."))
    if not mine:
        found += _of_counted_along(body, session, people)
    elif body["approver"] is not None:
        found += of_approver(body, people, "close")
    else:
        found += _unseen(body, derived, rules)
    return found


def _of_counted_along(body: Body, session: Session, people: People) -> list[Problem]:
    """Of the close of an absent operator's drawer: nobody, or nobody else, who counted along."""
    told = f"{session.operator}'s session {body['session']}"
    if body["approver"] is None:
        return [_said("not-approved", f"{body['operator']} alone closed {told}.")]
    if not allowed(people, body["approver"], Act.SEAL, body):
        return [_said("no-right", f"{body['approver']} may not count along, or is not known here.")]
    try:
        require_second_person(body["approver"], (body["operator"], session.operator))
    except Refused:
        return [_said("self-approval", f"{body['approver']} is no second person to close {told}.")]
    return []


def of_counts(bodies: Iterable[Body], close: Body, session: Session, rules: CityRules) -> list[Problem]:
    """Of a batch's counts of a session that it closes: one more than the city's rules let an operator make alone."""
    counts = [each for each in bodies if each["kind"] == Kind.COUNT and each["session"] == close["session"]]
    before = max(0, close["data"].get("counts", len(counts)) - len(counts))
    alone = [
        each
        for n, each in enumerate(counts, start=before + 1)
        if n > rules.most_counts and each["approver"] is None and same_person(each["operator"], session.operator)
    ]
    if not alone:
        return []
    told = f"{session.operator} counted session {close['session']} more than {rules.most_counts} times"
    return [_said("not-approved", f"{told}: record {alone[0]['seq']}, unapproved.")]


def _unseen(body: Body, derived: Mapping[TenderKind, Amount], rules: CityRules) -> list[Problem]:
    counted = {each["tender"]: each["cents"] for each in body["data"]["counted"]}
    off = {kind: Cents(counted.get(kind.value, 0) - cents) for kind, (_, cents) in derived.items()}
    told = f"Session {body['session']} was closed, unapproved,"
    return [
        _said("not-approved", f"{told} with its {kind.label} {format_cents(cents)} off.")
        for kind, cents in off.items()
        if abs(cents) > rules.over_short_lead_above
    ]


def of_approver(body: Body, people: People, what: str) -> list[Problem]:
    """Of a record's approver: without the right, or who did it themselves."""
    if not allowed(people, body["approver"], Act.APPROVE, body):
        return [_said("no-right", f"{body['approver']} may not approve, or is not known here.")]
    try:
        require_second_person(body["approver"], (body["operator"],))
    except Refused:
        return [_said("self-approval", f"{body['approver']} approved their own {what}.")]
    return []


def why_not_open(body: Body, session: Session | None, cents: int = 0) -> Problem:
    """The problem of a record in a session that was never opened, or is closed."""
    if session is None:
        return Problem("session-not-open", f"Session {body['session']} was never opened.", cents)
    return Problem(
        "session-closed", f"Session {body['session']} was closed before, by record {session.close_seq}.", cents
    )


def _of_operator(body: Body, people: People) -> list[Problem]:
    if allowed(people, body["operator"], Act.TAKE_MONEY, body):
        return []
    return [_said("no-right", f"{body['operator']} may not take money, or is not known here.")]


def _other_date(body: Body, session: Session) -> Problem:
    told = f"Session {body['session']} has the business date {session.biz_date}, not {body['biz_date']}."
    return _said("other-date", told)


def _days_between(one: str, other: str) -> int:
    """How far apart two dates are; 0 where a clock's date can't be read, for the clock decides nothing."""
    try:
        return abs((date.fromisoformat(one) - date.fromisoformat(other)).days)
    except ValueError:
        return 0


def _said(reason: str, detail: str) -> Problem:
    return Problem(reason, detail, 0)
