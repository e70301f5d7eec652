"""The ways to a device: TCP, serial, USB, a print queue, a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from countertui.hardware.links.link import Link

if TYPE_CHECKING:
    from countertui.config.devices import PrinterTable, SerialTable
    from countertui.hardware.links.serial_port import SerialLink


def of(table: PrinterTable) -> Link:
    """The way to a printer of terminal.toml, not yet open. Its library is loaded here, and for this way alone."""
    if table.host is not None:
        from countertui.hardware.links.tcp import TcpLink

        return TcpLink(table.host, table.port, label=table.title)
    if table.serial is not None:
        return of_serial(table, table.serial, table.title)
    if table.usb is not None:
        from countertui.hardware.links.usb_bulk import UsbLink

        numbers, _, serial_number = table.usb.partition(" ")
        vendor, product = (int(number, 16) for number in numbers.split(":"))
        return UsbLink(vendor, product, serial_number, label=table.title)
    if table.queue is not None:
        from countertui.hardware.links.cups import CupsLink

        return CupsLink(table.queue, label=table.title)
    from countertui.hardware.links.file import FileLink

    return FileLink(Path(str(table.file)), label=table.title)


def of_serial(table: SerialTable, port: str, label: str) -> SerialLink:
    """The way to a device at a serial port, not yet open."""
    from countertui.hardware.links.serial_port import Line, SerialLink

    line = Line(table.baud, table.bits, table.parity, table.stop, table.flow)
    return SerialLink(port, line, label=label)
