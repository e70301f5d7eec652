"""The worklist of unlicensed businesses at the ledger: what lists brought up, how each stands, letters written to them.

Every list and every change is a record of the desk. What stands on the worklist, settled or not, no later list brings
up again, however it spells it; so a list that was looked through halfway is simply looked through again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, func, insert, select, update

from countertui.domain.desk_records import DeskKind
from countertui.domain.lead_list import (
    LONGEST_NOTE,
    LONGEST_TEXT,
    MOST_EVIDENCE,
    MOST_IN_RECORD,
    NEEDS_NOTE,
    NEXT_LETTER,
    LeadStatus,
)
from countertui.domain.lead_records import LeadData, LeadLicensedData, LeadsFoundData, LeadStatusData
from countertui.domain.records import Fact
from countertui.domain.rights import Act
from countertui.errors import AnswerNo
from countertui.ledger import tables
from countertui.ledger.city_day import city_day
from countertui.ledger.desk import Ground, Made, record, require_right

if TYPE_CHECKING:
    from countertui.ledger.lead_search import Found, Row
    from countertui.ledger.leads import Lead


class LeadRefusedError(AnswerNo):
    """What can't be said of a lead, or of none that there is."""


@dataclass(frozen=True, slots=True)
class Worked:
    """A lead on the worklist."""

    no: int
    known_by: str
    list: str
    key: str
    name: str
    address: str
    mailing: str
    about: str
    alike: int
    evidence: tuple[str, ...]
    status: LeadStatus
    since: str
    note: str
    letters: int


def keep_found(ground: Ground, found: Found, list_: str, sha256: str, *, by: str, new_id: Callable[[], str]) -> int:
    """Put what a list brought up onto the worklist, for somebody who answers for it; returns how many records it took.

    Raises NotAllowed; nothing is changed then. A list that brings up nothing makes no record.
    """
    require_right(ground.connection, by, Act.DECIDE_LICENSES, ground.now)
    leads = [_lead_data(lead, row) for lead, row in found.leads]
    licensed = [LeadLicensedData(known_by=each.known_by, license=number) for each, number in found.licensed_now]
    made = 0
    while leads or licensed:
        data = LeadsFoundData(
            list=list_[:LONGEST_TEXT],
            sha256=sha256,
            rows=found.rows,
            leads=leads[:MOST_IN_RECORD],
            licensed=licensed[:MOST_IN_RECORD],
        )
        leads, licensed = leads[MOST_IN_RECORD:], licensed[MOST_IN_RECORD:]
        carry_out_found(ground, _recorded(ground, DeskKind.LEADS_FOUND, data, by, new_id()))
        made += 1
    return made


def carry_out_found(ground: Ground, made: Made) -> None:
    """Put leads onto the worklist; those that are licensed by now are settled."""
    table, data, day = tables.lead, made.body["data"], made.body["biz_date"]
    last = int(ground.connection.execute(select(func.coalesce(func.max(table.c.no), 0))).scalar_one())
    fresh = {"list": data["list"], "found_seq": made.seq, "status": LeadStatus.NEW.value, "since": day, "note": ""}
    rows = [
        {**each, "evidence": json.dumps(each["evidence"]), **fresh, "no": no, "status_seq": made.seq, "letters": 0}
        for no, each in enumerate(data["leads"], start=last + 1)
    ]
    if rows:
        ground.connection.execute(insert(table), rows)
    for each in data["licensed"]:
        ground.connection.execute(
            update(table)
            .where(table.c.known_by == each["known_by"])
            .values(status=LeadStatus.LICENSED.value, since=day, note=each["license"], status_seq=made.seq)
        )


