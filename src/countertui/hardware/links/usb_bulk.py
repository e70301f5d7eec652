"""A printer at USB: bulk transfers through libusb, never without a deadline, and found anew for every job.

What python-escpos does otherwise loses receipts: no deadline at all, what a short write left over forgotten, fixed
endpoints, a reset at each open.
"""

from __future__ import annotations

import contextlib
import errno
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import libusb_package
import usb.core
import usb.util

from countertui.hardware.links.link import (
    UNPLUGGED,
    Cause,
    Deadlines,
    PrinterUncertainError,
    broken,
    cause_of,
    not_open,
    refused,
)

_PRINTER_CLASS, _VENDOR_CLASS = 0x07, 0xFF
_READ_BYTES = 4096
_MOST_BYTES = 16_384
_EMPTY_PACKET_PAUSE_S = 0.002
_NO_LIBRARY = Cause("no USB", "this machine has no libusb", "Call a technician.")
_NO_PRINTER = Cause("no printer", "it takes no print data", "Call a technician: terminal.toml names another device.")
_STOPPED = Cause("off", "it stopped in the middle", "Switch it off and on again.")


@dataclass(slots=True)
class _Claimed:
    """A device whose printing interface is ours."""

    device: Any
    interface: int
    out: Any
    back: Any


@dataclass(slots=True)
class UsbLink:
    """A printer by its vendor and product number, and its serial number where there are several alike.

    `backend` is pyusb's way to the bus; libusb if None.
    """

    vendor: int
    product: int
    serial_number: str = ""
    deadlines: Deadlines = field(default_factory=Deadlines)
    label: str = ""
    backend: Any = None
    _claimed: _Claimed | None = None
    _sent: int = 0
    _answers: bool = True

    @property
    def name(self) -> str:
        """What people call it, or its numbers."""
        return self.label or " ".join(filter(None, (f"USB {self.vendor:04x}:{self.product:04x}", self.serial_number)))

    @property
    def answers(self) -> bool:
        """Whether it has a way back; known once it has been opened."""
        return self._answers

    def open(self) -> None:
        """Find it on the bus, wherever it is plugged in now, and claim it; the system's own driver is told to let go.

        Raises PrinterRefusedError, PrinterBusyError if another program has it.
        """
        self.close()
        self._sent = 0
        device = self._found()
        try:
            self._claimed = self._claim(device)
        except usb.core.USBError as error:
            _forget(device)
            raise refused(self.name, cause_of(error)) from error
        self._answers = self._claimed.back is not None

    def _found(self) -> Any:
        backend = self.backend or libusb_package.get_libusb1_backend()
        try:
            alike = list(
                usb.core.find(find_all=True, idVendor=self.vendor, idProduct=self.product, backend=backend) or ()
            )
        except usb.core.NoBackendError as error:
            raise refused(self.name, _NO_LIBRARY) from error
        except usb.core.USBError as error:
            raise refused(self.name, cause_of(error)) from error
        if not self.serial_number:
            if len(alike) > 1:
                cause = Cause("which one", f"{len(alike)} of the same kind are plugged in", "Unplug the others.")
                raise refused(self.name, cause)
            if alike:
                return alike[0]
        for device in alike:
            if serial_number_of(device) == self.serial_number:
                return device
            _forget(device)
        raise refused(self.name, UNPLUGGED)

    def _claim(self, device: Any) -> _Claimed:
        try:
            configuration = device.get_active_configuration()
        except usb.core.USBError:
            # Only where none is set: setting it again would reset a printer that is at work.
            device.set_configuration()
            configuration = device.get_active_configuration()
        found = next(_printing(configuration), None)
        if found is None:
            _forget(device)
            raise refused(self.name, _NO_PRINTER)
        number = found.bInterfaceNumber
        with contextlib.suppress(NotImplementedError):  # only Linux has such drivers
            if device.is_kernel_driver_active(number):
                device.detach_kernel_driver(number)
        usb.util.claim_interface(device, number)
        if found.bAlternateSetting:
            device.set_interface_altsetting(number, found.bAlternateSetting)
        return _Claimed(device, number, _bulk(found, usb.util.ENDPOINT_OUT), _bulk(found, usb.util.ENDPOINT_IN))

    def _opened(self) -> _Claimed:
        if self._claimed is None:
            raise not_open(self.name)
        return self._claimed

    def _broken(self, error: usb.core.USBError) -> PrinterUncertainError:
        cause = _STOPPED if error.errno == errno.EPIPE else cause_of(error)
        return broken(self.name, cause, self._sent)

    def write_some(self, data: bytes, wait_ms: int) -> int:
        """Hand over what the printer takes within `wait_ms`; give how many bytes. Raises PrinterUncertainError."""
        try:
            taken = int(self._opened().out.write(data[:_MOST_BYTES], timeout=max(wait_ms, 1)))  # 0 would be for ever
        except usb.core.USBTimeoutError:
            return 0
        except usb.core.USBError as error:
            raise self._broken(error) from error
        self._sent += taken
        return taken

    def read_some(self, wait_ms: int) -> bytes:
        """Give what the printer sent within `wait_ms`, or nothing. Raises PrinterUncertainError when it is gone."""
        back = self._opened().back
        if back is None:
            return b""
        until = time.monotonic() + wait_ms / 1000
        while True:
            left_ms = int((until - time.monotonic()) * 1000)
            try:
                received = bytes(back.read(_READ_BYTES, timeout=max(left_ms, 1)))
            except usb.core.USBTimeoutError:
                received = b""
            except usb.core.USBError as error:
                raise self._broken(error) from error
            if received or time.monotonic() >= until:
                return received
            time.sleep(_EMPTY_PACKET_PAUSE_S)  # some printers answer "nothing yet" at once, again and again

    def flush(self, wait_ms: int) -> None:
        """Nothing to wait for: what was taken is in the printer."""

    def close(self) -> None:
        """Let go of it, for other programs too."""
        if self._claimed is None:
            return
        with contextlib.suppress(usb.core.USBError):
            usb.util.release_interface(self._claimed.device, self._claimed.interface)
        _forget(self._claimed.device)
        self._claimed = None

    def abandon(self) -> None:
        """Let go of it: what was taken in is with the device."""
        self.close()


