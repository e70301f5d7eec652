"""`countertui license export`: every fact of every license, for a spreadsheet or another system."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from cyclopts import App

from countertui.cli.ledger.at_desk import reading
from countertui.cli.lines import tell
from countertui.cli.sheet_file import require_new, write_sheets
from countertui.domain.license_states import State
from countertui.domain.words import number_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from countertui.domain.license_schedule import LicenseSchedule


def add_to(license_: App) -> None:
    """Add this module's command to `countertui license`."""
    license_.command(export)


def export(
    to: Path,
    /,
    *,
    state: tuple[State, ...] = (),
    dir: Path | None = None,  # noqa: A002
) -> int:
    """Write every license with all that is stated of it to a file, as of today. Nothing is made up for what is not.

    Encrypted values, such as Social Security numbers, are in no export.

    Parameters
    ----------
    to
        The file, .csv for the licenses, or .xlsx for a workbook that has their terms and history too. It must not be
        there yet, and is its owner's alone to read.
    state
        Only licenses that stand so: submitted, in-review, approved, fees-due, issued, expired, suspended, revoked,
        closed, denied, not-stated.
    dir
        The ledger's folder.
    """
    require_new(to)
    with reading(dir) as books, books.reading() as connection:
        from countertui.documents.license_sheets import license_tables
        from countertui.ledger.license_list import every_license

        today = day_of(connection)
        found = [each for each in every_license(connection, today) if not state or each.state in state]
        classes, money = words_of(schedule_of(connection, today))
    write_sheets(to, license_tables(found, classes, money))
    tell(f"{number_of(len(found), 'license')} in {to}.")
    return 0


def day_of(connection: Connection) -> date:
    """The city's date."""
    from countertui.cli.ledger.now import utc_now
    from countertui.ledger.city_day import city_day

    return date.fromisoformat(city_day(connection, utc_now()))


def schedule_of(connection: Connection, day: date) -> LicenseSchedule | None:
    """The city's license rows on a day; None where it has none."""
    from countertui.config.licenses import licenses_on
    from countertui.ledger.license_list import license_rows_text

    text = license_rows_text(connection)
    return licenses_on(text, day) if text else None


def words_of(schedule: LicenseSchedule | None) -> tuple[dict[str, str], frozenset[str]]:
    """The names of the classes by code, and the questions that are answered with money."""
    from countertui.domain.license_schedule import Answer

    if schedule is None:
        return {}, frozenset()
    money = frozenset(each.code for each in schedule.questions if each.answer is Answer.MONEY)
    return {each.code: each.name for each in schedule.classes}, money
