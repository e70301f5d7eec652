"""The program is killed anywhere between a payment's first statement and its paper: money, paper and drawer stay true.

DEVICE_FAULTS=all kills at every statement of the store and at every half of what a device does; else at all of them
once money is recorded, and at some before.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from counter_station import (
    at_work,
    cart_of,
    close,
    fee,
    kinds,
    new_folder,
    on,
    open_station,
    pay,
    run_here,
)
from countertui.counter.cart import Held, save_cart
from countertui.counter.cash_drawer import kick_drawer
from countertui.counter.paper_choices import print_again
from countertui.counter.print_queue import print_waiting, unprinted
from countertui.counter.start_up import after_check
from countertui.counter.station import Station
from countertui.store.anchor import anchor_folder
from failure_matrix.take_and_die import Till

Doomed = Callable[..., dict[str, Any]]
EVERY = os.environ.get("DEVICE_FAULTS") == "all"


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder where a cart over 10.00 is about to be paid in cash."""
    station = open_station(new_folder(tmp_path_factory.mktemp("ready")))
    rosa, session = at_work(station)
    pay(station, session)
    kick_drawer(station, run_here(station), station.store.tip()[0])
    print_waiting(station, run_here(station), station.printer)
    save_cart(station, rosa, Held(cart_of(station, fee(station))))
    close(station)
    return station.store.folder


def copied(ready: Path, to: Path) -> Path:
    shutil.copytree(ready, to)
    shutil.copytree(anchor_folder(ready), anchor_folder(to))
    return to


def happened(folder: Path) -> list[str]:
    log = folder / "devices.log"
    return log.read_text().splitlines() if log.exists() else []


def the_rest_of_the_day(folder: Path) -> tuple[Station, list[str], list[str]]:
    """Restart, and do what the program and a person who looks do then; what had happened before, and in the end."""
    before = happened(folder)
    station = open_station(folder)
    station.printers = (Till(folder, lambda: None),)
    assert after_check(station, ()) == ()
    run = run_here(station)
    for seq in range(1, station.store.tip()[0] + 1):
        kick_drawer(station, run, seq)
    print_waiting(station, run, station.printer)
    by_itself = happened(folder)
    rosa = on(station, "rosa")
    for note in unprinted(station):
        assert note.state == "uncertain"
        print_again(station, rosa, note.job)
    print_waiting(station, run, station.printer)
    assert unprinted(station) == []
    return station, before, by_itself


def kick_states(station: Station) -> list[str]:
    return [row[0] for row in station.db.execute("SELECT state FROM print_job WHERE kind = 'drawer' ORDER BY id")]


def test_killed_anywhere_between_payment_and_paper(ready: Path, tmp_path: Path, doomed: Doomed) -> None:
    steps = int(doomed(copied(ready, tmp_path / "none"), "till")["said"])
    assert happened(tmp_path / "none") == ["kick", "begun 0", "printed 0"]
    assert steps > 40
    paid_since = seen = 0
    for n in sample(steps):
        folder = copied(ready, tmp_path / f"at {n}")
        assert doomed(folder, "till", n)["killed"]
        station, before, by_itself = the_rest_of_the_day(folder)
        paid = kinds(station).count("pay") == 2
        in_the_end = happened(folder)
        seen += 1
        assert paid or before == [], "no device before the money is recorded"
        assert paid >= bool(paid_since), "once the payment is there, it is there at every later step"
        paid_since += paid
        # Paper: at most one unmarked copy, none by itself after a doubt, one at least in the end.
        assert in_the_end.count("begun 0") <= 1, n
        assert sum(what.startswith("printed") for what in in_the_end) >= paid
        assert by_itself.count("begun 0") == (paid and "begun 0" in by_itself)
        # Drawer: never opened twice, never late, and its state says so.
        assert in_the_end.count("kick") == before.count("kick") <= 1
        if paid:
            state = kick_states(station)[-1]
            assert state in ({"uncertain", "processed"} if "kick" in before else {"lapsed", "uncertain"}), n
        close(station)
        shutil.rmtree(folder)
    assert 0 < paid_since < seen


def sample(steps: int) -> list[int]:
    """The payment's own statements come first, and test_taking_money kills at each of them."""
    return [n for n in range(1, steps + 1) if EVERY or n > steps - 24 or n % 7 == 0]
