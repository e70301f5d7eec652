"""Scanners and check readers at their lines: reads are handed on, garbage is dropped, a pulled cable is normal."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countertui.domain.check_line import CheckLine
from countertui.domain.device_reads import CardHolder, DeviceRead, ScannedText
from countertui.domain.micr import Micr
from countertui.domain.refusal import Refused
from countertui.hardware import listening, readers
from countertui.hardware.links.serial_port import SerialLink
from countertui.hardware.readers import SerialReader
from countertui.hardware.virtual_check_reader import VirtualCheckReader
from countertui.hardware.virtual_plugs import PtyPlug
from countertui.hardware.virtual_serial import VirtualScanner, VirtualSerial

LINE = "U0049424770U T061112788T 3299753808U"
CARD = "@\n\x1e\rANSI 636000100101DL00310278DLDCSSAMPLE\nDACPAT\nDAQT64235789\nDBB06061986\r"


def mono_ms() -> int:
    return time.monotonic_ns() // 1_000_000


@contextmanager
def listening_to(reader: SerialReader) -> Iterator[queue.Queue[DeviceRead]]:
    heard: queue.Queue[DeviceRead] = queue.Queue()
    thread = threading.Thread(target=reader.listen, args=(heard.put,))
    thread.start()
    try:
        yield heard
    finally:
        reader.stop()
        thread.join(5)
        assert not thread.is_alive()


def until(true: object) -> None:
    for _ in range(400):
        if true():  # type: ignore[operator]
            return
        time.sleep(0.005)
    raise AssertionError("it has not come")


def test_what_is_held_before_a_scanner_comes_as_what_it_is() -> None:
    with VirtualSerial(VirtualScanner(identified=True)) as device:
        reader = readers.scanner("hand scanner", SerialLink(device.path), mono_ms)
        with listening_to(reader) as heard:
            until(lambda: reader.status() == "ok")
            with device.hands() as inside:
                inside.scan("00345678901")
            assert heard.get(timeout=5) == ScannedText("00345678901")
            with device.hands() as inside:
                inside.scan(CARD, "]L2")
            read = heard.get(timeout=5)
            assert read == CardHolder("PAT", "", "SAMPLE", "", "", "", "", "", born="1986-06-06")
            assert "SAMPLE" not in repr(read)
            assert "0034" not in repr(ScannedText("00345678901"))


def test_a_check_is_handed_on_and_what_could_not_be_read_is_said_without_its_numbers() -> None:
    with VirtualSerial(VirtualCheckReader()) as device:
        reader = readers.check_reader("check reader", SerialLink(device.path), "magtek-0002", mono_ms)
        with listening_to(reader) as heard:
            until(lambda: reader.status() == "ok")
            with device.hands() as inside:
                inside.insert(LINE)
            assert heard.get(timeout=5) == CheckLine(Micr("061112788", "3299753808"), "0049424770", business=True)
            with device.hands() as inside:
                inside.insert(LINE.replace("3299753808", "32997?3808"))
            refusal = heard.get(timeout=5)
            assert isinstance(refusal, Refused)
            assert "3299" not in f"{refusal!r}{refusal}"


def test_garbage_is_dropped_counted_and_told_until_something_is_read_again() -> None:
    with VirtualSerial(VirtualScanner()) as device:
        reader = readers.scanner("scanner", SerialLink(device.path), mono_ms)
        with listening_to(reader) as heard:
            until(lambda: reader.status() == "ok")
            with device.hands() as inside:
                inside.replies += b"\xff\xfe\x80abc\r"
            until(lambda: reader.status() == "garbled")
            assert reader.framer.dropped == 6
            with device.hands() as inside:
                inside.scan("10422301")
            assert heard.get(timeout=5) == ScannedText("10422301")
            until(lambda: reader.status() == "ok")
            assert heard.empty()


def test_one_that_is_not_there_is_normal_and_is_found_when_it_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "SOONEST_MS", 5)
    monkeypatch.setattr(listening, "LATEST_MS", 20)
    lasting = tmp_path / "port"
    reader = readers.scanner("scanner", SerialLink(str(lasting)), mono_ms)
    with listening_to(reader) as heard:
        until(lambda: reader.status() == "unplugged")
        with VirtualSerial(VirtualScanner(), PtyPlug(lasting)) as device:
            until(lambda: reader.status() == "ok")
            device.unplug()
            until(lambda: reader.status() == "unplugged")
            device.plug_in()
            until(lambda: reader.status() == "ok")
            with device.hands() as inside:
                inside.scan("L-2041")
            assert heard.get(timeout=5) == ScannedText("L-2041")


@given(st.binary(max_size=120))
def test_no_bytes_end_a_reader(data: bytes) -> None:
    heard: list[DeviceRead] = []
    for reader in (
        readers.scanner("scanner", SerialLink("/dev/null"), mono_ms),
        readers.check_reader("check reader", SerialLink("/dev/null"), "magtek-0002", mono_ms),
    ):
        reader._told = heard.append
        for message in (*reader.framer.feed(data, 0), *reader.framer.settle(10_000)):
            reader._message(message)
    assert sum(len(read.text) for read in heard if isinstance(read, ScannedText)) <= 2 * len(data)
