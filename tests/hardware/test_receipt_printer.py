"""The printer as the counter sees it, and the virtual printer as a program of its own."""

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from countertui.domain.documents import Cut, Document, Pair, Qr, Text, to_json
from countertui.hardware.conversation import Conversation
from countertui.hardware.heard import HeardPrinters
from countertui.hardware.kick_in_a_job import KickInAJob
from countertui.hardware.links.link import Deadlines
from countertui.hardware.links.tcp import TcpLink
from countertui.hardware.print_child import PrintChild
from countertui.hardware.receipt_printer import PaperSetting, ReceiptPrinter
from countertui.hardware.spooler import Outcome, Patience
from countertui.hardware.virtual_paper import PaperEngine
from countertui.hardware.virtual_printer import VirtualPrinter
from countertui.hardware.virtual_slip import Sheet
from countertui.ports.devices import Printer, PrintOutcome
from printer_in_memory import FakeClock, Line

DOCUMENT = Document("receipt", "R 1", (Text("José", "center"), Pair("Water", "12.34"), Qr("claim"), Cut()))
QUICK = Deadlines(connect_ms=2_000, write_ms=1_000, read_ms=300)


def mono_ms() -> int:
    return time.monotonic_ns() // 1_000_000


@pytest.fixture(scope="module")
def child(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrintChild]:
    made = PrintChild(tmp_path_factory.mktemp("encoder") / "private")
    yield made
    made.close()


def receipt_printer(child: PrintChild, virtual: VirtualPrinter) -> ReceiptPrinter:
    link = TcpLink(virtual.host, virtual.port, QUICK)
    return ReceiptPrinter(child, link, mono_ms, PaperSetting(drawer_pin=5, poll_ms=1), Patience(500, 20_000, 300))


def says(printer: ReceiptPrinter, word: str) -> bool:
    """Whether the chip comes to say it; a look that finds nobody needs a second one."""
    until = time.monotonic() + 5
    while printer.status() != word and time.monotonic() < until:
        pass
    return printer.status() == word


def test_a_document_becomes_paper(child: PrintChild) -> None:
    with VirtualPrinter() as virtual:
        printer: Printer = receipt_printer(child, virtual)
        assert printer.status() == "ok"
        assert printer.send(printer.render(to_json(DOCUMENT)), "0001") == PrintOutcome("confirmed")
        assert printer.kick(5_000) == PrintOutcome("processed")
        assert virtual.receipts[0][:2] == [" " * 19 + "José", "Water                                12.34"]
        assert virtual.paper.qr_codes == ["claim"]
        assert virtual.paper.kicks == [5]


def test_one_that_was_heard_and_hangs_before_its_first_job_is_sent_nothing(child: PrintChild) -> None:
    with VirtualPrinter() as virtual:
        printer = receipt_printer(child, virtual)
        assert says(printer, "ok")
        with virtual.faults() as faults:
            faults.hung = True
        data = printer.render(to_json(DOCUMENT))
        assert printer.send(data, "0001") == PrintOutcome("refused", "no answer"), "not called sent, and never listed"
        assert printer.kick(600) == PrintOutcome("refused", "no answer")
        with virtual.faults() as faults:
            faults.hung = False
        assert printer.send(data, "0002") == PrintOutcome("confirmed")
        assert (len(virtual.receipts), virtual.paper.kicks) == (1, []), "no drawer opens before nobody"


def test_one_that_was_heard_before_a_restart_and_hangs_ever_since_is_sent_nothing(
    child: PrintChild, tmp_path: Path
) -> None:
    kept = tmp_path / "printers-heard.json"
    with VirtualPrinter() as virtual:
        link = TcpLink(virtual.host, virtual.port, QUICK)

        def started_anew() -> ReceiptPrinter:
            heard = HeardPrinters(kept)
            setting = PaperSetting(poll_ms=1, answers=heard.knows("front"))
            patience = Patience(500, 20_000, 300)
            return ReceiptPrinter(child, link, mono_ms, setting, patience, heard=lambda: heard.note("front"))

        assert says(started_anew(), "ok")
        with virtual.faults() as faults:
            faults.hung = True
        printer = started_anew()
        assert printer.send(printer.render(to_json(DOCUMENT)), "0001") == PrintOutcome("refused", "no answer")
        assert printer.kick(600) == PrintOutcome("refused", "no answer")
        with virtual.faults() as faults:
            faults.hung = False
        assert virtual.paper.kicks == []


