"""A backup of a terminal: its store, its key file as it is (keys wrapped), its settings; never its anchor."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from countertui.counter.require_now import require_now
from countertui.counter.station import Person, Station
from countertui.domain.record_data import BackupData
from countertui.domain.records import Fact, Kind
from countertui.domain.refusal import Refused
from countertui.domain.rights import Act
from countertui.store.copying import copy_store

_BESIDE = ("keys.json", "terminal.toml")


class BackupRefused(Refused):
    """The folder named for a backup is not empty."""


@dataclass(frozen=True, slots=True)
class BackedUp:
    """The backup's last record, which is the one that says it was made."""

    seq: int
    h: str


def back_up(station: Station, person: Person, folder: Path) -> BackedUp:
    """Record that a backup is made, then copy everything up to that record into `folder`, an empty one.

    It holds nothing that the disk's thief would not have: keys stay wrapped. Raises NotAllowed, BackupRefused.
    """
    require_now(station, person.id, Act.SEAL)
    if folder.exists() and any(folder.iterdir()):
        raise BackupRefused(f"{folder} is not empty.", "Nothing was written.", "Name a new folder.")
    seq, h = station.store.tip()
    data = BackupData(seq=seq, h=h.hex())
    recorded = station.record(Fact(id=station.ids(), kind=Kind.BACKUP, operator=person.id, data=data))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    copy_store(station.db, folder / "store.db")
    for name in _BESIDE:
        if (station.store.folder / name).is_file():
            shutil.copyfile(station.store.folder / name, folder / name)
            (folder / name).chmod(0o600)
    return BackedUp(recorded.seq, recorded.h.hex())
