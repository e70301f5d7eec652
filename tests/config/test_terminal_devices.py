"""The devices of terminal.toml: what is taken, what is refused, and in which words."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import fields

from countertui.config import serial_ports
from countertui.config.devices import CheckReaderTable, PoleDisplayTable, PrinterTable, ScannerTable
from countertui.config.printer_profiles import PROFILES, may_know_process_ids, usual_page
from countertui.config.table_keys import allowed
from countertui.config.terminal import TerminalSettingsError, read_terminal
from countertui.domain.appearance import THEMES

FRONT = '[[printer]]\nname = "front"\nhost = "192.0.2.7"\n'
SERIAL = '[[printer]]\nname = "back"\nserial = "/dev/ttyUSB0"\n'
DISPLAYS = {"AF-240", "OCD-100", "OCD-300"}


@pytest.fixture
def read(tmp_path: Path) -> Iterator[object]:
    def read_text(text: str) -> object:
        path = tmp_path / "terminal.toml"
        path.write_text(text, encoding="utf-8")
        return read_terminal(path)

    return read_text


def test_without_a_file_there_is_nothing(tmp_path: Path) -> None:
    settings = read_terminal(tmp_path / "terminal.toml")
    assert (settings.printers, settings.scanners, settings.check_reader, settings.pole_display) == ((), (), None, None)


def test_each_way_to_a_printer_is_taken(read) -> None:
    settings = read(
        '[[printer]]\nname = "front counter"\nmodel = "TM-T88V"\nprofile = "TM-T88V"\n'
        'host = "2001:db8::7"\nport = 9101\n'
        '[[printer]]\nname = "caja señor López"\nserial = "/dev/serial/by-id/usb-FTDI_X-if00"\nbaud = 38400\n'
        'flow = "rts/cts"\ndrawer_pin = 5\ndrawer_open = "low"\nslip = true\nmicr = "epson"\nmicr_alphabet = "upos"\n'
        '[[printer]]\nname = "c"\nusb = "04b8:0e15 X2AB"\nprocess_ids = false\npoll_s = 0\n'
        '[[printer]]\nname = "d"\nqueue = "receipts-2"\ncolumns = 32\nprofile = "POS-5890"\n'
        '[[printer]]\nname = "e"\nfile = "/dev/usb/lp0"\nprofile = "TM-T88II"\n'
    )
    assert [printer.way for printer in settings.printers] == ["host", "serial", "usb", "queue", "file"]
    front, second, third, _, last = settings.printers
    assert (front.reads_checks_in, second.reads_checks_in) == (None, "upos")
    assert (front.title, front.page, front.asks_process_ids) == ("TM-T88V at front counter", "CP858", True)
    assert (third.title, third.asks_process_ids) == ("c", False)
    assert (last.page, last.asks_process_ids) == ("CP437" if "CP1252" not in PROFILES["TM-T88II"] else "CP1252", False)


def test_the_other_devices_are_taken(read) -> None:
    settings = read(
        '[[scanner]]\nserial = "/dev/ttyACM0"\n[check_reader]\nserial = "/dev/ttyS0"\nalphabet = "magtek-0001"\n'
        '[pole_display]\nserial = "/dev/ttyS1"\ndialect = "cd5220"\nbaud = 19200\n'
    )
    assert settings.scanners[0].serial == "/dev/ttyACM0"
    assert settings.check_reader.alphabet == "magtek-0001"
    assert (settings.pole_display.dialect, settings.pole_display.baud) == ("cd5220", 19200)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            FRONT + 'usb = "04b8:0e15"\n',
            ("[[printer]]", "host and usb", "one of host, serial, usb, queue, file"),
        ),
        ('[[printer]]\nname = "front"\n', ("no way to it", "exactly one of")),
        (FRONT + "baud = 9600\n", ("key baud", "belongs to serial")),
        (SERIAL + "port = 9100\n", ("key port", "belongs to host")),
        (FRONT + 'profile = "TM-T88X"\n', ("no printer profile TM-T88X", "Did you mean TM-T88", "TM-U220", "default")),
        (FRONT + 'code_page = "CP9999"\n', ("no code page of default, CP9999", "CP858")),
        (FRONT + 'profile = "simple"\ncode_page = "CP858"\n', ("no code page of simple, CP858", "CP437")),
        ('[[printer]]\nname = "a"\nserial = "COM3"\n', ("key serial", "serial port")),
        ('[[printer]]\nname = "a"\nserial = "/dev/ttyUBS0"\n', ("/dev/ttyUBS0 can't be a serial port", "this machine")),
        ('[[printer]]\nname = "a"\nusb = "4b8:e15"\n', ("key usb", "04b8:0e15")),
        ('[[printer]]\nname = "a"\nfile = "/dev/ttyUSB0"\n', ("key file", "with serial")),
        ('[[printer]]\nname = "a"\nqueue = "-rf"\n', ("key queue", "print server")),
        ('[[printer]]\nname = "a\\u001b[31m"\nfile = "/dev/usb/lp0"\n', ("key name", "what people call it")),
        (FRONT + 'micr = "epson"\n', ("key micr_alphabet", "is missing", "upos")),
        (FRONT + 'micr = "axiohm"\nmicr_alphabet = "upso"\n', ("no alphabet upso", "Did you mean upos?")),
        (FRONT + 'micr_alphabet = "upos"\n', ("key micr_alphabet", "belongs to micr")),
        (FRONT + "poll_s = -1\n", ("key poll_s", "0 for never")),
        (FRONT + 'drawer_open = "up"\n', ("key drawer_open", '"high" or "low"')),
        (FRONT * 2, ("two printers are called front",)),
        (SERIAL + '[pole_display]\nserial = "/dev/ttyUSB0"\ndialect = "epson"\n', ("two devices are at /dev/ttyUSB0",)),
        (
            '[pole_display]\nserial = "/dev/ttyS0"\ndialect = "eposn"\n',
            ("Did you mean epson?", "cd5220", "logic-controls"),
        ),
        ('[check_reader]\nserial = "/dev/ttyS0"\nalphabet = "toad"\n', ("no alphabet toad", "magtek-0002")),
        ('[[check_reader]]\nserial = "/dev/ttyS0"\n', ("check_reader is a table",)),
        ("printer = 7\n", ("several of printer",)),
        ("printer = [7]\n", ("several of printer",)),
        ("".join(f'[[scanner]]\nserial = "/dev/ttyUSB{n}"\n' for n in range(9)), ("9 tables [[scanner]]", "up to 8")),
        (FRONT + '[[printer]]\nname = "b"\nhost = 7\n', ("table [[printer]] 2, key host",)),
    ],
)
def test_a_mistake_is_told_with_what_is_allowed(read, text: str, words: tuple[str, ...]) -> None:
    with pytest.raises(TerminalSettingsError) as refused:
        read(text)
    for word in words:
        assert word in refused.value.happened


def test_the_ports_there_are_stand_in_the_refusal(read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("countertui.config.devices.serial_ports", lambda: ("/dev/serial/by-id/usb-FTDI",))
    with pytest.raises(TerminalSettingsError, match="Known on this machine: /dev/serial/by-id/usb-FTDI"):
        read('[[printer]]\nname = "a"\nserial = "/dev/prnter"\n')


def test_a_port_of_its_own_name_is_taken_while_it_is_there() -> None:
    master, slave = os.openpty()
    try:
        assert serial_ports.may_be_a_port(os.ttyname(slave))
    finally:
        os.close(master)
        os.close(slave)
    assert not serial_ports.may_be_a_port("/etc/passwd")
    assert serial_ports.may_be_a_port("/dev/tty"), "a character device, whatever it is called"


def test_ports_are_listed_by_the_name_that_lasts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    by_id = tmp_path / "serial" / "by-id"
    by_id.mkdir(parents=True)
    for port in ("ttyUSB0", "ttyUSB1", "ttyS0"):
        (tmp_path / port).touch()
    (by_id / "usb-FTDI").symlink_to("../../ttyUSB1")
    monkeypatch.setattr(serial_ports, "BY_ID", by_id)
    monkeypatch.setattr(serial_ports, "_DEV", tmp_path)
    assert serial_ports.serial_ports() == (str(by_id / "usb-FTDI"), str(tmp_path / "ttyUSB0"), str(tmp_path / "ttyS0"))


def test_our_profiles_are_the_encoders(tmp_path: Path) -> None:
    from countertui.hardware.escpos_render import load_encoder

    load_encoder(tmp_path / "encoder")
    from escpos.capabilities import CAPABILITIES

    theirs = {
        name: frozenset(profile["codePages"].values())
        for name, profile in CAPABILITIES["profiles"].items()
        if name not in DISPLAYS
    }
    assert theirs == PROFILES


def test_every_profile_has_a_page_to_begin_with() -> None:
    assert all(usual_page(profile) in pages for profile, pages in PROFILES.items())
    assert not may_know_process_ids("TM-T88III")
    assert may_know_process_ids("default")


def test_the_settings_reach_the_printer(read) -> None:
    printer = read(FRONT + 'code_page = "CP437"\ncolumns = 48\ndrawer_pin = 5\n').printers[0]
    assert isinstance(printer, PrinterTable)
    assert (printer.host, printer.port, printer.page, printer.columns, printer.drawer_pin) == (
        "192.0.2.7",
        9100,
        "CP437",
        48,
        5,
    )


@pytest.mark.parametrize("table", [PrinterTable, ScannerTable, CheckReaderTable, PoleDisplayTable])
def test_every_key_says_what_is_allowed(table) -> None:
    assert all(allowed(key) for key in fields(table))


def test_how_the_screen_looks_is_said_or_as_ever(read) -> None:
    assert read("").screen is None
    screen = read('[screen]\ntheme = "high-contrast"\nplain = true\n').screen
    assert (screen.theme, screen.plain) == ("high-contrast", True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[screen]\ntheme = "pink"\n', 'key theme: holds what is not allowed. Allowed: "default", "high-contrast" or'),
        ('[screen]\nplain = "yes"\n', "key plain: holds what is not allowed. Allowed: true or false"),
        ("[screen]\nloud = true\n", "there is no key loud"),
    ],
)
def test_a_look_that_there_is_not_is_refused(read, text: str, said: str) -> None:
    with pytest.raises(TerminalSettingsError, match=re.escape(said)):
        read(text)


@pytest.mark.parametrize("theme", THEMES)
def test_every_theme_may_be_a_terminals(read, theme: str) -> None:
    assert read(f'[screen]\ntheme = "{theme}"\n').screen.theme == theme
