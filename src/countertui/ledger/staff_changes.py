"""What a signed record may change of an operator, and what comes of it: checked at the terminal, and here again.

Two terminals may change one operator without knowing of each other. The ledger's order decides, and an error item says
so: an own PIN takes the place of the one it names only, a reset, a last day and a removal of whatever is there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from countertui.domain.desk_records import DESK
from countertui.domain.operators import FEWEST_ADMINS, OPERATOR_ID, REMOVED, Change, fingerprint
from countertui.domain.refusal import Refused
from countertui.domain.rights import Act, Role, require_second_person, took_part
from countertui.domain.text import person_key, refuse_controls
from countertui.ledger import tables
from countertui.ledger.desk_proof import SETS_PROOF, keep_verifier
from countertui.ledger.posting import Problem
from countertui.ledger.sign_in import unlock
from countertui.ledger.staff import Body, People, Person, allowed, days_of, people_of, roles_of

LONGEST_NAME = 60
_TEXTS = ("what", "id", "name", "roles", "verifier")
_TEXT_OR_NONE = (str, type(None))
_BY_TWO = frozenset({Change.ADDED, Change.RESET, Change.ROLES})
_YIELDS = frozenset({Change.PIN, Change.ROLES})
"""What takes the place of that alone which it names: whoever made it did not mean to undo another's change."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Whether a change counts, and what is to be told of it."""

    counts: bool
    problem: Problem | None


def judge_terminals(body: Body, people: People) -> Judged:
    """Judge an `operator` record of a terminal's: what somebody may do is changed at the ledger's desk alone."""
    problem = _garbled(body["data"])
    if (
        problem is None
        and body["data"]["what"] == Change.ROLES
        and allowed(people, body["operator"], Act.KEEP_OPERATORS, body)
    ):
        problem = Problem("no-right", f"{body['data']['id']}: no terminal changes what somebody may do.", 0)
    return judge(body, people) if problem is None else Judged(counts=False, problem=problem)


def judge(body: Body, people: People) -> Judged:
    """Judge an `operator` record by who made it and by what is known."""
    problem = _garbled(body["data"]) or _not_theirs_to_do(body, people) or _not_fitting(body, people)
    if problem is not None:
        return Judged(counts=False, problem=problem)
    data, change = body["data"], Change(body["data"]["what"])
    person = people.get(data["id"])
    if person is None:
        return Judged(counts=True, problem=None)
    if data["replaces"] == fingerprint(_replaced(change, person)):
        return Judged(counts=True, problem=None)
    told = "it was not taken over" if change in _YIELDS else "it counts, being the later one"
    conflict = f"{data['id']}, {change.value}: made without knowing of a change that came before it; {told}."
    return Judged(counts=change not in _YIELDS, problem=Problem("operator-conflict", conflict, 0))


def keep(people: People, body: Body) -> None:
    """Let a change that counts do so from here on."""
    data, change = body["data"], Change(body["data"]["what"])
    person = people.get(data["id"])
    if person is None:
        begin = body["utc"][:10]
        people[data["id"]] = Person(data["name"], roles_of(data["roles"]), begin, None, data["verifier"])
    elif change is Change.ROLES:
        since = person.history or ((person.active_from, person.roles),)
        roles, day = roles_of(data["roles"]), body["utc"][:10]
        before = tuple(row for row in since if row[0] < day)
        people[data["id"]] = replace(person, roles=roles, history=(*before, (day, roles)))
    else:
        last = data["active_to"] if change in {Change.LEAVE, Change.REMOVED} else person.active_to
        verifier = person.verifier if change is Change.LEAVE else data["verifier"]
        people[data["id"]] = replace(person, active_to=last, verifier=verifier)


