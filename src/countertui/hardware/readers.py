"""Scanners and check readers as the counter sees them (port `Reader`): each speaks by itself, whenever it likes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from countertui.domain.device_reads import DeviceRead, ScannedText
from countertui.domain.refusal import Refused
from countertui.hardware.aamva import read_card
from countertui.hardware.check_readers import magtek_framer, read_magtek
from countertui.hardware.conversation import MonoMs
from countertui.hardware.framing import Framer
from countertui.hardware.links.link import Link
from countertui.hardware.listening import Listener
from countertui.hardware.scanners import read_scan, scan_framer


@dataclass(slots=True)
class SerialReader:
    """A device at a serial line that is listened to for as long as the counter is open."""

    name: str
    link: Link
    framer: Framer
    read: Callable[[str], DeviceRead | None]
    mono_ms: MonoMs
    _told: Callable[[DeviceRead], None] = field(default=lambda _read: None)
    _listener: Listener = field(init=False)
    _state: str = ""
    _dropped_before: int = 0

    def __post_init__(self) -> None:
        self._listener = Listener(self.link, self.framer, self.mono_ms, self._message, self._went)

    def listen(self, told: Callable[[DeviceRead], None]) -> None:
        """Hand on what it reads until `stop`; for a thread of its own, in which `told` is called."""
        self._told = told
        self._listener.run()

    def stop(self) -> None:
        """End `listen` soon."""
        self._listener.stop()

    def status(self) -> str:
        """One or two words: ok, or why it can't be heard; garbled while what it says is dropped; empty at first."""
        garbled = self._state == "ok" and self.framer.dropped > self._dropped_before
        return "garbled" if garbled else self._state

    def _message(self, message: str) -> None:
        self._dropped_before = self.framer.dropped
        if (read := self.read(message)) is not None:
            self._told(read)

    def _went(self, state: str) -> None:
        self._state = state
        self._dropped_before = self.framer.dropped  # half a message that a pulled cable cut off is no noise


def scanner(name: str, link: Link, mono_ms: MonoMs) -> SerialReader:
    """A barcode scanner, which reads identity cards too."""
    return SerialReader(name, link, scan_framer(), _scanned, mono_ms)


def check_reader(name: str, link: Link, alphabet: str, mono_ms: MonoMs) -> SerialReader:
    """A check reader that is no printer's, with the alphabet it writes."""
    return SerialReader(name, link, magtek_framer(), partial(_check, alphabet), mono_ms)


def _scanned(message: str) -> DeviceRead | None:
    scan = read_scan(message)
    if scan is None:
        return None
    try:
        return read_card(scan.text) if scan.card else ScannedText(scan.text)
    except Refused as refusal:
        return refusal


def _check(alphabet: str, message: str) -> DeviceRead:
    try:
        return read_magtek(message, alphabet)
    except Refused as refusal:
        return refusal
