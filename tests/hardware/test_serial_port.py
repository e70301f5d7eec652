"""Serial ports, over real pseudo-terminals: short writes counted, never shared, found again under another name."""

import os
import threading
import time
import tty
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import serial

from countertui.hardware.conversation import read_status
from countertui.hardware.links.link import Deadlines, PrinterBusyError, PrinterRefusedError, PrinterUncertainError
from countertui.hardware.links.serial_port import Line, SerialLink
from countertui.hardware.spooler import Outcome, Patience, print_job
from countertui.hardware.virtual_paper import PaperEngine

QUICK = Deadlines(connect_ms=500, write_ms=200, read_ms=200)
JOB = b"\x1b@" + b"a line\n" * 30 + b"\x1dV\x01"


def mono_ms() -> int:
    return time.monotonic_ns() // 1_000_000


@dataclass
class Pty:
    """A cable: the program opens `port`, the printer's end is `master`."""

    master: int = -1
    slave: int = -1
    port: str = ""
    _open: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.master, self.slave = os.openpty()
        self._open = [self.master, self.slave]
        for end in self._open:
            tty.setraw(end)
        self.port = os.ttyname(self.slave)

    def unplug(self) -> None:
        for end in self._open:
            os.close(end)
        self._open = []

    def received(self) -> bytes:
        os.set_blocking(self.master, False)
        data = b""
        try:
            while more := os.read(self.master, 65_536):
                data += more
        except OSError:
            pass
        return data


@pytest.fixture
def cable() -> Iterator[Pty]:
    made = Pty()
    yield made
    made.unplug()


class SerialPrinter(threading.Thread):
    """A printer at the other end of a cable."""

    def __init__(self, cable: Pty) -> None:
        super().__init__()
        self.engine = PaperEngine()
        self._master = os.dup(cable.master)
        self._ended = threading.Event()
        os.set_blocking(self._master, False)
        self.start()

    def run(self) -> None:
        while not self._ended.is_set():
            try:
                self.engine.receive(os.read(self._master, 4096))
            except BlockingIOError:
                time.sleep(0.001)
            except OSError:
                break
            while self.engine.work():
                pass
            if self.engine.replies:
                os.write(self._master, bytes(self.engine.replies))
                self.engine.replies.clear()
        os.close(self._master)

    def __enter__(self) -> "SerialPrinter":
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self.join()


def run(link: SerialLink) -> Outcome:
    return print_job(JOB, link, process_id=b"0001", mono_ms=mono_ms, patience=Patience(300, 300, 300))


def test_a_job_is_confirmed_over_a_line(cable: Pty) -> None:
    with SerialPrinter(cable) as printer:
        link = SerialLink(cable.port, deadlines=QUICK)
        assert read_status(link, mono_ms).word == "ok"
        assert run(link).state == "confirmed"
        assert printer.engine.paper.lines == ["a line"] * 30


def test_short_writes_are_counted_and_a_stalled_line_is_left_in_time(cable: Pty) -> None:
    link = SerialLink(cable.port, deadlines=QUICK)
    link.open()
    sent, began = 0, mono_ms()
    while taken := link.write_some(b"x" * 50_000, 50):
        sent += taken
    assert 0 < sent < 200_000
    assert mono_ms() - began < 3_000
    assert link.write_some(b"x", 0) == 0
    assert len(cable.received()) == sent
    link.close()


def test_nothing_to_read_is_nothing_at_once(cable: Pty) -> None:
    link = SerialLink(cable.port, deadlines=QUICK)
    link.open()
    assert link.read_some(0) == b""
    os.write(cable.master, b"\x12\x16")
    assert link.read_some(200) == b"\x12\x16"
    link.close()
    with pytest.raises(PrinterRefusedError, match="not connected"):
        link.read_some(0)


def test_a_port_is_never_shared(cable: Pty) -> None:
    first, second = SerialLink(cable.port, label="TM-T88V at front"), SerialLink(cable.port, label="pole")
    first.open()
    with pytest.raises(PrinterBusyError, match="pole: in use by another") as busy:
        second.open()
    assert busy.value.word == "busy"
    first.close()
    second.open()
    second.close()


