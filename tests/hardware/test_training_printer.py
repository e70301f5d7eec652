"""A training city's printer: no drawer kick ever leaves it, and what it prints says TRAINING, whoever laid it out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from countertui.assembly import _printers
from countertui.config.devices import PrinterTable
from countertui.config.terminal import TerminalSettings
from countertui.domain.documents import Document, Kind, Text, to_json
from countertui.hardware.checkup import examine
from countertui.hardware.print_child import PrintChild
from countertui.hardware.receipt_printer import ReceiptPrinter
from countertui.hardware.virtual_printer import VirtualPrinter
from countertui.machine import SystemClock


def made(folder: Path, virtual: VirtualPrinter) -> ReceiptPrinter:
    """The printer of a folder, put together as the program does."""
    table = PrinterTable(name="front", host=virtual.host, port=virtual.port)
    (printer,) = _printers(folder, [table], SystemClock())
    assert isinstance(printer, ReceiptPrinter)
    return printer


@pytest.fixture
def virtual() -> Iterator[VirtualPrinter]:
    with VirtualPrinter() as running:
        yield running


def test_no_drawer_opens_and_every_paper_says_training(tmp_path: Path, virtual: VirtualPrinter) -> None:
    (tmp_path / "training.json").write_text("{}")
    printer = made(tmp_path, virtual)
    try:
        assert not printer.has_drawer
        kicked = printer.kick(5_000)
        assert (kicked.state, kicked.detail) == ("refused", "it opens no drawer")
        for kind in get_args(Kind):
            data = printer.render(to_json(Document(kind, "a layout that forgot", (Text("body"),))))
            assert b"TRAINING - NO REAL MONEY" in data, kind
        assert printer.send(data, "0001").state == "confirmed"
        assert virtual.paper.lines[0].strip() == "TRAINING - NO REAL MONEY"
        assert virtual.paper.kicks == []
    finally:
        printer.close()


def test_any_other_citys_printer_opens_its_drawer_and_marks_nothing(tmp_path: Path, virtual: VirtualPrinter) -> None:
    printer = made(tmp_path, virtual)
    try:
        assert printer.has_drawer
        assert b"TRAINING" not in printer.render(to_json(Document("receipt", "R", (Text("body"),))))
        assert printer.kick(5_000).state in {"processed", "sent"}
        assert virtual.paper.kicks == [2]
    finally:
        printer.close()


def test_the_doctors_test_page_says_so_too(tmp_path: Path, virtual: VirtualPrinter) -> None:
    table = PrinterTable(name="front", host=virtual.host, port=virtual.port)
    child = PrintChild(tmp_path / "encoder")
    try:
        settings = TerminalSettings(printers=(table,))
        assert all(one.is_well for one in examine(settings, SystemClock().mono_ms, child, training=True))
    finally:
        child.close()
    assert virtual.receipts[0][0].strip() == "TRAINING - NO REAL MONEY"
    assert virtual.receipts[0][1].strip() == "TEST PAGE"