def serial_number_of(device: Any) -> str | None:
    """What a device says its serial number is; None if it has none or this program may not ask."""
    try:
        return str(usb.util.get_string(device, device.iSerialNumber)) if device.iSerialNumber else None
    except (usb.core.USBError, ValueError, NotImplementedError):  # ValueError: pyusb's word for not being allowed
        return None


def _printing(configuration: Any) -> Iterator[Any]:
    """The interfaces that take print data, printers' own kind first, of those the ones with a way back first."""
    able = [one for one in configuration if _bulk(one, usb.util.ENDPOINT_OUT) is not None]
    for kind in (_PRINTER_CLASS, _VENDOR_CLASS):
        ours = [one for one in able if one.bInterfaceClass == kind]
        yield from sorted(ours, key=lambda one: (_bulk(one, usb.util.ENDPOINT_IN) is None, one.bAlternateSetting))


def _bulk(interface: Any, direction: int) -> Any:
    for endpoint in interface:
        is_bulk = usb.util.endpoint_type(endpoint.bmAttributes) == usb.util.ENDPOINT_TYPE_BULK
        if is_bulk and usb.util.endpoint_direction(endpoint.bEndpointAddress) == direction:
            return endpoint
    return None


def _forget(device: Any) -> None:
    with contextlib.suppress(usb.core.USBError):
        usb.util.dispose_resources(device)


def plugged_in(backend: Any = None) -> tuple[str, ...]:
    """The printers at USB now, as terminal.toml names them; none where this machine has no libusb."""
    try:
        devices = list(usb.core.find(find_all=True, backend=backend or libusb_package.get_libusb1_backend()) or ())
        printers = [one for one in devices if any(_is_printer(configuration) for configuration in one)]
    except (usb.core.NoBackendError, usb.core.USBError):
        return ()
    found = [
        " ".join(filter(None, (f"{one.idVendor:04x}:{one.idProduct:04x}", serial_number_of(one)))) for one in printers
    ]
    for device in devices:
        _forget(device)
    return tuple(sorted(found))


def _is_printer(configuration: Any) -> bool:
    return any(interface.bInterfaceClass == _PRINTER_CLASS for interface in configuration)
