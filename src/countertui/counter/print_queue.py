"""Printing what waits: `sending` is committed before the first byte leaves; what is uncertain waits for a person."""

from __future__ import annotations

import json
from dataclasses import dataclass

from countertui.counter.station import Run, Station
from countertui.domain.documents import DocumentError
from countertui.domain.process_ids import process_id
from countertui.errors import CounterError
from countertui.ports import Printer, PrintOutcome
from countertui.store import print_jobs
from countertui.store.print_jobs import SLIPS, Db, PrintJob
from countertui.store.store import utc_text

WAITING = ("queued", "refused")


@dataclass(frozen=True, slots=True)
class PrintNote:
    """A paper and what became of it: queued, sending, confirmed, processed, sent, refused, uncertain or later.

    printer: the one it was sent to or waits for. kind: receipt, z_report, endorsement, validation; `title` says which
    sheet of the last two.
    """

    job: int
    receipt_no: str | None
    state: str
    detail: str
    printer: str = ""
    kind: str = "receipt"
    title: str = ""


def print_waiting(_station: Station, run: Run, printer: Printer) -> list[PrintNote]:
    """Print what waits for that printer, oldest first; stops at the first it doesn't take.

    Runs on the thread that owns the printer, as that may take its time; `run` does the store's part on the writer's. A
    document that can't be rendered waits, and keeps no other.
    """
    notes = _forget_what_is_held(run, printer)
    if notes:
        return notes
    last = 0
    while (job := run(_next_for, printer, last)) is not None:
        last = job.id
        try:
            data = printer.render(job.document)
        except (CounterError, DocumentError) as error:
            words = error.happened if isinstance(error, CounterError) else f"it can't be laid out: {error}"
            notes.append(run(not_sent, printer, job, words))
            continue
        attempt = run(begin_sending, printer, job, data)
        if attempt is None:
            continue
        outcome = printer.send(data, process_id(attempt))
        notes.append(run(end_sending, printer, job, attempt, outcome))
        if outcome.state == "refused":
            break
    return notes


def unprinted(station: Station) -> list[PrintNote]:
    """Papers not known to be there, oldest first."""
    return [
        _noted(job, job.state, job.detail, printer_for(station, job))
        for job in print_jobs.unfinished_jobs(station.reader)
    ]


def printers_wanted(station: Station) -> list[Printer]:
    """The printers that papers wait for which print by themselves."""
    jobs = [job for job in print_jobs.unfinished_jobs(station.db) if job.state in WAITING and job.kind not in SLIPS]
    names = {printer_for(station, job).name for job in jobs}
    return [printer for printer in station.printers if printer.name in names]


def after_a_crash(station: Station) -> None:
    """What was being printed when the program ended may or may not be on paper."""
    station.store.write_working(print_jobs.interrupted_jobs_are_uncertain)


def printer_for(station: Station, job: PrintJob) -> Printer:
    """The printer that a job waits for: this terminal's own where none is named, or the one named is there no more."""
    usual = station.slip_printer if job.kind in SLIPS else None
    return next((printer for printer in station.printers if printer.name == job.device), usual or station.printer)


def _next_for(station: Station, printer: Printer, after: int) -> PrintJob | None:
    """The oldest paper after that job which waits for the printer; nothing that somebody must put in."""
    for job in print_jobs.unfinished_jobs(station.db):
        waits = job.id > after and job.state in WAITING and job.kind not in SLIPS
        if waits and printer_for(station, job) is printer:
            return job
    return None


def _forget_what_is_held(run: Run, printer: Printer) -> list[PrintNote]:
    """Have the printer forget, before anything else, the rest of a paper that is printed again; notes if it can't.

    Else that rest would come out by itself as soon as the printer can, on top of whatever is printed next.
    """
    again = run(_held_and_again, printer)
    held = printer.clear() if again else None
    refused = held is not None and held.state == "refused"
    return [run(not_sent, printer, job, held.detail) for job in again] if refused and held is not None else []


def _held_and_again(station: Station, printer: Printer) -> list[PrintJob]:
    """What waits for that printer to be printed instead of something that was sent to it before."""
    return [
        job
        for job in print_jobs.unfinished_jobs(station.db)
        if job.state in WAITING and job.after_job is not None and printer_for(station, job) is printer
        for sent in print_jobs.attempts(station.db, job.after_job)[-1:]
        if sent.device == printer.name
    ]


def begin_sending(station: Station, printer: Printer, job: PrintJob, data: bytes) -> int | None:
    """Commit the attempt; None where a person decided otherwise meanwhile."""

    def begin(db: Db) -> int | None:
        now = print_jobs.print_job(db, job.id)
        if now is None or now.state not in WAITING or printer_for(station, now) is not printer:
            return None
        number = print_jobs.next_attempt(db)
        print_jobs.begin_attempt(db, number, job.id, printer.name, process_id(number), data, _utc(station))
        return number

    return station.store.write_working(begin)


def end_sending(station: Station, printer: Printer, job: PrintJob, attempt: int, outcome: PrintOutcome) -> PrintNote:
    """Write down what became of an attempt."""
    utc = _utc(station)
    station.store.write_working(
        lambda db: print_jobs.end_attempt(db, attempt, job.id, outcome.state, outcome.detail, utc)
    )
    return _noted(job, outcome.state, outcome.detail, printer)


def not_sent(station: Station, printer: Printer, job: PrintJob, detail: str) -> PrintNote:
    """Nothing left; what a person decided meanwhile stands."""

    def say(db: Db) -> None:
        now = print_jobs.print_job(db, job.id)
        if now is not None and now.state in WAITING:
            print_jobs.set_state(db, job.id, "refused", detail)

    station.store.write_working(say)
    return _noted(job, "refused", detail, printer)


def _utc(station: Station) -> str:
    return utc_text(station.clock.utc_ms())


def _noted(job: PrintJob, state: str, detail: str, printer: Printer) -> PrintNote:
    title = str(json.loads(job.document)["title"]) if job.kind in SLIPS else ""
    return PrintNote(job.id, job.receipt_no, state, detail, printer.name, job.kind, title)
