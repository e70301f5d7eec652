"""What is sent to printers is kept first, and a person decides on what nobody knows: at most one unmarked copy."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from counter_station import FakePrinter, at_work, close, kinds, on, pay, printer_of, reopened, run_here
from countertui.counter.chips import chips
from countertui.counter.paper_choices import (
    PaperChoiceRefused,
    it_printed,
    later,
    not_wanted,
    print_again,
    printer_names,
    stop_waiting,
)
from countertui.counter.print_queue import PrintNote, after_a_crash, print_waiting, unprinted
from countertui.counter.station import Person, Session, Station
from countertui.domain.process_ids import process_id
from countertui.hardware.no_printer import NoPrinter
from countertui.ports.devices import PrintOutcome
from countertui.store.print_jobs import Attempt, attempts

UNCERTAIN = PrintOutcome("uncertain", "no answer")
REFUSED = PrintOutcome("refused", "paper out")


@dataclass
class Watched(FakePrinter):
    """Looks into the store as the bytes come."""

    station: Station | None = None
    seen: list[Attempt] = field(default_factory=list)

    def send(self, data: bytes, process_id: str) -> PrintOutcome:
        assert self.station is not None
        assert not self.station.db.in_transaction, "committed"
        self.seen.append(attempts(self.station.db, 1)[-1])
        return super().send(data, process_id)


@pytest.fixture
def rosa(station: Station) -> Person:
    return on(station, "rosa")


@pytest.fixture
def session(station: Station) -> Session:
    return at_work(station)[1]


def printed(station: Station, printer: int = 0) -> list[PrintNote]:
    return print_waiting(station, run_here(station), station.printers[printer])


def with_other(station: Station) -> FakePrinter:
    other = FakePrinter("back office")
    station.printers = (station.printer, other)
    return other


def papers(printer: FakePrinter) -> list[tuple[str, int]]:
    return [(paper["kind"], paper["copy"]) for paper in printer.printed]


def job_of(station: Station) -> int:
    (note,) = unprinted(station)
    return note.job


def in_doubt(station: Station, session: Session) -> int:
    printer_of(station).outcomes = [UNCERTAIN]
    pay(station, session)
    assert [note.state for note in printed(station)] == ["uncertain"]
    return job_of(station)


def test_bytes_hash_and_process_id_are_committed_before_the_first_byte(station: Station, session: Session) -> None:
    printer = Watched(station=station)
    station.printers = (printer,)
    pay(station, session)
    printer.outcomes = [REFUSED]
    printed(station)
    station.clock.go_on(7)  # type: ignore[attr-defined]
    printed(station)
    assert [(one.state, one.ended_utc, one.device) for one in printer.seen] == [("sending", None, "front counter")] * 2
    first, second = attempts(station.db, 1)
    assert [one.process_id for one in (first, second)] == printer.process_ids == [process_id(1), process_id(2)]
    assert json.loads(second.data)["kind"] == "receipt"
    assert second.sha256 == hashlib.sha256(second.data).hexdigest()
    assert (first.state, first.detail) == ("refused", "paper out")
    assert (second.state, second.begun_utc, second.ended_utc) == (
        "confirmed",
        "2026-11-23T09:41:14.000Z",
        "2026-11-23T09:41:14.000Z",
    )


def test_process_ids_go_on_after_a_restart(station: Station, session: Session) -> None:
    """A printer may say late that something of before the restart is printed."""
    pay(station, session)
    printed(station)
    before = printer_of(station).process_ids
    again = reopened(station)
    pay(again, session)
    printed(again)
    assert printer_of(again).process_ids > before
    close(again)


def test_an_attempt_cut_off_is_uncertain_like_its_job(station: Station, session: Session) -> None:
    pay(station, session)

    def cut(*_: object) -> PrintOutcome:
        raise KeyboardInterrupt

    printer_of(station).send = cut  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        printed(station)
    assert [note.state for note in unprinted(station)] == ["sending"]
    after_a_crash(station)
    (attempt,) = attempts(station.db, job_of(station))
    assert (attempt.state, attempt.detail) == ("uncertain", "interrupted while printing")
    assert printed(station) == [], "never by itself"


def test_a_document_that_cannot_be_rendered_keeps_no_other_waiting(station: Station, session: Session) -> None:
    bad, good = (pay(station, session).receipt_no for _ in range(2))
    station.db.execute("UPDATE print_job SET document = '{' WHERE receipt_no = ?", (bad,))
    station.printers = (Strict(),)
    assert [(note.receipt_no, note.state) for note in printed(station)] == [(bad, "refused"), (good, "confirmed")]
    assert attempts(station.db, job_of(station)) == [], "nothing was sent"


class Strict(FakePrinter):
    def render(self, document: str) -> bytes:
        from countertui.domain.documents import from_json

        from_json(document)
        return document.encode()


def test_a_printer_that_can_render_nothing_is_asked_once_and_not_for_each_paper(
    station: Station, session: Session
) -> None:
    for _ in range(3):
        pay(station, session)
    station.printers = (NoPrinter(),)
    for _ in range(2):
        (note,) = printed(station)
        assert (note.state, note.detail) == ("refused", "This terminal has no printer.")
    assert [note.state for note in unprinted(station)] == ["refused", "queued", "queued"]
    assert not chips(station, run_here(station)).can_print


def test_it_printed(station: Station, session: Session) -> None:
    job = in_doubt(station, session)
    it_printed(station, job)
    assert unprinted(station) == []
    assert printed(station) == []


def test_what_was_never_sent_cannot_be_there(station: Station, session: Session) -> None:
    pay(station, session)
    job = job_of(station)
    with pytest.raises(PaperChoiceRefused, match="can't be there"):
        it_printed(station, job)
    not_wanted(station, job)
    assert unprinted(station) == []
    with pytest.raises(PaperChoiceRefused):
        not_wanted(station, job)
    assert printed(station) == []


def test_print_again_is_a_duplicate_and_the_held_rest_is_cleared_first(
    station: Station, rosa: Person, session: Session
) -> None:
    job = in_doubt(station, session)
    printer = printer_of(station)
    with pytest.raises(PaperChoiceRefused, match="sent to the printer"):
        not_wanted(station, job)
    print_again(station, rosa, job)
    with pytest.raises(PaperChoiceRefused):
        print_again(station, rosa, job)
    assert printer.cleared == 0
    assert [note.state for note in printed(station)] == ["confirmed"]
    assert printer.cleared == 1
    assert papers(printer) == [("receipt", 0), ("receipt", 1)]
    assert "may exist" in json.dumps(printer.printed[1])
    assert kinds(station).count("reprint") == 1
    assert unprinted(station) == []


def test_what_is_held_is_forgotten_before_anything_else_is_printed(
    station: Station, rosa: Person, session: Session
) -> None:
    """The rest of the first would come out on top of the next receipt, and be its customer's to read."""
    job = in_doubt(station, session)
    printer = printer_of(station)
    printer.outcomes = [REFUSED]
    pay(station, session)
    printed(station)
    print_again(station, rosa, job)
    cleared_at_send = []
    send = printer.send
    printer.send = lambda *job: (cleared_at_send.append(printer.cleared), send(*job))[1]  # type: ignore[method-assign]
    assert [note.receipt_no for note in printed(station)] == ["T1-2", "T1-1"]
    assert cleared_at_send == [1, 1]


