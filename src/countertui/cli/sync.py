"""`countertui sync`: send what is sealed, take the newest snapshot."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from cyclopts import App

from countertui.cli.extras import require_extras
from countertui.cli.lines import tell
from countertui.cli.places import terminal_folder
from countertui.errors import AnswerNo, CounterError, EnvironmentFault

if TYPE_CHECKING:
    from countertui.counter.send_batches import Sent
    from countertui.counter.station import Station

_BETWEEN_S = 60
_NOT_TAKEN = {
    "frozen": "The ledger has FROZEN this terminal: its batches wait until two people have looked. Call an admin.",
    "revoked": "The ledger has REVOKED this terminal's key: what it records now is not believed. Call an admin.",
}


def add_to(app: App) -> None:
    """Add this module's commands."""
    app.command(sync)


def sync(
    *,
    once: bool = False,
    accept_log: str | None = None,
    dir: Path | None = None,  # noqa: A002
    json_: bool = False,
) -> int:
    """Send every sealed batch and take the newest snapshot.

    Parameters
    ----------
    accept_log
        After an alarm: why the ledger's log is another than it was. An admin's id and PIN are asked for, it is
        recorded, and the log is followed anew.
    once
        Once, and then end; else every minute until stopped.
    dir
        The terminal's folder.
    json_
        Answer as JSON, a line each time: {"sent": [{"batch_no", "state", "posted_cents", "difference_cents",
        "detail"}], "snapshot", "fault", "standing"}; snapshot is the version newly taken or null, fault what kept it
        from that, standing how the ledger has this terminal: active, frozen, revoked, or empty if it didn't say.
    """
    require_extras("counter")
    from countertui.cli.running import writing_station

    with writing_station(terminal_folder(dir), "sync") as (station, way):
        if accept_log is not None:
            _follow_anew(station, accept_log)
        way.connect()
        while True:
            sent, version, fault = _exchange(station)
            _tell(sent, version, fault, station.exchange.standing(), as_json=json_)
            if once:
                if fault is not None:
                    return fault.exit_status
                return 3 if any(one.state == "waiting" for one in sent) else 0
            time.sleep(_BETWEEN_S)


def _follow_anew(station: Station, reason: str) -> None:
    from countertui.cli.running import signed_in
    from countertui.counter.accept_log import accept_log

    seen = accept_log(station, signed_in(station, None), reason)
    tell(f"Recorded: the log of {seen.size:,} entries is followed no longer.", sys.stderr)


def _exchange(station: Station) -> tuple[list[Sent], int | None, CounterError | None]:
    """One exchange: how each batch stands, the snapshot newly taken, and why it could not be asked for one."""
    from countertui.cli.running import run_with
    from countertui.counter.ask_office import ask_office
    from countertui.counter.keep_in_touch import keep_in_touch
    from countertui.counter.send_batches import send_batches
    from countertui.counter.take_snapshot import take_snapshot

    run = run_with(station)
    sent = send_batches(station, run)
    keep_in_touch(station, run)
    ask_office(station, run)
    try:
        return sent, take_snapshot(station, run, _progress), None
    except (EnvironmentFault, AnswerNo) as fault:  # what was sent is told all the same
        return sent, None, fault


def _tell(sent: list[Sent], version: int | None, fault: CounterError | None, standing: str, *, as_json: bool) -> None:
    from countertui.domain.money import format_cents

    if as_json:
        why = fault.happened if fault else None
        said = {"sent": [asdict(one) for one in sent], "snapshot": version, "fault": why, "standing": standing}
        print(json.dumps(said), flush=True)
        return
    for one in sent:
        tell(
            f"batch {one.batch_no}: {one.state}, posted {format_cents(one.posted_cents)},"
            f" difference {format_cents(one.difference_cents)}{'  ' + one.detail if one.detail else ''}"
        )
    if version is not None:
        tell(f"snapshot {version} is in use")
    if standing in _NOT_TAKEN:
        tell(_NOT_TAKEN[standing], sys.stderr)
    if fault is not None:
        tell(str(fault), sys.stderr)
    elif not sent and version is None:
        tell("Nothing was waiting.")
    sys.stdout.flush()


def _progress(table: str, rows: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[Ktaking {table.replace('_', ' ')}: {rows:,}\r")
