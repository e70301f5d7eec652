"""What we read and write, against the virtual devices: they were made from the manuals by themselves."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countertui.domain.check_line import CheckLine, CheckLineRefused, read_check_line
from countertui.domain.refusal import Refused
from countertui.hardware.check_readers import CheckNotRead, magtek_framer, read_magtek
from countertui.hardware.framing import QUIET_MS
from countertui.hardware.pole import Dialect, clear, show, start
from countertui.hardware.virtual_check_reader import Framing, VirtualCheckReader
from countertui.hardware.virtual_pole import VirtualPole

LINES = ("U0049424770U T061112788T 3299753808U", "T021000021T123456789U 1041", "T026010757T 143804U 0212")


def read_by(format_: str, framing: Framing, line: str, *, tells_no_micr: bool = False) -> CheckLine:
    reader, framer = VirtualCheckReader(format_, framing, tells_no_micr=tells_no_micr), magtek_framer()
    reader.insert(line)
    messages = framer.feed(bytes(reader.replies), 0) + framer.settle(QUIET_MS)
    assert len(messages) == 1
    assert framer.dropped == 0
    return read_magtek(messages[0], f"magtek-{format_}" if format_ < "0003" else "magtek-0002")


@pytest.mark.parametrize("framing", get_args(Framing))
@pytest.mark.parametrize("format_", ["0000", "0001", "0002", "0100", "0200", "6000", "6200"])
def test_a_check_reads_the_same_in_every_format_and_framing(format_: str, framing: Framing) -> None:
    for line in LINES:
        wanted = read_check_line(line, "magtek-0000")
        read = read_by(format_, framing, line)
        assert (read.micr, read.number) == (wanted.micr, wanted.number)


@pytest.mark.parametrize("format_", ["0000", "0200", "6000", "6200"])
def test_what_could_not_be_read_is_refused(format_: str) -> None:
    with pytest.raises(CheckLineRefused):
        read_by(format_, "data CR", "T02100?021T123456789U 1041")
    with pytest.raises(CheckLineRefused):
        read_by(format_, "data CR", "T021000021T12345?789U 1041")
    with pytest.raises(CheckNotRead):
        read_by(format_, "data CR", "", tells_no_micr=True)


def test_a_jammed_check_is_refused() -> None:
    reader = VirtualCheckReader()
    reader.jammed = True
    reader.insert(LINES[0])
    (message,) = magtek_framer().feed(bytes(reader.replies), 0)
    with pytest.raises(Refused):
        read_magtek(message, "magtek-0002")


@pytest.mark.parametrize("dialect", get_args(Dialect))
@given(st.lists(st.tuples(st.text(max_size=30), st.text(max_size=30)), min_size=1, max_size=4))
def test_a_display_shows_what_it_was_sent_last(dialect: Dialect, shown: list[tuple[str, str]]) -> None:
    pole = VirtualPole(dialect)
    pole.receive(start(dialect))
    for upper, lower in shown:
        pole.receive(show(dialect, upper, lower))
    plain = [show("epson", text, "")[4:24].decode("ascii") for text in shown[-1]]
    assert list(pole.lines) == plain
    assert pole.unknown == 0
    assert not pole.cursor_shown
    pole.receive(clear(dialect))
    assert pole.lines == (" " * 20, " " * 20)
    pole.receive(show(dialect, "again", ""))
    assert pole.lines[0].rstrip() == "again"
    assert pole.unknown == 0
