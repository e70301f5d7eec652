"""What a job of the counter works with: the store, the ports plugged in, and the place it stands in."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from countertui.counter.clock_watch import ClockWatch, watch_clock
from countertui.counter.keep_personal import with_personal
from countertui.domain.batch_totals import BatchTotals
from countertui.domain.city import CityRules
from countertui.domain.demo import is_demo, is_training, mark_of
from countertui.domain.records import Fact, Kind
from countertui.domain.refusal import Refused
from countertui.domain.rights import Role
from countertui.domain.session_figures import SessionFigures
from countertui.machine import mounted_media
from countertui.ports.clock import Clock, Ids
from countertui.ports.devices import Display, Printer, Reader
from countertui.ports.exchange import Exchange
from countertui.ports.signing import Pins, Recorder, Vault

if TYPE_CHECKING:
    from countertui.store.reference import Reference
    from countertui.store.store import Recorded, Store, Within


Result = TypeVar("Result")

BEFORE_THE_CHECK = frozenset(
    {
        Kind.START,
        Kind.LOGIN,
        Kind.LOGOUT,
        Kind.PIN_FAIL,
        Kind.PIN_LOCK,
        Kind.UNLOCK,
        Kind.OPERATOR,
        Kind.SNAPSHOT_APPLIED,
        Kind.CLOCK_CHANGE,
    }
)
"""What may be recorded while the journal is still being checked: nothing that is about money."""


SALES = frozenset({Kind.OPEN, Kind.PAY, Kind.VOID, Kind.REFUND})
"""What a terminal that the ledger has stopped records no more; it counts, closes, seals and sends as ever."""
_STOPPED = {
    "frozen": "two journals under its key, or a store that went back, were seen",
    "revoked": "its key is revoked",
}


class StillChecking(Refused):
    """The journal is still being checked after the start."""


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
        """Whether this is a demo city."""
        return is_demo(self.ledger)

    @property
    def training(self) -> bool:
        """Whether this is a training city."""
        return is_training(self.ledger)

    @property
    def mark(self) -> str:
        """What its screens say besides: DEMO, TRAINING, or nothing."""
        return mark_of(self.ledger)


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
class Unsealed:
    """The totals of the records after the last seal record, up to the last one looked at; both sequence numbers."""

    sealed: int
    through: int
    totals: BatchTotals = field(default_factory=BatchTotals)


@dataclass(frozen=True, slots=True)
class Touch:
    """What the ledger was last told between batches: up to which record, what it knew of, when, and how long to wait.

    Times are monotonic milliseconds; wait_ms 0: it heard.
    """

    told: int = 0
    known: int = 0
    at_ms: int = -(10**9)
    wait_ms: int = 0


class Stopped(Refused):
    """The ledger has stopped this terminal: no sales until it is known what happened."""


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
    printers: tuple[Printer, ...]
    """This terminal's own first; there is always one, if only to say that there is none."""
    exchange: Exchange
    vault: Vault
    pins_shown: tuple[tuple[str, str], ...] = field(default=())
    checking: bool = False
    """Whether the journal is still being checked after the start: no money moves until it is."""
    figures: dict[str, SessionFigures] = field(default_factory=dict)
    """What open sessions add up to by their records, as far as somebody asked: see `counter.figures`."""
    too_much_dropped: set[str] = field(default_factory=set)
    """Open sessions of which a bag was refused as too much."""
    unsealed: Unsealed | None = None
    """What the next batch adds up to, as far as the journal was read for it: see `counter.figures`."""
    watch: ClockWatch = field(default_factory=ClockWatch)
    touch: Touch = field(default_factory=Touch)
    display: Display | None = None
    """What the customer reads, if there is one."""
    readers: tuple[Reader, ...] = ()
    """Scanners and check readers that speak by themselves."""
    virtual_paper: Path | None = None
    """Where a virtual printer writes what it prints; None if the printers are real ones."""
    media: Callable[[], Sequence[Path]] = mounted_media
    """Where sticks and other media are plugged in now."""

    @property
    def printer(self) -> Printer:
        """This terminal's own printer."""
        return self.printers[0]

    @property
    def till(self) -> Printer | None:
        """The printer that the drawer hangs on; None: it is opened with its key, and in training not at all."""
        if self.place.training:
            return None
        return next((printer for printer in self.printers if printer.has_drawer), None)

    @property
    def slip_printer(self) -> Printer | None:
        """The printer that checks and stubs are put into; None: they are stamped by hand."""
        return next((printer for printer in self.printers if printer.has_slip), None)

    @property
    def check_printer(self) -> Printer | None:
        """The printer that checks are read in; None: they are read elsewhere, or typed."""
        return next((printer for printer in self.printers if printer.reads_checks), None)

    @property
    def db(self) -> sqlite3.Connection:
        """The writing connection, for jobs only."""
        return self.store.connection

    @property
    def stopped(self) -> str:
        """Why the ledger has stopped this terminal, by its register as far as it was followed; empty if it has not."""
        return _STOPPED.get(self.exchange.standing(), "")

    def require_may_record(self, kind: StrEnum) -> None:
        """Raise StillChecking or Stopped where this terminal records nothing of that kind now."""
        if self.checking and kind not in BEFORE_THE_CHECK:
            raise StillChecking("The journal is still being checked.", press="Wait a moment, then press the key again.")
        if kind in SALES and (stopped := self.stopped):
            raise Stopped(
                f"The ledger has stopped this terminal: {stopped}.",
                "Nothing was recorded. What is recorded is kept; drawers can be counted and closed, batches sealed,"
                " sent and exported.",
                "Call a lead; take money at another terminal, or on numbered paper receipts.",
            )

    def record(self, fact: Fact, within: Within | None = None, before: Callable[[], None] | None = None) -> Recorded:
        """Make a fact a record: every job's one way into the journal; `within` and `before` as of `Store.append`.

        Raises StillChecking for all that is about money while the journal is being checked, and as `Store.append`.
        """
        self.require_may_record(fact.kind)
        within = with_personal(self, fact, within)
        recorded = self.store.append(fact, self.recorder, self.clock, within, before)
        watch_clock(self)  # after it: a seal names the sequence number it will get
        return recorded
