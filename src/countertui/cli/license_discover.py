"""`countertui license discover` and what follows: businesses that no license is found for, looked into one by one."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from countertui.cli.ledger.at_desk import at_desk, business_date, new_id, reading
from countertui.cli.lines import tell
from countertui.domain.lead_list import NEXT_LETTER, LeadStatus
from countertui.domain.words import number_of
from countertui.errors import UsageError

if TYPE_CHECKING:
    from countertui.documents.spreadsheet import Table
    from countertui.ledger.books import Books
    from countertui.ledger.importing.businesses import BusinessList
    from countertui.ledger.lead_search import Found
    from countertui.ledger.lead_worklist import Worked

_SHOWN = 20
_REPLY_DAYS = 30
_TOLD_EVERY_ROWS = 1_000


def add_to(license_: App) -> None:
    """Add this module's commands to `countertui license`."""
    for command in (discover, leads, lead, letters):
        license_.command(command)


def discover(
    file: Path,
    /,
    *,
    map_: Annotated[Path, Parameter(name="--map")],
    called: str = "",
    city: tuple[str, ...] = (),
    rejects: Path | None = None,
    dry_run: bool = False,
    dir: Path | None = None,  # noqa: A002
    json_: bool = False,
) -> int:
    """Look for unlicensed businesses in a state's registry or the commercial accounts of a utility.

    What no license is found for, by name and address however they are spelled, is ranked and put onto the worklist,
    with what was seen. What is on the worklist already, settled or not, does not come again. A lead or a technician
    signs in; a dry run asks nobody.

    Parameters
    ----------
    file
        The list, a CSV file.
    map_
        Its mapping file (TOML), kind "businesses": which column is which field.
    called
        What letters call the list, like "the state's registry of businesses"; its file's name if left out.
    city
        Only businesses in these cities, as field `city` has them.
    rejects
        Where rows that can't be read go, each with its number and reason.
    dry_run
        Say what the list would bring up, and keep nothing.
    dir
        The ledger's folder.
    json_
        Answer as JSON: {"rows", "licensed", "known", "repeated", "elsewhere", "rejected", "licensed_now": [{"lead",
        "license"}], "leads": [{"key", "name", "address", "alike", "evidence"}], "records"}.
    """
    for path in (file, map_):
        if not path.is_file():
            raise UsageError(f"There is no file {path}.", "Nothing was looked for.")
    if dry_run:
        with reading(dir) as books:
            looked = _look(books, file, map_, city, rejects)
        made = 0
    else:
        with at_desk(dir) as desk:
            from countertui.domain.rights import Act
            from countertui.ledger.lead_worklist import keep_found

            by = desk.sign_in(Act.DECIDE_LICENSES)
            looked = _look(desk.books, file, map_, city, rejects)
            with desk.ground() as ground:
                made = keep_found(ground, looked.found, called or file.stem, looked.list.sha256, by=by, new_id=new_id)
    _tell_found(looked, made, as_json=json_, dry_run=dry_run)
    return 0


def leads(
    *,
    status: tuple[LeadStatus, ...] = (),
    to: Path | None = None,
    dir: Path | None = None,  # noqa: A002
    json_: bool = False,
) -> int:
    """List the worklist: each business that no license was found for, how it stands, and the evidence.

    Parameters
    ----------
    status
        Only those that stand so: new, letter-sent, second-letter-sent, letter-came-back, pending, licensed, not-liable,
        out-of-city, out-of-business, duplicate.
    to
        Write them to a file instead, .csv or .xlsx. It must not be there yet.
    dir
        The ledger's folder.
    json_
        Answer as JSON: a list of {"no", "name", "address", "mailing", "about", "list", "key", "alike", "evidence",
        "status", "since", "note", "letters", "known_by"}.
    """
    with reading(dir) as books, books.reading() as connection:
        from countertui.ledger.lead_worklist import worklist

        found = [each for each in worklist(connection) if not status or each.status in status]
    if to is not None:
        from countertui.cli.sheet_file import write_sheets

        write_sheets(to, [_table(found)])
        tell(f"{number_of(len(found), 'lead')} in {to}.")
    elif json_:
        print(json.dumps([asdict(each) for each in found]))
    else:
        for each in found:
            _tell_lead(each)
        if not found:
            tell("none")
    return 0