def set_status(ground: Ground, numbers: Sequence[int], status: LeadStatus, note: str, *, by: str, id_: str) -> Made:
    """Say how leads stand from today on. Raises LeadRefusedError, NotAllowed; nothing is changed then."""
    require_right(ground.connection, by, Act.DECIDE_LICENSES, ground.now)
    told = " ".join(note.split())
    if status in NEEDS_NOTE and not told:
        raise LeadRefusedError("A reason is needed.", "Nothing was changed.", "Say why: --note.")
    if len(told) > LONGEST_NOTE:
        raise LeadRefusedError(f"The note is longer than {LONGEST_NOTE} characters.", "Nothing was changed.")
    wanted = sorted(set(numbers))
    there = {each.no for each in worklist(ground.connection, wanted)}
    if lacking := [str(no) for no in wanted if no not in there]:
        raise LeadRefusedError(f"There is no lead {', '.join(lacking[:5])}.", "Nothing was changed.")
    if not wanted or len(wanted) > MOST_IN_RECORD:
        raise LeadRefusedError(f"Of one to {MOST_IN_RECORD} leads at once.", "Nothing was changed.")
    data = LeadStatusData(leads=wanted, status=status.value, note=told, letter=False)
    made = _recorded(ground, DeskKind.LEAD_STATUS, data, by, id_)
    carry_out_status(ground, made)
    return made


def write_letters(
    ground: Ground, status: LeadStatus, until: str, *, by: str, new_id: Callable[[], str]
) -> list[Worked]:
    """Say of all leads that stand so since a day (ISO) or before that a letter goes to them today; gives them as they
    were.

    Those without any address stay as they are. Raises LeadRefusedError, NotAllowed; nothing is changed then.
    """
    require_right(ground.connection, by, Act.DECIDE_LICENSES, ground.now)
    if status not in NEXT_LETTER:
        allowed = ", ".join(each.label for each in NEXT_LETTER)
        raise LeadRefusedError(f"No letter goes to a lead that is {status.label}.", "Nothing was changed.", allowed)
    waiting = (each for each in worklist(ground.connection) if each.status is status and each.since <= until)
    written = [each for each in waiting if each.mailing or each.address]
    for start in range(0, len(written), MOST_IN_RECORD):
        numbers = [each.no for each in written[start : start + MOST_IN_RECORD]]
        data = LeadStatusData(leads=numbers, status=NEXT_LETTER[status].value, note="", letter=True)
        carry_out_status(ground, _recorded(ground, DeskKind.LEAD_STATUS, data, by, new_id()))
    return written


def carry_out_status(ground: Ground, made: Made) -> None:
    """Let leads stand as a record says."""
    table, data = tables.lead, made.body["data"]
    ground.connection.execute(
        update(table)
        .where(table.c.no.in_(data["leads"]))
        .values(
            status=data["status"],
            since=made.body["biz_date"],
            note=data["note"],
            status_seq=made.seq,
            letters=table.c.letters + int(data["letter"]),
        )
    )


def worklist(connection: Connection, numbers: Sequence[int] | None = None) -> list[Worked]:
    """The leads, all or some, by number."""
    c = tables.lead.c
    columns = (c.no, c.known_by, c.list, c.key, c.name, c.address, c.mailing, c.about, c.alike, c.evidence)
    query = select(*columns, c.status, c.since, c.note, c.letters).order_by(c.no)
    if numbers is not None:
        query = query.where(c.no.in_(numbers))
    return [_worked(row) for row in connection.execute(query).mappings()]


def written_on(connection: Connection, day: str, status: LeadStatus) -> list[Worked]:
    """The leads that stand so since a day (ISO) because a letter was written to them then."""
    return [each for each in worklist(connection) if each.since == day and each.status is status and each.letters]


def _worked(row: Mapping[Any, Any]) -> Worked:
    return Worked(**{**row, "evidence": tuple(json.loads(row["evidence"])), "status": LeadStatus(row["status"])})


def _recorded(ground: Ground, kind: DeskKind, data: Any, by: str, id_: str) -> Made:
    day = city_day(ground.connection, ground.now)
    fact = Fact(id=id_, kind=kind, operator=by, data=data, biz_date=day)
    return record(ground.connection, ground.books, ground.key, fact, ground.now)


def _lead_data(lead: Lead, row: Row) -> LeadData:
    return LeadData(
        known_by=lead.business.known_by,
        key=lead.business.key[:LONGEST_TEXT],
        name=lead.business.name[:LONGEST_TEXT],
        address=lead.business.address[:LONGEST_TEXT],
        mailing=row.mailing[:LONGEST_TEXT],
        about=row.about[:LONGEST_TEXT],
        alike=lead.alike,
        evidence=[each[:LONGEST_TEXT] for each in lead.evidence[:MOST_EVIDENCE]],
    )
