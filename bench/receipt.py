"""A receipt of 40 lines rendered for a printer, over bare python-escpos printing the same lines; and its bytes.

Timed is what the print child does with a job: the document read from its JSON, checked, wrapped, its letters replaced
where the printer lacks them, styles, codes, cut. The floor is handed lines that are wrapped already and prints each
with one call of the library, then the QR code and the cut. Of bytes the floor is the text, a line end each, and the
native QR code.
"""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

from bench.figures import Row, row, seconds

from countertui.documents.receipt import ReceiptFacts, ReceiptLineFacts, TenderFacts, receipt_document
from countertui.documents.text import as_text
from countertui.domain.documents import Document, from_json, to_json
from countertui.hardware.escpos_render import load_encoder, render

TIME_GOAL, BYTES_GOAL = 3.0, 1.2
LINES, COLUMNS, WARM_UP = 40, 42, 20
ENCODER = Path(__file__).resolve().parents[1] / "build" / "bench" / "encoder"
CLAIM = "CTUI2:" + "A1B2C3D4E5F6G7H8" * 25
"""As long as a claim with its terminal's certificate."""


def rows(receipts: int = 500) -> list[Row]:
    load_encoder(ENCODER)
    document = forty_lines()
    lines, written = printed_lines(document), to_json(document)
    floors: list[float] = []
    values: list[float] = []

    def floor() -> None:
        bare(lines)

    def value() -> None:
        render(from_json(written), capabilities_dir=ENCODER, columns=COLUMNS)

    with contextlib.redirect_stdout(sys.stderr):  # the library says what it does
        for n in range(WARM_UP + receipts):
            first, second = (floor, value) if n % 2 else (value, floor)
            taken = {first: seconds(first), second: seconds(second)}
            if n >= WARM_UP:
                floors.append(taken[floor] * 1e6)
                values.append(taken[value] * 1e6)
    text = len("".join(f"{line}\n" for line in lines).encode("cp858")) + len(bare_qr())
    made = len(render(document, capabilities_dir=ENCODER, columns=COLUMNS))
    return [
        row(f"receipt of {LINES} lines rendered", floors, values, TIME_GOAL, "us"),
        row("bytes of it over text and QR code", [text], [made], BYTES_GOAL, "B"),
    ]


def forty_lines() -> Document:
    """A receipt that fills forty lines: four accounts with what each head got, and a fee."""
    account = ReceiptLineFacts("Utility 12 Elm Street", 123_45, (("Penalty", 45), ("Water", 123_00)), "00-123-4", 50_00)
    facts = ReceiptFacts(
        city_name="City of Springfield",
        office_name="City Hall",
        office_address="1 Main Street",
        terminal="CH1",
        drawer="D1",
        operator_name="Rosa Delgado",
        biz_date="2026-11-20",
        printed_at="2026-11-20 10:14",
        receipt_no="CH1-1234",
        payor="José Muñoz",
        lines=(*(account,) * 4, ReceiptLineFacts("Copies", 1_50, quantity=3, unit_cents=50)),
        total_cents=495_30,
        tenders=(TenderFacts("Cash", 500_00),),
        change_cents=4_70,
        short_hash="ABCD2345WXYZ",
        claim=CLAIM,
        ledger_id="SPRINGFIELD",
    )
    document = receipt_document(facts)
    if len(printed_lines(document)) != LINES:
        raise RuntimeError(f"the receipt has {len(printed_lines(document))} lines")
    return document


def printed_lines(document: Document) -> list[str]:
    """The lines of a receipt that are text, blank ones too; without its codes and its cut."""
    lines = as_text(document, COLUMNS)
    begun = next(at for at, line in enumerate(lines) if line.startswith("[QR]"))
    after = next(at for at, line in enumerate(lines) if line.startswith("[Code 128]"))
    return [*lines[:begun], *lines[after + 1 : -1]]


def bare(lines: list[str]) -> bytes:
    """The library alone."""
    from escpos.printer import Dummy

    printer = Dummy()
    printer.hw("INIT")
    printer.charcode("CP858")
    for line in lines:
        printer.text(f"{line}\n")
    printer.qr(CLAIM, ec=1, size=4, native=True)
    printer.cut(mode="PART")
    made: bytes = printer.output
    return made


def bare_qr() -> bytes:
    """The library's native QR code."""
    from escpos.printer import Dummy

    printer = Dummy()
    printer.qr(CLAIM, ec=1, size=4, native=True)
    made: bytes = printer.output
    return made