def write_changes(connection: Connection, bodies: Iterable[Body], version: int) -> None:
    """Bring the books' operators to what these changes, which count, make of them; note each."""
    people = people_of(connection)
    operator = tables.reference["operator"]
    for body in bodies:
        data = body["data"]
        before = people.get(data["id"])
        if before is not None:
            keep_verifier(connection, data["id"], before.verifier)
        keep(people, body)
        person = people[data["id"]]
        values = {"verifier": person.verifier, "active_to": person.active_to, "changed_in": version}
        if before is None:
            row = {"id": data["id"], "name": person.name, "roles": data["roles"], "active_from": person.active_from}
            connection.execute(insert(operator).values(**row, **values))
        else:
            connection.execute(update(operator).where(operator.c.id == data["id"]).values(**values))
            if before.history != person.history:
                _write_roles(connection, data["id"], person)
            # A terminal's record gives nobody more tries at the desk.
            if before.verifier != person.verifier and body["terminal"] == DESK:
                unlock(connection, data["id"])
        _note(connection, body)


def note_logins(connection: Connection, terminal: str, bodies: Iterable[Body]) -> None:
    """Note when each operator signed on last, and where."""
    last = {body["operator"]: body["utc"] for body in bodies}
    table = tables.last_login
    there = {row.operator: row.at for row in connection.execute(select(table.c.operator, table.c.at))} if last else {}
    for id_, at in last.items():
        if id_ not in there:
            connection.execute(insert(table).values(operator=id_, at=at, terminal=terminal))
        elif there[id_] < at:
            connection.execute(update(table).where(table.c.operator == id_).values(at=at, terminal=terminal))


def why_not_unlocked(body: Body, people: People) -> Problem | None:
    """Why an `unlock` record may not stand: a lead lets another try again, or two people who reset the PIN."""
    by, about = body["operator"], body["data"].get("unlocked")
    if type(about) is not str:
        return Problem("bad-operator", "The record does not say who was unlocked.", 0)
    by_lead = allowed(people, by, Act.APPROVE, body)
    by_two = allowed(people, by, Act.KEEP_OPERATORS, body) and allowed(
        people, str(body["approver"]), Act.APPROVE_RESET, body
    )
    if not by_lead and not by_two:
        return Problem("no-right", f"{by} may not unlock {about}, or is not known here.", 0)
    if person_key(about) in map(person_key, took_part(body)):
        return Problem("self-approval", f"{about} took part in being unlocked.", 0)
    return None


def _garbled(data: Body) -> Problem | None:
    texts = all(type(data.get(name)) is str for name in _TEXTS)
    others = all(name in data and type(data[name]) in _TEXT_OR_NONE for name in ("active_to", "replaces"))
    if not texts or not others or data["what"] not in set(Change):
        return Problem("bad-operator", "The record does not say who the operator is and what happened.", 0)
    try:
        refuse_controls(data["name"] + data["id"], "The name")
    except Refused:
        return Problem("bad-operator", "The operator's name holds characters that can't be printed.", 0)
    words = data["roles"].split()
    if len(data["name"]) > LONGEST_NAME or not words or len(roles_of(data["roles"])) != len(words):
        return Problem("bad-operator", f"{data['id']} has no proper name and roles.", 0)
    return None


def _not_theirs_to_do(body: Body, people: People) -> Problem | None:
    """Only an admin keeps operators, never themselves, and a PIN only its owner; some of it takes a second person."""
    data, by, second = body["data"], body["operator"], body["approver"]
    change = Change(data["what"])
    if change is Change.PIN:
        mine = by == data["id"] and by in people and any(people[by].works_on(day) for day in days_of(body))
        return None if mine else Problem("no-right", f"{by} may not choose the PIN of {data['id']}.", 0)
    if not allowed(people, by, Act.KEEP_OPERATORS, body):
        return Problem("no-right", f"{by} may not keep operators, or is not known here.", 0)
    in_it = [by]
    if change in _BY_TWO:
        if type(second) is not str:
            return Problem("not-approved", f"{data['id']}, {change.value}: no second person approved it.", 0)
        if not allowed(people, second, Act.APPROVE_RESET, body):
            return Problem("no-right", f"{second} may not approve it, or is not known here.", 0)
        in_it.append(second)
    try:
        require_second_person(data["id"], in_it)
        require_second_person(in_it[-1], in_it[:-1])
    except Refused:
        return Problem("self-approval", f"{data['id']}, {change.value}: one person took part twice.", 0)
    return None


