"""What we send and read, against the virtual devices: written from the same manuals, apart from each other."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countertui.domain.check_line import CheckLine
from countertui.domain.micr import Micr
from countertui.hardware import pole
from countertui.hardware.check_readers import magtek_framer, read_axiohm, read_epson, read_magtek
from countertui.hardware.framing import Framer
from countertui.hardware.links.serial_port import SerialLink
from countertui.hardware.listening import Listener
from countertui.hardware.scanners import read_scan, scan_framer
from countertui.hardware.virtual_check_reader import Framing, VirtualCheckReader
from countertui.hardware.virtual_paper import PaperEngine
from countertui.hardware.virtual_plugs import PtyPlug
from countertui.hardware.virtual_pole import VirtualPole
from countertui.hardware.virtual_serial import VirtualScanner, VirtualSerial
from countertui.hardware.virtual_slip import Sheet

CHECK = "U000123U T061112788T 329975U"
DIALECTS: list[pole.Dialect] = ["epson", "logic-controls", "cd5220"]
FRAMINGS: list[Framing] = ["data", "data CR", "data CR LF", "ESC data", "ESC data CR", "STX data ETX"]


@settings(max_examples=40)
@given(st.sampled_from(DIALECTS), st.text(max_size=30), st.text(max_size=30))
def test_every_display_shows_both_lines_whatever_the_text(dialect: pole.Dialect, upper: str, lower: str) -> None:
    display = VirtualPole(dialect)
    display.receive(b"left over" + pole.start(dialect) + pole.show(dialect, upper, lower))
    shown = display.lines
    display.receive(pole.show(dialect, upper, lower))
    assert display.lines == shown
    assert display.unknown == 0
    assert not display.cursor_shown
    display.receive(pole.clear(dialect) + pole.show(dialect, "Total", "1.00"))
    assert display.lines == ("Total".ljust(20), "1.00".ljust(20))
    display.receive(pole.clear(dialect))
    assert display.lines == (" " * 20, " " * 20)


def same_check(line: CheckLine) -> bool:
    return (line.micr, line.number) == (Micr("061112788", "329975"), "000123")


@pytest.mark.parametrize("format_", ["0000", "0001", "0002", "0100", "0200", "6000", "6200"])
@pytest.mark.parametrize("framing", FRAMINGS)
def test_a_check_is_read_in_every_format_and_framing(format_: str, framing: Framing) -> None:
    reader = VirtualCheckReader(format_, framing)
    reader.insert(CHECK)
    framer = magtek_framer()
    messages = framer.feed(bytes(reader.replies), 0) + framer.settle(1_000)
    assert len(messages) == 1
    assert same_check(read_magtek(messages[0], f"magtek-{format_}" if format_[:2] == "00" else "magtek-0002"))


def test_a_check_is_read_inside_a_printer_in_both_dialects() -> None:
    engine = PaperEngine()
    engine.slip.fitted = True
    engine.slip.insert(Sheet("U000123U T061112788T 329975U".replace("U", "O")))
    engine.receive(b"\x1ca0\x00")
    engine.work()
    assert same_check(read_epson(bytes(engine.replies), "magtek-0002"))
    engine.replies.clear()
    engine.slip.dialect = "axiohm"
    engine.slip.insert(Sheet(CHECK.replace("U", "(").replace("T", ")")))
    engine.receive(b"\x1bw\x01")
    engine.work()
    assert same_check(read_axiohm(bytes(engine.replies)))


class Heard:
    """What a listener was told, waited for by whoever tests it."""

    def __init__(self) -> None:
        self.messages: list[str] = []
        self.states: list[str] = []
        self._news = threading.Condition()

    def message(self, text: str) -> None:
        with self._news:
            self.messages.append(text)
            self._news.notify_all()

    def state(self, word: str) -> None:
        with self._news:
            self.states.append(word)
            self._news.notify_all()

    def wait_for(self, true: Callable[[], bool]) -> None:
        with self._news:
            assert self._news.wait_for(true, 5), (self.messages, self.states)


def mono_ms() -> int:
    return time.monotonic_ns() // 1_000_000


@contextmanager
def listening(path: str, framer: Framer) -> Iterator[Heard]:
    heard = Heard()
    listener = Listener(SerialLink(path), framer, mono_ms, heard.message, heard.state)
    thread = threading.Thread(target=listener.run)
    thread.start()
    try:
        heard.wait_for(lambda: heard.states == ["ok"])
        yield heard
    finally:
        listener.stop()
        thread.join()


def test_a_check_reader_is_heard_over_its_line() -> None:
    with (
        VirtualSerial(VirtualCheckReader(), piece=2) as device,
        listening(device.path, magtek_framer()) as heard,
    ):
        with device.hands() as reader:
            reader.insert(CHECK)
        heard.wait_for(lambda: len(heard.messages) == 1)
    assert same_check(read_magtek(heard.messages[0], "magtek-0002"))


def test_a_scanner_is_heard_again_after_it_was_unplugged_and_half_a_scan_is_dropped(tmp_path: Path) -> None:
    lasting, framer = tmp_path / "scanner", scan_framer()
    with (
        VirtualSerial(VirtualScanner(identified=True), PtyPlug(lasting)) as device,
        listening(str(lasting), framer) as heard,
    ):
        with device.hands() as scanner:
            scanner.replies += b"]C0half a s"
        device.wait_for(lambda scanner: not scanner.replies)
        device.unplug()
        heard.wait_for(lambda: len(heard.states) == 2)
        device.plug_in()
        heard.wait_for(lambda: heard.states[-1] == "ok")
        with device.hands() as scanner:
            scanner.scan("00345678901")
        heard.wait_for(lambda: bool(heard.messages))
    found = read_scan(heard.messages[0])
    assert found is not None
    assert (found.text, found.symbology) == ("00345678901", "Code 128")
