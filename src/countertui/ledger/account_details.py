"""Notes, addresses and telephone numbers that counters wrote down, into the ledger's tables.

A change is carried out where its account still says what it was typed over. Where two counters changed the same, the
one that is posted first stands; the other's words are kept in a note and told as an error item. Nothing of either is
lost, and no import that still has an older value undoes what a counter wrote.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from countertui.domain.account_details import Detail, change_words
from countertui.domain.records import Kind
from countertui.domain.rights import Act
from countertui.ledger import tables
from countertui.ledger.bulk import insert_many, run_many
from countertui.ledger.posting import Problem
from countertui.ledger.staff import People, allowed

Body = Mapping[str, Any]

_NOTE = ("id", "account", "dated", "author", "note", "changed_in")
_SUPERSEDED = """INSERT INTO "superseded" ("account", "detail", "value") VALUES (?, ?, ?)
  ON CONFLICT ("account", "detail", "value") DO NOTHING"""


@dataclass(slots=True)
class AccountDetails:
    """What a batch's records say of accounts, judged in their order; `write` puts it into the tables."""

    _now: dict[tuple[str, str], str] = field(default_factory=dict)
    """(account, detail) to what it is by the records so far."""
    _superseded: list[tuple[str, str, str]] = field(default_factory=list)
    _notes: list[tuple[str, str, str, str, str]] = field(default_factory=list)

    def take(
        self, connection: Connection, body: Body, people: People, born: Callable[[str], Mapping[str, str] | None]
    ) -> list[Problem]:
        """Take a note or a change as it may be taken; gives what a technician must look at.

        born: the row of an account that begins in the same batch, by its number.
        """
        data, by = body["data"], body["operator"]
        account = _account(connection, data["account"]) or born(data["account"])
        if account is None:
            return [Problem("unknown-account", f"{by} wrote of account {data['account']}, which is not known here.", 0)]
        if not allowed(people, by, Act.KEEP_ACCOUNTS, body):
            return [Problem("no-right", f"{by} may not write of accounts, or is not known here.", 0)]
        if body["kind"] == Kind.ACCOUNT_NOTE:
            self._note(body, data["note"])
            return []
        return self._change(body, account)

    def write(self, connection: Connection, version: int) -> None:
        """Put all of it into the tables."""
        for detail in Detail:
            rows = [(now, version, account) for (account, of), now in sorted(self._now.items()) if of == detail]
            run_many(connection, _set(detail), rows)
        run_many(connection, _SUPERSEDED, self._superseded)
        notes = [(*note, version) for note in self._notes]
        insert_many(connection, tables.reference["account_note"], _NOTE, notes)

    def _change(self, body: Body, account: Mapping[str, str]) -> list[Problem]:
        data = body["data"]
        place = data["account"], data["detail"]
        is_now = self._now.get(place, account[data["detail"]])
        if data["now"] == is_now:
            return []  # both wrote the same
        if data["was"] == is_now:
            self._now[place] = data["now"]
            self._superseded.append((*place, data["was"]))
            self._note(body, change_words(data))
            return []
        label, where = Detail(data["detail"]).label, f"{body['operator']} at {body['terminal']}"
        self._note(body, f"Not taken, as it was changed elsewhere first: {change_words(data)}")
        wrote = f"{label} of {data['account']}: {where} wrote “{data['now']}” over “{data['was']}”"
        return [Problem("changed-twice", f"{wrote}; it is “{is_now}” by now. Ask which holds.", 0)]

    def _note(self, body: Body, text: str) -> None:
        dated = body["biz_date"] or body["utc"][:10]
        self._notes.append((body["id"], body["data"]["account"], dated, body["operator"], text))


def _account(connection: Connection, number: str) -> Mapping[str, str] | None:
    c = tables.reference["account"].c
    row = connection.execute(select(c.address, c.phone).where(c.number == number)).mappings().first()
    return dict(row) if row is not None else None


def _set(detail: Detail) -> str:
    return f'UPDATE "account" SET "{detail.value}" = ?, "changed_in" = ? WHERE "number" = ?'  # noqa: S608 - one of two names