def _not_fitting(body: Body, people: People) -> Problem | None:
    data, change = body["data"], Change(body["data"]["what"])
    same = [id_ for id_ in people if person_key(id_) == person_key(data["id"]) and id_ != data["id"]]
    if same:
        return Problem("bad-operator", f"{data['id']} is another spelling of operator {same[0]}.", 0)
    if change is Change.ADDED and data["id"] in people:
        told = f"{data['id']} was added before; the second of that id was not taken over."
        return Problem("operator-conflict", told, 0)
    if change is Change.ADDED and not OPERATOR_ID.fullmatch(data["id"]):
        return Problem("bad-operator", "The new operator's id is none: small letters, digits, dots and dashes.", 0)
    if change is not Change.ADDED and data["id"] not in people:
        return Problem("bad-operator", f"There is no operator {data['id']}.", 0)
    if change in SETS_PROOF and (change is Change.REMOVED) != (data["verifier"] == REMOVED):
        return Problem("bad-operator", f"{data['id']}, {change.value}: the record contradicts itself.", 0)
    if change in {Change.LEAVE, Change.REMOVED} and not _is_last_day(data["active_to"], change, body["utc"][:10]):
        return Problem("bad-operator", f"{data['id']}: that last day is none, or is past.", 0)
    if _stays_admin(people.get(data["id"])) and not _stays_admin_after(data, change):
        others = [id_ for id_, person in people.items() if id_ != data["id"] and _stays_admin(person)]
        if len(others) < FEWEST_ADMINS:
            return Problem("bad-operator", f"{data['id']}, {change.value}: two admins without a last day must stay.", 0)
    return None


def _stays_admin(person: Person | None) -> bool:
    """Whether that is an admin who has no last day."""
    return person is not None and Role.ADMIN in person.roles and person.active_to is None


def _stays_admin_after(data: Body, change: Change) -> bool:
    if change is Change.ROLES:
        return Role.ADMIN in roles_of(data["roles"])
    return change is not Change.REMOVED and (change is not Change.LEAVE or data["active_to"] is None)


def _is_last_day(last: str | None, change: Change, day: str) -> bool:
    """Not before the record's own date, give or take the day that a time zone makes."""
    if last is None:
        return change is Change.LEAVE
    try:
        return date.fromisoformat(last) >= date.fromisoformat(day) - timedelta(days=1) and len(last) == len(day)
    except ValueError:
        return False


def _replaced(change: Change, person: Person) -> str | None:
    if change is Change.LEAVE:
        return person.active_to
    return " ".join(sorted(person.roles)) if change is Change.ROLES else person.verifier


def _write_roles(connection: Connection, id_: str, person: Person) -> None:
    operator, past = tables.reference["operator"], tables.operator_role
    words = " ".join(role.value for role in Role if role in person.roles)
    connection.execute(update(operator).where(operator.c.id == id_).values(roles=words))
    connection.execute(delete(past).where(past.c.operator == id_))
    rows = [{"operator": id_, "since": since, "roles": " ".join(sorted(roles))} for since, roles in person.history]
    connection.execute(insert(past), rows)


def _note(connection: Connection, body: Body) -> None:
    data = body["data"]
    connection.execute(
        insert(tables.operator_change).values(
            terminal=body["terminal"],
            epoch=body["epoch"],
            seq=body["seq"],
            operator=data["id"],
            what=data["what"],
            by=body["operator"],
            second=body["approver"],
            at=body["utc"],
        )
    )
