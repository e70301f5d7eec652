"""Looking one operator up gives what the list of all says of them, whatever was set at the terminal since."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from counter_station import close, new_folder, on, open_station
from countertui.counter.operators import add_operator, remove_operator, reset_operator, set_last_day
from countertui.counter.station import Station
from countertui.domain.rights import Role
from countertui.store.operators import operator, operators


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    opened = open_station(new_folder(tmp_path))
    ken, lena = on(opened, "ken"), on(opened, "lena")
    add_operator(opened, ken, lena, "nia", "Nia Brandt", (Role.CASHIER,))
    reset_operator(opened, ken, lena, "rosa")
    set_last_day(opened, ken, "ben", "2026-12-31")
    add_operator(opened, ken, lena, "otto", "Otto Ahl", (Role.CASHIER,))
    set_last_day(opened, ken, "otto", "2026-11-23")
    remove_operator(opened, ken, "mei")
    yield opened
    close(opened)


@pytest.mark.parametrize("today", ["1970-01-01", "2026-11-23", "2026-11-24", "2999-12-31"])
@pytest.mark.parametrize("spelled", [str, str.upper])
def test_one_is_the_one_of_all(station: Station, today: str, spelled: type[str]) -> None:
    here = {row.id: row for row in operators(station.db, station.reference, today)}
    ids = [row.id for row in station.reference.operators()] + ["nia", "otto", "nobody"]
    found = {id_: operator(station.db, station.reference, spelled(id_), today) for id_ in ids}
    assert found == {id_: here.get(id_) for id_ in ids}
    assert "mei" not in here
    assert ("ben" in here) == ("2026-01-01" <= today <= "2026-12-31")
    assert ("otto" in here) == (today <= "2026-11-23")


def test_a_pin_set_here_goes_before_the_snapshots(station: Station) -> None:
    rosa, snapshots = operator(station.db, station.reference, "rosa", "2026-11-23"), station.reference.operator("rosa")
    assert rosa is not None
    assert snapshots is not None
    assert (rosa.name, rosa.roles) == (snapshots.name, snapshots.roles)
    assert rosa.verifier != snapshots.verifier
