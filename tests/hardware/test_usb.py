"""A printer at USB: found anew each time, never waited for without end, what it took counted."""

import errno
import time

import pytest
import usb.core

from countertui.hardware.links.link import Deadlines, PrinterBusyError, PrinterRefusedError, PrinterUncertainError
from countertui.hardware.links.usb_bulk import UsbLink
from countertui.hardware.spooler import Patience, print_job
from countertui.hardware.virtual_paper import PaperEngine
from usb_bus import BULK, INTERRUPT, PRINTER, STORAGE, VENDOR, Interface, UsbBus, UsbDevice

QUICK = Deadlines(read_ms=50)
ONE_WAY = Interface(endpoints=((0x02, BULK),))


def mono_ms() -> int:
    return time.monotonic_ns() // 1_000_000


def link_at(bus: UsbBus, **more: str) -> UsbLink:
    return UsbLink(0x04B8, 0x0E15, deadlines=QUICK, label="TM-T88V at front counter", backend=bus, **more)


def opened(bus: UsbBus, **more: str) -> UsbLink:
    link = link_at(bus, **more)
    link.open()
    return link


def refusal(bus: UsbBus, **more: str) -> PrinterRefusedError:
    with pytest.raises(PrinterRefusedError) as refused:
        link_at(bus, **more).open()
    return refused.value


def test_bytes_go_out_and_answers_come_back_without_a_reset() -> None:
    printer = UsbDevice(answers=[b"\x12"])
    link = opened(UsbBus(printer))
    assert link.answers
    assert link.write_some(b"hello", 100) == 5
    assert link.read_some(50) == b"\x12"
    link.close()
    assert bytes(printer.received) == b"hello"
    assert printer.calls == ["open", "claim 0", "write 02", "read 81", "release 0", "close"]


def test_a_short_write_is_told_and_no_wait_is_without_end() -> None:
    printer = UsbDevice(room=10, packet=8)
    link = opened(UsbBus(printer))
    assert [link.write_some(b"twelve bytes", 0) for _ in range(3)] == [8, 2, 0]
    assert link.read_some(0) == b""
    assert min(printer.timeouts) >= 1, "0 would be for ever"


def test_several_empty_packets_come_before_an_answer() -> None:
    link = opened(UsbBus(UsbDevice(answers=[b"", b"", b"\x16"])))
    assert link.read_some(500) == b"\x16"


def test_a_printer_the_systems_driver_holds_is_taken_from_it() -> None:
    printer = UsbDevice(kernel_driver=True)
    opened(UsbBus(printer)).close()
    assert printer.calls.index("detach") < printer.calls.index("claim 0")


@pytest.mark.parametrize(
    ("errors", "word", "why"),
    [
        ({"detach": errno.EACCES}, "not allowed", "may not use it"),
        ({"open": errno.EACCES}, "not allowed", "may not use it"),
        ({"claim 0": errno.EBUSY}, "busy", "another terminal or program"),
        ({"claim 0": errno.ENODEV}, "unplugged", "not plugged in"),
    ],
)
def test_what_keeps_it_from_opening_is_told_apart(errors: dict[str, int], word: str, why: str) -> None:
    fault = refusal(UsbBus(UsbDevice(kernel_driver=True, errors=errors)))
    assert fault.word == word
    assert fault.happened.startswith("TM-T88V at front counter: ")
    assert why in fault.happened
    assert isinstance(fault, PrinterBusyError) == (word == "busy")


def test_an_absent_one_is_unplugged_and_found_again_wherever_it_comes_back() -> None:
    printer = UsbDevice()
    bus = UsbBus(printer)
    link = opened(bus)
    bus.devices.clear()
    with pytest.raises(PrinterUncertainError) as broke:
        link.write_some(b"x", 10)
    assert broke.value.word == "unplugged"
    with pytest.raises(PrinterUncertainError):
        link.read_some(10)
    with pytest.raises(PrinterRefusedError) as refused:
        link.open()
    assert refused.value.word == "unplugged"
    bus.devices += [UsbDevice(product=1), UsbDevice()]
    link.open()
    assert link.write_some(b"again", 10) == 5
    link.close()


