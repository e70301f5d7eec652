"""The ledger's answers about a day, read strictly: offices, drawer sessions, terminals that nothing was heard of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any

from msgspec import Meta

from countertui.counter.ledger_answers import answer_as
from countertui.counter.ledger_desk import moment
from countertui.counter.station import Station
from countertui.domain.tenders import TenderKind
from countertui.forms import Cents, Count, Form, Number

_Word = Annotated[str, Meta(max_length=200)]
_Sums = dict[str, Cents] | None
_OWN_COLUMNS = (TenderKind.CASH, TenderKind.CHECK, TenderKind.CARD)


class _Session(Form, frozen=True, kw_only=True):
    terminal: _Word
    epoch: Number
    session: _Word
    drawer: _Word
    operator: _Word
    operator_name: _Word
    state: _Word
    batch_no: Number | None
    batch: _Word
    bag: _Word
    deposit: _Word
    over_short: Cents | None
    sums: _Sums


class _NotHeard(Form, frozen=True, kw_only=True):
    terminal: _Word
    heard_at: _Word | None


class _Office(Form, frozen=True, kw_only=True):
    code: _Word
    name: _Word
    sessions: list[_Session]
    sums: _Sums
    receipts: Count
    net_cents: Cents | None
    not_heard: list[_NotHeard]


class _Day(Form, frozen=True, kw_only=True):
    date: _Word
    offices: list[_Office]


@dataclass(frozen=True, slots=True)
class Columns:
    """Cents taken by cash, check and card, and by all other tenders together; None where they are not to be seen."""

    cash: int | None
    check: int | None
    card: int | None
    other: int | None


@dataclass(frozen=True, slots=True)
class DayRow:
    """A row of the day: an office with its total, one of its drawer sessions, or a terminal that was not heard.

    `place` is the session's terminal, epoch and id; None for the other two. `said` is more about it, in words.
    """

    office: str
    name: str
    drawer: str
    terminal: str
    who: str
    state: str
    columns: Columns
    place: tuple[str, int, str] | None
    said: str
    over_short: int | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """A business date (ISO) as the ledger has it."""

    date: str
    rows: tuple[DayRow, ...]


_DEPOSITS = {
    "told": ", whose deposit is not posted yet",
    "waiting": ", whose deposit waits for this drawer",
    "suspended": ", whose deposit is in suspense",
}
NOT_HEARD = "not heard"
OFFICE = "office"


def read_day(station: Station, said: Mapping[str, Any]) -> Day:
    """What the ledger's answer says. Raises LedgerOffline for an answer of another form."""
    told = answer_as(_Day, {name: said[name] for name in ("date", "offices") if name in said})
    rows: list[DayRow] = []
    for office in told.offices:
        receipts = "1 receipt" if office.receipts == 1 else f"{office.receipts:,} receipts"
        rows.append(
            DayRow(
                *(
                    office.code,
                    office.name,
                    "",
                    "",
                    "",
                    OFFICE,
                    _columns(office.sums if office.sessions else None),
                    None,
                ),
                f"{receipts} posted" if office.sessions or office.receipts else "no drawer",
                _over_short_of(office),
            )
        )
        rows += [_session_row(office.code, each) for each in office.sessions]
        rows += [_silent_row(station, office.code, each) for each in office.not_heard]
    return Day(told.date, tuple(rows))


def _over_short_of(office: _Office) -> int | None:
    """What an office's counted drawers are over or short in all; None where no amount of it is to be seen."""
    counted = [each.over_short for each in office.sessions if each.over_short is not None]
    return sum(counted) if counted and office.sums is not None else None


def day_beside(day: str, by: int) -> str:
    """The date (ISO) so many days later."""
    return (date.fromisoformat(day) + timedelta(days=by)).isoformat()


def _session_row(office: str, each: _Session) -> DayRow:
    said = []
    if each.batch_no is not None:
        said.append(f"batch {each.batch_no} is {each.batch}")
    if each.bag:
        said.append(f"bag {each.bag}{_DEPOSITS.get(each.deposit, '')}")
    return DayRow(
        *(office, "", each.drawer, each.terminal, each.operator_name, each.state, _columns(each.sums)),
        (each.terminal, each.epoch, each.session),
        ", ".join(said),
        each.over_short,
    )


def _silent_row(station: Station, office: str, each: _NotHeard) -> DayRow:
    since = f"last heard {moment(station, each.heard_at)}" if each.heard_at else "never heard of"
    return DayRow(*(office, "", "", each.terminal, "", NOT_HEARD, Columns(None, None, None, None), None), since)


def _columns(sums: Mapping[str, int] | None) -> Columns:
    if sums is None:
        return Columns(None, None, None, None)
    cash, check, card = (sums.get(kind.value, 0) for kind in _OWN_COLUMNS)
    return Columns(cash, check, card, sum(sums.values()) - cash - check - card)
