"""Trying every device: what is heard of each, what the page says, and what a person does about what is wrong."""

import os
import socket
import threading
import time
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from countertui.config.terminal import TerminalSettings, read_terminal
from countertui.hardware import checkup
from countertui.hardware.checkup import Finding, examine, sample_page, way_of
from countertui.hardware.links.serial_port import SerialLink
from countertui.hardware.print_child import PrintChild
from countertui.hardware.virtual_pole import VirtualPole
from countertui.hardware.virtual_printer import VirtualPrinter
from countertui.hardware.virtual_serial import VirtualSerial


def mono_ms() -> int:
    return time.monotonic_ns() // 1_000_000


@pytest.fixture(scope="module")
def child(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrintChild]:
    made = PrintChild(tmp_path_factory.mktemp("encoder") / "private")
    yield made
    made.close()


@pytest.fixture
def front() -> Iterator[VirtualPrinter]:
    with VirtualPrinter() as made:
        yield made


def settings(folder: Path, text: str) -> TerminalSettings:
    path = folder / "terminal.toml"
    path.write_text(text, encoding="utf-8")
    return read_terminal(path)


def of_front(printer: VirtualPrinter, more: str = "") -> str:
    names = '[[printer]]\nname = "front counter"\nmodel = "TM-T88V"\n'
    return f'{names}host = "{printer.host}"\nport = {printer.port}\n{more}'


def only(found: Iterator[Finding]) -> Finding:
    (finding,) = found
    return finding


def test_a_healthy_printer_is_named_heard_and_printed_on(tmp_path: Path, child: PrintChild, front) -> None:
    finding = only(examine(settings(tmp_path, of_front(front, "columns = 48\n")), mono_ms, child))
    assert (finding.is_well, finding.word, finding.press) == (True, "ok", "")
    assert finding.name == "TM-T88V at front counter"
    assert f"127.0.0.1:{front.port}, paper ok, cover closed" in finding.says
    assert "the printer says so" in finding.says
    assert "123456789012345678901234567890123456789012345678" in front.lines
    assert front.paper.kicks == [], "no test opens a drawer"
    assert len(front.receipts) == 1


def test_without_a_print_child_nothing_is_printed(tmp_path: Path, front) -> None:
    assert only(examine(settings(tmp_path, of_front(front)), mono_ms, None)).is_well
    assert front.lines == []


@pytest.mark.parametrize(
    ("fault", "word", "press"),
    [("cover_open", "cover open", "Close its cover"), ("paper_out", "paper out", "Load paper")],
)
def test_a_trouble_is_told_with_what_to_do(
    tmp_path: Path, child: PrintChild, front, fault: str, word: str, press
) -> None:
    with front.faults() as faults:
        setattr(faults, fault, True)
    finding = only(examine(settings(tmp_path, of_front(front)), mono_ms, child))
    assert (finding.is_well, finding.word) == (False, word)
    assert finding.press.startswith(press)
    assert front.lines == []


def test_low_paper_is_no_fault_but_told(tmp_path: Path, front) -> None:
    with front.faults() as faults:
        faults.lines_left = 10
    finding = only(examine(settings(tmp_path, of_front(front)), mono_ms, None))
    assert (finding.is_well, finding.word, finding.press) == (True, "paper low", "Have a new roll at hand.")


def test_a_printer_without_process_ids_or_answers_is_told_for_what_it_is(tmp_path: Path, child, front) -> None:
    with front.faults() as faults:
        faults.without_process_ids = True
    told = only(examine(settings(tmp_path, of_front(front, "process_ids = false\n")), mono_ms, child))
    assert (told.is_well, "it can't say" in told.says) == (True, True)
    paper = tmp_path / "lp0"
    told = only(examine(settings(tmp_path, f'[[printer]]\nname = "old"\nfile = "{paper}"\n'), mono_ms, child))
    assert (told.is_well, told.word) == (True, "no status")
    assert "never answers" in told.says
    assert "look whether it came out" in told.says
    assert b"TEST PAGE" in paper.read_bytes()


def test_absent_busy_and_mute_are_told_apart(tmp_path: Path, front, child, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkup, "_BUSY_TRIES", 1)
    front.power_off()
    finding = only(examine(settings(tmp_path, of_front(front)), mono_ms, None))
    assert (finding.word, finding.says) == (
        "off",
        f"127.0.0.1:{front.port}, switched off, in use by another terminal, or not a printer",
    )
    assert finding.press.startswith("Switch it on")
    front.power_on()
    with front.faults() as faults:
        faults.mute = True
    finding = only(examine(settings(tmp_path, of_front(front)), mono_ms, None))
    assert (finding.is_well, finding.word) == (False, "unknown")
    assert "nothing heard" in finding.says
    finding = only(examine(settings(tmp_path, of_front(front)), mono_ms, child))
    assert (finding.is_well, "look whether it came out" in finding.says) == (False, True)
    assert front.wait_for(lambda paper: paper.cuts == 1)


