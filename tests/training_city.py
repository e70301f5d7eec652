"""A training city, made once a process, and terminals of it for a test."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from counter_station import PINS, SetClock, close, open_station
from countertui.counter.station import Station
from countertui.demo.city import DemoCity
from countertui.demo.folder import make_training
from countertui.machine import random_bytes, uuid7
from countertui.store.anchor import anchor_folder

ACCOUNTS = 300


@cache
def training_city() -> Path:
    """The city; never opened, only copied."""
    home = Path(tempfile.mkdtemp(prefix="countertui-training-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    make_training(home / "city", DemoCity(ACCOUNTS), SetClock(), uuid7, random_bytes, lambda _table, _rows: None)
    return home / "city"


@contextmanager
def training_station(home: Path) -> Iterator[Station]:
    """Its terminal T1, nobody signed on, no drawer open."""
    folder = home / "counter"
    folder.mkdir()
    for name in ("store.db", "keys.json", "training.json"):
        shutil.copy(training_city() / name, folder / name)
    os.link(training_city() / "reference.db", folder / "reference.db")
    shutil.copytree(anchor_folder(training_city()), anchor_folder(folder))
    opened = open_station(folder)
    opened.pins_shown = tuple(PINS.items())
    try:
        yield opened
    finally:
        close(opened)
