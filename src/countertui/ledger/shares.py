"""What each office is given of the published tables: an office that serves some kinds of accounts gets those alone.

Everything else of the city it has as all have it, but for drawers and paper receipt books, which are its own, and
decisions and keyed paper numbers, which are its own terminals'.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from countertui.ledger import tables
from countertui.ledger.bulk import run_many

WHOLE = ""
"""The office whose share is the whole city's."""
_OF_ACCOUNT = dict.fromkeys(
    (
        *("charge", "license", "receipt_history", "returned_check", "known_as"),
        *("charge_step", "account_flag", "account_note", "trust_terms", "trust_move"),
    ),
    "account",
) | dict.fromkeys(("license_act", "license_term"), "license")


@dataclass(frozen=True, slots=True)
class Share:
    """Whose share; the kinds of accounts, none for all; the first day (ISO) of receipts taken earlier."""

    office: str
    kinds: tuple[str, ...]
    history_from: str

    def where(self, table: str) -> tuple[str, tuple[Any, ...]]:
        """The condition that a row of a table is in the share, and its parameters; empty: every row is."""
        said = [one for one in (self._by_time(table), self._by_office(table)) if one[0]]
        return " AND ".join(condition for condition, _ in said), tuple(value for _, values in said for value in values)

    def changed_in(self, table: str) -> str:
        """Since which version a row is as it is and where it is: with its account it comes into a share, or leaves."""
        if table not in _OF_ACCOUNT or not self.kinds:
            return '"changed_in"'
        moved = (
            f'(SELECT "of"."changed_in" FROM "account" AS "of" WHERE "of"."number" = "{table}"."{_OF_ACCOUNT[table]}")'  # noqa: S608 - names are this program's own
        )
        return f'CASE WHEN {moved} > "{table}"."changed_in" THEN {moved} ELSE "{table}"."changed_in" END'

    def _by_time(self, table: str) -> tuple[str, tuple[Any, ...]]:
        if table == "receipt_history":
            return '"biz_date" >= ?', (self.history_from,)
        if table == "terminal":
            newest = 'SELECT MAX("epoch") FROM "terminal" AS newer WHERE newer."code" = "terminal"."code"'
            return f'"epoch" = ({newest})', ()
        return "", ()

    def _by_office(self, table: str) -> tuple[str, tuple[Any, ...]]:
        if table == "drawer" and self.office != WHOLE:
            return '"office" = ?', (self.office,)
        if table == "personal_sealed" and self.office != WHOLE:
            return '"reader" IN (SELECT "code" FROM "terminal" WHERE "office" = ?)', (self.office,)
        if table == "paper_book" and self.office != WHOLE:
            return '"office" = ?', (self.office,)
        if table in ("decision", "paper_number", "deposit_at_bank") and self.office != WHOLE:
            return '"terminal" IN (SELECT "code" FROM "terminal" WHERE "office" = ?)', (self.office,)
        if not self.kinds:
            return "", ()
        kinds = f'"kind" IN ({", ".join("?" * len(self.kinds))})'
        if table == "account":
            return kinds, self.kinds
        if table in _OF_ACCOUNT:
            return f'"{_OF_ACCOUNT[table]}" IN (SELECT "number" FROM "account" WHERE {kinds})', self.kinds  # noqa: S608 - names are this program's own
        return "", ()


def shares(connection: Connection, history_from: str) -> list[Share]:
    """The whole city's share, then those of offices that serve some kinds of accounts."""
    serves = tables.serves
    rows = connection.execute(select(serves.c.office, serves.c.kinds).order_by(serves.c.office))
    own = [Share(office, tuple(json.loads(kinds)), history_from) for office, kinds in rows]
    return [Share(WHOLE, (), history_from), *own]


def set_served(connection: Connection, offices: Iterable[tuple[str, Sequence[str]]]) -> None:
    """Write down which kinds of accounts each office serves; those that serve all kinds get the whole."""
    connection.execute(delete(tables.serves))
    for office, kinds in offices:
        if kinds:
            connection.execute(insert(tables.serves).values(office=office, kinds=json.dumps(sorted(kinds))))


def office_of(connection: Connection, terminal: str) -> str:
    """The office whose share a terminal works by, WHOLE if its office has none of its own or it is not known."""
    table, serves = tables.terminal, tables.serves
    stands_in = (
        select(table.c.office).where(table.c.code == terminal).order_by(table.c.epoch.desc()).limit(1).scalar_subquery()
    )
    found: str | None = connection.execute(select(serves.c.office).where(serves.c.office == stands_in)).scalar()
    return found if found is not None else WHOLE


def note_removed(connection: Connection, table: str, keys: Iterable[Sequence[Any]], version: int) -> None:
    """Write down rows that are being deleted from a published table, for those who have them from a snapshot.

    keys: each the values of `tables.key_of(table)`; version: of the first snapshot without them.
    """
    rows = [(table, json.dumps(list(key), ensure_ascii=False), version) for key in keys]
    run_many(connection, _NOTE, rows)


def removed_since(connection: Connection, table: str, oldest: int) -> Iterator[tuple[int, list[Any]]]:
    """Rows deleted after that version, the last one first: the version without it, and its key."""
    removed = tables.removed
    rows = connection.execute(
        select(removed.c.removed_in, removed.c.key)
        .where(removed.c.name == table, removed.c.removed_in > oldest)
        .order_by(removed.c.removed_in.desc(), removed.c.key)
    )
    for removed_in, key in rows:
        yield removed_in, json.loads(key)


_NOTE = """INSERT INTO "removed" ("name", "key", "removed_in") VALUES (?, ?, ?)
  ON CONFLICT ("name", "key") DO UPDATE SET "removed_in" = excluded."removed_in\""""
