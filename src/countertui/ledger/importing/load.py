"""Rows into the ledger's tables, inside the caller's transaction: made, changed, or found to be there already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from countertui.domain.charges import CREDIT_HEAD
from countertui.domain.reference import TABLES, AccountKind, NumberKind
from countertui.ledger import tables
from countertui.ledger.bulk import known, looked_up
from countertui.ledger.credits import CREDIT_PREFIX
from countertui.ledger.imported import Bringing
from countertui.ledger.importing.kinds import KEYS, Kind

Values = Mapping[str, Any]
Row = tuple[Any, ...]
Key = tuple[Any, ...]


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


def load_rows(bringing: Bringing, kind: Kind, rows: Sequence[Read]) -> Loaded:
    """Bring the tables up to these rows, of which no two have one key.

    A charge's balance moves with its amount, so that what was paid on it stays paid.
    """
    loaded = Loaded()
    taken = []
    refusals = _refusals(bringing.connection, kind, rows)
    for row in rows:
        if reason := refusals.get(row.number):
            loaded.refused.append((row.number, reason))
        else:
            taken.append(row)
    if kind is Kind.GL:
        _add_funds(bringing, taken)
    if kind is Kind.WORKINGS:
        taken = _on_their_accounts(bringing.connection, taken)
    news = {name: _put(bringing, name, [made(row.values) for row in taken]) for name, made in _TABLES[kind]}
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


def _put(bringing: Bringing, name: str, rows: Sequence[Row | None]) -> list[str]:
    """What became of each row; of what there is none (None), or what repeats one before it, as of what is set once."""
    distinct = [row for row in dict.fromkeys(rows) if row is not None]
    became = dict(zip(distinct, bringing.put(name, distinct), strict=True))
    return ["unchanged" if row is None else became[row] for row in rows]


def _add_funds(bringing: Bringing, rows: Sequence[Read]) -> None:
    """Funds that the chart names and the ledger doesn't have yet; those it has keep their names."""
    named: dict[str, str] = {}
    for row in rows:
        named.setdefault(row.values["fund"], row.values["fund_name"])
    there = looked_up(bringing.connection, tables.reference["fund"], "code", "name", named)
    bringing.add("fund", [(code, name) for code, name in named.items() if code not in there])


def _on_their_accounts(connection: Connection, rows: Sequence[Read]) -> list[Read]:
    """Lines of workings with the account that each one's charge is on."""
    charges = {row.values["charge"] for row in rows}
    accounts = looked_up(connection, tables.reference["charge"], "id", "account", charges)
    return [Read(row.number, {**row.values, "account": accounts[row.values["charge"]]}) for row in rows]


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
    if kind in (Kind.ACCOUNTS, Kind.DEPOSITS, Kind.CHARGES):
        refused = _refused_deposits(connection, kind, rows) | refused
    if kind in (Kind.ACCOUNTS, Kind.LICENSES, Kind.DEPOSITS):
        numbers = {row.values["number"] for row in rows}
        there = looked_up(connection, tables.reference["account"], "number", "kind", numbers)
        for row in rows:
            held = there.get(row.values["number"])
            wanted = _KIND_OF[kind] if kind in _KIND_OF else row.values["kind"]
            if held is not None and held != wanted:
                refused[row.number] = f"Account {row.values['number']} is of kind {held} already, not {wanted}."
    if kind is Kind.LICENSES:
        refused |= _refused_acted_on(connection, rows)
    if kind in (Kind.WORKINGS, Kind.NOTES):
        refused |= _refused_beside(connection, kind, rows)
    if kind in (Kind.CHARGES, Kind.NUMBERS, Kind.FLAGS, Kind.NOTES):
        numbers = {row.values["account"] for row in rows}
        there = looked_up(connection, tables.reference["account"], "number", "number", numbers)
        for row in rows:
            if row.values["account"] not in there:
                refused[row.number] = f"Account “{row.values['account']}” is not here; import the accounts first."
            elif kind is Kind.CHARGES and row.values["id"].startswith(CREDIT_PREFIX):
                refused[row.number] = f"Charge ids that begin with {CREDIT_PREFIX} are the ledger's own."
    return refused


def _refused_beside(connection: Connection, kind: Kind, rows: Sequence[Read]) -> dict[int, str]:
    """Lines of workings without their charge, and notes under the id of a record: those are a counter's own."""
    if kind is Kind.WORKINGS:
        there = known(connection, tables.reference["charge"], "id", {row.values["charge"] for row in rows})
        return {
            row.number: f"Charge “{row.values['charge']}” is not here; import the charges first."
            for row in rows
            if row.values["charge"] not in there
        }
    records = known(connection, tables.record, "id", {row.values["id"] for row in rows})
    return {row.number: "A counter wrote a note of that id." for row in rows if row.values["id"] in records}