def lead(
    *numbers: int,
    status: LeadStatus,
    note: str = "",
    dir: Path | None = None,  # noqa: A002
) -> int:
    """Say how leads stand from now on. A lead or a technician signs in.

    Parameters
    ----------
    numbers
        The leads' numbers.
    status
        pending, licensed, not-liable, out-of-city, out-of-business, duplicate, letter-came-back, or new again.
    note
        Why; needed where they are put aside as not liable, out of the city or out of business.
    dir
        The ledger's folder.
    """
    with at_desk(dir) as desk:
        from countertui.domain.rights import Act
        from countertui.ledger.lead_worklist import set_status

        by = desk.sign_in(Act.DECIDE_LICENSES)
        with desk.ground() as ground:
            set_status(ground, numbers, status, note, by=by, id_=new_id())
    tell(f"{number_of(len(set(numbers)), 'lead')}: {status.label}.")
    return 0


def letters(
    to: Path,
    /,
    *,
    second: bool = False,
    after: int = _REPLY_DAYS,
    again: str | None = None,
    dir: Path | None = None,  # noqa: A002
) -> int:
    """Write letters to new leads, or second ones, as one PDF in postal order. A lead or a technician signs in.

    Each that gets one is letter-sent (or second-letter-sent) from today on. Those without an address stay.

    Parameters
    ----------
    to
        The PDF to write. It must not be there yet.
    second
        Second letters, to those whose first one has had no answer.
    after
        So many days after the first one; and so many days the letter gives to answer.
    again
        Write the letters of that day (like 2026-11-23) once more, with the same bytes; nobody signs in.
    dir
        The ledger's folder.
    """
    if to.exists():
        raise UsageError(f"{to.name} is there already.", "It is unchanged, and no letter was written.", "Name another.")
    status = LeadStatus.LETTER_SENT if second else LeadStatus.NEW
    if again is not None:
        day = business_date(again)
        with reading(dir) as books:
            from countertui.ledger.lead_worklist import written_on

            with books.reading() as connection:
                written = written_on(connection, day, NEXT_LETTER[status])
            data = _pdf(books, written, day, after, second=second) if written else b""
    else:
        with at_desk(dir) as desk:
            from countertui.domain.rights import Act
            from countertui.ledger.city_day import city_day
            from countertui.ledger.lead_worklist import write_letters

            by = desk.sign_in(Act.DECIDE_LICENSES)
            with desk.ground() as ground:
                day = city_day(ground.connection, ground.now)
                until = date.fromisoformat(day) - timedelta(days=after if second else 0)
                written = write_letters(ground, status, until.isoformat(), by=by, new_id=new_id)
            data = _pdf(desk.books, written, day, after, second=second) if written else b""
    if not written:
        tell("No letter is to be written.")
        return 0
    from countertui.sync.durable import write_durably

    try:
        write_durably(to, data, 0o600)
    except OSError as fault:
        raise UsageError(
            f"{to.name} can't be written: {fault.strerror}.",
            "The letters are in the books as written.",
            f"countertui license letters OTHER.pdf --again {day}{' --second' if second else ''}",
        ) from None
    tell(f"{number_of(len(written), 'letter')} in {to}.")
    return 0


@dataclass(frozen=True, slots=True)
class _Looked:
    """A list that was read and looked through."""

    list: BusinessList
    found: Found


def _look(books: Books, file: Path, map_: Path, cities: tuple[str, ...], rejects: Path | None) -> _Looked:
    from countertui.cli.ledger.now import utc_now
    from countertui.ledger.city_day import city_day
    from countertui.ledger.importing.businesses import licensed_businesses, read_businesses, street_in
    from countertui.ledger.lead_search import look_through
    from countertui.ledger.lead_worklist import worklist

    rows = read_businesses(file, map_, cities, rejects, _progress("read"))
    with books.reading() as connection:
        today = date.fromisoformat(city_day(connection, utc_now()))
        licensed, ended = licensed_businesses(connection, today)
        there = worklist(connection)
    return _Looked(rows, look_through(rows.rows, licensed, ended, there, street_in, _progress("looked for")))


