"""`countertui training`: a city to learn the counter in, whose ledger, keys and money are nobody's."""

from __future__ import annotations

from pathlib import Path

from cyclopts import App

from countertui.cli.demo import showing_progress
from countertui.cli.extras import require_extras
from countertui.cli.places import made_up_folder

_ACCOUNTS = 1000


def add_to(app: App) -> None:
    """Add this module's commands."""
    app.command(training)


def training(*, dir: Path | None = None, plain: bool = False) -> int:  # noqa: A002
    """Open the counter of a training city, made first if it is not there: exercises under F10, H.

    Every screen and paper of it says TRAINING, it opens no drawer, and no real ledger takes anything from it.

    Parameters
    ----------
    dir
        Where the city lives; the platform's data folder if not given.
    plain
        For screen readers and braille, as of `countertui`.
    """
    require_extras("counter", "ledger")
    from countertui.bootstrap import run_counter
    from countertui.machine import folder_mark

    folder = made_up_folder("training", dir)
    if folder_mark(folder) != "TRAINING":
        _make(folder)
    return run_counter(folder, plain=plain)


def _make(folder: Path) -> None:
    from countertui.demo.city import DemoCity
    from countertui.demo.folder import make_training
    from countertui.machine import SystemClock, random_bytes, uuid7

    folder.parent.mkdir(parents=True, exist_ok=True)
    with showing_progress(_ACCOUNTS) as progress:
        make_training(folder, DemoCity(_ACCOUNTS), SystemClock(), uuid7, random_bytes, progress)
