"""Opening the cash drawer: at most once for a record, soon or not at all, and never part of a receipt's bytes.

What is to open it is a row of the record's own transaction: a payment of cash or by check, or a `no_sale`. It is marked
as begun before the pulse leaves, and nothing that was begun is ever tried again.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from countertui.counter.drafts import Form
from countertui.counter.require_now import require_now
from countertui.counter.station import Person, Run, Session, Station
from countertui.counter.typed import LONGEST_REASON, checked_text
from countertui.domain.record_data import NoSaleData
from countertui.domain.records import Fact, Kind
from countertui.domain.refusal import Refused
from countertui.domain.rights import Act, NotAllowed, may
from countertui.domain.text import same_person
from countertui.ports.devices import Printer, PrintOutcome
from countertui.store import print_jobs, session_rows, working
from countertui.store.print_jobs import Db, PrintJob
from countertui.store.store import Recorded, read_body

KICK_LIFE_MS = 5_000
"""A drawer that opened later than that would open before nobody."""
_OPENED = frozenset({"confirmed", "processed", "sent"})


class NoSaleRefused(Refused):
    """The drawer is not opened without a sale."""


def open_without_sale(station: Station, person: Person, session: Session, reason: str) -> int:
    """Record that the drawer is opened without a sale, and have it opened; gives the record for `kick_drawer`.

    A cashier opens their own, a lead any. Raises NoSaleRefused, NotAllowed, StoreHalted.
    """
    require_now(station, person.id, Act.NO_SALE)
    if not same_person(person.id, session.operator) and not may(person.roles, Act.CLOSE_OTHERS):
        raise NotAllowed(f"This is the drawer of {session.operator_name}.", press="Ask a lead.")
    typed = checked_text(reason, "The reason", LONGEST_REASON)
    if not typed:
        raise NoSaleRefused("A drawer opened without a sale needs a reason.", "It stays shut.", "Type why.")

    def require_open() -> None:
        row = session_rows.session(station.db, session.id)
        if row is None or row.close_seq is not None:
            raise NoSaleRefused("This drawer is closed.", press="F2 opens one.")

    def with_kick(db: sqlite3.Connection, recorded: Recorded) -> None:
        working.drop_draft(db, Form.NO_SALE, "", person.id)
        if station.till is not None:
            print_jobs.queue_kick(db, recorded.seq, station.till.name)

    fact = Fact(
        id=station.ids(),
        kind=Kind.NO_SALE,
        operator=person.id,
        session=session.id,
        biz_date=session.biz_date,
        data=NoSaleData(drawer=session.drawer, reason=typed),
    )
    return station.record(fact, with_kick, require_open).seq


def kick_drawer(_station: Station, run: Run, seq: int) -> str:
    """Open the drawer for a record; gives what kept it from opening, or nothing. An errand: it may take five seconds.

    A record's drawer is opened once: where that was begun before, this does nothing and says so.
    """
    begun = run(_begin, seq)
    if isinstance(begun, str):
        return begun
    outcome = begun.printer.kick(begun.left_ms)
    run(_end, begun.job, outcome)
    return "" if outcome.state in _OPENED else f"{begun.printer.name}: {outcome.detail or outcome.state}"


@dataclass(frozen=True, slots=True)
class _Kick:
    """A kick that was begun: its job, the printer, and for how many milliseconds it still may open the drawer."""

    job: PrintJob
    printer: Printer
    left_ms: int


def _begin(station: Station, seq: int) -> _Kick | str:
    """Commit that the pulse leaves now; where it doesn't, why."""
    if station.till is None:
        return "in training it stays shut" if station.place.training else "no printer of this terminal opens it"
    body = read_body(station.db, seq)
    boot, since = body["boot_id"], body["mono_ms"]
    left = since + KICK_LIFE_MS - station.clock.mono_ms() if boot == station.clock.boot_id() else 0

    def begin(db: Db) -> PrintJob | None:
        job = print_jobs.waiting_kick(db, seq)
        if job is not None:
            print_jobs.set_state(db, job.id, *(("sending", "") if left > 0 else ("lapsed", "too late")))
        return job

    job = station.store.write_working(begin)
    if job is None:
        return "it was opened for this already"
    if left <= 0:
        return "too late to open it"
    return _Kick(job, station.till, left)


def _end(station: Station, job: PrintJob, outcome: PrintOutcome) -> None:
    """Nothing left: it lapses, as nobody may try again later."""
    state = "lapsed" if outcome.state == "refused" else outcome.state
    station.store.write_working(lambda db: print_jobs.set_state(db, job.id, state, outcome.detail))
