"""From a PIN's Enter to a key's echo in the payment's box, and what the program holds in memory then.

Both in a real pseudo-terminal. The first floor is a minimal Textual app that checks one Argon2id and swaps a
ContentSwitcher; memory's is the app that the start is measured by, which has an Input and a list.
"""

from __future__ import annotations

import sys
from pathlib import Path

from bench.figures import Row, row
from bench.first_paint import FLOOR as MINIMAL
from bench.first_paint import KEY, PAINTED
from bench.terminal import Terminal, left

from bench import till
from countertui.sync.pins import PIN_COST

GOAL, MEMORY_GOAL = 1.5, 2.0
BOX = b"Find"
FLOOR = f"""
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from textual.app import App
from textual.widgets import ContentSwitcher, Input, OptionList


class Minimal(App):
    def compose(self):
        with ContentSwitcher(initial="pin"):
            yield Input(placeholder="Operator id", id="pin")
            yield Input(placeholder="Find", id="box")
        yield OptionList(*[f"person {{n}}" for n in range(10)])

    def on_input_submitted(self, event):
        cost = dict(iterations={PIN_COST.iterations}, lanes={PIN_COST.lanes}, memory_cost={PIN_COST.memory_kib})
        Argon2id(salt=bytes(16), length=32, **cost).derive(event.value.encode())
        self.query_one(ContentSwitcher).current = "box"
        self.query_one("#box").focus()


Minimal().run()
"""


def rows(payments: int = 20, rounds: int = 9, warm: int = 1, at_rest: int = 6) -> list[Row]:
    """`warm` rounds come first, uncounted; `at_rest`: seconds of stillness before, and before memory is looked at."""
    swaps, minimal = till.BUILD / "minimal_swap.py", till.BUILD / "minimal_app.py"
    echoes: list[float] = []
    floors: list[float] = []
    held: list[float] = []
    bare: list[float] = []
    children: list[float] = []
    with till.scratch(till.day_folder(payments)) as folder:
        swaps.write_text(FLOOR, encoding="utf-8")
        minimal.write_text(MINIMAL, encoding="utf-8")
        for n in range(rounds + warm):
            for ours in (True, False) if n % 2 else (False, True):
                if ours:
                    echo, memory, others = _signed_on(folder, at_rest)
                    echoes.append(echo)
                    held.append(memory)
                    children.append(others)
                else:
                    floors.append(_swapped(swaps))
                    bare.append(_held_by(minimal, at_rest))
    return [
        row("PIN Enter to a key echoed in the box", floors[warm:], echoes[warm:], GOAL, "ms", f"{rounds} rounds"),
        row("memory at rest", bare[warm:], held[warm:], MEMORY_GOAL, "MB", f"its children {children[-1]:.0f} MB"),
    ]


def _signed_on(folder: Path, at_rest: int) -> tuple[float, float, float]:
    """Milliseconds from the PIN's Enter to the echo; MB at rest then, and of the program's children."""
    with Terminal([sys.executable, "-m", "countertui", "--dir", str(folder)]) as terminal:
        terminal.wait_for(b"Alder Falls")
        terminal.until_quiet(at_rest)  # what a start checks is no part of a sign-on
        terminal.press(b"rosa\r", 0.2)
        terminal.press(b"1111", 0.2)
        echo = _entered(terminal)
        terminal.until_quiet(at_rest)
        memory = memory_of(terminal.child.pid), sum(map(memory_of, children_of(terminal.child.pid)))
        left(terminal)
        return echo, *memory


def _swapped(app: Path) -> float:
    with Terminal([sys.executable, str(app)]) as terminal:
        terminal.wait_for(PAINTED)
        terminal.press(b"1111", 0.2)
        return _entered(terminal)


def _entered(terminal: Terminal) -> float:
    """Milliseconds from Enter to the echo of a key that is typed the moment the box is seen."""
    terminal.send(b"\r")
    shown, seen = terminal.wait_for(BOX)
    terminal.send(KEY)
    return shown + (0.0 if KEY in seen else terminal.wait_for(KEY)[0])


def _held_by(app: Path, at_rest: int) -> float:
    with Terminal([sys.executable, str(app)]) as terminal:
        terminal.wait_for(PAINTED)
        terminal.until_quiet(at_rest)
        return memory_of(terminal.child.pid)


def memory_of(pid: int) -> float:
    """MB of a process that are in memory (VmRSS)."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:")) / 1024


def children_of(pid: int) -> list[int]:
    """The processes a process has started that are still there."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            stat = (process / "stat").read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue  # it has ended meanwhile
        if int(stat.rpartition(")")[2].split()[1]) == pid:
            found.append(int(process.name))
    return found