def _tell_found(looked: _Looked, made: int, *, as_json: bool, dry_run: bool) -> None:
    found, rows = looked.found, looked.list
    now = [{"lead": each.no, "license": number} for each, number in found.licensed_now]
    if as_json:
        leads = [
            {
                "key": lead.business.key,
                "name": lead.business.name,
                "address": lead.business.address,
                "alike": lead.alike,
                "evidence": list(lead.evidence),
            }
            for lead, _ in found.leads
        ]
        counts = {"rows": found.rows, "licensed": found.licensed, "known": found.known, "repeated": found.repeated}
        rest = {"elsewhere": rows.elsewhere, "rejected": rows.rejected, "rejects": rows.rejects}
        print(json.dumps({**counts, **rest, "licensed_now": now, "leads": leads, "records": made}))
        return
    tell(
        f"{number_of(found.rows, 'row')}: {found.licensed:,} licensed, {found.known:,} on the worklist already,"
        f" {found.repeated:,} repeated, {number_of(len(found.leads), 'new lead')};"
        f" {rows.elsewhere:,} in other cities, {rows.rejected:,} rejected."
    )
    for each in now:
        tell(f"  lead {each['lead']} has license {each['license']} by now")
    for lead, _ in found.leads[:_SHOWN]:
        tell(f"  {lead.business.name}, {lead.business.address or 'no address'}")
        for seen in lead.evidence:
            tell(f"      {seen}")
    if len(found.leads) > _SHOWN:
        tell(f"  … and {len(found.leads) - _SHOWN:,} more; --json lists them all.")
    if rows.rejects:
        tell(f"The rejected rows, each with its number and reason: {rows.rejects}")
    if dry_run:
        tell("Nothing was kept.")
    elif found.leads:
        tell("They are on the worklist: countertui license leads")


def _tell_lead(each: Worked) -> None:
    note = f" ({each.note})" if each.note else ""
    tell(f"{each.no:>5} {each.status.label}{note} since {each.since}: {each.name}, {each.address or 'no address'}")
    for seen in each.evidence:
        tell(f"          {seen}")


def _table(found: list[Worked]) -> Table:
    from countertui.documents.spreadsheet import Table
    from countertui.domain.report_table import Column
    from countertui.domain.report_table import ColumnKind as Kind

    columns = (
        *(Column("lead", Kind.COUNT), Column("status"), Column("since"), Column("note"), Column("name")),
        *(Column("address"), Column("mailing"), Column("about"), Column("list"), Column("key in the list")),
        *(Column("alike, percent", Kind.COUNT), Column("letters", Kind.COUNT), Column("evidence")),
    )
    rows = [
        (
            *(each.no, each.status.label, each.since, each.note, each.name, each.address, each.mailing, each.about),
            *(each.list, each.key, each.alike, each.letters, "; ".join(each.evidence)),
        )
        for each in found
    ]
    return Table("Leads", columns, rows)


def _pdf(books: Books, written: list[Worked], day: str, reply_days: int, *, second: bool) -> bytes:
    from countertui.documents.lead_letters import LeadLetter, lead_letters_pdf
    from countertui.domain.postal import postal_key
    from countertui.ledger.letterhead import letterhead

    on = date.fromisoformat(day)
    every = [LeadLetter(each.no, each.name, _to(each), each.address, each.list, second=second) for each in written]
    with books.reading() as connection:
        head = letterhead(connection, books.ledger)
    made_at = int(datetime(on.year, on.month, on.day, tzinfo=UTC).timestamp())
    reply_by = (on + timedelta(days=reply_days)).isoformat()
    ordered = sorted(every, key=lambda each: (postal_key(each.to), each.no))
    return lead_letters_pdf(head, ordered, day, reply_by, made_at=made_at)


def _to(each: Worked) -> tuple[str, ...]:
    """Where its letter goes, line by line: its name, street and town."""
    street, _, town = (each.mailing or each.address).partition(", ")
    return tuple(line for line in (each.name, street, town) if line)


def _progress(done: str) -> Callable[[int], None]:
    if not sys.stderr.isatty():
        return lambda _: None

    def told(rows: int) -> None:
        if rows % _TOLD_EVERY_ROWS == 0:
            sys.stderr.write(f"\r{rows:,} rows {done}")

    return told
