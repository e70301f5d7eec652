"""docs/devices.md lists every key, profile and status word, and nothing that isn't there."""

import re
import tomllib
from pathlib import Path
from typing import get_args

from countertui.config.devices import DIALECTS, CheckReaderTable, PoleDisplayTable, PrinterTable, ScannerTable
from countertui.config.printer_profiles import PROFILES
from countertui.config.terminal import ScreenTable, read_terminal
from countertui.domain.check_line import ALPHABETS
from countertui.hardware.pole import Dialect
from countertui.hardware.status_words import WORDS

PAGE = (Path(__file__).parents[2] / "docs" / "devices.md").read_text(encoding="utf-8")
SCREEN, PRINTER, OTHERS = re.findall(r"```\n(\[.*?)```", PAGE, re.DOTALL)
"""What may stand in terminal.toml; the other blocks are commands."""


def test_every_key_of_the_screen_is_there() -> None:
    assert set(tomllib.loads(SCREEN)["screen"]) == set(ScreenTable.__struct_fields__)


def test_every_key_of_a_printer_is_there() -> None:
    told = set(re.findall(r"^(?:# )?([a-z_]+) = ", PRINTER, re.MULTILINE))
    more = set(re.findall(r"then bits, parity, stop", PRINTER) and ("bits", "parity", "stop"))
    assert told | more == set(PrinterTable.__struct_fields__)


def test_the_examples_can_be_used(tmp_path: Path) -> None:
    path = tmp_path / "terminal.toml"
    path.write_text("\n".join((SCREEN, PRINTER, OTHERS)), encoding="utf-8")
    settings = read_terminal(path)
    assert settings.printers[0].title == "TM-T88V at front counter"
    assert len(settings.scanners) == 1
    assert settings.screen == ScreenTable(theme="high-contrast", plain=True)
    other = re.sub(r"^(host|port) = .*$", "", PRINTER, flags=re.MULTILINE)
    ways = re.findall(r"^# (serial|usb|queue|file) = ", PRINTER, re.MULTILINE)
    assert len(ways) == 4
    for way in ways:
        path.write_text(re.sub(rf"^# {way} = ", f"{way} = ", other, flags=re.MULTILINE), encoding="utf-8")
        assert read_terminal(path).printers[0].way == way


def test_every_key_of_the_others_is_there() -> None:
    serial = {"baud", "bits", "parity", "stop", "flow"}
    tables = tomllib.loads(OTHERS)
    assert set(tables["scanner"][0]) | serial == set(ScannerTable.__struct_fields__)
    assert set(tables["check_reader"]) | serial == set(CheckReaderTable.__struct_fields__)
    assert set(tables["pole_display"]) | serial == set(PoleDisplayTable.__struct_fields__)
    assert all(f'"{dialect}"' in OTHERS for dialect in DIALECTS)
    assert get_args(Dialect) == DIALECTS


def test_every_alphabet_is_there_with_its_letters() -> None:
    paragraph = re.search(r"^Alphabets: (.*?)\. Read", PAGE, re.DOTALL | re.MULTILINE)
    assert paragraph is not None
    told = dict(re.findall(r"`([a-z0-9-]+)` \((. . . .)\)", paragraph[1]))
    assert told == {name: f"{a.transit} {a.on_us} {a.amount} {a.dash}" for name, a in ALPHABETS.items()}


def test_every_profile_and_every_word_is_there() -> None:
    paragraph = re.search(r"The profiles are python-escpos': (.*?)\. For", PAGE, re.DOTALL)
    assert paragraph is not None
    assert {name.strip() for name in paragraph[1].replace("\n", " ").split(",")} == set(PROFILES)
    section = PAGE.partition("## What the status word means")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ([A-Za-z ]+?) \|", section, re.MULTILINE)
    assert rows[0] == "word"
    assert set(rows[1:]) == set(WORDS)
