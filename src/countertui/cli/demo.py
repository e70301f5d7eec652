"""`countertui demo`: a whole city to try everything in, with its own ledger and virtual devices."""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen
from typing import TYPE_CHECKING

from cyclopts import App

from countertui.cli.extras import require_extras
from countertui.cli.lines import tell
from countertui.cli.places import made_up_folder

if TYPE_CHECKING:
    from countertui.demo.folder import Progress

_USUAL_ACCOUNTS = 5500


def add_to(app: App) -> None:
    """Add this module's commands."""
    app.command(demo)


def demo(
    *,
    dir: Path | None = None,  # noqa: A002
    accounts: int | None = None,
    headless: bool = False,
    plain: bool = False,
    bank: bool = False,
) -> int:
    """Open the counter of a demo city, made first if it is not there; when it ends, its bank says what it has.

    Parameters
    ----------
    dir
        Where the city lives; the platform's data folder if not given.
    accounts
        How many utility accounts the city has; 5,500 if not given.
    headless
        No screen: run ledger and virtual devices, print their addresses as JSON, stop on SIGTERM.
    plain
        For screen readers and braille, as of `countertui`.
    bank
        Open nothing: write what the demo's bank says of the deposits in its books, as of when the counter ends, into
        DIR/bank, for `countertui ledger bank`.
    """
    require_extras("counter", "ledger")
    from countertui.demo.folder import accounts_of, require_accounts

    folder = made_up_folder("demo", dir)
    if accounts_of(folder) is None:
        make(folder, _USUAL_ACCOUNTS if accounts is None else accounts)
    elif accounts is not None:
        require_accounts(folder, accounts)
    if headless and not bank:
        status = serve_headless(folder)
        write_bank(folder)
        return status
    status = 0
    if not bank:
        from countertui.bootstrap import run_counter

        status = run_counter(folder, plain=plain)
    for path in write_bank(folder):
        tell(f"The bank's file: {path}")
    return status


def make(folder: Path, accounts: int) -> None:
    """Make a demo city, showing how far it is."""
    from countertui.demo.city import DemoCity
    from countertui.demo.folder import make_demo
    from countertui.machine import SystemClock, random_bytes, uuid7

    folder.parent.mkdir(parents=True, exist_ok=True)
    with showing_progress(accounts) as progress:
        make_demo(folder, DemoCity(accounts), SystemClock(), uuid7, random_bytes, progress)


def serve_headless(folder: Path) -> int:
    """Run the demo's ledger and virtual devices without a screen until SIGTERM or SIGINT."""
    from countertui.assembly import start_child
    from countertui.bootstrap import end_child

    children: list[Popen[str]] = []
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        ledger = start_child(
            ["countertui", "ledger", "serve", "--dir", str(folder / "ledger"), "--until-stdin-closes"], children.append
        )
        paper = str(folder / "paper.txt")
        devices = start_child(["countertui.hardware.virtual_devices", "--paper", paper], children.append)
        print(json.dumps({"dir": str(folder), "ledger": ledger, **devices}), flush=True)
        stop.wait()
    finally:
        for child in children:
            end_child(child)
    return 0


def write_bank(folder: Path) -> list[Path]:
    """Write what the demo's bank says of deposits that its files do not have yet; gives the files."""
    from datetime import date

    from countertui.demo.bank_files import FOLDER, write_bank_files
    from countertui.ledger.books import open_books
    from countertui.machine import SystemClock

    books = open_books(folder / "ledger")
    try:
        with books.reading() as connection:
            today = date.fromisoformat(SystemClock().local_text()[:10])
            return write_bank_files(connection, folder / FOLDER, today)
    finally:
        books.close()


@contextmanager
def showing_progress(accounts: int) -> Iterator[Progress]:
    """A bar for a person; for a pipe, nothing."""
    if not sys.stderr.isatty():
        yield lambda _table, _rows: None
        return
    from rich import progress as rich_progress
    from rich.console import Console

    with rich_progress.Progress(
        rich_progress.TextColumn("{task.description:32}"),
        rich_progress.BarColumn(),
        rich_progress.TextColumn("{task.completed:>9,}"),
        rich_progress.TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as bar:
        task = bar.add_task("making the city", total=None)

        def tell(table: str, rows: int) -> None:
            words = f"making {table.replace('_', ' ')}"
            bar.update(task, description=words, completed=rows)
            bar.tasks[0].total = max(accounts, rows) if rows else None  # of what is not counted: a bar that moves

        yield tell
