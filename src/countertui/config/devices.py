"""The tables of terminal.toml that name devices, and the one way to each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, ClassVar, Literal, get_args

from msgspec import Meta

from countertui.config.printer_profiles import PROFILES, may_know_process_ids, usual_page
from countertui.config.problems import unknown
from countertui.config.serial_ports import is_called_a_port, may_be_a_port, serial_ports
from countertui.domain.check_line import ALPHABETS
from countertui.forms import Form

WAYS = ("host", "serial", "usb", "queue", "file")
"""The keys that each name a way to a printer; a table has exactly one of them."""
Dialect = Literal["epson", "logic-controls", "cd5220"]
DIALECTS: tuple[Dialect, ...] = get_args(Dialect)
"""What pole displays obey."""
_OF_WAY = {"port": "host", "baud": "serial", "bits": "serial", "parity": "serial", "stop": "serial", "flow": "serial"}

_Name = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=32,
        pattern=r"^[^\W_](?:[\w\u0300-\u036f .,&'/()-]*[\w\u0300-\u036f.)])?\Z",
        description='what people call it, like "front counter"; up to 32 letters',
    ),
]
_Host = Annotated[str, Meta(min_length=1, max_length=253, pattern=r"^[A-Za-z0-9:][A-Za-z0-9.:%-]*\Z")]
_Usb = Annotated[str, Meta(pattern=r"^[0-9A-Fa-f]{4}:[0-9A-Fa-f]{4}( [!-~]{1,64})?\Z")]
_Queue = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,126}\Z")]
_Path = Annotated[str, Meta(min_length=2, max_length=200, pattern=r"^/[^\x00-\x1f\x7f]+\Z")]


class SerialTable(Form, frozen=True, kw_only=True):
    """A serial line's settings; `serial` names the port, by /dev/serial/by-id where it is a USB adapter."""

    baud: Annotated[
        Literal[1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200],
        Meta(description="1200, 2400, 4800, 9600, 19200, 38400, 57600 or 115200"),
    ] = 9600
    bits: Annotated[Literal[7, 8], Meta(description="7 or 8")] = 8
    parity: Annotated[Literal["none", "even", "odd"], Meta(description='"none", "even" or "odd"')] = "none"
    stop: Annotated[Literal[1, 2], Meta(description="1 or 2")] = 1
    flow: Annotated[Literal["none", "rts/cts", "xon/xoff"], Meta(description='"none", "rts/cts" or "xon/xoff"')] = (
        "none"
    )


