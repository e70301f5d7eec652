"""A month's tie-out at the ledger, read strictly from its answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from countertui.counter.ledger_answers import Said, answer_as
from countertui.counter.station import Station
from countertui.domain.tie_out import month_before
from countertui.forms import Cents, Count, Form, Number


class TieSource(Form, frozen=True, kw_only=True):
    """What one subsystem has, in cents (a debit is positive)."""

    words: Said
    cents: Cents


class TieLine(Form, frozen=True, kw_only=True):
    """One account of a tie-out. side: 1 where people read it as debits, -1 where as credits."""

    section: Said
    fund: Said
    account: Said
    name: Said
    side: int
    sources: list[TieSource]
    gl_cents: Cents
    before_cents: Cents
    subsystem_cents: Cents
    difference_cents: Cents

    @property
    def differs_anew(self) -> bool:
        """Whether it differs by something else than at the end of the month before."""
        return self.difference_cents not in (0, self.before_cents)

    def shown(self, cents: int) -> int:
        """Cents on the side that people read the account on."""
        return self.side * cents


class TieSigned(Form, frozen=True, kw_only=True):
    """Two people's word for a month's tie-out; unchanged: whether it is today what they signed."""

    seq: Number
    by: Said
    second: Said
    at: Said
    sha256: Said
    different: Count
    reason: Said
    unchanged: bool


class TieMonth(Form, frozen=True, kw_only=True):
    """A month's tie-out."""

    month: Said
    sha256: Said
    different: Count
    rows: list[TieLine]
    signed: list[TieSigned]


class TieCause(Form, frozen=True, kw_only=True):
    """What makes a part of a difference."""

    words: Said
    cents: Cents
    record: Said


class TieCauses(Form, frozen=True, kw_only=True):
    """What makes one row's difference."""

    row: TieLine | None
    causes: list[TieCause]


def read_tie_out(_station: Station, said: Mapping[str, Any]) -> TieMonth:
    """The answer to `tie-out`."""
    return answer_as(TieMonth, said)


def read_causes(_station: Station, said: Mapping[str, Any]) -> TieCauses:
    """The answer to `tie-out.causes`."""
    return answer_as(TieCauses, said)


def month_to_tie(station: Station) -> str:
    """The month that was over last by the clock here, YYYY-MM."""
    return month_before(station.clock.local_text()[:7])
