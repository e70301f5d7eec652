"""Cash that terminals dropped into the safe: out of its session's drawer, and into its session's deposit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, func, select

from countertui.domain.money import Cents, format_cents
from countertui.domain.records import Kind
from countertui.domain.refusal import Refused
from countertui.domain.rights import Act, require_second_person
from countertui.ledger import tables
from countertui.ledger.bulk import insert_many
from countertui.ledger.posting import Problem
from countertui.ledger.sessions import Sessions
from countertui.ledger.staff import People, allowed

Body = Mapping[str, Any]
_ROW = ("terminal", "epoch", "seq", "session", "bag", "cents")


@dataclass(slots=True)
class Drops:
    """The drops of a batch, judged in their order; `write` puts them into the tables."""

    connection: Connection
    terminal: str
    epoch: int
    _rows: list[tuple[str, int, int, str, str, int]] = field(default_factory=list)

    def take(self, body: Body, sessions: Sessions, people: People) -> list[Problem]:
        """Let a drop's cash leave its drawer, and say what was wrong with it.

        Nothing is taken out of a session that is not open: the cash is then where its close counted it, or nobody's.
        """
        data, by = body["data"], body["operator"]
        told = f"{by} dropped {format_cents(Cents(data['cents']))} in bag {data['bag']}"
        session = sessions.find(body["session"])
        if session is None or session.close_seq is not None or session.drawer != data["drawer"]:
            return [Problem("drop-of-no-session", f"{told} of a drawer that was not open.", 0)]
        problems = []
        if not allowed(people, by, Act.TAKE_MONEY, body):
            problems.append(Problem("no-right", f"{told} and may not, or is not known here.", 0))
        if body["approver"] is not None:
            try:
                require_second_person(body["approver"], (by,))
            except Refused:
                problems.append(Problem("self-approval", f"{told} and saw it alone.", 0))
        if self._is_used(data["bag"]):
            problems.append(Problem("bag-used-twice", f"{told}, which was used before.", 0))
        sessions.move(body["session"], Kind.DROP, data)
        self._rows.append((self.terminal, self.epoch, body["seq"], body["session"], data["bag"], data["cents"]))
        return problems

    def write(self) -> None:
        """Put them into the tables."""
        insert_many(self.connection, tables.dropped, _ROW, self._rows)

    def _is_used(self, bag: str) -> bool:
        if any(row[4] == bag for row in self._rows):
            return True
        used = (select(table.c.seq).where(table.c.bag == bag).limit(1) for table in (tables.dropped, tables.bag))
        return any(self.connection.execute(query).first() is not None for query in used)


def dropped_cents(connection: Connection, terminal: str, epoch: int, session: str) -> int:
    """What of a session's cash is in bags in the safe, in cents."""
    c = tables.dropped.c
    here = (c.terminal == terminal) & (c.epoch == epoch) & (c.session == session)
    return int(connection.execute(select(func.sum(c.cents)).where(here)).scalar() or 0)
