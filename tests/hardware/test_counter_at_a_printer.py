"""The counter with a whole printer at a real port: what the store says is true of paper, drawer and check."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from counter_station import at_work, cash, check, close, new_folder, on, open_station, pay, run_here
from countertui.counter.cash_drawer import kick_drawer
from countertui.counter.paper_choices import print_again, stop_waiting
from countertui.counter.print_queue import PrintNote, print_waiting, unprinted
from countertui.counter.slips import print_slips
from countertui.counter.station import Session, Station
from countertui.hardware.links.link import Deadlines
from countertui.hardware.links.tcp import TcpLink
from countertui.hardware.print_child import PrintChild
from countertui.hardware.receipt_printer import PaperSetting, ReceiptPrinter
from countertui.hardware.spooler import Patience
from countertui.hardware.virtual_printer import VirtualPrinter
from countertui.hardware.virtual_slip import Sheet

QUICK = Deadlines(connect_ms=2_000, write_ms=1_000, read_ms=300)
PATIENCE = Patience(500, 20_000, 300)


def mono_ms() -> int:
    return time.monotonic_ns() // 1_000_000


@pytest.fixture
def virtual() -> Iterator[VirtualPrinter]:
    with VirtualPrinter(operator=(0.1, Sheet)) as made:
        with made.hands() as engine:
            engine.slip.fitted = True
        yield made


@pytest.fixture
def station(tmp_path: Path, virtual: VirtualPrinter) -> Iterator[Station]:
    opened = open_station(new_folder(tmp_path))
    child = PrintChild(tmp_path / "encoder")
    setting = PaperSetting(slip=True, poll_ms=1)
    link = TcpLink(virtual.host, virtual.port, QUICK)
    opened.printers = (ReceiptPrinter(child, link, mono_ms, setting, PATIENCE, name="front counter"),)
    yield opened
    opened.printer.close()
    close(opened)


@pytest.fixture
def session(station: Station) -> Session:
    return at_work(station)[1]


def printed(station: Station) -> list[tuple[str | None, str]]:
    return [(note.receipt_no, note.state) for note in print_waiting(station, run_here(station), station.printer)]


def numbered(virtual: VirtualPrinter, receipt_no: str) -> list[bool]:
    """Each piece of paper that begins a receipt of that number: whether it is marked a duplicate."""
    lines, marked, found = virtual.lines, False, []
    for line in lines:
        marked = marked or "DUPLICATE" in line
        if line.startswith(f"Receipt {receipt_no} "):
            found.append(marked)
            marked = False
    return found


def test_a_day_at_the_printer(station: Station, session: Session, virtual: VirtualPrinter) -> None:
    taken = pay(station, session, tenders=[check(4_00, "1041"), cash(6_00)])
    assert kick_drawer(station, run_here(station), taken.seq) == ""
    assert printed(station) == [("T1-1", "confirmed")]
    told: list[str] = []
    (slip,) = print_slips(station, run_here(station), station.printer, lambda said: told.append(said.what))
    assert (slip.title, slip.state) == ("Check 1041 of 4.00", "processed")
    assert told[:2] == ["insert", "printing"]
    with virtual.hands() as engine:
        (sheet,) = engine.slip.ejected
    assert "FOR DEPOSIT ONLY" in sheet.face + sheet.back
    assert virtual.paper.kicks == [2]
    assert numbered(virtual, "T1-1") == [False]
    assert unprinted(station) == []


def test_a_receipt_given_up_comes_once_more_marked_and_its_rest_never(
    station: Station, session: Session, virtual: VirtualPrinter
) -> None:
    with virtual.faults() as faults:
        faults.lines_left = 9
    pay(station, session)
    notes: list[tuple[str | None, str]] = []
    store = threading.Lock()

    def run(job: object, *args: object) -> object:
        with store:
            return job(station, *args)  # type: ignore[operator]

    def work() -> None:
        found: list[PrintNote] = print_waiting(station, run, station.printer)  # type: ignore[arg-type]
        notes.extend((note.receipt_no, note.state) for note in found)

    worker = threading.Thread(target=work)
    worker.start()
    assert virtual.wait_for(lambda paper: len(paper.lines) == 9)
    with store:
        stop_waiting(station, unprinted(station)[0].job)
    worker.join(10)
    assert notes == [("T1-1", "uncertain")]
    pay(station, session)
    print_again(station, on(station, "rosa"), unprinted(station)[0].job)
    assert [state for _, state in printed(station)] == ["refused"], "no paper yet, but what was held is forgotten"
    with virtual.faults() as faults:
        faults.lines_left = None
    assert printed(station) == [("T1-2", "confirmed"), ("T1-1", "confirmed")]
    assert numbered(virtual, "T1-1") == [False, True]
    assert numbered(virtual, "T1-2") == [False]
    assert sum("TOTAL" in line for line in virtual.lines) == 2, "of the first no more came out"
    assert unprinted(station) == []
