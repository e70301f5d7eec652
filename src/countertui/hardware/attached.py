"""The devices that a terminal's settings name, each with the way to it; nothing is opened yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from countertui.hardware import links, readers
from countertui.hardware.conversation import MonoMs
from countertui.hardware.customer_display import CustomerDisplay
from countertui.ports.devices import Display, Reader

if TYPE_CHECKING:
    from countertui.config.devices import PoleDisplayTable
    from countertui.config.terminal import TerminalSettings


def readers_of(settings: TerminalSettings, mono_ms: MonoMs) -> tuple[Reader, ...]:
    """The scanners, and the check reader that is no printer's. None is normal."""
    return tuple(_readers(settings, mono_ms))


def display_of(table: PoleDisplayTable | None, city: str, mono_ms: MonoMs, mark: str = "") -> Display | None:
    """The customer's display, which greets in the city's name; `mark` stands on it always. None is normal."""
    if table is None:
        return None
    link = links.of_serial(table, table.serial, "pole display")
    return CustomerDisplay(link, table.speaks, mono_ms, (city, table.greeting), mark=mark)


def _readers(settings: TerminalSettings, mono_ms: MonoMs) -> Iterator[Reader]:
    for table in settings.scanners:
        yield readers.scanner(table.name, links.of_serial(table, table.serial, table.name), mono_ms)
    if (check := settings.check_reader) is not None:
        link = links.of_serial(check, check.serial, "check reader")
        yield readers.check_reader("check reader", link, check.alphabet, mono_ms)
