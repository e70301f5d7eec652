"""What a stick brings back from the ledger: answers to batches, the register of keys, the newest snapshot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from countertui.counter.follow_register import follow_register
from countertui.counter.send_batches import Sent, take_answer
from countertui.counter.station import Run, Station
from countertui.counter.take_snapshot import take_snapshot
from countertui.errors import AnswerNo, EnvironmentFault
from countertui.store import working


@dataclass(frozen=True, slots=True)
class Brought:
    """What a stick held for this terminal: batches answered, entries of the register, a snapshot newly taken or None.

    faults are what was not believed, in words; all else was taken.
    """

    answered: tuple[Sent, ...]
    entries: int
    snapshot: int | None
    faults: tuple[str, ...]


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
