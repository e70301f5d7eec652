"""Scanners: what a scan is of, lines in pieces, and a device that goes and comes back."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countertui.hardware.framing import QUIET_MS, Framer
from countertui.hardware.links.link import SILENT, UNPLUGGED, Deadlines, broken, refused
from countertui.hardware.listening import LATEST_MS, SOONEST_MS, Listener
from countertui.hardware.scanners import Scan, read_scan, scan_framer


@pytest.mark.parametrize(
    ("message", "scan"),
    [
        ("]C0CH1-12", Scan("CH1-12", "Code 128")),
        ("]C1390100012345", Scan("390100012345", "Code 128", gs1=True)),
        ("]C18020ABC\x1d39021000", Scan("8020ABC\x1d39021000", "Code 128", gs1=True)),
        ("]Q1CTUI2:ABC", Scan("CTUI2:ABC", "QR code")),
        ("]E04006381333931", Scan("4006381333931", "EAN/UPC")),
        ("]X0plain", Scan("plain", "")),
        ("]?!x", Scan("]?!x")),
        ("]Z9x", Scan("]Z9x")),
        ("00-123-4 ", Scan("00-123-4")),
        ("]C0", None),
        ("", None),
    ],
)
def test_what_a_scan_is_of(message: str, scan: Scan | None) -> None:
    assert read_scan(message) == scan


@given(
    st.lists(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=60), max_size=5),
    st.sampled_from([b"\r", b"\n", b"\r\n", b"\x03"]),
    st.lists(st.integers(1, 40), max_size=20),
)
def test_lines_come_whole_in_whatever_pieces_they_came(lines: list[str], end: bytes, sizes: list[int]) -> None:
    lines = [line for line in lines if not (line[:1] == "@" or line[3:4] == "@")]
    sent = b"".join(line.encode() + end for line in lines)
    framer, read = scan_framer(), []
    for size in [*sizes, len(sent)]:
        read += framer.feed(sent[:size], 0)
        sent = sent[size:]
    assert read == lines
    assert framer.dropped == 0


def test_a_code_that_begins_like_a_card_ends_by_silence() -> None:
    framer = scan_framer()
    assert framer.feed(b"@\n", 0) == []
    assert framer.settle(QUIET_MS - 1) == []
    (message,) = framer.settle(QUIET_MS)
    assert read_scan(message) == Scan("@")
    assert framer.feed(b"@home\r", 0) == ["@home"]


@given(st.binary(max_size=200))
def test_garbage_is_dropped_and_counted(data: bytes) -> None:
    framer = scan_framer()
    read = framer.feed(data, 0) + framer.settle(QUIET_MS)
    assert sum(map(len, read)) + framer.dropped <= len(data)
    for message in read:
        read_scan(message)


@dataclass
class Wire:
    """A device whose life is a list: bytes it says, None for a quiet moment, "gone" where it is pulled out."""

    life: list[bytes | str | None]
    opens: list[bool]
    deadlines: Deadlines = field(default_factory=Deadlines)
    name: str = "scanner"
    answers: bool = True
    closed: int = 0
    now_ms: int = 0
    when_done: threading.Event = field(default_factory=threading.Event)

    def open(self) -> None:
        if self.opens and not self.opens.pop(0):
            raise refused(self.name, UNPLUGGED)

    def read_some(self, wait_ms: int) -> bytes:
        if not self.life:
            self.when_done.set()
            threading.Event().wait(0.001)
            return b""
        said = self.life.pop(0)
        self.now_ms += QUIET_MS if said is None else 10
        if said == "gone":
            raise broken(self.name, SILENT, 0)
        return said if isinstance(said, bytes) else b""

    def write_some(self, data: bytes, wait_ms: int) -> int:
        raise AssertionError("a listener never writes")

    def flush(self, wait_ms: int) -> None:
        raise AssertionError("a listener never writes")

    def close(self) -> None:
        self.closed += 1

    abandon = close


def listened(wire: Wire, framer: Framer) -> tuple[list[str], list[str], list[float]]:
    """Messages and states of a device's whole life, and the pauses before it was opened again, in seconds."""
    messages: list[str] = []
    states: list[str] = []
    pauses: list[float] = []
    listener = Listener(wire, framer, lambda: wire.now_ms, messages.append, states.append)

    class Stopped(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            pauses.append(timeout or 0)
            return self.is_set()

    listener._stopped = Stopped()
    running = threading.Thread(target=listener.run)
    running.start()
    assert wire.when_done.wait(10)
    listener.stop()
    running.join(10)
    assert not running.is_alive()
    return messages, states, pauses


def test_a_device_that_is_pulled_out_is_heard_again_and_half_a_scan_is_no_part_of_the_next() -> None:
    said = [b"]C0CH", b"1-12\r", b"half", "gone", None, b"CH1-13\r", b"CH", None, b"1-14\r", b"ha"]
    wire = Wire([*said, *[None] * 10, b"CH1-15\r"], [True, False, False, True])
    framer = scan_framer()
    messages, states, pauses = listened(wire, framer)
    assert messages == ["]C0CH1-12", "CH1-13", "CH1-14", "CH1-15"]
    assert framer.dropped == len("half") + len("ha")
    assert states == ["ok", "off", "unplugged", "ok"]
    assert pauses == [SOONEST_MS / 1000, 2 * SOONEST_MS / 1000, 4 * SOONEST_MS / 1000]
    assert wire.closed == 4


def test_it_is_asked_for_less_and_less_often_but_at_least_every_ten_seconds() -> None:
    wire = Wire([], [False] * 9 + [True])
    _, states, pauses = listened(wire, scan_framer())
    assert states == ["unplugged", "ok"]
    assert pauses == [min(SOONEST_MS * 2**n, LATEST_MS) / 1000 for n in range(9)]
