"""Rows into the ledger's tables, inside the caller's transaction: made, changed, or found to be there already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from countertui.domain.reference import TABLES, AccountKind
from countertui.ledger import tables
from countertui.ledger.books import next_version
from countertui.ledger.bulk import insert_many, looked_up, marked, run_many
from countertui.ledger.credits import CREDIT_PREFIX
from countertui.ledger.importing.kinds import KEYS, Kind
from countertui.ledger.past import keep_past

Values = Mapping[str, Any]
Row = tuple[Any, ...]
Key = tuple[Any, ...]

_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Read:
    """A row that reads well: its number in the file, and its values by field."""

    number: int
    values: Values


@dataclass(slots=True)
class Loaded:
    """What became of some rows. refused: row number and reason."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)


def load_rows(connection: Connection, kind: Kind, rows: Sequence[Read]) -> Loaded:
    """Bring the tables up to these rows, of which no two have one key.

    A charge's balance moves with its amount, so that what was paid on it stays paid.
    """
    loaded = Loaded()
    taken = []
    refusals = _refusals(connection, kind, rows)
    for row in rows:
        if reason := refusals.get(row.number):
            loaded.refused.append((row.number, reason))
        else:
            taken.append(row)
    version = next_version(connection)
    if kind is Kind.GL:
        _add_funds(connection, taken, version)
    news = {
        name: _bring_up(connection, name, [made(row.values) for row in taken], version) for name, made in _TABLES[kind]
    }
    first = _TABLES[kind][0][0]
    for place in range(len(taken)):
        if news[first][place] == "created":
            loaded.created += 1
        elif any(what[place] != "unchanged" for what in news.values()):
            loaded.updated += 1
        else:
            loaded.unchanged += 1
    return loaded


def key_of(kind: Kind, values: Values) -> Key:
    """What makes two rows rows of one thing."""
    return tuple(values[name] for name in KEYS[kind])


def _bring_up(connection: Connection, name: str, rows: Sequence[Row], version: int) -> list[str]:
    """Insert or update rows (in the columns of `TABLES`); says of each: created, updated or unchanged."""
    columns = TABLES[name]
    keys = tables.key_of(name)
    places = [columns.index(key) for key in keys]
    there = _there(connection, name, keys, [tuple(row[place] for place in places) for row in rows])
    what, new, changed = [], [], []
    past: list[tuple[Key, Row | None]] = []
    for row in rows:
        key = tuple(row[place] for place in places)
        old = there.get(key)
        if old is None:
            what.append("created")
            new.append((*row, version))
            past.append((key, None))
            there[key] = row
        elif (wanted := _kept_paid(columns, old, row) if name == "charge" else row) == old:
            what.append("unchanged")
        else:
            what.append("updated")
            changed.append((*wanted, version, *key))
            past.append((key, old))
            there[key] = wanted
    keep_past(connection, name, past)
    insert_many(connection, tables.reference[name], (*columns, "changed_in"), new)
    assigned = ", ".join(f'"{column}" = ?' for column in (*columns, "changed_in"))
    where = " AND ".join(f'"{key}" = ?' for key in keys)
    run_many(connection, f'UPDATE "{name}" SET {assigned} WHERE {where}', changed)  # noqa: S608 - names are this program's own
    return what


def _there(connection: Connection, name: str, keys: Sequence[str], wanted: Sequence[Key]) -> dict[Key, Row]:
    """The rows that are there already, by key."""
    columns = TABLES[name]
    selected = ", ".join(f'"{column}"' for column in columns)
    places = [columns.index(key) for key in keys]
    found: dict[Key, Row] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        one = "(" + " AND ".join(f'"{key}" = ?' for key in keys) + ")"
        statement = f'SELECT {selected} FROM "{name}" WHERE {" OR ".join([one] * len(some))}'  # noqa: S608 - as above
        parameters = tuple(value for key in some for value in key)
        for row in connection.exec_driver_sql(marked(connection, statement), parameters):
            found[tuple(row[place] for place in places)] = tuple(row)
    return found


def _kept_paid(columns: Sequence[str], old: Row, new: Row) -> Row:
    amount, balance = columns.index("amount_cents"), columns.index("balance_cents")
    kept = list(new)
    kept[balance] = old[balance] + new[amount] - old[amount]
    return tuple(kept)


def _add_funds(connection: Connection, rows: Sequence[Read], version: int) -> None:
    """Funds that the chart names and the ledger doesn't have yet; those it has keep their names."""
    named: dict[str, str] = {}
    for row in rows:
        named.setdefault(row.values["fund"], row.values["fund_name"])
    there = looked_up(connection, tables.reference["fund"], "code", "name", named)
    new = [(code, name, version) for code, name in named.items() if code not in there]
    keep_past(connection, "fund", [((code,), None) for code, *_ in new])
    insert_many(connection, tables.reference["fund"], ("code", "name", "changed_in"), new)


def _refusals(connection: Connection, kind: Kind, rows: Sequence[Read]) -> dict[int, str]:
    """Rows that name what the ledger doesn't have, by row number."""
    refused: dict[int, str] = {}
    gl = _GL_FIELD.get(kind)
    if gl is not None:
        chart = looked_up(connection, tables.reference["gl_account"], "code", "code", {row.values[gl] for row in rows})
        for row in rows:
            if row.values[gl] not in chart:
                refused[row.number] = (
                    f"GL account “{row.values[gl]}” is not in the chart of accounts; import that first."
                )
    if kind in (Kind.ACCOUNTS, Kind.LICENSES):
        numbers = {row.values["number"] for row in rows}
        there = looked_up(connection, tables.reference["account"], "number", "kind", numbers)
        for row in rows:
            held = there.get(row.values["number"])
            wanted = AccountKind.LICENSE.value if kind is Kind.LICENSES else row.values["kind"]
            if held is not None and held != wanted:
                refused[row.number] = f"Account {row.values['number']} is of kind {held} already, not {wanted}."
    if kind is Kind.CHARGES:
        numbers = {row.values["account"] for row in rows}
        there = looked_up(connection, tables.reference["account"], "number", "number", numbers)
        for row in rows:
            if row.values["account"] not in there:
                refused[row.number] = f"Account “{row.values['account']}” is not here; import the accounts first."
            elif row.values["id"].startswith(CREDIT_PREFIX):
                refused[row.number] = f"Charge ids that begin with {CREDIT_PREFIX} are the ledger's own."
    return refused


_GL_FIELD = {Kind.ACCOUNTS: "credit_gl", Kind.LICENSES: "credit_gl", Kind.CHARGES: "gl", Kind.FEES: "gl"}


def _plain(name: str) -> Any:
    return name, lambda values: tuple(values[column] for column in TABLES[name])


def _charge(values: Values) -> Row:
    return tuple(values["amount_cents" if column == "balance_cents" else column] for column in TABLES["charge"])


def _license(values: Values) -> Row:
    return tuple(values["number" if column == "account" else column] for column in TABLES["license"])


def _license_account(values: Values) -> Row:
    # The license's own standing is no standing of the account.
    own = {"kind": AccountKind.LICENSE.value, "status": ""}
    return tuple(own[column] if column in own else values[column] for column in TABLES["account"])


_TABLES: dict[Kind, tuple[Any, ...]] = {
    Kind.ACCOUNTS: (_plain("account"),),
    Kind.CHARGES: (("charge", _charge),),
    Kind.LICENSES: (("license", _license), ("account", _license_account)),
    Kind.FEES: (_plain("fee"),),
    Kind.GL: (_plain("gl_account"),),
}
"""Which tables a kind's rows go to, and what of them; whether a row is new, the first table says."""
