"""Commands that write to a terminal's store: they hold its lock, and a person answers for them."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from countertui.counter.station import Person, Station


@contextmanager
def writing_station(folder: Path, holder: str) -> Iterator[Station]:
    """A terminal's station for one command, checked first. Raises StoreHeld, WrongPassphraseError, StoreHalted."""
    from countertui.assembly import open_station
    from countertui.bootstrap import check_in_child, close_station, end_child
    from countertui.counter.start_up import after_check
    from countertui.store.lock import FolderLock

    lock = FolderLock(folder, holder)
    children: list[Popen[str]] = []
    try:
        station = open_station(folder, passphrase_for(folder), children.append)
        try:
            after_check(station, check_in_child(folder))
            yield station
        finally:
            close_station(station)
    finally:
        for child in children:
            end_child(child)
        lock.close()


def passphrase_for(folder: Path) -> str:
    """The opener's passphrase: typed, from COUNTERTUI_PASSPHRASE under a service, the demo's own for a demo."""
    if (folder / "demo.json").exists() or (folder.parent / "demo.json").exists():
        from countertui.demo.folder import PASSPHRASE

        return PASSPHRASE
    return os.environ.get("COUNTERTUI_PASSPHRASE") or getpass.getpass("Opener's passphrase: ")


def signed_in(station: Station, operator: str | None) -> Person:
    """Who answers for this command: an operator id and a PIN, typed or, in a pipe, one line of standard input."""
    from countertui.counter.sign_on import check_pin

    who = operator or input("Operator id: ")
    pin = getpass.getpass("PIN: ") if sys.stdin.isatty() else sys.stdin.readline().strip()
    return check_pin(station, who, pin)


def run_with(station: Station) -> Callable[..., Any]:
    """Runs the counter's jobs here and now, for commands, which have one thread."""

    def run(job: Callable[..., Any], *args: object) -> Any:
        return job(station, *args)

    return run
