"""Checks read in a printer: in both dialects, by hands that come, come late or not at all, and printers that fail."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest

from countertui.domain.check_line import CheckLine, CheckLineRefused
from countertui.domain.micr import Micr
from countertui.hardware.check_readers import CheckNotRead
from countertui.hardware.links.link import Deadlines, PrinterRefusedError, PrinterUncertainError
from countertui.hardware.printer_check_reader import MicrDialect, read_check
from countertui.hardware.receipt_printer import PaperSetting, ReceiptPrinter
from countertui.hardware.virtual_paper import PaperEngine
from countertui.hardware.virtual_slip import Sheet
from printer_in_memory import FakeClock, Line

LINES: dict[MicrDialect, tuple[str, str]] = {
    "epson": ("T021000021T123456789U1041", "magtek-0000"),
    "axiohm": (")021000021)123456789(1041", "axiohm"),
}
CHECK = CheckLine(Micr("021000021", "123456789"), "1041")
BOTH = pytest.mark.parametrize("dialect", ["epson", "axiohm"])


@pytest.fixture
def line() -> Line:
    engine = PaperEngine()
    engine.slip.fitted = True
    return Line(engine, FakeClock(), deadlines=Deadlines(1_000, 1_000, 300))


def read(line: Line, dialect: MicrDialect, said: list[str] | None = None, **more: object) -> CheckLine:
    line.engine.slip.dialect = dialect
    told = (lambda: said.append("insert")) if said is not None else lambda: None
    return read_check(line, dialect, LINES[dialect][1], mono_ms=line.clock, told=told, **more)  # type: ignore[arg-type]


def nothing_waits(line: Line) -> None:
    """The printer is as it was: no wait, no check inside, nothing on its roll, and the next receipt is printed."""
    line.settle()
    slip = line.engine.slip
    assert not slip.waiting
    assert slip.sheet is None
    assert line.engine.paper.lines == []
    line.open()
    line.write_some(b"\x1b@a receipt\n", 1000)
    line.settle()
    assert line.engine.paper.lines == ["a receipt"]


@BOTH
@pytest.mark.parametrize("after_ms", [None, 3_000, 40_000])
def test_a_check_is_read_and_given_back(line: Line, dialect: MicrDialect, after_ms: int | None) -> None:
    sheet, said = Sheet(LINES[dialect][0]), []
    if after_ms is None:
        line.engine.slip.insert(sheet)
    else:
        line.after(after_ms, lambda: line.engine.slip.insert(sheet))
    assert read(line, dialect, said) == CHECK
    assert said == ["insert"]
    nothing_waits(line)
    assert line.engine.slip.ejected == [sheet]
    assert (sheet.face, sheet.back) == ([], [])
    assert not line.opened or line.broken is False


@BOTH
def test_nobody_puts_one_in(line: Line, dialect: MicrDialect) -> None:
    with pytest.raises(CheckNotRead, match="No check was put in"):
        read(line, dialect)
    assert 45_000 <= line.clock.now < 50_000
    assert line.engine.slip.wait_ms is not None
    assert line.engine.slip.wait_ms > 45_000
    nothing_waits(line)


@BOTH
def test_it_can_be_called_off(line: Line, dialect: MicrDialect) -> None:
    give_up = threading.Event()
    line.after(2_000, give_up.set)
    with pytest.raises(CheckNotRead, match="Called off"):
        read(line, dialect, give_up=give_up)
    assert line.clock.now < 3_000
    nothing_waits(line)


@BOTH
def test_paper_without_a_magnetic_line_is_told_and_given_back(line: Line, dialect: MicrDialect) -> None:
    line.engine.slip.insert(Sheet(""))
    with pytest.raises(CheckNotRead):
        read(line, dialect)
    nothing_waits(line)


@BOTH
def test_a_line_that_no_money_can_be_taken_on_is_told_and_given_back(line: Line, dialect: MicrDialect) -> None:
    line.engine.slip.insert(Sheet(LINES[dialect][0].replace("021000021", "021000022")))
    with pytest.raises(CheckLineRefused):
        read(line, dialect)
    nothing_waits(line)


@BOTH
def test_a_printer_with_its_cover_open_is_not_asked(line: Line, dialect: MicrDialect) -> None:
    line.engine.faults.cover_open = True
    said: list[str] = []
    with pytest.raises(CheckNotRead, match="cover open"):
        read(line, dialect, said)
    assert said == []
    assert line.engine.slip.micr_reads == 0


@BOTH
def test_a_mute_printer_reads_nothing(line: Line, dialect: MicrDialect) -> None:
    line.engine.faults.mute = True
    with pytest.raises(CheckNotRead, match="does not answer"):
        read(line, dialect)


@BOTH
def test_a_printer_that_is_off_is_told(line: Line, dialect: MicrDialect) -> None:
    line.power_off()
    with pytest.raises(PrinterRefusedError):
        read(line, dialect)


@BOTH
def test_a_link_that_breaks_leaves_no_printer_waiting(line: Line, dialect: MicrDialect) -> None:
    line.after(2_000, line.hang_up)
    with pytest.raises(PrinterUncertainError):
        read(line, dialect)
    nothing_waits(line)


@BOTH
@pytest.mark.parametrize("at_byte", range(0, 40, 3))
def test_a_link_that_breaks_anywhere_leaves_no_printer_waiting(line: Line, dialect: MicrDialect, at_byte: int) -> None:
    line.arm(at_byte, line.hang_up)
    line.after(1_500, lambda: line.engine.slip.insert(Sheet(LINES[dialect][0])))
    try:
        assert read(line, dialect) == CHECK
    except (PrinterUncertainError, PrinterRefusedError, CheckNotRead):
        line.settle()
        assert not line.engine.slip.waiting


def test_the_counters_printer_reads_checks_where_its_settings_say_so(line: Line) -> None:
    stop, said = threading.Event(), []
    child = SimpleNamespace(close=lambda: None)
    plain = ReceiptPrinter(child, line, line.clock)  # type: ignore[arg-type]
    assert not plain.reads_checks
    with pytest.raises(CheckNotRead):
        plain.read_check(lambda: None, stop)
    setting = PaperSetting(micr=("epson", LINES["epson"][1]))
    printer = ReceiptPrinter(child, line, line.clock, setting)  # type: ignore[arg-type]
    assert printer.reads_checks
    line.engine.slip.insert(Sheet(LINES["epson"][0]))
    assert printer.read_check(lambda: said.append("insert"), stop) == CHECK
    assert said == ["insert"]
    line.after(1_000, printer.give_up)
    with pytest.raises(CheckNotRead, match="Called off"):
        printer.read_check(lambda: None, stop)
    assert stop.is_set()
