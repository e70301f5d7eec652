"""A station for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from counter_station import close, new_folder, open_station
from countertui.counter.station import Station


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    """Terminal T1 of the demo city, nobody signed on, no drawer open."""
    opened = open_station(new_folder(tmp_path))
    yield opened
    close(opened)
