"""Virtual scanner, check reader and pole display: what comes over the line, and what a customer would see."""

import os
import select

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countertui.hardware.virtual_check_reader import Framing, VirtualCheckReader
from countertui.hardware.virtual_pole import Dialect, VirtualPole
from countertui.hardware.virtual_serial import VirtualScanner, VirtualSerial

CHECK = "U0049424770U T061112788T 329 975 3808U"
DIALECTS: list[Dialect] = ["epson", "logic-controls", "cd5220"]


def heard(port: int, how_many: int) -> bytes:
    got = b""
    while len(got) < how_many and select.select([port], [], [], 5)[0]:
        got += os.read(port, 4096)
    return got


@pytest.mark.parametrize(
    ("dialect", "data"),
    [
        ("epson", b"\x1b@\x0c\x1f\x01\x1fX\x03\x1fC\x00\x1f$\x01\x01Water\x1f$\x0f\x02 12.34"),
        ("logic-controls", b"\x1f\x11\x04\x60\x14\x10\x00Water\x10\x22 12.34"),
        ("cd5220", b"\x1b@\x0c\x1b\x11\x1b*\x03\x1b_\x00\x1bl\x01\x01Water\x1bl\x0f\x02 12.34"),
    ],
)
def test_a_display_shows_what_its_dialect_says(dialect: Dialect, data: bytes) -> None:
    pole = VirtualPole(dialect)
    for byte in data:
        pole.receive(bytes((byte,)))
    assert pole.lines == ("Water".ljust(20), " 12.34".rjust(20))
    assert (pole.brightness, pole.cursor_shown, pole.unknown) == (3, False, 0)


def test_cd5220_takes_whole_lines_and_then_nothing_but_lines_until_it_is_cleared() -> None:
    pole = VirtualPole("cd5220")
    pole.receive(b"\x1bQA" + b"TOTAL".ljust(20) + b"\r\x1bQB" + b"12.34".rjust(20) + b"\r")
    assert pole.lines == ("TOTAL".ljust(20), "12.34".rjust(20))
    pole.receive(b"\x1bl\x01\x01")
    assert pole.unknown == 1
    pole.receive(b"\x0c\x1bl\x01\x01Hello")
    assert pole.lines[0] == "Hello".ljust(20)


def test_letters_wrap_or_scroll_as_set_and_another_dialects_commands_are_counted() -> None:
    pole = VirtualPole("epson")
    pole.receive(b"a" * 20 + b"b" * 20 + b"c")
    assert pole.lines == ("c" + "a" * 19, "b" * 20)
    pole.receive(b"\x0c\x1f\x02" + b"a" * 20 + b"b" * 20 + b"c")
    assert pole.lines == ("b" * 20, "c".ljust(20))
    pole.receive(b"\x1f$\x15\x01")
    assert pole.unknown == 1, "there is no column 21"
    pole.receive(b"\x1b=\x01not for the display\x1b=\x02")
    assert pole.lines == ("b" * 20, "c".ljust(20))


@given(st.sampled_from(DIALECTS), st.binary(max_size=200))
def test_no_bytes_break_a_display(dialect: Dialect, data: bytes) -> None:
    pole = VirtualPole(dialect)
    pole.receive(data)
    assert all(len(line) == 20 and line.isascii() and line.isprintable() for line in pole.lines)


@pytest.mark.parametrize(
    ("format_", "line"),
    [
        ("0000", CHECK),
        ("0001", "o0049424770o t061112788t 329 975 3808o"),
        ("0002", "O0049424770O T061112788T 329 975 3808O"),
        ("0100", "PTTR061112788;AC329 975 3808;CK0049424770"),
        ("0200", "TR061112788;AC329 975 3808;CK0049424770/PENE"),
        ("6000", "061112788/329 975 3808/0049424770/1"),
        ("6200", "T061112788T329 975 3808A0049424770S0"),
    ],
)
def test_a_check_is_written_in_the_format_that_is_set(format_: str, line: str) -> None:
    reader = VirtualCheckReader(framing="data")
    reader.receive(f"FC {format_}\r".encode())
    reader.insert(CHECK)
    assert reader.replies.decode() == line


@pytest.mark.parametrize(
    ("framing", "said"),
    [
        ("data", b"%s"),
        ("data CR", b"%s\r"),
        ("data CR LF", b"%s\r\n"),
        ("ESC data", b"\x1b%s"),
        ("ESC data CR", b"\x1b%s\r"),
        ("STX data ETX", b"\x02%s\x03"),
    ],
)
def test_a_check_is_framed_as_set(framing: Framing, said: bytes) -> None:
    reader = VirtualCheckReader("0000", framing)
    reader.insert(CHECK)
    assert bytes(reader.replies) == said % CHECK.encode()


def test_what_a_check_reader_can_not_do_it_says() -> None:
    reader = VirtualCheckReader(tells_no_micr=True)
    reader.receive(b"XY\rSA\r" + b"x" * 100)
    assert bytes(reader.replies) == b"?\r"
    assert reader.saved == 1
    reader.replies.clear()
    reader.insert("")
    assert bytes(reader.replies) == b"No MICR\r"
    reader.jammed = True
    reader.replies.clear()
    reader.insert(CHECK)
    assert set(reader.replies.decode().strip()) == {"?"}


def test_a_scanner_sends_over_its_line_in_whatever_pieces() -> None:
    with VirtualSerial(VirtualScanner(identified=True), piece=3) as device:
        port = os.open(device.path, os.O_RDWR | os.O_NOCTTY)
        with device.hands() as scanner:
            scanner.scan("00345678901", "]C0")
        assert heard(port, 15) == b"]C000345678901\r"
        os.write(port, b"hello")
        assert device.wait_for(lambda scanner: scanner.heard == b"hello")
        os.close(port)


def test_a_cable_that_is_pulled_is_told_and_can_be_plugged_in_again() -> None:
    with VirtualSerial(VirtualPole("epson")) as device:
        port = os.open(device.path, os.O_RDWR | os.O_NOCTTY)
        device.unplug()
        with pytest.raises(OSError, match="Input/output error"):
            os.write(port, b"x")
        os.close(port)
        device.plug_in()
        port = os.open(device.path, os.O_RDWR | os.O_NOCTTY)
        os.write(port, b"\x1f$\x01\x01hi")
        assert device.wait_for(lambda pole: pole.lines[0].startswith("hi"))
        os.close(port)
