"""Terms of a license that are paid late and raise nothing, as the city's rows of the calendar begin after them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from countertui.counter.license_schedule import schedule_on
from countertui.counter.licenses import license_here
from countertui.domain.license_acts import LICENSE_CLASS

if TYPE_CHECKING:
    import sqlite3

    from countertui.counter.station import Station
    from countertui.domain.license_file import LicenseTerm


def late_without_rows(station: Station, db: sqlite3.Connection, number: str, day: date) -> list[LicenseTerm]:
    """The terms of a license that are unpaid and were due before a day, whose class has rows of the calendar on that
    day and had none on the term's first one, by which it is judged. Raises LicensesRefused.
    """
    license_ = license_here(station, db, number, day)
    if license_ is None:
        return []
    class_ = str(license_.says.get(LICENSE_CLASS, ""))
    if not schedule_on(station, day).timing_of(class_):
        return []
    late = [term for term in license_.terms if term.unpaid and term.due < day]
    return [term for term in late if not schedule_on(station, term.begins).timing_of(class_)]
