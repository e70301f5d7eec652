"""Reports as tables at a terminal, of its own journal.

What an open drawer took is in none of its own: whoever counts it counts blind.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from countertui.counter.station import Station
from countertui.domain.refusal import Refused
from countertui.domain.report_table import Asked, Heading, Table
from countertui.store.report_tables import PARTS, TABLES


@dataclass(frozen=True, slots=True)
class Offered:
    """A report that can be asked for: its name, what it is called, whether it is told by periods."""

    name: str
    title: str
    by_periods: bool


class ReportRefused(Refused):
    """There is no such report, or it can't be read or written."""


def own_reports() -> list[Offered]:
    """The reports of this terminal's own journal, in the order of a list."""
    return [Offered(name, title, by_periods) for name, (title, _, by_periods) in TABLES.items()]


def own_table(station: Station, name: str, asked: Asked) -> Table:
    """A report of this terminal's own journal. Raises ReportRefused."""
    read = TABLES[name][1] if name in TABLES else PARTS.get(name)
    if read is None:
        raise ReportRefused(f"There is no report {name} here.", "Nothing was read.")
    if not (name in TABLES and TABLES[name][2]) and not asked.key:
        asked = replace(asked, by=None)
    place = station.place
    source = f"by {place.terminal}'s own journal, of closed drawers"
    heading = Heading(place.city, place.ledger, station.clock.local_text(), source)
    return replace(read(station.reader, asked), heading=heading)