class PrinterTable(SerialTable, frozen=True, kw_only=True):
    """A receipt printer and what it can do; the first in the file is this terminal's own."""

    table: ClassVar[str] = "printer"

    name: _Name
    model: Annotated[_Name | None, Meta(description='its model in a word, like "TM-T88V"')] = None
    host: Annotated[_Host | None, Meta(description="a host name or address")] = None
    port: Annotated[int, Meta(ge=1, le=65535, description="a whole number from 1 to 65535")] = 9100
    serial: Annotated[_Path | None, Meta(description="a serial port, like /dev/serial/by-id/…, in quotes")] = None
    usb: Annotated[
        _Usb | None,
        Meta(
            description='vendor and product in hexadecimal and, of several alike, the serial number: "04b8:0e15 X2AB"',
        ),
    ] = None
    queue: Annotated[
        _Queue | None,
        Meta(description="a raw queue of the print server (CUPS)"),
    ] = None
    file: Annotated[_Path | None, Meta(description="a file or device node, like /dev/usb/lp0, in quotes")] = None
    columns: Annotated[int, Meta(ge=24, le=80, description="a whole number from 24 to 80")] = 42
    profile: Annotated[str, Meta(description="a printer profile")] = "default"
    code_page: Annotated[str | None, Meta(description="a code page of that profile")] = None
    drawer_pin: Annotated[Literal[2, 5], Meta(description="2 or 5")] = 2
    drawer_open: Annotated[
        Literal["high", "low"] | None,
        Meta(description='the level of the drawer\'s switch while it is open, "high" or "low"'),
    ] = None
    slip: Annotated[bool, Meta(description="true or false")] = False
    micr: Annotated[Literal["epson", "axiohm"] | None, Meta(description='"epson" or "axiohm"')] = None
    micr_alphabet: Annotated[str | None, Meta(description="how its check reader writes the symbols")] = None
    process_ids: Annotated[bool | None, Meta(description="true or false")] = None
    answers: Annotated[
        bool | None, Meta(description="true or false, or no such line: whether it does is learnt, and kept")
    ] = None
    poll_s: Annotated[
        int, Meta(ge=0, le=300, description="seconds between looks at an idle printer, 0 for never, up to 300")
    ] = 8

    @property
    def way(self) -> str:
        """Which of WAYS leads to it."""
        return next(way for way in WAYS if getattr(self, way) is not None)

    @property
    def title(self) -> str:
        """The printer in words: "TM-T88V at front counter"."""
        return f"{self.model} at {self.name}" if self.model else self.name

    @property
    def page(self) -> str:
        """The code page it is used with."""
        return self.code_page or usual_page(self.profile)

    @property
    def reads_checks_in(self) -> str | None:
        """The alphabet of its check reader; None if it has none."""
        return (self.micr_alphabet or self.micr) if self.micr is not None else None

    @property
    def asks_process_ids(self) -> bool:
        """Whether it is asked to say when a job has been printed (GS ( H)."""
        return may_know_process_ids(self.profile) if self.process_ids is None else self.process_ids

    def problems(self, given: Iterable[str]) -> Iterator[str]:
        """What the fields can't say for themselves; `given` are the keys that were written down."""
        written = set(given)
        ways = [way for way in WAYS if way in written]
        if len(ways) != 1:
            told = f"has {' and '.join(ways)}" if ways else "has no way to it"
            yield f"{told}. Allowed: exactly one of {', '.join(WAYS)}."
        yield from (
            f"key {key}: it belongs to {way}, which is not there."
            for key, way in _OF_WAY.items()
            if key in written and way not in written
        )
        if self.serial is not None:
            yield from _unknown_port(self.serial)
        if self.file is not None and is_called_a_port(self.file):
            yield "key file: that is a serial port. Name it with serial, as it needs a speed and may not be shared."
        yield from self._of_check_reader()
        if self.profile not in PROFILES:
            yield f"key profile: {unknown('printer profile', self.profile, PROFILES)}"
        elif self.page not in PROFILES[self.profile]:
            yield f"key code_page: {unknown(f'code page of {self.profile},', self.page, PROFILES[self.profile])}"

    def _of_check_reader(self) -> Iterator[str]:
        """Epson's manuals don't say what letters FS a 0 answers in, so nobody may guess them."""
        if self.micr is None and self.micr_alphabet is not None:
            yield "key micr_alphabet: it belongs to micr, which is not there."
        elif self.micr == "epson" and self.micr_alphabet is None:
            yield f"key micr_alphabet: is missing. Allowed: {', '.join(sorted(ALPHABETS))}."
        elif self.micr_alphabet is not None and self.micr_alphabet not in ALPHABETS:
            yield f"key micr_alphabet: {unknown('alphabet', self.micr_alphabet, ALPHABETS)}"


class SerialDevice(SerialTable, frozen=True, kw_only=True):
    """A device at a serial port."""

    table: ClassVar[str]

    serial: Annotated[_Path, Meta(description="a serial port, like /dev/serial/by-id/…, in quotes")]

    def problems(self, given: Iterable[str]) -> Iterator[str]:
        """What the fields can't say for themselves."""
        yield from _unknown_port(self.serial)


class CheckReaderTable(SerialDevice, frozen=True, kw_only=True):
    """A check reader at a serial port; one inside a printer is that printer's `micr`."""

    table: ClassVar[str] = "check_reader"

    alphabet: Annotated[str, Meta(description="how it writes the symbols of a MICR line")] = "magtek-0002"

    def problems(self, given: Iterable[str]) -> Iterator[str]:
        """What the fields can't say for themselves."""
        yield from super().problems(given)
        if self.alphabet not in ALPHABETS:
            yield f"key alphabet: {unknown('alphabet', self.alphabet, ALPHABETS)}"


class ScannerTable(SerialDevice, frozen=True, kw_only=True):
    """A barcode scanner at a serial port."""

    table: ClassVar[str] = "scanner"

    name: _Name = "scanner"


class PoleDisplayTable(SerialDevice, frozen=True, kw_only=True):
    """A customer display of two lines of twenty."""

    table: ClassVar[str] = "pole_display"

    dialect: Annotated[str, Meta(description="the commands it obeys")]
    greeting: Annotated[
        str, Meta(min_length=1, max_length=20, description="what stands below the city's name, up to 20 letters")
    ] = "Welcome"

    @property
    def speaks(self) -> Dialect:
        """Its dialect, one of those there are."""
        return next(dialect for dialect in DIALECTS if dialect == self.dialect)

    def problems(self, given: Iterable[str]) -> Iterator[str]:
        """What the fields can't say for themselves."""
        yield from super().problems(given)
        if self.dialect not in DIALECTS:
            yield f"key dialect: {unknown('dialect', self.dialect, DIALECTS)}"


def _unknown_port(port: str) -> Iterator[str]:
    if not may_be_a_port(port):
        here = serial_ports()
        known = f"Known on this machine: {', '.join(here)}." if here else "There is none on this machine now."
        yield f"key serial: {port if port.isprintable() else ascii(port)} can't be a serial port. {known}"
