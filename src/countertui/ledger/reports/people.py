"""Who may do what: everybody's roles and days, what goes badly together, and what of it changed in the range."""

from __future__ import annotations

from sqlalchemy import Connection

from countertui.domain.report_table import Asked, Column, ColumnKind, Row, Table
from countertui.ledger.rights_review import rights_list

_COUNT, _DATE = ColumnKind.COUNT, ColumnKind.DATE


def rights(connection: Connection, asked: Asked) -> Table:
    """Everybody as they stand now, with the changes of the range; the newest review that was signed of this list."""
    people, reviews = rights_list(connection)
    rows: list[Row] = []
    for each in people:
        days = [change["at"][:10] for change in each["changes"]]
        changed = sum(asked.range.since <= day <= asked.range.until for day in days)
        rows.append(
            (
                *(each["id"], each["name"], ", ".join(each["roles"]), each["active_from"], each["active_to"] or ""),
                *((each["last_login"] or "")[:10], changed, "locked" if each["locked"] else ""),
                "; ".join(each["conflicts"]),
            )
        )
    columns = (
        *(Column("id"), Column("name"), Column("roles"), Column("from", _DATE), Column("to", _DATE)),
        *(Column("last sign-on", _DATE), Column("changes", _COUNT), Column("state"), Column("goes badly together")),
    )
    signed = [each for each in reviews if each["unchanged"]]
    last = f"{signed[-1]['by']} signed this list off on {signed[-1]['at'][:10]}." if signed else ""
    note = last or "Nobody signed this list off as it is now."
    return Table("rights", "Rights of operators", asked, columns, rows, notes=(note,))
