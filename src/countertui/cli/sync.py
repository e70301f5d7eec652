"""`countertui sync`: send what is sealed, take the newest snapshot."""

from __future__ import annotations

import time
from pathlib import Path

from cyclopts import App

from countertui.cli.places import default_folder

_BETWEEN_S = 60


def add_to(app: App) -> None:
    """Add this module's commands."""
    app.command(sync)


def sync(*, dir: Path | None = None, once: bool = False) -> int:  # noqa: A002
    """Send every sealed batch and take the newest snapshot.

    Parameters
    ----------
    dir
        The terminal's folder.
    once
        Once, and then end; else every minute until stopped.
    """
    from countertui.cli.running import run_with, writing_station
    from countertui.counter.send_batches import send_batches
    from countertui.counter.take_snapshot import take_snapshot
    from countertui.domain.money import format_cents

    with writing_station(default_folder(dir), "sync") as station:
        while True:
            run = run_with(station)
            sent = send_batches(station, run)
            for one in sent:
                print(
                    f"batch {one.batch_no}: {one.state}, posted {format_cents(one.posted_cents)},"
                    f" difference {format_cents(one.difference_cents)}{'  ' + one.detail if one.detail else ''}"
                )
            version = take_snapshot(station, run, lambda _table, _rows: None)
            if version is not None:
                print(f"snapshot {version} is in use")
            if once:
                return 3 if any(one.state == "waiting" for one in sent) else 0
            time.sleep(_BETWEEN_S)
