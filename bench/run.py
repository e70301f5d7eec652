"""All rows, or those named: each a value beside a floor measured in the same run; also written to build/bench.json.

A floor is a plain loop in the bench's own file that calls nothing of ours. Exit status 0 also when a goal is missed: it
reports, it doesn't judge. 3 when something it needs is not there.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

TINY: dict[str, dict[str, int]] = {
    "first_paint": {"records": 60, "rounds": 1, "rest": 0},
    "lookup": {"accounts": 500},
    "payment": {"payments": 3},
    "receipt": {"receipts": 3},
    "close_and_seal": {"payments": 20, "rounds": 1},
    "ledger_post": {"payments": 20, "rounds": 1},
    "snapshot": {"accounts": 200, "rounds": 1},
    "keystroke": {"accounts": 500, "keys": 5},
    "sign_on": {"payments": 2, "rounds": 1, "warm": 0, "at_rest": 0},
    "printer_hangs": {"payments": 2, "keys": 3, "rounds": 1},
    "notices": {"notices": 5, "rounds": 1},
    "licenses": {"rows": 60, "rounds": 1},
    "night": {"offices": 2, "receipts": 5},
    "reports": {"days": 5, "receipts": 100, "rounds": 1},
}
"""Every row by name, with sizes that show that it runs, and nothing else."""
FULL: dict[str, dict[str, int]] = {"night": {"offices": 1000, "receipts": 1000}}
"""Sizes that take too long for every day."""
CANT_RUN = 3
ALONE = Path("build/bench.lock")
"""Held while rows are measured: two runs would make the same cities in the same folders, and slow one another."""
KEYS = ("name", "floor", "value", "ratio", "goal", "unit", "detail")


def main(arguments: list[str]) -> int:
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # children must find bytecode, as an installed program does
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one or more of {', '.join(TINY)}; all if none")
    parser.add_argument("--tiny", action="store_true", help="sizes that only show that the rows run")
    parser.add_argument("--full", action="store_true", help="sizes that take too long for every day, where there are")
    parser.add_argument("--to", type=Path, default=Path("build/bench.json"), help="where the JSON goes")
    chosen = parser.parse_args(arguments)
    if unknown := set(chosen.names) - TINY.keys():
        parser.error(f"no such row: {', '.join(sorted(unknown))}")
    rows: list[dict[str, Any]] = []
    with _alone():
        for name in chosen.names or TINY:
            print(f"{name} ...", flush=True)
            try:
                rows += _measured(name, TINY[name] if chosen.tiny else FULL.get(name, {}) if chosen.full else {})
            except (ImportError, OSError) as error:
                sys.stderr.write(f"{name} can't run here: {type(error).__name__}: {error}\n")
                return CANT_RUN
    chosen.to.parent.mkdir(parents=True, exist_ok=True)
    chosen.to.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    print(table(rows))
    print(f"load {', '.join(f'{load:.1f}' for load in os.getloadavg())} on {os.cpu_count()} cores; also in {chosen.to}")
    return 0


def table(rows: list[dict[str, Any]]) -> str:
    """The rows for people: name, floor, value, ratio, goal, and whether it is met."""
    lines = [f"{'':42}{'floor':>10}{'value':>11}{'':4}{'ratio':>7}{'goal':>7}"]
    for row in rows:
        met = "ok" if row["ratio"] <= row["goal"] else "over"
        figures = f"{row['floor']:>10,.1f}{row['value']:>11,.1f} {row['unit']:3}{row['ratio']:>6.2f}x{row['goal']:>6g}x"
        lines.append(f"{row['name']:42}{figures}  {met}")
        if row["detail"]:
            lines.append(f"  {row['detail']}")
    return "\n".join(lines)


@contextmanager
def _alone() -> Iterator[None]:
    """Wait until no other run measures here."""
    ALONE.parent.mkdir(parents=True, exist_ok=True)
    with ALONE.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _measured(name: str, sizes: dict[str, int]) -> list[dict[str, Any]]:
    module = __import__(f"bench.{name}", fromlist=["rows"])
    measure: Callable[..., list[dict[str, Any]]] = module.rows
    return [{key: found.get(key, "") for key in KEYS} for found in measure(**sizes)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
