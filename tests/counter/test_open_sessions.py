"""The drawers open at a terminal, whoever opened them."""

from __future__ import annotations

from counter_station import at_work
from countertui.counter.close_drawer import close_drawer, commit_count
from countertui.counter.open_sessions import open_sessions
from countertui.counter.station import Station
from countertui.domain.drawers import cash_count


def test_open_drawers_are_listed_with_their_operators_names_and_closed_ones_are_not(station: Station) -> None:
    assert open_sessions(station) == []
    rosa, front = at_work(station)
    assert open_sessions(station) == [front]
    assert front.operator_name != front.operator
    commit_count(station, rosa, front, cash_count({20_00: 5, 10_00: 10}), {})
    close_drawer(station, rosa, front, "")
    assert open_sessions(station) == []
