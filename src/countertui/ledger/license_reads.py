"""Reading licenses in the books: their acts in order, and the charges of their accounts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from countertui.domain.license_acts import LicenseAct
from countertui.domain.license_rows import act_from_row, listed_act
from countertui.domain.reference import TABLES
from countertui.ledger.bulk import marked

Row = Mapping[str, Any]

_AT_ONCE = 500


def acts_of(connection: Connection, numbers: Sequence[str]) -> tuple[dict[str, list[LicenseAct]], set[str]]:
    """The acts of licenses, by number, in order; and which of them a list brought, without acts of their own yet."""
    found: dict[str, list[LicenseAct]] = {}
    for row in _rows(connection, "license_act", "license", numbers, 'ORDER BY "license", "n"'):
        found.setdefault(row["license"], []).append(act_from_row(row))
    listed = set()
    for row in _rows(connection, "license", "number", [number for number in numbers if number not in found]):
        found[row["number"]] = [listed_act(row)]
        listed.add(row["number"])
    return found, listed


def balances_of(connection: Connection, numbers: Sequence[str]) -> dict[str, dict[str, int]]:
    """Cents owed by charge id, of all charges of each of these accounts."""
    found: dict[str, dict[str, int]] = {number: {} for number in numbers}
    for row in charges_of(connection, numbers):
        found[row["account"]][row["id"]] = row["balance_cents"]
    return found


def charges_of(connection: Connection, numbers: Sequence[str]) -> Iterable[Row]:
    """The charges of these accounts, by column."""
    return _rows(connection, "charge", "account", numbers)


def _rows(connection: Connection, name: str, column: str, wanted: Sequence[str], order: str = "") -> Iterable[Row]:
    columns = TABLES[name]
    selected = ", ".join(f'"{each}"' for each in columns)
    for start in range(0, len(wanted), _AT_ONCE):
        some = tuple(wanted[start : start + _AT_ONCE])
        marks = ", ".join("?" * len(some))
        statement = f'SELECT {selected} FROM "{name}" WHERE "{column}" IN ({marks}) {order}'  # noqa: S608 - names are this program's own
        for row in connection.exec_driver_sql(marked(connection, statement), some).all():
            yield dict(zip(columns, row, strict=True))
