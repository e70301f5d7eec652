"""The command line: names are fixed, others script against them. Imports happen inside each command.

Exit status: 0 done, 1 the answer is no, 2 usage, 3 the environment.
"""

from __future__ import annotations

import sys
from pathlib import Path

from cyclopts import App, CycloptsError

from countertui.cli.places import default_folder
from countertui.domain.refusal import Refused
from countertui.errors import CounterError

app = App(name="countertui", help="The cash counter of a city hall, in a terminal.", version_flags=["--version"])


def run(arguments: list[str]) -> int:
    """Carry out a command line; gives the exit status."""
    from countertui.cli import batch, demo, importing, ledger, operator, receipt, report, sync, verify

    for commands in (batch, demo, importing, ledger, operator, receipt, report, sync, verify):
        commands.add_to(app)
    try:
        status = app(arguments, exit_on_error=False, print_error=True, result_action="return_value")
    except CycloptsError:
        return 2
    except CounterError as error:
        _say(error)
        return error.exit_status
    except Refused as error:
        _say(error)
        return 1
    except KeyboardInterrupt:
        return 130
    return status if isinstance(status, int) else 0


@app.default
def counter(*, dir: Path | None = None) -> int:  # noqa: A002 - the option's name is fixed
    """Open the counter.

    Parameters
    ----------
    dir
        The terminal's folder; the platform's data folder if not given.
    """
    from countertui.bootstrap import run_counter

    folder = default_folder(dir)
    if not (folder / "store.db").exists():
        print("There is no counter here yet. `countertui demo` opens a demo city.", file=sys.stderr)
        return 3
    return run_counter(folder)


def _say(error: CounterError | Refused) -> None:
    for sentence in (error.happened, error.safe, error.press):
        if sentence:
            print(sentence, file=sys.stderr)
