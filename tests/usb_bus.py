"""A USB bus made up for tests: pyusb talks to it as to libusb, and every device on it can misbehave."""

from __future__ import annotations

import errno
from dataclasses import dataclass, field
from types import SimpleNamespace

import usb.backend
import usb.core

from countertui.hardware.virtual_paper import PaperEngine

PRINTER, STORAGE, VENDOR = 0x07, 0x08, 0xFF
BULK, INTERRUPT = 2, 3


@dataclass(frozen=True)
class Interface:
    number: int = 0
    alternate: int = 0
    kind: int = PRINTER
    endpoints: tuple[tuple[int, int], ...] = ((0x02, BULK), (0x81, BULK))


@dataclass
class UsbDevice:
    """A device: what arrived, what it will answer, and what goes wrong. An error is an errno, raised at each call.

    `inside` is the virtual printer that works off what arrived, and answers.
    """

    vendor: int = 0x04B8
    product: int = 0x0E15
    serial: str = ""
    interfaces: tuple[Interface, ...] = (Interface(),)
    kernel_driver: bool = False
    configured: bool = True
    room: int = 1 << 20
    packet: int = 1 << 20
    errors: dict[str, int] = field(default_factory=dict)
    received: bytearray = field(default_factory=bytearray)
    answers: list[bytes] = field(default_factory=list)
    inside: PaperEngine | None = None
    calls: list[str] = field(default_factory=list)
    timeouts: list[int] = field(default_factory=list)

    def did(self, call: str) -> None:
        self.calls.append(call)
        if call in self.errors:
            raise usb.core.USBError(call, None, self.errors[call])


def timed_out() -> usb.core.USBTimeoutError:
    return usb.core.USBTimeoutError("timed out", None, errno.ETIMEDOUT)


class UsbBus(usb.backend.IBackend):
    """The bus; plug devices in and out of `devices`."""

    def __init__(self, *devices: UsbDevice) -> None:
        self.devices = list(devices)

    def enumerate_devices(self):
        return iter(self.devices)

    def get_device_descriptor(self, dev):
        return SimpleNamespace(
            bLength=18,
            bDescriptorType=1,
            bcdUSB=0x200,
            bDeviceClass=0,
            bDeviceSubClass=0,
            bDeviceProtocol=0,
            bMaxPacketSize0=64,
            idVendor=dev.vendor,
            idProduct=dev.product,
            bcdDevice=1,
            iManufacturer=0,
            iProduct=0,
            iSerialNumber=3 if dev.serial else 0,
            bNumConfigurations=1,
            address=1 + self.devices.index(dev),
            bus=1,
            port_number=1,
            port_numbers=(1,),
            speed=3,
        )

    def get_configuration_descriptor(self, dev, config):
        if config:
            raise IndexError(config)
        return SimpleNamespace(
            bLength=9,
            bDescriptorType=2,
            wTotalLength=32,
            bNumInterfaces=len({one.number for one in dev.interfaces}),
            bConfigurationValue=1,
            iConfiguration=0,
            bmAttributes=0xC0,
            bMaxPower=1,
            extra_descriptors=[],
        )

    def get_interface_descriptor(self, dev, intf, alt, config):
        numbers = sorted({one.number for one in dev.interfaces})
        if intf >= len(numbers):
            raise IndexError(intf)
        found = [one for one in dev.interfaces if one.number == numbers[intf]][alt]
        return SimpleNamespace(
            bLength=9,
            bDescriptorType=4,
            bInterfaceNumber=found.number,
            bAlternateSetting=found.alternate,
            bNumEndpoints=len(found.endpoints),
            bInterfaceClass=found.kind,
            bInterfaceSubClass=1,
            bInterfaceProtocol=2,
            iInterface=0,
            extra_descriptors=[],
            found=found,
        )

    def get_endpoint_descriptor(self, dev, ep, intf, alt, config):
        address, kind = self.get_interface_descriptor(dev, intf, alt, config).found.endpoints[ep]
        return SimpleNamespace(
            bLength=7,
            bDescriptorType=5,
            bEndpointAddress=address,
            bmAttributes=kind,
            wMaxPacketSize=64,
            bInterval=0,
            bRefresh=0,
            bSynchAddress=0,
            extra_descriptors=[],
        )

    def open_device(self, dev):
        dev.did("open")
        return dev

    def close_device(self, dev_handle):
        dev_handle.calls.append("close")

    def get_configuration(self, dev_handle):
        if not dev_handle.configured:
            raise usb.core.USBError("not configured", None, errno.EINVAL)
        return 1

    def set_configuration(self, dev_handle, config_value):
        dev_handle.did("configure")
        dev_handle.configured = True

    def set_interface_altsetting(self, dev_handle, intf, altsetting):
        dev_handle.did(f"alternate {altsetting}")

    def claim_interface(self, dev_handle, intf):
        dev_handle.did(f"claim {intf}")
        if dev_handle.kernel_driver:
            raise usb.core.USBError("held", None, errno.EBUSY)

    def release_interface(self, dev_handle, intf):
        dev_handle.did(f"release {intf}")

    def is_kernel_driver_active(self, dev_handle, intf):
        return dev_handle.kernel_driver

    def detach_kernel_driver(self, dev_handle, intf):
        dev_handle.did("detach")
        dev_handle.kernel_driver = False

    def ctrl_transfer(self, dev_handle, bmRequestType, bRequest, wValue, wIndex, data, timeout):  # noqa: N803
        dev_handle.did("string")
        text = dev_handle.serial.encode("utf-16-le") if wValue & 0xFF else b"\x09\x04"
        said = bytes((len(text) + 2, 3)) + text
        data[: len(said)] = type(data)("B", said)[: len(data)]
        return len(said)

    def bulk_write(self, dev_handle, ep, intf, data, timeout):
        dev_handle.timeouts.append(timeout)
        dev_handle.did(f"write {ep:02x}")
        if dev_handle not in self.devices:
            raise usb.core.USBError("gone", None, errno.ENODEV)
        taken = min(len(data), dev_handle.room, dev_handle.packet)
        if not taken:
            raise timed_out()
        dev_handle.received += bytes(data)[:taken]
        dev_handle.room -= taken
        if dev_handle.inside:
            dev_handle.inside.receive(bytes(data)[:taken])
            while dev_handle.inside.work():
                pass
            dev_handle.answers.append(bytes(dev_handle.inside.replies))
            dev_handle.inside.replies.clear()
        return taken

    def bulk_read(self, dev_handle, ep, intf, buff, timeout):
        dev_handle.timeouts.append(timeout)
        dev_handle.did(f"read {ep:02x}")
        if dev_handle not in self.devices:
            raise usb.core.USBError("gone", None, errno.ENODEV)
        if not dev_handle.answers:
            raise timed_out()
        answer = dev_handle.answers.pop(0)
        buff[: len(answer)] = type(buff)("B", answer)
        return len(answer)