def test_of_several_alike_the_serial_number_decides() -> None:
    first, second = UsbDevice(serial="A1"), UsbDevice(serial="B2")
    bus = UsbBus(first, second)
    assert "2 of the same kind" in refusal(bus).happened
    link = opened(bus, serial_number="B2")
    link.write_some(b"x", 10)
    assert (bytes(first.received), bytes(second.received)) == (b"", b"x")
    assert refusal(bus, serial_number="C3").word == "unplugged"
    second.errors["string"] = errno.EACCES
    assert refusal(bus, serial_number="B2").word == "unplugged"


def test_the_printing_interface_is_chosen_not_the_first() -> None:
    two = UsbDevice(
        interfaces=(
            Interface(0, kind=STORAGE),
            Interface(1, kind=PRINTER, endpoints=((0x03, BULK),)),
            Interface(1, alternate=1, kind=PRINTER, endpoints=((0x84, INTERRUPT), (0x03, BULK), (0x85, BULK))),
        )
    )
    link = opened(UsbBus(two))
    link.write_some(b"x", 10)
    link.read_some(1)
    assert [call for call in two.calls if " " in call][:4] == ["claim 1", "alternate 1", "write 03", "read 85"]


def test_a_vendors_own_kind_prints_and_a_memory_stick_does_not() -> None:
    assert opened(UsbBus(UsbDevice(interfaces=(Interface(kind=VENDOR),)))).answers
    assert refusal(UsbBus(UsbDevice(interfaces=(Interface(kind=STORAGE),)))).word == "no printer"


def test_a_printer_without_a_way_back_is_only_sent_to() -> None:
    printer = UsbDevice(interfaces=(ONE_WAY,), configured=False)
    link = link_at(UsbBus(printer))
    outcome = print_job(b"\x1b@text\n", link, process_id=b"0001", mono_ms=mono_ms)
    assert (outcome.state, link.answers, bytes(printer.received)) == ("sent", False, b"\x1b@text\n")
    assert "configure" in printer.calls


@pytest.mark.parametrize(
    ("error", "word"), [(errno.EPIPE, "it stopped"), (errno.EIO, "not plugged in"), (errno.ENODEV, "not plugged in")]
)
def test_a_job_that_breaks_off_is_uncertain(error: int, word: str) -> None:
    printer = UsbDevice(inside=PaperEngine())
    bus = UsbBus(printer)

    class Breaks(UsbBus):
        def bulk_write(self, dev_handle, ep, intf, data, timeout):
            if len(dev_handle.received) > 400:
                raise usb.core.USBError("broke", None, error)
            return super().bulk_write(dev_handle, ep, intf, bytes(data)[:200], timeout)

    outcome = print_job(b"\x1b@" + b"line\n" * 200, link_at(Breaks(*bus.devices)), process_id=b"0001", mono_ms=mono_ms)
    assert outcome.state == "uncertain"
    assert word in outcome.reason
    assert outcome.bytes_sent == len(printer.received) - 9 - 27, "all but three questions and what brings it in step"


def test_a_stalled_printer_is_given_up_and_never_waited_for_without_end() -> None:
    printer = UsbDevice(room=300, inside=PaperEngine())
    outcome = print_job(
        b"\x1b@" + b"line\n" * 200,
        link_at(UsbBus(printer)),
        process_id=b"0001",
        mono_ms=mono_ms,
        patience=Patience(stall_ms=100, attention_ms=100, confirm_ms=100),
    )
    assert (outcome.state, outcome.reason) == ("uncertain", "takes no more data")
    assert 0 not in printer.timeouts


def test_without_libusb_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(**_: object) -> object:
        raise usb.core.NoBackendError("none")

    monkeypatch.setattr(usb.core, "find", none)
    assert refusal(UsbBus()).word == "no USB"
