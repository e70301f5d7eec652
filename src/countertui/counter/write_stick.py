"""Sealed batches onto a stick, for the ledger or for the office's terminal that makes the deposit."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from countertui.counter.seal_batch import remake_envelopes
from countertui.counter.station import Run, Station
from countertui.domain.office import SealedBatch
from countertui.domain.refusal import Refused
from countertui.domain.words import number_of
from countertui.errors import UsageError
from countertui.store import day_rows
from countertui.store.batches import last_batch
from countertui.store.carrying import to_carry


class NothingToWrite(Refused):
    """There is no batch that a stick could carry."""


@dataclass(frozen=True, slots=True)
class Written:
    """What was written and read back: the numbers of the batches. unsealed: records here that are in no batch yet."""

    folder: Path
    batches: tuple[int, ...]
    unsealed: int

    @property
    def said(self) -> list[str]:
        """The same in words, a line each; the last is what is not on the stick."""
        first, last = self.batches[0], self.batches[-1]
        which = f"Batch {first} is" if first == last else f"Batches {first} to {last} are"
        lines = [f"{which} on {self.folder}, and read back.", "Eject the stick before it is pulled out."]
        if self.unsealed:
            lines.append(f"{number_of(self.unsealed, 'record')} not sealed yet: not on the stick. Esc, S seals.")
        return lines


def media(station: Station) -> tuple[str, ...]:
    """Where sticks and other media are plugged in, as far as this machine shows them."""
    return tuple(str(path) for path in station.media())


def write_folder(station: Station, run: Run, folder: Path, after: int | None = None) -> Written:
    """Write the batches that the ledger answered nothing for, or all after that number, into a folder.

    Runs on a thread of its own; `run` does the store's part on the writer's thread. Nothing is recorded: a batch waits
    until the ledger's answer comes back. Raises UsageError where there is no such folder, NothingToWrite, and an
    EnvironmentFault where it can't be written to.
    """
    if not folder.is_dir():
        raise UsageError(f"There is no folder {folder}.", "Nothing was written.", "Type where the stick is.")
    carried, unsealed, last = run(_to_carry, after)
    if not carried:
        raise _nothing(after, last, unsealed)
    station.exchange.from_stick(folder).lay(carried)
    return Written(folder, tuple(one.batch_no for one in carried), unsealed)


def _to_carry(station: Station, after: int | None) -> tuple[list[SealedBatch], int, int]:
    remake_envelopes(station)
    return to_carry(station.db, after), day_rows.unsent(station.db).unsealed, last_batch(station.db).batch_no


def _nothing(after: int | None, last: int, unsealed: int) -> NothingToWrite:
    nothing = "Nothing was written."
    if unsealed and not last:
        return NothingToWrite("Nothing is sealed here yet.", nothing, "Esc, then S seals.")
    if after is not None:
        return NothingToWrite(f"There is no batch after {after}: the last is {last}.", nothing, "Type a lower number.")
    return NothingToWrite(
        "The ledger has answered for every sealed batch.",
        nothing,
        "For another terminal: Tab, then the number it told. Esc, S seals what is new.",
    )