def test_a_printer_that_cannot_be_cleared_prints_no_second_copy(
    station: Station, rosa: Person, session: Session
) -> None:
    job = in_doubt(station, session)
    print_again(station, rosa, job)
    printer = printer_of(station)
    printer.clear = lambda: PrintOutcome("refused", "switched off")  # type: ignore[method-assign]
    assert [(note.state, note.detail) for note in printed(station)] == [("refused", "switched off")]
    assert papers(printer) == [("receipt", 0)]
    del printer.clear  # type: ignore[method-assign]
    assert [note.state for note in printed(station)] == ["confirmed"]
    assert printer.cleared == 1


def test_another_printer_gets_the_duplicate_of_an_uncertain_one(
    station: Station, rosa: Person, session: Session
) -> None:
    other = with_other(station)
    assert printer_names(station) == ("front counter", "back office")
    job = in_doubt(station, session)
    print_again(station, rosa, job, "back office")
    assert printed(station) == [], "the first printer has nothing to do"
    assert [(note.state, note.printer) for note in printed(station, 1)] == [("confirmed", "back office")]
    assert papers(other) == [("receipt", 1)]
    assert other.cleared == 0, "it holds nothing of it"


def test_another_printer_gets_the_first_copy_of_one_that_was_refused(
    station: Station, rosa: Person, session: Session
) -> None:
    other = with_other(station)
    printer_of(station).outcomes = [REFUSED]
    pay(station, session)
    printed(station)
    print_again(station, rosa, job_of(station), "back office")
    assert [note.printer for note in unprinted(station)] == ["back office"]
    assert printed(station) == []
    assert [note.state for note in printed(station, 1)] == ["confirmed"]
    assert papers(other) == [("receipt", 0)], "nothing left before: no duplicate"
    assert "reprint" not in kinds(station)


