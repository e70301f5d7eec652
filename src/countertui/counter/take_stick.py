"""What a stick brings: the ledger's answers, register and newest snapshot, and what the office's others sealed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from countertui.counter.follow_register import follow_register, keep_entries
from countertui.counter.send_batches import Sent, take_answer
from countertui.counter.station import Result, Run, Station
from countertui.counter.take_office import OfficeTaken, take_office
from countertui.counter.take_snapshot import take_snapshot
from countertui.domain.refusal import Refused
from countertui.domain.words import number_of
from countertui.errors import AnswerNo, EnvironmentFault, UsageError
from countertui.ports.exchange import Stick
from countertui.store import working


class NothingThere(Refused):
    """A folder in which nothing lies that any terminal or ledger wrote."""


@dataclass(frozen=True, slots=True)
class Brought:
    """What a stick held for this terminal: batches answered, entries of the register, a snapshot newly taken or None;
    batches newly taken of the office's other terminals, and how many of them were here before.

    faults are what was not believed, in words; all else was taken. notes say what there was not to take, and why.
    """

    answered: tuple[Sent, ...]
    entries: int
    snapshot: int | None
    faults: tuple[str, ...]
    office: tuple[OfficeTaken, ...] = ()
    office_before: int = 0
    notes: tuple[str, ...] = ()

    @property
    def said(self) -> list[str]:
        """The same in words, a line each."""
        lines = [f"batch {one.batch_no}: {one.state}{'  ' + one.detail if one.detail else ''}" for one in self.answered]
        if self.snapshot is not None:
            lines.append(f"snapshot {self.snapshot} is in use")
        lines += [one.said for one in self.office]
        if self.office_before:
            batches = "batch of another terminal was" if self.office_before == 1 else "batches of other terminals were"
            lines.append(f"{self.office_before:,} {batches} here already")
        if self.entries:
            lines.append(f"{number_of(self.entries, 'new entry', 'new entries')} of the register of keys")
        lines += [*self.notes, *self.faults]
        return lines or ["Nothing on it is new."]

    @property
    def told(self) -> str:
        """How much of it was new, in a sentence."""
        parts = [
            *([number_of(len(self.answered), "answer") + " of the ledger"] if self.answered else []),
            *([f"snapshot {self.snapshot}"] if self.snapshot is not None else []),
            *([f"{number_of(len(self.office), 'batch', 'batches')} of other terminals"] if self.office else []),
        ]
        refused = f" {len(self.faults)} refused: the list says why." if self.faults else ""
        return f"{', '.join(parts) + ' taken' if parts else 'Nothing new was taken'}.{refused}"


def take_folder(station: Station, run: Run, folder: Path, progress: Callable[[str, int], None]) -> Brought:
    """Take what lies in a folder: of the ledger for this terminal, and of the office's other terminals.

    Runs on a thread of its own; `run` does the store's part on the writer's thread. Again, it changes nothing. Raises
    UsageError where there is no such folder, NothingThere where nothing of the kind lies in it.
    """
    if not folder.is_dir():
        raise UsageError(f"There is no folder {folder}.", "Nothing was taken.", "Type where the stick is.")
    stick = station.exchange.from_stick(folder)
    if not (stick.from_ledger or stick.batches() or stick.own_batches or stick.registers()):
        raise NothingThere(
            f"Neither a ledger nor a terminal wrote anything into {folder}.",
            "Nothing was taken.",
            "Look which folder of the stick has the files, and type that.",
        )
    brought = Brought((), 0, None, (), notes=_what_lacks(station, stick))
    if stick.from_ledger:
        taken = take_stick(replace(station, exchange=stick), _both_follow(run, stick), progress)
        brought = replace(taken, notes=brought.notes)
    faults, entries = list(brought.faults), brought.entries
    for name in stick.registers():
        try:
            beside = station.exchange.from_stick(folder).entries_in(name)
        except (EnvironmentFault, AnswerNo) as fault:
            faults.append(f"{name}: {fault.happened}")
            continue
        run(keep_entries, beside)
        entries += len(beside)
    found = take_office(station, run, station.exchange.from_stick(folder))
    return replace(
        brought, entries=entries, faults=(*faults, *found.refused), office=found.taken, office_before=found.before
    )


def _what_lacks(station: Station, stick: Stick) -> tuple[str, ...]:
    """Why a stick brings less than somebody may think."""
    own, here = number_of(stick.own_batches, "batch", "batches"), station.place.terminal
    if stick.from_ledger and stick.behind:
        later = number_of(stick.behind, "entry", "entries")
        return (f"The ledger wrote this stick earlier: its register of keys has {later} less than is known here.",)
    if stick.own_batches and not (stick.from_ledger or stick.batches()):
        return (
            f"Nothing here is for {here}: it wrote the {own} itself. They go to the ledger (countertui ledger import)"
            " or to the office's terminal that makes the deposit.",
        )
    return ()


def _both_follow(run: Run, stick: Stick) -> Run:
    """Runs jobs as `run` does; entries of the register that are kept are believed of the stick from there on, too."""

    def running(job: Callable[..., Result], *args: Any) -> Result:
        result = run(job, *args)
        if job is keep_entries:
            stick.follow(args[0])
        return result

    return running


def take_stick(station: Station, run: Run, progress: Callable[[str, int], None]) -> Brought:
    """Take everything for this terminal from a stick that `station.exchange` reads from; again, it changes nothing."""
    faults: list[str] = []
    entries, version = 0, None
    try:
        entries = follow_register(station, run)
    except (EnvironmentFault, AnswerNo) as fault:
        faults.append(fault.happened)
    answered = _answers(station, run, faults)
    try:
        version = take_snapshot(station, run, progress)
    except (EnvironmentFault, AnswerNo) as fault:
        faults.append(fault.happened)
    told_once = tuple(dict.fromkeys(faults))  # the snapshot asks for the register anew
    return Brought(tuple(answered), entries, version, told_once)


def _answers(station: Station, run: Run, faults: list[str]) -> list[Sent]:
    answered = []
    for row in run(_sent):
        try:
            answer = station.exchange.ask(row.batch_no, row.batch_hash)
            if answer is None or answer.ack == row.ack:
                continue
            take_answer(station, run, row.batch_no, answer)
        except (EnvironmentFault, AnswerNo) as fault:
            faults.append(f"Batch {row.batch_no}: {fault.happened}")
            continue
        detail = "; ".join(answer.reasons)
        answered.append(Sent(row.batch_no, answer.state, answer.posted_cents, answer.difference_cents, detail))
    return answered


def _sent(station: Station) -> list[working.SendingRow]:
    return [row for row in working.sendings(station.db) if row.state != "posted"]
