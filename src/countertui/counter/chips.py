"""The chips of the status line: what a cashier should know without asking. Words first, color never alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from countertui.counter.clock_watch import watch_clock
from countertui.counter.print_queue import printers_wanted
from countertui.counter.station import Run, Station
from countertui.store import card_rows, print_jobs, working

_READY = frozenset({"ok", "paper low", "no status"})


@dataclass(frozen=True, slots=True)
class Chips:
    """Printer, receipts not known to be on paper, ledger, unsent batches, the snapshot's version and age in days.

    clock_off_ms: how far the clock is ahead of what is known to be the time, 0 for no more than it may be.
    log_alarm: what is wrong with the ledger's log, empty for nothing.
    stopped: why the ledger has stopped this terminal, empty if it has not.
    drawer_open_ms: how long the cash drawer has stood open, None if it is closed or can't be heard.
    uncertain, later: how many of the unprinted wait for a person who looks, and for one who asks for them.
    readers: scanners and check readers that can't be heard, each with why.
    can_print: whether a paper waits for a printer that is ready again.
    made_up: whether this is a demo or training city, whose ledger comes up beside the counter.
    cards: how many card charges are in no receipt and not settled.
    disk_low: whether so little room is left that nothing new is begun.
    """

    printer: str
    unprinted: int
    ledger: str
    unsent: int
    snapshot_version: int
    snapshot_days: int
    snapshot_expired: bool
    made_up: bool
    halted: str
    clock_off_ms: int = 0
    log_alarm: str = ""
    disk_low: bool = False
    stopped: str = ""
    drawer_open_ms: int | None = None
    can_print: bool = False
    readers: tuple[tuple[str, str], ...] = ()
    uncertain: int = 0
    later: int = 0
    cards: int = 0


def chips(station: Station, run: Run) -> Chips:
    """How everything around the counter stands.

    An errand: printer and ledger are asked, and may take their time; `run` looks into the store on the writer's thread.
    """
    printer = station.printer.status()
    if station.till is not None and station.till is not station.printer:
        station.till.status()  # has it looked at
    ready = [printer.name for printer in run(printers_wanted) if printer.status() in _READY]
    online = station.exchange.reachable()
    said = station.exchange.ledger_utc_ms() if online else None
    ahead = said - station.clock.utc_ms() if said is not None else None
    return run(_with_store, printer, ready, "online" if online else "offline", ahead)


def _with_store(
    station: Station, printer: str, ready: Sequence[str], ledger: str, ledger_ahead_ms: int | None
) -> Chips:
    watch_clock(station, ledger_ahead_ms)
    station.store.disk.keep_reserve()
    snapshot = station.reference.snapshot()
    today = station.clock.local_text()[:10]
    return Chips(
        printer=printer,
        unprinted=print_jobs.count_unfinished(station.db),
        ledger=ledger,
        unsent=working.count_waiting(station.db),
        snapshot_version=snapshot.version,
        snapshot_days=max(0, (date.fromisoformat(today) - date.fromisoformat(snapshot.made_at[:10])).days),
        snapshot_expired=snapshot.expires_at[:10] < today,
        made_up=bool(station.place.mark),
        halted=station.store.halted or "",
        clock_off_ms=station.watch.off_ms,
        log_alarm=seen.alarm if (seen := working.log_seen(station.db)) else "",
        disk_low=station.store.disk.is_low,
        stopped=station.stopped,
        can_print=bool(ready),
        readers=tuple((reader.name, word) for reader in station.readers if (word := reader.status()) not in {"", "ok"}),
        uncertain=print_jobs.count_unfinished(station.db, "uncertain"),
        later=print_jobs.count_unfinished(station.db, "later"),
        cards=card_rows.count_unsettled(station.db),
        drawer_open_ms=till.drawer_open_ms if (till := station.till) is not None else None,
    )
