"""All licenses of the city as they stand, and what a list of businesses is compared with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date

from sqlalchemy import Connection, select

from countertui.domain.charges import CREDIT_HEAD
from countertui.domain.license_acts import BUSINESS, PREMISES, TRADE_NAME
from countertui.domain.license_file import License
from countertui.domain.license_reports import Taken
from countertui.domain.license_states import State
from countertui.domain.reference import CityKey
from countertui.ledger import tables
from countertui.ledger.bulk import marked
from countertui.ledger.charge_steps import OVERPAID_FROM
from countertui.ledger.charges_raised import RAISED_FROM
from countertui.ledger.licenses import licenses_in_books

AT_ONCE = 500
_TAKEN = f"""SELECT substr(s."dated", 1, 7) AS "month", l."class", c."head", c."gl", -sum(s."cents")
  FROM "license" l JOIN "charge" c ON c."account" = l."account" JOIN "charge_step" s ON s."charge" = c."id"
  WHERE s."source" <> '' AND NOT (s."n" >= {RAISED_FROM} AND s."n" < {OVERPAID_FROM})
    AND c."head" <> '{CREDIT_HEAD}' AND s."dated" BETWEEN ? AND ?
  GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"""  # noqa: S608 - words of this program's own
"""Steps that records moved money by; not those by which a void takes back what a payment had raised."""
_ENDED = frozenset({State.EXPIRED, State.REVOKED, State.CLOSED, State.DENIED})


def every_license(connection: Connection, day: date) -> Iterator[License]:
    """Every license as it stands on a day, by number; a few hundred in memory at a time."""
    numbers = connection.execute(select(tables.reference["license"].c.number)).scalars().all()
    ordered = sorted(numbers)
    for start in range(0, len(ordered), AT_ONCE):
        yield from licenses_in_books(connection, ordered[start : start + AT_ONCE], day).values()


def license_rows_text(connection: Connection) -> str:
    """The city's licenses.toml; empty where it has none."""
    c = tables.reference["city"].c
    value = connection.execute(select(c.value).where(c.key == CityKey.LICENSES)).scalar()
    return str(json.loads(value)) if value else ""


def has_ended(license_: License) -> bool:
    """Whether it is no more in force, and will not be by itself."""
    return license_.state in _ENDED


def names_of(license_: License) -> tuple[str, ...]:
    """What its business is called: by its name, and under which it trades."""
    named = license_.says.get(BUSINESS, ""), license_.says.get(TRADE_NAME, "")
    return tuple(dict.fromkeys(name for name in named if name))


def premises_of(license_: License) -> str:
    """Where its business is, on one line; empty where nobody stated it."""
    return str(license_.says.get(PREMISES, ""))


def how_ended(license_: License) -> str:
    """How a license ended, and on which day where that is known."""
    if license_.state is State.EXPIRED:
        return f"expired on {license_.expires_on}"
    last = next((act for act in reversed(license_.acts) if act.carried_out), None)
    return f"{license_.state.label} on {last.dated}" if last and last.dated else license_.state.label


def taken_for_licenses(connection: Connection, first: str, last: str) -> list[Taken]:
    """What was taken for licenses from one day to another (ISO), by the business date of each record; what was given
    back is taken off. A license counts to the class it has now.
    """
    rows = connection.exec_driver_sql(marked(connection, _TAKEN), (first, last))
    return [Taken(month, class_, head, gl, int(cents)) for month, class_, head, gl, cents in rows if cents]
