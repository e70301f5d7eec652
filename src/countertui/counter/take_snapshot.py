"""Taking the newest snapshot: fetched and verified, made beside the old one, swapped in, recorded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from countertui.counter.clock_watch import PROGRAM
from countertui.counter.erase_personal import destroy_erased
from countertui.counter.follow_register import follow_register
from countertui.counter.station import Run, Station
from countertui.domain.city import rules_from_json
from countertui.domain.records import Fact, Kind
from countertui.ports.snapshots import SnapshotOffer
from countertui.store.reference_child import make_reference
from countertui.store.reference_load import ReferenceRefused


def take_snapshot(station: Station, run: Run, progress: Callable[[str, int], None]) -> int | None:
    """Take a newer snapshot if there is one; gives its version, None if this one is the newest.

    Only what changed is fetched where the ledger still knows the snapshot in use. Runs on a thread of its own; `run`
    does the store's part on the writer's thread. Raises an EnvironmentFault without a ledger, an AnswerNo for a
    snapshot that can't be believed; the old one stays.
    """
    follow_register(station, run)
    in_use = station.reference.snapshot()
    offer = station.exchange.newer_snapshot(in_use.version, in_use.sha256)
    if offer is None:
        return None
    build(offer, station.store.folder, progress)
    run(swap_in, offer)
    return offer.version


def build(offer: SnapshotOffer, folder: Path, progress: Callable[[str, int], None]) -> None:
    """Fetch an offered snapshot and make it the folder's reference.db.

    Where what changed doesn't lead to what the ledger has, the whole is fetched.
    """
    try:
        _make(offer, folder, progress)
    except ReferenceRefused:
        if not offer.base:
            raise
        _make(offer.as_whole(), folder, progress)


def _make(offer: SnapshotOffer, folder: Path, progress: Callable[[str, int], None]) -> None:
    with TemporaryDirectory(dir=folder, prefix="snapshot-") as fetched:
        make_reference(folder / "reference.db", offer, Path(fetched), progress)


def swap_in(station: Station, offer: SnapshotOffer) -> None:
    """Look things up in the new snapshot and work by its rules from here on, and write that down."""
    station.reference.reopen()
    station.rules = rules_from_json(station.reference.rules_json())
    destroy_erased(station)
    station.record(
        Fact(
            id=station.ids(),
            kind=Kind.SNAPSHOT_APPLIED,
            operator=PROGRAM,
            data={"version": offer.version, "sha256": offer.sha256},
        ),
    )
