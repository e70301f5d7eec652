"""What a person says of a paper that is not known to be there: it printed, again, at another printer, later, none.

Nothing here touches money or prints by itself. What was uncertain comes out again only as a DUPLICATE.
"""

from __future__ import annotations

from dataclasses import replace

from countertui.counter.print_queue import printer_for
from countertui.counter.receipts import reprint
from countertui.counter.require_now import require_now
from countertui.counter.station import Person, Station
from countertui.documents.again import first_may_exist
from countertui.domain.documents import MOST_COPIES, from_json, to_json
from countertui.domain.refusal import Refused
from countertui.domain.rights import Act
from countertui.store import print_jobs
from countertui.store.print_jobs import Db, PrintJob

_NOTHING_LEFT = ("queued", "refused", "later")


class PaperChoiceRefused(Refused):
    """What was chosen for a paper doesn't fit how it stands now."""


def printer_names(station: Station) -> tuple[str, ...]:
    """This terminal's printers, its own first."""
    return tuple(printer.name for printer in station.printers)


def it_printed(station: Station, job: int) -> None:
    """A person looked: the paper is there. Raises PaperChoiceRefused for one of which nothing left."""

    def settle(db: Db) -> None:
        _standing(db, job, ("uncertain",), "Nothing of it was sent to the printer, so it can't be there.")
        print_jobs.set_state(db, job, "settled", "seen by a person")

    station.store.write_working(settle)


def not_wanted(station: Station, job: int) -> None:
    """Nobody wants the paper of which nothing was sent. Raises PaperChoiceRefused."""

    def settle(db: Db) -> None:
        _standing(db, job, _NOTHING_LEFT, "It was sent to the printer.")
        print_jobs.set_state(db, job, "settled", "no paper wanted")

    station.store.write_working(settle)


def later(station: Station, job: int) -> None:
    """The paper waits until a person says so; an uncertain one does by itself. Raises PaperChoiceRefused."""

    def hold(db: Db) -> None:
        found = _standing(db, job, (*_NOTHING_LEFT, "uncertain"), "It is printing now.")
        if found.state != "uncertain":
            print_jobs.set_state(db, job, "later", found.detail)

    station.store.write_working(hold)


def print_again(station: Station, person: Person, job: int, printer: str = "") -> None:
    """Print it, at the printer named or else where it was to be. One that may be there comes out as a DUPLICATE.

    An uncertain one is settled together with its duplicate's record, or neither is. Raises PaperChoiceRefused, and as
    `reprint`.
    """
    require_now(station, person.id, Act.REPRINT)
    found = print_jobs.print_job(station.db, job)
    device = printer or (printer_for(station, found).name if found is not None else "")
    if found is not None and found.state == "uncertain":
        if found.kind == print_jobs.ENDORSEMENT:
            raise PaperChoiceRefused("A check is endorsed once. Once more needs a reason.", "Nothing was changed.")
        if found.kind == "receipt" and found.receipt_no is not None:
            reprint(station, person, found.receipt_no, instead_of=job, device=device)
        else:
            _other_again(station, found, device)
        return

    def queue(db: Db) -> None:
        _standing(db, job, _NOTHING_LEFT, "It is printing now, or done.")
        print_jobs.send_to(db, job, device)

    station.store.write_working(queue)


def stop_waiting(station: Station, job: int) -> None:
    """Wait no longer for paper or a closed cover: the job under way becomes uncertain."""
    found = print_jobs.print_job(station.reader, job)
    if found is not None and found.state == "sending":
        printer_for(station, found).give_up()


def _other_again(station: Station, job: PrintJob, device: str) -> None:
    document = from_json(job.document)
    copy = min(job.copy + 1, MOST_COPIES)
    again = to_json(first_may_exist(replace(document, copy=copy)))

    def queue(db: Db) -> None:
        _standing(db, job.id, ("uncertain",), "Somebody decided on it already.")
        print_jobs.set_state(db, job.id, "settled", "printed again")
        print_jobs.queue_print(db, job.seq, job.receipt_no, job.kind, copy, again, device, job.id)

    station.store.write_working(queue)


def _standing(db: Db, job: int, states: tuple[str, ...], otherwise: str) -> PrintJob:
    found = print_jobs.print_job(db, job)
    if found is None or found.state not in states:
        raise PaperChoiceRefused(otherwise, "Nothing was changed.", "Look at the list again: F10, P.")
    return found
