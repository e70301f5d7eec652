"""`countertui license notices` in a process that SIGKILL ends at one moment, for the test beside it. Never imported.

`die_in_notices.py MOMENT ARGUMENT...`: "in part N" after the acts of the Nth part were written and before its commit,
"after part N" once it is committed, "before NAME" once that file's bytes are written and before it has its name,
"after NAME" once it has.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from countertui.cli.main import run
from countertui.ledger import renewals

AT_ONCE = 3


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main(moment: str, *arguments: str) -> int:
    when, what, *nth = moment.split()
    assess, replace, done = renewals.assess_some, Path.replace, 0

    def assess_some(*given: Any, **more: Any) -> int:
        nonlocal done
        if (when, what) == ("after", "part") and done == int(nth[0]):
            die()
        assessed = assess(*given, **more)
        done += 1
        if (when, what) == ("in", "part") and done == int(nth[0]):
            die()
        return assessed

    def put(path: Path, target: Path) -> Path:
        if (when, what) == ("before", target.name):
            die()
        put_there = replace(path, target)
        if (when, what) == ("after", target.name):
            die()
        return put_there

    renewals.AT_ONCE = AT_ONCE
    renewals.assess_some = assess_some  # type: ignore[assignment]
    Path.replace = put  # type: ignore[assignment, method-assign]
    return run(list(arguments))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
