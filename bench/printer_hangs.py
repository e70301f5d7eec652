"""A key's echo while the printer hangs in the middle of a receipt, over the same with a printer that is idle.

The counter runs in a real pseudo-terminal of 80x24, its printer is a virtual one in this process. A payment is taken
by keys; hung, the printer takes the receipt's first bytes and then neither takes nor says anything. A key is typed into
the one box; the clock stops when it is on the screen, and it is taken back before the next.
"""

from __future__ import annotations

import sys

from bench.figures import Row, row
from bench.first_paint import KEY
from bench.terminal import PATIENCE, NothingSeenError, Terminal, left, signed_on

from bench import till
from countertui.hardware.virtual_printer import VirtualPrinter

GOAL = 1.5
BACKSPACE = b"\x7f"
QUIET = 0.05
INTO_A_JOB = 120
"""Bytes after which the printer hangs: the drawer is open, the receipt's first line on its way."""
EXACT_CASH = b"\x1b[20~"


def rows(payments: int = 20, keys: int = 60, rounds: int = 4) -> list[Row]:
    idle: list[float] = []
    hung: list[float] = []
    for n in range(rounds):
        for hangs in (False, True) if n % 2 else (True, False):
            (hung if hangs else idle).extend(_echoes(payments, keys, hangs=hangs))
    detail = f"{len(idle)} keys each; the slowest {max(idle):.0f} ms idle, {max(hung):.0f} ms while it hangs"
    return [row("key echoed while the printer hangs", idle, hung, GOAL, "ms", detail)]


def _echoes(payments: int, keys: int, *, hangs: bool) -> list[float]:
    """Milliseconds from each key to its echo."""
    with till.scratch(till.day_folder(payments)) as folder, VirtualPrinter() as printer:
        table = f'[[printer]]\nname = "bench"\nhost = "{printer.host}"\nport = {printer.port}\n'
        (folder / "terminal.toml").write_text(table, encoding="utf-8")
        with Terminal([sys.executable, "-m", "countertui", "--dir", str(folder)]) as terminal:
            signed_on(terminal)
            if hangs:
                printer.at_byte(INTO_A_JOB, lambda: _hang(printer))
            _paid(terminal)
            if not printer.wait_for(lambda paper: printer.engine.faults.hung if hangs else paper.cuts > 0, PATIENCE):
                raise NothingSeenError("nothing was printed")
            terminal.until_quiet(0.5)
            taken = [_echo(terminal) for _ in range(keys)]
            left(terminal)
            return taken


def _hang(printer: VirtualPrinter) -> None:
    printer.engine.faults.hung = True


def _paid(terminal: Terminal) -> None:
    terminal.send(b"COPY")
    terminal.wait_for(b"COPY")
    terminal.until_quiet(0.2)
    terminal.press(b"\r", 0.2)
    terminal.send(EXACT_CASH)
    terminal.wait_for(b"taken")


def _echo(terminal: Terminal) -> float:
    terminal.send(KEY)
    milliseconds, _ = terminal.wait_for(KEY)
    terminal.until_quiet(QUIET)
    terminal.press(BACKSPACE, QUIET)
    return milliseconds
