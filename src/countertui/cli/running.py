"""Commands that write to a terminal's store: they hold its lock, and a person answers for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen
from typing import TYPE_CHECKING, Any

from countertui.cli.asking import ask, ask_secret, passphrase_for

if TYPE_CHECKING:
    from countertui.assembly import WayToLedger
    from countertui.counter.station import Person, Station


@contextmanager
def writing_station(folder: Path, holder: str, passphrase: str | None = None) -> Iterator[tuple[Station, WayToLedger]]:
    """A terminal's station for one command, checked first, and the way to its ledger, not yet connected.

    The passphrase is asked for if not given. Raises FolderHeld, WrongPassphraseError, what opening a station raises.
    """
    from countertui.assembly import WayToLedger, open_for_command
    from countertui.bootstrap import check_in_child, close_station, end_child
    from countertui.counter.start_up import after_check
    from countertui.folder_lock import FolderLock

    lock = FolderLock(folder, holder)
    children: list[Popen[str]] = []
    try:
        way = WayToLedger(folder, children.append)
        station = open_for_command(folder, passphrase or passphrase_for(folder), way)
        try:
            after_check(station, check_in_child(folder))
            yield station, way
        finally:
            close_station(station)
    finally:
        for child in children:
            end_child(child)
        lock.close()


def signed_in(station: Station, operator: str | None) -> Person:
    """Who answers for this command: an operator id and a PIN. Raises WrongPin, OperatorLocked, UsageError."""
    from countertui.counter.sign_on import check_pin

    return check_pin(station, operator or ask("Operator id"), ask_secret("PIN"))


def run_with(station: Station) -> Callable[..., Any]:
    """Runs the counter's jobs here and now, for commands, which have one thread."""

    def run(job: Callable[..., Any], *args: object) -> Any:
        return job(station, *args)

    return run
