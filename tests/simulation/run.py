"""Run lives of a city by their seeds: `python tests/simulation/run.py [FIRST] [HOW MANY]`, see `make test-simulation`."""

from __future__ import annotations

import logging
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterable

import structlog

from postgres import Server
from simulation.life import STEPS, Life
from simulation.verdict import Verdict, judge


def live(seed: int, server: Server | None = None, steps: int = STEPS) -> tuple[Verdict, Life]:
    """Go through one life and judge it; what raised is a fault too."""
    life = Life(seed, server, steps)
    try:
        try:
            life.go()
            verdict = judge(life)
        except Exception:
            verdict = Verdict(seed, [traceback.format_exc()])
    finally:
        life.close()
    return verdict, life


def summary(verdicts: Iterable[Verdict], steps: int) -> str:
    """What was lived through, in lines for people."""
    all_of = list(verdicts)
    made: Counter[str] = sum((each.made for each in all_of), Counter())
    noticed: Counter[str] = sum((each.noticed for each in all_of), Counter())
    lines = [
        f"seeds {len(all_of)}, steps {steps:,}, posted {sum(each.posted for each in all_of):,},"
        f" same again {sum(each.again for each in all_of):,},"
        f" kept apart {sum(each.in_custody for each in all_of)},"
        f" on stopped disks {sum(each.on_disk for each in all_of)},"
        f" gone with old disks {sum(each.exposed for each in all_of)}",
        f"tamperings made {made.total()}, noticed {noticed.total()},"
        f" beyond notice (nothing outside the machine had seen what is gone) {sum(e.beyond_notice for e in all_of)}",
        *(f"  {times:6,}  {how}" for how, times in sorted(noticed.items())),
    ]
    wrong = [each for each in all_of if each.wrong]
    lines.append(f"wrong: {len(wrong)} of {len(all_of)} seeds{''.join(f' {each.seed}' for each in wrong)}")
    return "\n".join(lines)


def main(first: int, many: int) -> int:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    verdicts, steps, began = [], 0, time.monotonic()
    for seed in range(first, first + many):
        verdict, life = live(seed)
        verdicts.append(verdict)
        steps += sum(life.done.values())
        for told in verdict.wrong:
            print(f"seed {seed}: {told}", flush=True)
    print(summary(verdicts, steps))
    print(f"{time.monotonic() - began:.0f} s")
    return 1 if any(verdict.wrong for verdict in verdicts) else 0


if __name__ == "__main__":
    given = [int(each) for each in sys.argv[1:3]]
    sys.exit(main(*([*given, 1, 300][: 2] if len(given) != 1 else (given[0], 1))))
