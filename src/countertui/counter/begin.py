"""The first records of a new terminal: that it starts, under whose key, and the snapshot it begins with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TypedDict

from countertui.counter.clock_watch import PROGRAM
from countertui.counter.take_snapshot import build
from countertui.domain.record_data import RestoreData
from countertui.domain.records import Fact, Kind
from countertui.errors import UsageError
from countertui.ports.clock import Clock, Ids
from countertui.ports.signing import Recorder
from countertui.ports.snapshots import SnapshotOffer
from countertui.store import registry_log
from countertui.store.connection import open_for_reading
from countertui.store.store import Store, read_body


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
    Cut off in between, it goes on after the record it was cut off at, with the number that the first one names.

    The snapshot is fetched first: without one there is no store. Raises as fetching it and `Store.append` do, and
    UsageError if it was begun with a lower number than it is to go on with now.
    """
    build(offer, folder, progress)
    store = Store(folder)
    try:
        done, _ = store.tip()
        if done:
            start = read_body(store.connection, 1)["data"]
            if restored is not None and restored["first_n"] > start["receipt_n"] + 1:
                raise UsageError(
                    f"This epoch was begun to go on with receipt {start['receipt_n'] + 1}, now it is to be"
                    f" {restored['first_n']}.",
                    "Nothing was changed.",
                    "Type the number typed first. If that was too low: ledger revoke, ledger admit, a new --dir.",
                )
        elif restored is not None:
            start = {**start, "receipt_n": max(restored["first_n"] - 1, start["receipt_n"])}
        if done < 1:
            store.append(Fact(ids(), Kind.START, PROGRAM, start), recorder, clock)
        store.write_working(partial(registry_log.replace, envelopes=register))
        if done < 2:
            applied = {"version": offer.version, "sha256": offer.sha256}
            store.append(Fact(ids(), Kind.SNAPSHOT_APPLIED, PROGRAM, applied), recorder, clock)
        if restored is not None and done < 3:
            first = {**restored, "first_n": start["receipt_n"] + 1}
            store.append(Fact(ids(), Kind.RESTORE, PROGRAM, first), recorder, clock)
    finally:
        store.close()


def is_begun(folder: Path, *, restoring: bool) -> bool:
    """Whether a terminal is in `folder`, not one whose first records were cut off as `begin` wrote them.

    Raises StoreUnusable.
    """
    if not (folder / "store.db").exists():
        return False
    db = open_for_reading(folder / "store.db")
    try:
        made = db.execute("SELECT 1 FROM sqlite_master WHERE name = 'journal'").fetchone() is not None
        kinds = [kind for (kind,) in db.execute("SELECT kind FROM journal ORDER BY seq LIMIT 3")] if made else []
    finally:
        db.close()
    first = [Kind.START, Kind.SNAPSHOT_APPLIED, *([Kind.RESTORE] if restoring else [])]
    return kinds != first[: len(kinds)] or len(kinds) == len(first)
