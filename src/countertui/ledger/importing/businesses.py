"""A list of businesses from elsewhere, a state's registry or commercial utility accounts, read by a mapping file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from sqlalchemy import Connection

from countertui.documents.postal_addresses import as_posted
from countertui.ledger.importing.faults import RowRefused
from countertui.ledger.importing.kinds import Kind
from countertui.ledger.importing.mapfile import read_mapping
from countertui.ledger.importing.reader import opened
from countertui.ledger.importing.rows import RowReader
from countertui.ledger.importing.run import Rejected, write_rejects
from countertui.ledger.lead_search import Ended, Row
from countertui.ledger.leads import Business
from countertui.ledger.license_list import every_license, has_ended, how_ended, names_of, premises_of

Progress = Callable[[int], None]


@dataclass(slots=True)
class BusinessList:
    """What a list says: its businesses, addresses as the post writes them; how many are in other cities."""

    rows: list[Row] = field(default_factory=list)
    elsewhere: int = 0
    rejected: int = 0
    rejects: str | None = None
    sha256: str = ""


def read_businesses(
    path: Path,
    map_path: Path,
    cities: Sequence[str] = (),
    rejects: Path | None = None,
    progress: Progress = lambda _: None,
) -> BusinessList:
    """Read a list; none of `cities` named: of all. Rows that can't be read go to `rejects`. Raises MapRefusedError."""
    mapping = read_mapping(map_path, Kind.BUSINESSES)
    wanted = {city.casefold() for city in cities}
    found = BusinessList()
    refused: list[Rejected] = []
    with opened(path, mapping.file) as file:
        reader = RowReader(mapping, file.header)
        for count, (number, row) in enumerate(file.rows, start=1):
            progress(count)
            try:
                values, _ = reader.read(number, row)
            except RowRefused as fault:
                refused.append(Rejected(number, fault.reason, row, fault.shown))
                continue
            said = {name: str(value or "") for name, value in values.items()}
            if wanted and said["city"].casefold() not in wanted:
                found.elsewhere += 1
                continue
            business = Business(said["key"], said["name"], as_posted(said["address"]))
            also = said["trade_name"] if said["trade_name"] != said["name"] else ""
            found.rows.append(Row(business, said["mailing"], said["about"], also))
        found.sha256 = file.digest()
    found.rejected = len(refused)
    if rejects is not None:
        found.rejects = write_rejects(rejects, file.header or [], refused)
    return found


def licensed_businesses(connection: Connection, day: date) -> tuple[list[Business], list[Ended]]:
    """The businesses of licenses that are in force, applied for, or whose standing nobody stated; and of ended ones."""
    licensed: list[Business] = []
    ended: list[Ended] = []
    for license_ in every_license(connection, day):
        at = as_posted(premises_of(license_))
        for name in names_of(license_):
            business = Business(license_.number, name, at)
            if has_ended(license_):
                ended.append(Ended(business, how_ended(license_)))
            else:
                licensed.append(business)
    return licensed, ended


def street_in(posted: str) -> str:
    """What two addresses as the post writes them have in common where they are one place: their street and house."""
    return "".join(filter(str.isalnum, posted.partition(",")[0].casefold()))
