"""Where the deposits of a batch that is posted just now leave a check: they are carried out after its other records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from countertui.ledger.deposits_in_books import Place, deposit_named, place_of, why_it_stays
from countertui.ledger.stored import record_at

Body = Mapping[str, Any]


@dataclass(slots=True)
class ChecksInDeposits:
    """What a batch made of deposits so far, in its order."""

    connection: Connection
    _said: list[tuple[Mapping[str, Any], str]] = field(default_factory=list)
    """What a deposit says, and the account that its bag goes to; empty: it was taken back."""
    _made: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    """Those of this batch, by their records."""

    def made(self, body: Body, account: str) -> None:
        """A deposit was made, whose bag goes to that account."""
        self._made[body["seq"]] = body["data"]
        self._said.append((body["data"], account))

    def taken_back(self, body: Body) -> None:
        """A deposit was taken back, one of this very batch too; one that stays where it is says nothing."""
        data = self._made.get(body["data"]["deposit"]["seq"]) or self._in_books(body)
        if data is not None:
            self._said.append((data, ""))

    def account_of(self, session: Place, receipt_no: str, reference: str) -> str | None:
        """The bank account that a check is brought to; empty: it is among the checks, None: nothing is said of it."""
        found = None
        for data, account in self._said:
            if (is_in := _has(data, session, receipt_no, reference)) is not None:
                found = account if is_in else ""
        return found

    def _in_books(self, body: Body) -> Mapping[str, Any] | None:
        row = deposit_named(self.connection, body)
        if row is None or why_it_stays(self.connection, row):
            return None
        stored = record_at(self.connection, row["terminal"], row["epoch"], row["seq"])
        return stored.body["data"] if stored is not None else None


def _has(data: Mapping[str, Any], session: Place, receipt_no: str, reference: str) -> bool | None:
    """Whether a deposit contains a check, of a session or found; None where it says nothing of it."""
    check = receipt_no, reference
    if any((each["receipt_no"], each["reference"]) == check for each in data["found"]):
        return True
    if session not in map(place_of, data["sessions"]):
        return None
    lacks = (each for each in data["differences"] if each["carried"])
    return all((each["receipt_no"], each["reference"]) != check for each in lacks)
