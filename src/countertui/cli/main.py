"""The command line: names are fixed, others script against them. Imports happen inside each command.

Exit status: 0 done, 1 the answer is no, 2 usage, 3 the environment.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from functools import cache
from pathlib import Path

from cyclopts import App, CycloptsError, Parameter

from countertui.cli.extras import require_extras
from countertui.cli.lines import tell
from countertui.cli.places import terminal_folder
from countertui.domain.refusal import Refused
from countertui.errors import CounterError

app = App(
    name="countertui",
    help="The cash counter of a city hall, in a terminal.",
    version_flags=["--version"],
    default_parameter=Parameter(negative=()),
)
_ENVIRONMENT = 3


@cache
def whole_app() -> App:
    """The command line with all its commands."""
    from countertui.cli import (
        backup,
        batch,
        demo,
        doctor,
        importing,
        init,
        key,
        ledger,
        license,
        operator,
        receipt,
        report,
        sync,
        training,
        verify,
    )

    for commands in (
        backup,
        batch,
        demo,
        doctor,
        importing,
        init,
        key,
        ledger,
        license,
        operator,
        receipt,
        report,
        sync,
        training,
        verify,
    ):
        commands.add_to(app)
    return app


def run(arguments: list[str]) -> int:
    """Carry out a command line; gives the exit status."""
    try:
        status = whole_app()(arguments, exit_on_error=False, print_error=True, result_action="return_value")
        sys.stdout.flush()
    except CycloptsError:
        return 2
    except CounterError as error:
        _say(error.happened, error.safe, error.press)
        return error.exit_status
    except Refused as error:
        _say(error.happened, error.safe, error.press)
        return 1
    except KeyboardInterrupt:
        if sys.stdin.isatty():
            print(file=sys.stderr)  # the prompt's own line stands unfinished
        return 130
    except BrokenPipeError:
        # Whoever read our output has enough, as `head` does. Python would complain once more while ending.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _ENVIRONMENT
    except OSError as error:
        _say(f"The machine refused: {error.strerror or error}{f' ({error.filename})' if error.filename else ''}.")
        return _ENVIRONMENT
    except sqlite3.Error as error:
        _say(f"A database could not be read or written: {error}.", press="Call a technician; don't delete anything.")
        return _ENVIRONMENT
    return status if isinstance(status, int) else 0


@app.default
def counter(*, dir: Path | None = None, plain: bool = False) -> int:  # noqa: A002 - the option's name is fixed
    """Open the counter.

    Parameters
    ----------
    dir
        The terminal's folder; the platform's data folder if not given.
    plain
        For screen readers and braille: one column, no lines drawn, the terminal's own cursor shown.
    """
    require_extras("counter")
    from countertui.bootstrap import run_counter

    return run_counter(terminal_folder(dir), plain=plain)


def _say(*sentences: str, press: str = "") -> None:
    for sentence in (*sentences, press):
        if sentence:
            tell(sentence, sys.stderr)
