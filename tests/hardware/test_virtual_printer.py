"""What the virtual printer does as the real ones do: cutter, buffer, drawer switch, slip, checks, serial line."""

import select
import socket
import time
from collections.abc import Iterator

import pytest

from countertui.hardware.drawer_kick import kick_drawer
from countertui.hardware.links.link import Deadlines
from countertui.hardware.links.serial_port import Line, SerialLink
from countertui.hardware.links.tcp import TcpLink
from countertui.hardware.spooler import Patience, print_job
from countertui.hardware.virtual_drawer import Switch
from countertui.hardware.virtual_paper import PaperEngine
from countertui.hardware.virtual_plugs import PtyPlug
from countertui.hardware.virtual_printer import BUFFER_BYTES, VirtualPrinter
from countertui.hardware.virtual_slip import Sheet

QUICK = Deadlines(connect_ms=2_000, write_ms=2_000, read_ms=500)
CHECK = "U0049424770U T061112788T 329 975 3808U"


def mono_ms() -> int:
    return time.monotonic_ns() // 1_000_000


@pytest.fixture
def engine() -> PaperEngine:
    made = PaperEngine()
    made.slip.fitted = True
    return made


def said(engine: PaperEngine, data: bytes) -> bytes:
    """Send and work off; what it answered."""
    engine.receive(data)
    while engine.work():
        pass
    answer = bytes(engine.replies)
    engine.replies.clear()
    return answer


@pytest.fixture
def serial_printer() -> Iterator[VirtualPrinter]:
    with VirtualPrinter(plug=PtyPlug()) as made:
        yield made


def link_to(printer: VirtualPrinter) -> SerialLink:
    return SerialLink(str(printer.plug.address["serial"]), Line(115_200), QUICK)


def test_a_jammed_cutter_stops_the_printer_until_it_is_cleared_and_told_to_go_on(engine: PaperEngine) -> None:
    engine.faults.cutter_jammed = True
    assert said(engine, b"text\n\x1dV\x01more\n") == b""
    assert engine.paper.lines == ["text"]
    assert said(engine, b"\x10\x04\x01\x10\x04\x02\x10\x04\x03") == bytes((0x1A, 0x52, 0x1A))
    engine.faults.cutter_jammed = False
    said(engine, b"\x10\x05\x01")
    assert (engine.paper.cuts, engine.paper.lines) == (1, ["text", "more"])


