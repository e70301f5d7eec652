"""Personal values on their way to the ledger, after the batch that commits to them: sealed to the city's key."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import groupby

from countertui.counter.station import Run, Station
from countertui.domain.personal import Place
from countertui.errors import AnswerNo, EnvironmentFault
from countertui.store import personal
from countertui.store.personal import Waiting

_AT_ONCE = 1_000


def send_personal(station: Station, run: Run) -> int:
    """Send the values of batches that the ledger has; gives how many it took. What it did not take waits.

    Runs on a thread of its own, as a network may take its time; `run` does the store's part on the writer's thread.
    """
    city_key = station.reference.sealing_key()
    taken = 0
    while city_key is not None:
        waiting = run(_waiting)
        before = taken
        for batch_no, values in groupby(waiting, key=lambda each: each.batch_no):
            try:
                kept = station.exchange.tell_personal(batch_no, _sealed(station, city_key, list(values)))
            except (EnvironmentFault, AnswerNo):
                return taken  # they are tried again after the next batch; the batch itself is where it belongs
            run(_mark_delivered, kept)
            taken += len(kept)
        if len(waiting) < _AT_ONCE or taken == before:
            break
    return taken


def _sealed(station: Station, city_key: bytes, values: Sequence[Waiting]) -> list[tuple[int, str, bytes]]:
    """As they were sealed when they were recorded; those of before the city's key was known are sealed now.

    One that was altered here stays, and keeps no other back: `countertui verify --personal` tells of it, and the ledger
    misses it.
    """
    sealed = []
    for _, seq, field, locked, before in values:
        place = Place(station.place.terminal, station.place.epoch, seq, field)
        try:
            now = before or station.vault.seal_for(city_key, place, station.vault.unlock(place, locked))
        except AnswerNo:
            continue
        sealed.append((seq, field, now))
    return sealed


def _waiting(station: Station) -> list[Waiting]:
    return personal.undelivered(station.db, _AT_ONCE)


def _mark_delivered(station: Station, values: Sequence[tuple[int, str]]) -> None:
    station.store.write_working(partial(personal.mark_delivered, values=values))
