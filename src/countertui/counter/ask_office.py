"""Asking the ledger for the office's drawers: what it says is kept, and known here when the network is gone again."""

from __future__ import annotations

import json

from countertui.counter.station import Run, Station
from countertui.domain.office_said import OfficeSaid, as_json
from countertui.errors import AnswerNo, EnvironmentFault
from countertui.store import office_rows


def ask_office(station: Station, run: Run) -> str:
    """Ask and keep the answer; gives of which moment it is (ISO 8601 UTC), empty where there is none to be had.

    Runs on a thread of its own; `run` does the store's part on the writer's thread.
    """
    try:
        said = station.exchange.ask_office()
    except (EnvironmentFault, AnswerNo):
        return ""
    if said.office != station.place.office:
        return ""
    run(_keep, said)
    return said.at


def _keep(station: Station, said: OfficeSaid) -> None:
    body = json.dumps(as_json(said))
    station.store.write_working(lambda db: office_rows.keep_said(db, said.at, body))