def test_what_a_printer_holds_can_be_forgotten(engine: PaperEngine) -> None:
    engine.faults.cover_open = True
    said(engine, b"held\n\x1bp\x00\x19\xfa")
    assert said(engine, b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08") == b"\x37\x25\x00"
    engine.faults.cover_open = False
    said(engine, b"")
    assert (engine.paper.lines, engine.paper.kicks) == ([], [])


@pytest.mark.parametrize(
    ("switch", "shut", "opened"), [("high when open", 0, 4), ("low when open", 4, 0), ("none", 0, 0)]
)
def test_pin_3_tells_of_the_drawer_by_how_its_switch_is_wired(
    engine: PaperEngine, switch: Switch, shut: int, opened: int
) -> None:
    engine.drawer.switch = switch
    assert said(engine, b"\x10\x04\x01")[0] & 4 == shut
    said(engine, b"\x1bp\x00\x19\xfa")
    assert engine.drawer.is_open
    assert said(engine, b"\x10\x04\x01")[0] & 4 == opened
    assert said(engine, b"\x1dr\x02") == bytes((opened // 4,))
    engine.drawer.close()
    assert said(engine, b"\x10\x04\x01")[0] & 4 == shut


def test_a_slip_is_waited_for_and_endorsed_on_its_back(engine: PaperEngine) -> None:
    said(engine, b"\x1bf\x01\x0a\x1bc0\x04\x1d(G\x02\x00\x30\x44FOR DEPOSIT ONLY\n\x0c\x1bc0\x01on the roll\n")
    assert (engine.slip.waiting, engine.slip.wait_ms) == (True, 60_000)
    assert said(engine, b"\x10\x04\x05") == b"\x7e"
    engine.slip.insert(Sheet(CHECK))
    said(engine, b"")
    assert engine.slip.ejected[0].back == ["FOR DEPOSIT ONLY"]
    assert engine.slip.ejected[0].face == []
    assert engine.paper.lines == ["on the roll"]


def test_a_slip_that_does_not_come_is_printed_on_the_roll_and_a_cancelled_one_nowhere(
    engine: PaperEngine,
) -> None:
    said(engine, b"\x1bc0\x04FOR DEPOSIT ONLY\n")
    engine.slip.time_out()
    said(engine, b"")
    assert engine.paper.lines == ["FOR DEPOSIT ONLY"]
    said(engine, b"\x1bc0\x04again\n")
    said(engine, b"\x10\x05\x03")
    assert not engine.slip.waiting
    assert engine.paper.lines == ["FOR DEPOSIT ONLY"]


def test_a_check_is_read_in_both_dialects(engine: PaperEngine) -> None:
    assert said(engine, b"\x1ca0\x00") == b""
    engine.slip.insert(Sheet(CHECK))
    assert said(engine, b"") == b"\x5f\x40" + CHECK.encode() + b"\x00"
    assert said(engine, b"\x1cb") == b"\x5f\x40" + CHECK.encode() + b"\x00"
    said(engine, b"\x1ca2")
    engine.slip.insert(Sheet())
    assert said(engine, b"\x1ca0\x00") == b"\x5f\x60\x00", "no magnetic ink"
    engine.slip.dialect = "axiohm"
    assert said(engine, b"\x1bw\x01") == b"\x04\r"
    engine.slip.sheet = Sheet(CHECK)
    assert said(engine, b"\x1bw\x01") == b"\x00" + CHECK.encode() + b"\r"


def test_a_printer_without_a_slip_station_passes_over_it() -> None:
    engine = PaperEngine()
    assert said(engine, b"\x1bc0\x04text\n\x1bc0\x01\x1ca0\x00") == b""
    assert engine.paper.lines == ["text"]


def test_the_wait_for_a_slip_ends_by_the_clock() -> None:
    with VirtualPrinter() as printer:
        with printer.hands() as engine:
            engine.slip.fitted = True
        with socket.create_connection((printer.host, printer.port)) as client:
            client.sendall(b"\x1bc0\x04late\n")
            with printer.hands() as engine:
                engine.slip.wait_ms = 20
            assert printer.wait_for(lambda paper: paper.lines == ["late"])


def test_a_full_buffer_holds_the_sender_up(serial_printer: VirtualPrinter) -> None:
    with serial_printer.faults() as faults:
        faults.paper_out = True
    link = link_to(serial_printer)
    link.open()
    taken = 0
    while some := link.write_some(b"x" * 512, 100):
        taken += some
    assert BUFFER_BYTES <= taken < BUFFER_BYTES * 8, "its own buffer and that of the line"
    with serial_printer.faults() as faults:
        faults.paper_out = False
    assert link.write_some(b"x" * 512, 2_000)
    link.abandon()


def test_a_job_and_a_kick_over_a_serial_line(serial_printer: VirtualPrinter) -> None:
    job = b"\x1b@text\n\x1dV\x01"
    assert print_job(job, link_to(serial_printer), process_id=b"0001", mono_ms=mono_ms).state == "confirmed"
    assert serial_printer.receipts == [["text"]]
    soon = mono_ms() + 5_000
    assert kick_drawer(link_to(serial_printer), 2, mono_ms=mono_ms, expires_ms=soon).state == "processed"
    serial_printer.hang_up()
    assert print_job(job, link_to(serial_printer), process_id=b"0002", mono_ms=mono_ms).state == "refused"
    serial_printer.plug_in()
    assert print_job(job, link_to(serial_printer), process_id=b"0003", mono_ms=mono_ms).state == "confirmed"


def test_a_power_cut_on_a_serial_line_is_not_told_and_not_believed(serial_printer: VirtualPrinter) -> None:
    serial_printer.at_byte(60, serial_printer.power_off)
    patience = Patience(stall_ms=300, attention_ms=300, confirm_ms=100)
    link = link_to(serial_printer)
    outcome = print_job(b"\x1b@" + b"a line\n" * 100, link, process_id=b"0001", mono_ms=mono_ms, patience=patience)
    assert outcome.state == "uncertain"


def test_a_dead_network_swallows_what_is_sent() -> None:
    with VirtualPrinter() as printer:
        printer.dead = True
        link = TcpLink(printer.host, printer.port, QUICK)
        link.open()
        assert link.write_some(b"\x10\x04\x01", 100) == 3
        assert link.read_some(50) == b""
        link.abandon()
        assert printer.lines == []


def test_a_hung_printer_answers_nothing_until_it_wakes() -> None:
    with VirtualPrinter() as printer, socket.create_connection((printer.host, printer.port)) as client:
        with printer.faults() as faults:
            faults.hung = True
        client.sendall(b"\x10\x04\x01")
        assert not select.select([client], [], [], 0.05)[0]
        with printer.faults() as faults:
            faults.hung = False
        assert client.recv(1) == b"\x12"
