"""The chips of the status line: what a cashier should know without asking. Words first, color never alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from countertui.counter.send_batches import unsent
from countertui.counter.station import Station
from countertui.store import working


@dataclass(frozen=True, slots=True)
class Chips:
    """Printer, receipts not known to be on paper, ledger, unsent batches, the snapshot's version and age in days."""

    printer: str
    unprinted: int
    ledger: str
    unsent: int
    snapshot_version: int
    snapshot_days: int
    snapshot_expired: bool
    demo: bool
    halted: str


def chips(station: Station) -> Chips:
    """How everything around the counter stands; asks printer and ledger, so never on the UI thread."""
    snapshot = station.reference.snapshot()
    today = station.clock.local_text()[:10]
    return Chips(
        printer=station.printer.status(),
        unprinted=len(working.unfinished_jobs(station.reader)),
        ledger="online" if station.exchange.reachable() else "offline",
        unsent=unsent(station),
        snapshot_version=snapshot.version,
        snapshot_days=max(0, (date.fromisoformat(today) - date.fromisoformat(snapshot.made_at[:10])).days),
        snapshot_expired=snapshot.expires_at[:10] < today,
        demo=station.place.demo,
        halted=station.store.halted or "",
    )
