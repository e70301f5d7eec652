"""Printing what waits: `sending` is committed before the first byte leaves; what is uncertain waits for a person."""

from __future__ import annotations

import json
from dataclasses import dataclass

from countertui.counter.station import Run, Station
from countertui.domain.documents import DocumentError
from countertui.domain.process_ids import process_id
from countertui.errors import CounterError
from countertui.ports.devices import Printer, PrintOutcome
from countertui.store import print_jobs
from countertui.store.print_jobs import SLIPS, At, Db, PrintJob
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
        except DocumentError as error:
            notes.append(run(not_sent, printer, job, f"it can't be laid out: {error}"))
            continue
        except CounterError as error:
            notes.append(run(not_sent, printer, job, error.happened))
            break
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
    if station.checking:
        return []  # what a crash left is not told apart yet
    devices = print_jobs.devices_wanted(station.db)
    return [
        one for one in station.printers if any(_named(station, device, station.printer) is one for device in devices)
    ]


def after_a_crash(station: Station) -> None:
    """What was being printed when the program ended may or may not be on paper."""
    station.store.write_working(print_jobs.interrupted_jobs_are_uncertain)


def printer_for(station: Station, job: PrintJob) -> Printer:
    """The printer that a job waits for: the usual one where none is named, or the one named is there no more."""
    return _named(station, job.device, _usual(station, slip=job.kind in SLIPS))


def at(station: Station, printer: Printer, *, slip: bool = False) -> At:
    """Whose papers, or sheets, that printer prints."""
    names = tuple(one.name for one in station.printers)
    return At(printer.name, printer is _usual(station, slip=slip), names)


def _usual(station: Station, *, slip: bool) -> Printer:
    return (station.slip_printer if slip else None) or station.printer


def _named(station: Station, device: str, otherwise: Printer) -> Printer:
    return next((printer for printer in station.printers if printer.name == device), otherwise)


def _next_for(station: Station, printer: Printer, after: int) -> PrintJob | None:
    return print_jobs.next_paper(station.db, at(station, printer), after)


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
        for job in print_jobs.waiting_again(station.db, at(station, printer))
        for sent in print_jobs.attempts(station.db, job.after_job or 0)[-1:]
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
        if now is not None and now.state in WAITING and (now.state, now.detail) != ("refused", detail):
            print_jobs.set_state(db, job.id, "refused", detail)

    station.store.write_working(say)
    return _noted(job, "refused", detail, printer)


def _utc(station: Station) -> str:
    return utc_text(station.clock.utc_ms())


def _noted(job: PrintJob, state: str, detail: str, printer: Printer) -> PrintNote:
    title = str(json.loads(job.document)["title"]) if job.kind in SLIPS else ""
    return PrintNote(job.id, job.receipt_no, state, detail, printer.name, job.kind, title)
