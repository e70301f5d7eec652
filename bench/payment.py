"""A payment committed over one 4 KiB write + fdatasync on the same disk, taken in turn.

Timed is the counter's own job: settle, balances checked again, record in canonical bytes, signature and its own check,
derived tables, print document with its signed claim, COMMIT, anchor. The cart (one account, one fee, cash) was saved
before, as at the counter. With strace there, the syncs of each payment are counted in a run of their own.
"""

from __future__ import annotations

import gc
import os
import re
import shutil
import subprocess
import sys
from itertools import islice
from pathlib import Path

from bench.figures import Row, row, seconds

from bench import till

GOAL = 10.0
MOST_SYNCS = 6
BLOCK = 4096
WARM_UP = 20
COUNTED = 10


def rows(payments: int = 400) -> list[Row]:
    block = os.urandom(BLOCK)
    floors: list[float] = []
    values: list[float] = []
    with till.scratch(till.demo_folder()) as folder, till.opened(folder) as station:
        session = till.opened_drawer(station)
        file = _block_file(folder.with_name("floor.dat"))
        gc.freeze()
        for n, cart in enumerate(islice(till.carts(station), WARM_UP + payments)):
            till.saved(station, cart)

            def floor() -> None:
                os.pwrite(file, block, 0)
                os.fdatasync(file)

            def value(cart: object = cart) -> None:
                till.pay(station, session, cart)  # type: ignore[arg-type]

            # Each goes first in every other round, so that neither always finds the disk as the other left it.
            first, second = (floor, value) if n % 2 else (value, floor)
            taken = {first: seconds(first), second: seconds(second)}
            if n >= WARM_UP:
                floors.append(taken[floor] * 1e6)
                values.append(taken[value] * 1e6)
        gc.unfreeze()
        os.close(file)
    return [row("payment committed", floors, values, GOAL, "us", _said(syncs_per_payment()))]


def syncs_per_payment() -> list[int] | None:
    """fdatasync and fsync calls of each of a few payments, counted with strace; None where that can't be."""
    strace = shutil.which("strace")
    if strace is None:
        return None
    trace = till.BUILD / "strace.txt"
    with till.scratch(till.demo_folder()) as folder:
        command = [strace, "-f", "-qq", "-o", str(trace), "-e", "trace=fdatasync,fsync,getppid"]
        done = subprocess.run(
            [*command, sys.executable, "-m", "bench.payment", str(folder)],
            cwd=till.ROOT,
            capture_output=True,
            check=False,
        )
        if done.returncode:
            return None
    calls = re.findall(r"\b(fdatasync|fsync|getppid)\(", trace.read_text())
    between = "".join({"getppid": "|"}.get(call, "s") for call in calls).split("|")[1::2]
    return [len(syncs) for syncs in between]


def pay_marked(folder: Path) -> None:
    """Payments, each between two calls of getppid, which nothing else makes: they stand in the trace as marks."""
    with till.opened(folder) as station:
        session = till.opened_drawer(station)
        for cart in islice(till.carts(station), COUNTED):
            till.saved(station, cart)
            os.getppid()
            till.pay(station, session, cart)
            os.getppid()


def _block_file(path: Path) -> int:
    path.write_bytes(bytes(BLOCK))
    file = os.open(path, os.O_RDWR)
    os.fsync(file)
    return file


def _said(syncs: list[int] | None) -> str:
    if not syncs:
        return "syncs not counted: strace is not there, or may not trace"
    verdict = "" if max(syncs) <= MOST_SYNCS else ", TOO MANY"
    return f"{max(syncs)} syncs a payment (strace, at most {MOST_SYNCS}{verdict})"


if __name__ == "__main__":
    pay_marked(Path(sys.argv[1]))
