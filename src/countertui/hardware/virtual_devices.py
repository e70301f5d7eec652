"""The virtual devices of a demo city, as one program: printer with drawer and slip, scanner, check reader, display.

`python -m countertui.hardware.virtual_devices --paper FILE` prints their addresses as one line of JSON, appends what
the printer prints to FILE, and ends on SIGTERM or when its standard input closes: it is never orphaned.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import select
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import TextIO

from countertui.hardware.virtual_check_reader import VirtualCheckReader
from countertui.hardware.virtual_hands import Hands
from countertui.hardware.virtual_plugs import TcpPlug
from countertui.hardware.virtual_pole import VirtualPole
from countertui.hardware.virtual_printer import VirtualPrinter
from countertui.hardware.virtual_serial import VirtualScanner, VirtualSerial
from countertui.hardware.virtual_slip import Sheet


def main(arguments: list[str] | None = None) -> int:
    """Run the devices until SIGTERM, SIGINT or the end of standard input."""
    parser = argparse.ArgumentParser(prog="virtual_devices", description="Virtual devices on loopback and ptys.")
    parser.add_argument("--port", type=int, default=0, help="the printer's; 0: any free one")
    parser.add_argument("--columns", type=int, default=42)
    parser.add_argument("--paper", type=Path, required=True, help="what comes out is appended here")
    parser.add_argument("--dialect", choices=["epson", "logic-controls", "cd5220"], default="epson")
    parser.add_argument("--addresses", type=Path, metavar="FILE", help="what is printed stands there too")
    help_ = "somebody inserts a slip that is waited for so long, and shuts a drawer that is open so long"
    parser.add_argument("--operator-after", type=float, metavar="SECONDS", help=help_)
    given = parser.parse_args(arguments)
    # Signals and the end of standard input both wake this thread through a descriptor: no lock is taken in a handler.
    woken, wake = os.pipe()

    def end(_signal: int, _frame: FrameType | None) -> None:
        os.write(wake, b"!")

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    with contextlib.ExitStack() as several:
        paper = several.enter_context(given.paper.open("a", encoding="utf-8", buffering=1))
        operator = None if given.operator_after is None else (given.operator_after, Sheet)
        printer = several.enter_context(
            VirtualPrinter(given.port, given.columns, lambda line: _write_line(paper, line), operator=operator)
        )
        with printer.hands() as engine:
            engine.slip.fitted = True
            engine.drawer.switch = "high when open"
        scanner = several.enter_context(VirtualSerial(VirtualScanner()))
        check_reader = several.enter_context(VirtualSerial(VirtualCheckReader()))
        pole = several.enter_context(VirtualSerial(VirtualPole(given.dialect)))
        hands = several.enter_context(VirtualSerial(Hands(printer, scanner, check_reader, pole), TcpPlug()))
        addresses = {
            "printer": printer.plug.address,
            "scanner": scanner.plug.address,
            "check_reader": check_reader.plug.address,
            "pole_display": {**pole.plug.address, "dialect": given.dialect},
            "hands": hands.plug.address,
        }
        if given.addresses is not None:
            given.addresses.write_text(json.dumps(addresses, indent=1) + "\n", encoding="utf-8")
        sys.stdout.write(json.dumps(addresses) + "\n")
        sys.stdout.flush()
        _wait_for_the_end(sys.stdin.fileno(), woken)
    return 0


def _write_line(paper: TextIO, line: str) -> None:
    paper.write(line + "\n")


def _wait_for_the_end(stdin: int, woken: int) -> None:
    while True:
        ready, _, _ = select.select([stdin, woken], [], [])
        if woken in ready or not os.read(stdin, 4096):
            return


if __name__ == "__main__":
    sys.exit(main())