def test_a_busy_printer_is_tried_again(tmp_path: Path, front, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = []

    def look(link, watch) -> None:
        looks.append(link)
        watch.missed("busy")

    monkeypatch.setattr(checkup, "look", look)
    monkeypatch.setattr(checkup.time, "sleep", lambda s: None)
    finding = only(examine(settings(tmp_path, of_front(front)), mono_ms, None))
    assert (finding.is_well, finding.word, len(looks)) == (False, "busy", 3)


def test_devices_at_serial_ports_are_tried_by_their_port(tmp_path: Path) -> None:
    master, slave = os.openpty()
    tty.setraw(slave)
    found = list(
        examine(
            settings(
                tmp_path,
                f'[[scanner]]\nname = "hand scanner"\nserial = "{os.ttyname(slave)}"\n[check_reader]\n'
                'serial = "/dev/ttyUSB97"\n[pole_display]\nserial = "/dev/ttyUSB98"\ndialect = "epson"\n',
            ),
            mono_ms,
            None,
        )
    )
    os.close(master)
    os.close(slave)
    assert [(one.what, one.name, one.word) for one in found] == [
        ("scanner", "hand scanner", "ok"),
        ("check reader", "check reader", "unplugged"),
        ("pole display", "pole display", "unplugged"),
    ]


def test_a_port_that_the_open_counter_has_is_no_fault(tmp_path: Path) -> None:
    with VirtualSerial(VirtualPole("epson")) as display:
        text = f'[pole_display]\nserial = "{display.path}"\ndialect = "epson"\n'
        counters = SerialLink(display.path)
        counters.open()
        found = [
            only(examine(settings(tmp_path, text), mono_ms, None, beside_counter=open_)) for open_ in (True, False)
        ]
        counters.close()
    assert [(one.is_well, one.word) for one in found] == [(True, "in use"), (False, "busy")]


def test_a_port_called_by_its_place_is_told_its_lasting_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkup, "lasting_name", lambda port: Path("/dev/serial/by-id/usb-FTDI"))
    master, slave = os.openpty()
    text = f'[[scanner]]\nserial = "{os.ttyname(slave)}"\n'
    finding = only(examine(settings(tmp_path, text), mono_ms, None))
    os.close(master)
    os.close(slave)
    assert "wherever it is plugged in, it is /dev/serial/by-id/usb-FTDI" in finding.says


def test_a_display_is_shown_something_where_pages_are_printed(tmp_path: Path, child: PrintChild) -> None:
    with VirtualSerial(VirtualPole("cd5220")) as display:
        text = f'[pole_display]\nserial = "{display.path}"\ndialect = "cd5220"\n'
        assert only(examine(settings(tmp_path, text), mono_ms, None)).is_well
        assert display.wait_for(lambda inside: inside.heard == b"")
        finding = only(examine(settings(tmp_path, text), mono_ms, child))
        assert (finding.is_well, "it should show COUNTERTUI TEST / 1234567890" in finding.says) == (True, True)
        assert display.wait_for(lambda inside: inside.lines == ("COUNTERTUI TEST     ", "12345678901234567890"))


def test_the_page_fits_every_paper_and_any_name(tmp_path: Path) -> None:
    for columns in (24, 32, 42, 48, 80):
        table = settings(
            tmp_path, f'[[printer]]\nname = "Jose\u0301 (2)"\nhost = "fe80::1%eth0"\ncolumns = {columns}\n'
        ).printers[0]
        assert sample_page(table).kind == "test"
        assert way_of(table) == "[fe80::1%eth0]:9100"


def test_an_uncertain_page_is_not_well(tmp_path: Path, child: PrintChild) -> None:
    """A stranger that answers the questions and then hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def stranger() -> None:
            for _ in range(2):
                guest, _ = server.accept()
                with guest:
                    for _ in range(3):
                        if guest.recv(3):
                            guest.sendall(b"\x12")

        host = threading.Thread(target=stranger)
        host.start()
        text = f'[[printer]]\nname = "x"\nhost = "127.0.0.1"\nport = {server.getsockname()[1]}\n'
        finding = only(examine(settings(tmp_path, text), mono_ms, child))
        host.join()
    assert not finding.is_well
    assert "test page" in finding.says
