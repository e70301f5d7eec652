"""Printing what waits: `sending` is committed before the first byte leaves; what is uncertain waits for a person."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from countertui.counter.receipts import reprint
from countertui.counter.require_now import require_now
from countertui.counter.station import Person, Run, Station
from countertui.domain.rights import Act
from countertui.errors import CounterError
from countertui.store import working
from countertui.store.working import PrintJob


@dataclass(frozen=True, slots=True)
class PrintNote:
    """What became of a print job: confirmed, processed, sent, refused (nothing left) or uncertain."""

    job: int
    receipt_no: str | None
    state: str
    detail: str


def print_waiting(station: Station, run: Run) -> list[PrintNote]:
    """Print what is queued or was refused, oldest first; stops at the first the printer doesn't take.

    Runs on a thread of its own, as a printer may take its time; `run` does the store's part on the writer's thread.
    Where another call is at it already, that one prints what is new too, and this one gives nothing.
    """
    if not station.printing.acquire(blocking=False):
        return []
    notes: list[PrintNote] = []
    try:
        while waiting := run(_waiting):
            for job in waiting:
                notes.append(_print(station, run, job))
                if notes[-1].state == "refused":
                    return notes
        return notes
    finally:
        station.printing.release()


def unprinted(station: Station) -> list[PrintNote]:
    """Jobs not known to be on paper."""
    return [_note(job) for job in working.unfinished_jobs(station.reader)]


def it_printed(station: Station, job: int) -> None:
    """A person looked: the paper is there (or is not wanted)."""
    station.store.write_working(lambda db: working.end_attempt(db, job, "settled", "seen by a person"))


def print_again(station: Station, person: Person, job: int) -> None:
    """A person looked: print again. A receipt comes out as DUPLICATE n, as the first may exist.

    The old job is settled together with the duplicate's record, or neither is. Raises as `reprint`.
    """
    require_now(station, person.id, Act.REPRINT)
    found = working.print_job(station.db, job)
    if found is None:
        return
    if found.receipt_no is None:
        station.store.write_working(lambda db: working.end_attempt(db, job, "queued", "print again"))
        return
    reprint(station, person, found.receipt_no, instead_of=job)


def after_a_crash(station: Station) -> None:
    """What was being printed when the program ended may or may not be on paper."""
    station.store.write_working(working.interrupted_jobs_are_uncertain)


def _waiting(station: Station) -> list[PrintJob]:
    return [job for job in working.unfinished_jobs(station.db) if job.state in ("queued", "refused")]


def _print(station: Station, run: Run, job: PrintJob) -> PrintNote:
    try:
        data = station.printer.render(job.document)
    except CounterError as error:
        return run(_end, job, "refused", error.happened)
    run(_begin, job, hashlib.sha256(data).hexdigest())
    outcome = station.printer.send(data)
    return run(_end, job, outcome.state, outcome.detail)


def _begin(station: Station, job: PrintJob, digest: str) -> None:
    station.store.write_working(lambda db: working.begin_attempt(db, job.id, digest))


def _end(station: Station, job: PrintJob, state: str, detail: str) -> PrintNote:
    station.store.write_working(lambda db: working.end_attempt(db, job.id, state, detail))
    return PrintNote(job.id, job.receipt_no, state, detail)


def _note(job: PrintJob) -> PrintNote:
    return PrintNote(job.id, job.receipt_no, job.state, job.detail)
