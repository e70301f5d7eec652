"""Lives of a city by their seeds: `run.py SEED` for one, `run.py FIRST HOW_MANY` for many, two at a time.

A tenth of them is lived on PostgreSQL, too; `--on` names one engine for all. `make test-simulation` runs it.
"""

from __future__ import annotations

import logging
import sys
import time
import traceback
from argparse import ArgumentParser
from collections import Counter, defaultdict
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor

import structlog

from postgres import Server, server
from simulation.life import STEPS, Life
from simulation.verdict import Verdict, judge

MANY = 300
_ON_POSTGRES = 10
"""One life in so many, besides."""
_SEEDS_SHOWN = 12


def live(seed: int, postgres: Server | None = None, steps: int = STEPS) -> tuple[Verdict, Life]:
    """Go through one life and judge it; what raised is a fault too."""
    life = Life(seed, postgres, steps)
    try:
        try:
            life.go()
            verdict = judge(life)
        except Exception:
            verdict = Verdict(seed, [traceback.format_exc()])
    finally:
        life.close()
    verdict.steps = sum(life.done.values())
    return verdict, life


def summary(verdicts: Iterable[Verdict]) -> str:
    """What was lived through, in lines for people."""
    all_of = list(verdicts)
    made: Counter[str] = sum((each.made for each in all_of), Counter())
    where: defaultdict[str, list[int]] = defaultdict(list)
    noticed: Counter[str] = Counter()
    for each in all_of:
        noticed += each.noticed
        for how in each.noticed:
            where[how].append(each.seed)
    lines = [
        f"seeds {len(all_of)}, steps {sum(each.steps for each in all_of):,}",
        f"records of money told {sum(each.told for each in all_of):,}; of machines that nothing befell"
        f" {sum(each.sound for each in all_of):,}, all posted; paper receipts keyed in"
        f" {sum(each.papers for each in all_of):,}",
        f"posted {sum(each.posted for each in all_of):,}, each once; doubled 0 or it is told below;"
        f" the same batch again, refused a second posting: {sum(each.again for each in all_of):,}",
        f"in the ledger's custody, held: {sum(each.in_custody for each in all_of)}; on disks of machines that stopped:"
        f" {sum(each.on_disk for each in all_of)}; gone with a disk that was put back, noticed:"
        f" {sum(each.exposed for each in all_of)}",
        f"bank deposits of terminals {sum(each.deposits for each in all_of)}, with bags of the safe apart from their"
        f" drawers {sum(each.apart for each in all_of)}",
        f"tamperings made {made.total()}, noticed {noticed.total()}; disks put back with their anchors of which nobody"
        f" outside had seen what is gone: {sum(each.beyond_notice for each in all_of)}",
    ]
    for how, times in sorted(noticed.items()):
        seeds = " ".join(map(str, where[how][:_SEEDS_SHOWN])) + (" ..." if len(where[how]) > _SEEDS_SHOWN else "")
        lines.append(f"  {times:6,}  {how} (seeds {seeds})")
    wrong = [each.seed for each in all_of if each.wrong]
    lines.append(f"wrong: {len(wrong)} of {len(all_of)} seeds{''.join(f' {seed}' for seed in wrong)}")
    return "\n".join(lines)


def main(seeds: range, on: str, workers: int) -> int:
    """Live through them all; the exit status."""
    began = time.monotonic()
    verdicts = []
    if on != "postgres":
        with ProcessPoolExecutor(workers, initializer=_quiet) as pool:
            for verdict in pool.map(_verdict, seeds):
                _tell(verdict)
                verdicts.append(verdict)
    on_postgres = {"sqlite": seeds[:0], "both": seeds[: len(seeds) // _ON_POSTGRES], "postgres": seeds}[on]
    if on_postgres:
        _quiet()
        with server() as postgres:
            for seed in on_postgres:
                verdict, _ = live(seed, postgres)
                _tell(verdict, " on PostgreSQL")
                verdicts.append(verdict)
    _say(summary(verdicts))
    _say(f"{len(on_postgres)} of them on PostgreSQL; {time.monotonic() - began:.0f} s")
    return 1 if any(verdict.wrong for verdict in verdicts) else 0


def _verdict(seed: int) -> Verdict:
    return live(seed)[0]


def _quiet() -> None:
    """Leave the ledger's log out: it has a line a request."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.disable(logging.CRITICAL)


def _tell(verdict: Verdict, where: str = "") -> None:
    for told in verdict.wrong:
        _say(f"SEED {verdict.seed}{where}: {told}")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _asked() -> tuple[range, str, int]:
    parser = ArgumentParser(description="Live through simulated cities by their seeds.")
    parser.add_argument("first", type=int, nargs="?", help="the first seed; alone, the only one")
    parser.add_argument("many", type=int, nargs="?", help=f"how many seeds; {MANY} from 1 on if none is named")
    how = f"the ledger's engine; both is SQLite, and PostgreSQL for the first {_ON_POSTGRES}th part of the seeds"
    parser.add_argument("--on", choices=("sqlite", "postgres", "both"), default="both", help=how)
    parser.add_argument("--workers", type=int, default=2, help="lives at a time on SQLite")
    given = parser.parse_args()
    first, many = (1, MANY) if given.first is None else (given.first, given.many or 1)
    return range(first, first + many), given.on, given.workers


if __name__ == "__main__":
    sys.exit(main(*_asked()))
