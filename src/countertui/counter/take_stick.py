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
from countertui.domain.words import number_of
from countertui.errors import AnswerNo, EnvironmentFault, UsageError
from countertui.ports.exchange import Stick
from countertui.store import working


@dataclass(frozen=True, slots=True)
class Brought:
    """What a stick held for this terminal: batches answered, entries of the register, a snapshot newly taken or None;
    batches newly taken of the office's other terminals, and how many of them were here before.

    faults are what was not believed, in words; all else was taken.
    """

    answered: tuple[Sent, ...]
    entries: int
    snapshot: int | None
    faults: tuple[str, ...]
    office: tuple[OfficeTaken, ...] = ()
    office_before: int = 0

    @property
    def said(self) -> list[str]:
        """The same in words, a line each."""
        lines = [f"batch {one.batch_no}: {one.state}{'  ' + one.detail if one.detail else ''}" for one in self.answered]
        if self.snapshot is not None:
            lines.append(f"snapshot {self.snapshot} is in use")
        lines += [one.said for one in self.office]
        if self.office_before:
            lines.append(f"{number_of(self.office_before, 'batch', 'batches')} of other terminals were here already")
        lines += self.faults
        answers = number_of(len(self.answered), "answer")
        lines.append(f"{answers}, {number_of(self.entries, 'new entry', 'new entries')} of the register.")
        return lines


def take_folder(station: Station, run: Run, folder: Path, progress: Callable[[str, int], None]) -> Brought:
    """Take what lies in a folder: of the ledger for this terminal, and of the office's other terminals.

    Runs on a thread of its own; `run` does the store's part on the writer's thread. Again, it changes nothing. Raises
    UsageError where there is no such folder.
    """
    if not folder.is_dir():
        raise UsageError(f"There is no folder {folder}.", "Nothing was taken.", "Type where the stick is.")
    stick = station.exchange.from_stick(folder)
    brought = Brought((), 0, None, ())
    if stick.from_ledger or not stick.batches():
        brought = take_stick(replace(station, exchange=stick), _both_follow(run, stick), progress)
    faults = list(brought.faults)
    entries = brought.entries
    try:
        beside = station.exchange.from_stick(folder).entries_beside()
        if beside:
            run(keep_entries, beside)
            entries += len(beside)
    except (EnvironmentFault, AnswerNo) as fault:
        faults.append(fault.happened)
    found = take_office(station, run, station.exchange.from_stick(folder))
    return replace(
        brought, entries=entries, faults=(*faults, *found.refused), office=found.taken, office_before=found.before
    )


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
    return Brought(tuple(answered), entries, version, tuple(faults))


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
