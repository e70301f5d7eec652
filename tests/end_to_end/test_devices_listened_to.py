"""The desk's own threads at devices: each reader is heard, the display greets, and all of it ends with the counter."""

from __future__ import annotations

import queue
import threading
import time
from pathlib import Path
from types import SimpleNamespace

from countertui.bootstrap import ThreadedDesk
from countertui.config.devices import PoleDisplayTable
from countertui.config.terminal import TerminalSettings, read_terminal
from countertui.domain.check_line import CheckLine
from countertui.domain.device_reads import DeviceRead, ScannedText
from countertui.domain.micr import Micr
from countertui.hardware.attached import display_of, readers_of
from countertui.hardware.virtual_check_reader import VirtualCheckReader
from countertui.hardware.virtual_pole import VirtualPole
from countertui.hardware.virtual_serial import VirtualScanner, VirtualSerial


def mono_ms() -> int:
    return time.monotonic_ns() // 1_000_000


def test_every_device_of_the_settings_is_at_work_until_the_counter_closes(tmp_path: Path) -> None:
    with (
        VirtualSerial(VirtualScanner()) as scanner,
        VirtualSerial(VirtualCheckReader()) as check_reader,
        VirtualSerial(VirtualPole("logic-controls")) as pole,
    ):
        (tmp_path / "terminal.toml").write_text(
            f'[[scanner]]\nserial = "{scanner.path}"\n[[scanner]]\nname = "absent"\nserial = "/dev/ttyS97"\n'
            f'[check_reader]\nserial = "{check_reader.path}"\n'
            f'[pole_display]\nserial = "{pole.path}"\ndialect = "logic-controls"\ngreeting = "Next, please"\n',
            encoding="utf-8",
        )
        settings = read_terminal(tmp_path / "terminal.toml")
        before = set(threading.enumerate())
        closes = SimpleNamespace(close=lambda: None)
        readers = readers_of(settings, mono_ms)
        display = display_of(settings.pole_display, "City of Alder Ford", mono_ms)
        desk = ThreadedDesk(tmp_path)
        desk._station = SimpleNamespace(  # type: ignore[assignment]
            readers=readers, display=display, printers=(), reader=closes, reference=closes, store=closes
        )
        heard: queue.Queue[DeviceRead] = queue.Queue()
        desk.listen(heard.put)
        assert pole.wait_for(lambda inside: inside.lines == ("City of Alder Ford  ", "Next, please        "))
        for _ in range(400):
            if [reader.status() for reader in readers if reader.name != "absent"] == ["ok", "ok"]:
                break
            time.sleep(0.005)
        with scanner.hands() as device:
            device.scan("10422301")
        assert heard.get(timeout=5) == ScannedText("10422301")
        with check_reader.hands() as device:
            device.insert("T021000021T123456789U1041")
        assert heard.get(timeout=5) == CheckLine(Micr("021000021", "123456789"), "1041")
        assert next(reader for reader in readers if reader.name == "absent").status() not in {"", "ok"}
        began = mono_ms()
        desk.close()
        assert mono_ms() - began < 2_000, "an absent device's back-off holds nothing up"
        assert set(threading.enumerate()) == before


def test_no_device_at_all_is_normal() -> None:
    assert readers_of(TerminalSettings(), mono_ms) == ()
    assert display_of(None, "City", mono_ms) is None
    table = PoleDisplayTable(serial="/dev/ttyS97", dialect="epson")
    assert display_of(table, "City", mono_ms) is not None