@pytest.mark.parametrize("content", [None, "", "{}", "[1, null]", "\x00", '{"front": 1'])
def test_a_file_that_was_lost_or_spoilt_means_that_nobody_was_heard(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "printers-heard.json"
    if content is not None:
        path.write_text(content)
    heard = HeardPrinters(path)
    assert not heard.knows("front")
    heard.note("front")
    assert HeardPrinters(path).knows("front")


def test_where_nothing_can_be_written_it_is_known_until_the_program_ends(tmp_path: Path) -> None:
    heard = HeardPrinters(tmp_path / "nowhere" / "printers-heard.json")
    heard.note("front")
    assert heard.knows("front")


def test_the_chip_says_what_is_wrong_also_while_a_job_waits(child: PrintChild) -> None:
    with VirtualPrinter() as virtual:
        printer = receipt_printer(child, virtual)
        with virtual.faults() as faults:
            faults.lines_left = 1
        outcomes: list[PrintOutcome] = []
        data = printer.render(to_json(DOCUMENT))
        job = threading.Thread(target=lambda: outcomes.append(printer.send(data, "0001")))
        job.start()
        assert virtual.wait_for(lambda paper: len(paper.lines) == 1)
        assert says(printer, "paper out")
        printer.give_up()
        job.join(10)
        assert outcomes == [PrintOutcome("uncertain", "paper out")]
        with virtual.faults() as faults:
            faults.lines_left = None
        assert virtual.wait_for(lambda paper: paper.cuts == 1)
        assert says(printer, "ok")
        virtual.power_off()
        assert says(printer, "off")
        assert printer.send(data, "0001").state == "refused"
        kicked = printer.kick(5_000)
        assert kicked.state == "refused"
        assert (kicked.detail[:9], kicked.detail[-1:] == ".") == ("switched ", False), "inside a sentence, unnamed"
        virtual.power_on()
        assert printer.send(data, "0001") == PrintOutcome("confirmed")


def test_an_idle_printer_is_left_to_other_terminals_between_looks(child: PrintChild) -> None:
    with VirtualPrinter() as virtual:
        link = TcpLink(virtual.host, virtual.port, QUICK)
        printer = ReceiptPrinter(child, link, mono_ms, PaperSetting(poll_ms=60_000, drawer_open="low"))
        assert printer.status() == "ok"
        assert printer.drawer_open_ms is not None
        virtual.power_off()
        assert printer.status() == "ok", "it is not looked at again so soon"
        refused = printer.send(b"x", "0001")
        assert refused == PrintOutcome("refused", "switched off, in use by another terminal, or not a printer")
        assert says(printer, "off"), "a job that finds nobody has it looked at"


def test_the_drawer_opens_while_a_receipt_waits_for_paper(child: PrintChild) -> None:
    with VirtualPrinter() as virtual:
        printer = receipt_printer(child, virtual)
        with virtual.faults() as faults:
            faults.lines_left = 1
        outcomes: list[PrintOutcome] = []
        data = printer.render(to_json(DOCUMENT))
        job = threading.Thread(target=lambda: outcomes.append(printer.send(data, "0001")))
        job.start()
        assert virtual.wait_for(lambda paper: len(paper.lines) == 1)
        assert [printer.kick(5_000) for _ in range(2)] == [PrintOutcome("sent")] * 2
        assert virtual.wait_for(lambda paper: paper.kicks == [5, 5])
        assert virtual.paper.cuts == 0, "it still waits"
        with virtual.faults() as faults:
            faults.lines_left = None
        job.join(10)
        assert outcomes == [PrintOutcome("confirmed")]
        assert len(virtual.receipts) == 1
        assert printer.kick(5_000) == PrintOutcome("processed")
        assert virtual.paper.kicks == [5] * 3


def test_the_drawer_opens_while_a_check_is_waited_for(child: PrintChild) -> None:
    with VirtualPrinter() as virtual:
        with virtual.faults():
            virtual.engine.slip.fitted = True
        printer = receipt_printer(child, virtual)
        asked, outcomes = threading.Event(), []
        data = printer.render(to_json(Document("endorsement", "Check", (Text("FOR DEPOSIT ONLY"),))))
        job = threading.Thread(target=lambda: outcomes.append(printer.print_slip(data, "slip", lambda _: asked.set())))
        job.start()
        assert asked.wait(5)
        assert printer.kick(5_000) == PrintOutcome("sent")
        assert virtual.wait_for(lambda paper: paper.kicks == [5])
        check = Sheet()
        with virtual.faults():
            virtual.engine.slip.insert(check)
        job.join(10)
        assert outcomes == [PrintOutcome("processed")]
        assert check.face == ["FOR DEPOSIT ONLY"]
        assert virtual.lines == []


def test_a_kick_that_no_job_can_give_is_refused_in_time_and_never_given_later() -> None:
    busy, kick = threading.Lock(), KickInAJob(mono_ms, 2)
    with busy:
        begun = mono_ms()
        outcome = kick.by_port_or_job(busy, begun + 200, lambda: Outcome("processed"))
        assert (outcome.state, outcome.reason) == ("refused", "the printer is busy")
        assert 200 <= mono_ms() - begun < 2_000
        line = Line(PaperEngine(), FakeClock())
        line.open()
        kick.at_rest(Conversation(line, mono_ms))
        assert line.engine.paper.kicks == []
    assert kick.by_port_or_job(busy, mono_ms() + 200, lambda: Outcome("processed")).state == "processed"


def test_closing_ends_a_waiting_job_and_the_child(tmp_path: Path) -> None:
    own = PrintChild(tmp_path / "private")
    with VirtualPrinter() as virtual:
        printer = receipt_printer(own, virtual)
        data = printer.render(to_json(DOCUMENT))
        with virtual.faults() as faults:
            faults.lines_left = 1
        outcomes: list[PrintOutcome] = []
        job = threading.Thread(target=lambda: outcomes.append(printer.send(data, "0001")))
        job.start()
        assert virtual.wait_for(lambda paper: len(paper.lines) == 1)
        printer.close()
        job.join(10)
        assert [outcome.state for outcome in outcomes] == ["uncertain"]
        assert own.process_id is None


@pytest.mark.parametrize("end", ["stdin closed", "SIGTERM"])
def test_the_virtual_devices_are_a_program_that_is_never_orphaned(child: PrintChild, tmp_path: Path, end: str) -> None:
    paper = tmp_path / "paper.txt"
    command = [sys.executable, "-m", "countertui.hardware.virtual_devices", "--port", "0", "--paper", str(paper)]
    command += ["--addresses", str(tmp_path / "devices.json")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        addresses = json.loads(process.stdout.readline())
        assert json.loads((tmp_path / "devices.json").read_text(encoding="utf-8")) == addresses
        address = addresses["printer"]
        printer = ReceiptPrinter(child, TcpLink(address["host"], address["port"], QUICK), mono_ms)
        assert printer.send(printer.render(to_json(DOCUMENT)), "0001") == PrintOutcome("confirmed")
        assert printer.kick(5_000) == PrintOutcome("processed")
        if end == "SIGTERM":
            process.send_signal(signal.SIGTERM)
        else:
            process.stdin.close()
        assert process.wait(10) == 0
    assert address["host"] == "127.0.0.1"
    assert paper.read_text(encoding="utf-8").splitlines() == [
        " " * 19 + "José",
        "Water                                12.34",
        "[QR] claim",
        *[""] * 6,
        "[cut]",
        "[drawer 2]",
    ]