def test_an_absent_port_is_unplugged_and_a_file_is_no_port(tmp_path: Path) -> None:
    with pytest.raises(PrinterRefusedError) as absent:
        SerialLink(str(tmp_path / "ttyUSB0")).open()
    assert (absent.value.word, "not plugged in" in absent.value.happened) == ("unplugged", True)
    (tmp_path / "file").write_bytes(b"kept")
    with pytest.raises(PrinterRefusedError) as no_port:
        SerialLink(str(tmp_path / "file")).open()
    assert no_port.value.word == "no port"
    assert (tmp_path / "file").read_bytes() == b"kept"


def test_unplugged_in_the_middle_of_a_job_is_uncertain_and_closes_quietly(cable: Pty) -> None:
    link = SerialLink(cable.port, deadlines=QUICK, label="TM-T88V at front")
    link.open()
    assert link.write_some(b"hello", 100) == 5
    cable.unplug()
    with pytest.raises(PrinterUncertainError) as broke:
        link.read_some(100)
    assert (broke.value.bytes_sent, broke.value.word) == (5, "unplugged")
    with pytest.raises(PrinterUncertainError):
        link.write_some(b"more", 100)
    link.close()
    link.close()


def plug_in(port: str, by_id: Path, identity: str) -> None:
    by_id.mkdir(exist_ok=True)
    (by_id / identity).symlink_to(port)


def test_an_adapter_is_found_again_under_another_name(tmp_path: Path) -> None:
    by_id, name = tmp_path / "by-id", tmp_path / "ttyUSB0"
    before, after = Pty(), Pty()
    name.symlink_to(before.port)
    plug_in(str(name), by_id, "usb-FTDI_1")
    link = SerialLink(str(name), deadlines=QUICK, by_id=by_id)
    link.open()
    link.close()
    before.unplug()
    name.unlink()
    (by_id / "usb-FTDI_1").unlink()
    with pytest.raises(PrinterRefusedError) as gone:
        link.open()
    assert gone.value.word == "unplugged"
    plug_in(after.port, by_id, "usb-FTDI_1")
    link.open()
    link.write_some(b"here", 100)
    assert after.received() == b"here"
    link.close()
    after.unplug()


def test_another_adapter_that_got_its_name_is_never_written_to(tmp_path: Path) -> None:
    by_id, name = tmp_path / "by-id", tmp_path / "ttyUSB0"
    ours, theirs = Pty(), Pty()
    name.symlink_to(ours.port)
    plug_in(str(name), by_id, "usb-printer")
    link = SerialLink(str(name), deadlines=QUICK, by_id=by_id)
    link.open()
    link.close()
    name.unlink()
    (by_id / "usb-printer").unlink()
    name.symlink_to(theirs.port)
    plug_in(str(name), by_id, "usb-scanner")
    with pytest.raises(PrinterRefusedError, match="another device is at its port now"):
        link.open()
    ours.unplug()
    theirs.unplug()


def test_a_line_that_holds_everything_up_is_told_and_dropped(cable: Pty, monkeypatch: pytest.MonkeyPatch) -> None:
    dropped = []
    monkeypatch.setattr(serial.Serial, "out_waiting", property(lambda self: 7))
    monkeypatch.setattr(serial.Serial, "reset_output_buffer", lambda self: dropped.append(True))
    link = SerialLink(cable.port, deadlines=QUICK)
    began = mono_ms()
    outcome = run(link)  # says nothing: what it took can only be known to have left
    assert (outcome.state, "takes no more data" in outcome.reason) == ("uncertain", True)
    assert dropped == [True]
    assert mono_ms() - began < 3_000


def test_the_lines_settings_reach_the_port(cable: Pty, monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, object] = {}
    real = serial.Serial

    def noted(port: str, **more: object) -> serial.Serial:
        given.update(more)
        return real(port, **more)

    monkeypatch.setattr(serial, "Serial", noted)
    link = SerialLink(cable.port, Line(38_400, 7, "even", 2, "xon/xoff"))
    link.open()
    link.close()
    assert (given["baudrate"], given["bytesize"], given["parity"], given["stopbits"]) == (38_400, 7, "E", 2)
    assert (given["xonxoff"], given["rtscts"], given["exclusive"], given["write_timeout"]) == (True, False, True, 0)
