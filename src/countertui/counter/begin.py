"""The first records of a new terminal: that it starts, under whose key, and the snapshot it begins with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TypedDict

from countertui.counter.clock_watch import PROGRAM
from countertui.counter.take_snapshot import build
from countertui.domain.records import Fact, Kind, RestoreData
from countertui.ports import Clock, Ids, Recorder, SnapshotOffer
from countertui.store import registry_log
from countertui.store.store import Store


class StartData(TypedDict):
    """`start`, record 1: the office, the keys believed (hex), and the last receipt number drawn under this name.

    registry is the hash of the first entry of the ledger's register: the root keys follow from it.
    """

    office: str
    public_key: str
    ledger_key: str
    registry: str
    receipt_n: int


def begin(
    folder: Path,
    recorder: Recorder,
    clock: Clock,
    ids: Ids,
    start: StartData,
    register: Sequence[bytes],
    offer: SnapshotOffer,
    progress: Callable[[str, int], None],
    restored: RestoreData | None = None,
) -> None:
    """Make a terminal's store in `folder` with its first two records; `register` are the entries it follows so far.

    With `restored` a third record says where the epoch before ended, and receipt numbers go on above all it names.

    The snapshot is fetched first: without one there is no store. Raises as fetching it and `Store.append` do.
    """
    build(offer, folder, progress)
    store = Store(folder)
    try:
        if restored is not None:
            first_n = max(restored["first_n"], start["receipt_n"] + 1)
            start, restored = {**start, "receipt_n": first_n - 1}, {**restored, "first_n": first_n}
        store.append(Fact(ids(), Kind.START, PROGRAM, start), recorder, clock)
        store.write_working(partial(registry_log.keep, envelopes=register))
        applied = {"version": offer.version, "sha256": offer.sha256}
        store.append(Fact(ids(), Kind.SNAPSHOT_APPLIED, PROGRAM, applied), recorder, clock)
        if restored is not None:
            store.append(Fact(ids(), Kind.RESTORE, PROGRAM, restored), recorder, clock)
    finally:
        store.close()
