"""Making a demo city's folder."""

from __future__ import annotations

from pathlib import Path

from counter_station import ACCOUNTS, SetClock
from countertui.demo.city import DemoCity
from countertui.demo.folder import make_demo
from countertui.machine import random_bytes, uuid7


def test_what_is_published_is_told_table_by_table(tmp_path: Path) -> None:
    told: list[tuple[str, int]] = []
    make_demo(
        tmp_path / "city",
        DemoCity(ACCOUNTS),
        SetClock(),
        uuid7,
        random_bytes,
        lambda table, rows: told.append((table, rows)),
    )
    published = [(table, rows) for table, rows in told if table.startswith("snapshot_")]
    assert ("snapshot_account", 0) in published, "no rows are counted there, but it is told"
