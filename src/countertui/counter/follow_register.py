"""Following the ledger's register of keys: what is believed of the ledger, and how it has this terminal."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from countertui.counter.station import Run, Station
from countertui.store import registry_log


def follow_register(station: Station, run: Run) -> int:
    """Take what the register says since it was last followed; the number of new entries.

    Runs on a thread of its own; `run` does the store's part on the writer's thread. Raises an EnvironmentFault without
    a ledger, an AnswerNo for a register that can't be believed; the keys believed so far stay.
    """
    entries = station.exchange.newer_entries()
    if entries:
        run(keep_entries, entries)
    return len(entries)


def keep_entries(station: Station, entries: Sequence[bytes]) -> None:
    """Keep the register's next entries, which were verified, and believe them from here on. On the writer's thread.

    Two errands may have asked at once: those that are kept already are passed over.
    """
    kept = set(registry_log.entries(station.db))
    new = [entry for entry in entries if entry not in kept]
    if new:
        station.store.write_working(partial(registry_log.keep, envelopes=new))
        station.exchange.follow(new)
