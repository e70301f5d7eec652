"""What a job of the counter works with: the store, the ports plugged in, and the place it stands in."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Protocol, TypeVar

from countertui.domain.city import CityRules
from countertui.domain.rights import Role
from countertui.ports import Clock, Exchange, Ids, Pins, Printer, Recorder

if TYPE_CHECKING:
    from countertui.store.reference import Reference
    from countertui.store.store import Store


Result = TypeVar("Result")


class Run(Protocol):
    """Runs a job, function(station, *args), on the writer's thread and gives its result."""

    def __call__(self, job: Callable[..., Result], *args: object) -> Result:
        """The job's result, or what it raised."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the counter stands, in words for screen and paper."""

    ledger: str
    city: str
    office: str
    office_name: str
    office_address: str
    terminal: str
    epoch: int

    @property
    def demo(self) -> bool:
        """Whether this is a demo city, whose ledger id begins DEMO."""
        return self.ledger.startswith("DEMO")


@dataclass(frozen=True, slots=True)
class Person:
    """An operator who has signed on or gives a second credential."""

    id: str
    name: str
    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class Session:
    """An open drawer session; amounts in cents, biz_date ISO."""

    id: str
    drawer: str
    operator: str
    operator_name: str
    biz_date: str
    fund_cents: int
    opening_cents: int
    open_seq: int


@dataclass(slots=True)
class Station:
    """One terminal at work. Jobs run on one thread with `db`; look-ups on another with `reader` and `reference`."""

    store: Store
    reader: sqlite3.Connection
    reference: Reference
    rules: CityRules
    place: Place
    clock: Clock
    ids: Ids
    recorder: Recorder
    pins: Pins
    printer: Printer
    exchange: Exchange
    pins_shown: tuple[tuple[str, str], ...] = field(default=())
    printing: Lock = field(default_factory=Lock)
    checking: bool = False
    """Whether the journal is still being checked after the start: no money is taken until it is."""

    @property
    def db(self) -> sqlite3.Connection:
        """The writing connection, for jobs only."""
        return self.store.connection