def _refused_acted_on(connection: Connection, rows: Sequence[Read]) -> dict[int, str]:
    """Licenses with acts of people: what those say is not undone by a list."""
    numbers = {row.values["number"] for row in rows}
    versions = looked_up(connection, tables.reference["license"], "number", "version", numbers)
    return {
        row.number: f"License {row.values['number']} was changed at a counter since; change it there."
        for row in rows
        if versions.get(row.values["number"])
    }


def _refused_deposits(connection: Connection, kind: Kind, rows: Sequence[Read]) -> dict[int, str]:
    """Deposits that would be held elsewhere than in a liability account, and charges on them: nothing is owed there."""
    gl = _GL_FIELD[kind]
    types = looked_up(connection, tables.reference["gl_account"], "code", "type", {row.values[gl] for row in rows})
    if kind is Kind.CHARGES:
        accounts = looked_up(
            connection, tables.reference["account"], "number", "kind", {row.values["account"] for row in rows}
        )
        held = [row for row in rows if accounts.get(row.values["account"]) == AccountKind.TRUST]
    else:
        held = [row for row in rows if kind is Kind.DEPOSITS or row.values["kind"] == AccountKind.TRUST]
    refused = {}
    for row in held:
        if types.get(row.values[gl]) != _LIABILITY:
            refused[row.number] = f"A deposit is held as a liability; GL account “{row.values[gl]}” is none."
        elif kind is Kind.CHARGES and (row.values["head"] != CREDIT_HEAD or row.values["amount_cents"] >= 0):
            refused[row.number] = "On a deposit only money held is brought in: head “credit”, below zero."
    return refused


_LIABILITY = "liability"
_GL_FIELD = {
    Kind.ACCOUNTS: "credit_gl",
    Kind.LICENSES: "credit_gl",
    Kind.DEPOSITS: "credit_gl",
    Kind.CHARGES: "gl",
    Kind.FEES: "gl",
}


def _plain(name: str) -> Any:
    return name, lambda values: tuple(values[column] for column in TABLES[name])


def _charge(values: Values) -> Row:
    return tuple(values["amount_cents" if column == "balance_cents" else column] for column in TABLES["charge"])


def _invoice(values: Values) -> Row | None:
    return (values["invoice"], NumberKind.INVOICE.value, values["account"]) if values["invoice"] else None


def _step(values: Values) -> Row:
    return tuple("" if column == "source" else values[column] for column in TABLES["charge_step"])


def _flag(values: Values) -> Row:
    return tuple(values[column] or "" if column == "due" else values[column] for column in TABLES["account_flag"])


def _license(values: Values) -> Row:
    own = {"account": values["number"], "starts": values["starts"] or "", "same_owner": "", "version": ""}
    return tuple(own[column] if column in own else values[column] for column in TABLES["license"])


def _license_account(values: Values) -> Row:
    # The license's own standing is no standing of the account.
    own = {"kind": AccountKind.LICENSE.value, "status": ""}
    return tuple(own[column] if column in own else values[column] for column in TABLES["account"])


def _terms(values: Values) -> Row:
    return values["number"], values["project"], values["minimum_cents"] or 0, values["release_on"]


def _deposit(values: Values) -> Row:
    return tuple(AccountKind.TRUST.value if column == "kind" else values[column] for column in TABLES["account"])


_KIND_OF = {Kind.LICENSES: AccountKind.LICENSE.value, Kind.DEPOSITS: AccountKind.TRUST.value}


_TABLES: dict[Kind, tuple[Any, ...]] = {
    Kind.ACCOUNTS: (_plain("account"),),
    Kind.CHARGES: (("charge", _charge), ("known_as", _invoice)),
    Kind.LICENSES: (("license", _license), ("account", _license_account)),
    Kind.DEPOSITS: (("trust_terms", _terms), ("account", _deposit)),
    Kind.NUMBERS: (_plain("known_as"),),
    Kind.FEES: (_plain("fee"),),
    Kind.WORKINGS: (("charge_step", _step),),
    Kind.FLAGS: (("account_flag", _flag),),
    Kind.NOTES: (_plain("account_note"),),
    Kind.GL: (_plain("gl_account"),),
}
"""Which tables a kind's rows go to, and what of them; whether a row is new, the first table says."""