def test_a_printer_that_is_there_no_more_leaves_its_papers_to_the_terminals_own(
    station: Station, rosa: Person, session: Session
) -> None:
    with_other(station)
    pay(station, session)
    print_again(station, rosa, job_of(station), "back office")
    station.printers = station.printers[:1]
    assert [note.printer for note in unprinted(station)] == ["front counter"]
    assert [note.state for note in printed(station)] == ["confirmed"]


def test_later_waits_for_a_person(station: Station, rosa: Person, session: Session) -> None:
    pay(station, session)
    job = job_of(station)
    later(station, job)
    pay(station, session)
    assert len(printed(station)) == 1
    assert [(note.job, note.state) for note in unprinted(station)] == [(job, "later")]
    found = chips(station, run_here(station))
    assert (found.unprinted, found.later) == (1, 1)
    print_again(station, rosa, job)
    assert [note.state for note in printed(station)] == ["confirmed"]
    assert papers(printer_of(station)) == [("receipt", 0)] * 2


def test_later_leaves_an_uncertain_one_uncertain(station: Station, session: Session) -> None:
    job = in_doubt(station, session)
    pay(station, session)
    found = chips(station, run_here(station))
    assert (found.unprinted, found.uncertain) == (2, 1)
    printed(station)
    later(station, job)
    assert [note.state for note in unprinted(station)] == ["uncertain"]


def test_a_report_in_doubt_comes_again_as_a_duplicate(station: Station, rosa: Person, session: Session) -> None:
    job = in_doubt(station, session)
    station.db.execute("UPDATE print_job SET receipt_no = NULL, kind = 'z_report' WHERE kind = 'receipt'")
    before = station.store.tip()
    print_again(station, rosa, job)
    assert [note.state for note in printed(station)] == ["confirmed"]
    paper: dict[str, Any] = printer_of(station).printed[-1]
    assert (paper["copy"], station.store.tip()) == (1, before)
    assert printer_of(station).cleared == 1


def test_the_counter_knows_when_what_was_refused_can_print(station: Station, rosa: Person, session: Session) -> None:
    other = with_other(station)
    words = {printer.name: "ok" for printer in station.printers}
    for printer in (printer_of(station), other):
        printer.status = lambda name=printer.name: words[name]  # type: ignore[method-assign,misc]
    assert not chips(station, run_here(station)).can_print, "nothing waits"
    printer_of(station).outcomes = [REFUSED]
    pay(station, session)
    printed(station)
    assert chips(station, run_here(station)).can_print
    words["front counter"] = "paper out"
    assert not chips(station, run_here(station)).can_print, "the other one's paper is not for it"
    print_again(station, rosa, job_of(station), "back office")
    assert chips(station, run_here(station)).can_print
    station.checking = True
    assert not chips(station, run_here(station)).can_print, "what a crash left is not told apart yet"
    station.checking = False
    later(station, job_of(station))
    assert not chips(station, run_here(station)).can_print, "that waits for a person"


def test_waiting_for_paper_can_be_given_up(station: Station, session: Session) -> None:
    pay(station, session)
    job = job_of(station)
    stop_waiting(station, job)
    assert printer_of(station).gave_up == 0, "nothing is under way"
    station.db.execute("UPDATE print_job SET state = 'sending' WHERE kind = 'receipt'")
    stop_waiting(station, job)
    assert printer_of(station).gave_up == 1
