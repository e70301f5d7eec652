"""Row 18: a clock that jumps within a run, or tells another time than the ledger's. The sale always goes on."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

import pytest

from counter_station import (
    FUND,
    TODAY,
    at_work,
    body,
    clock_of,
    close,
    drawer_of,
    exchange_of,
    kinds,
    last,
    on,
    pay,
    reopened,
    run_here,
)
from countertui.bootstrap import check_in_child
from countertui.counter.chips import chips
from countertui.counter.open_drawer import LeadNeeded, open_drawer
from countertui.counter.start_up import after_check
from countertui.counter.station import Station
from countertui.domain.drawers import cash_count
from countertui.store.store import NotWritten


def clock_changes(station: Station) -> list[dict[str, int]]:
    return [
        body(station, seq)["data"]
        for (seq,) in station.db.execute("SELECT seq FROM journal WHERE kind = 'clock_change' ORDER BY seq").fetchall()
    ]


@pytest.mark.parametrize("jump", [timedelta(minutes=6), timedelta(days=3), timedelta(minutes=-6), timedelta(days=-900)])
def test_row_18_a_clock_that_jumps_within_a_run_is_recorded_with_what_follows(
    station: Station, jump: timedelta
) -> None:
    """Against the monotonic clock, which nobody sets; a machine that was asleep for a night made no jump."""
    _, session = at_work(station)
    clock_of(station).go_on(9 * 3600)
    pay(station, session)
    assert clock_changes(station) == []
    clock_of(station).now += jump
    taken = pay(station, session)
    assert kinds(station)[-2:] == ["pay", "clock_change"]
    assert clock_changes(station) == [{"jumped_ms": round(jump.total_seconds() * 1000)}]
    assert body(station, taken.seq)["biz_date"] == "2026-11-23"
    pay(station, session)
    assert kinds(station)[-1:] == ["pay"], "told once"
    close(station)
    assert check_in_child(station.store.folder) == ()


def test_row_18_a_jump_is_noticed_while_nobody_takes_money(station: Station) -> None:
    at_work(station)
    after_check(station, ())
    assert chips(station, run_here(station)).clock_off_ms == 0
    clock_of(station).now += timedelta(hours=1)
    assert chips(station, run_here(station)).clock_off_ms == 3_600_000
    assert clock_changes(station) == [{"jumped_ms": 3_600_000}]
    clock_of(station).now -= timedelta(hours=1)
    assert chips(station, run_here(station)).clock_off_ms == 0
    assert clock_changes(station)[1:] == [{"jumped_ms": -3_600_000}]


def test_row_18_a_jump_that_the_disk_did_not_take_is_told_later(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_work(station)
    clock_of(station).now += timedelta(hours=1)

    def refuse(*_arguments: object) -> None:
        raise NotWritten(sqlite3.OperationalError("disk I/O error"))

    with monkeypatch.context() as broken:
        broken.setattr(station.store, "append", refuse)
        assert chips(station, run_here(station)).halted == ""
    assert clock_changes(station) == []
    chips(station, run_here(station))
    assert clock_changes(station) == [{"jumped_ms": 3_600_000}]


def test_row_18_a_clock_other_than_the_ledgers_is_recorded(station: Station) -> None:
    exchange, clock = exchange_of(station), clock_of(station)
    at_work(station)

    def off(ahead: timedelta) -> int:
        exchange.utc_ms = clock.utc_ms() + round(ahead.total_seconds() * 1000)
        return chips(station, run_here(station)).clock_off_ms

    assert off(timedelta(minutes=-4)) == 0
    assert off(timedelta(hours=2)) == -7_200_000, "the clock here is two hours behind"
    assert off(timedelta(hours=2, minutes=2)) == -7_200_000 - 120_000
    assert clock_changes(station) == [{"ledger_ahead_ms": 7_200_000}], "told once, until it is another"
    exchange.online = False
    assert chips(station, run_here(station)).clock_off_ms == -7_200_000 - 120_000
    exchange.online = True
    assert off(timedelta(0)) == 0
    assert clock_changes(station)[1:] == [{"ledger_ahead_ms": 0}]


@pytest.mark.parametrize(("hours", "asked"), [(23, False), (25, True), (-25, True)])
def test_row_18_after_a_clock_that_was_a_day_off_a_lead_opens_the_next_drawer(
    station: Station, hours: int, asked: bool
) -> None:
    """The drawer that is open goes on; a restart forgets nothing, and a lead is asked once."""
    _, session = at_work(station)
    clock_of(station).now += timedelta(hours=hours)
    pay(station, session)
    again = reopened(station)
    ben, lena = on(again, "ben"), on(again, "lena")
    if asked:
        with pytest.raises(LeadNeeded, match="25 hours"):
            open_drawer(again, ben, "D2", TODAY, FUND)
    open_drawer(again, ben, "D2", TODAY, FUND, lena if asked else None)
    assert last(again)["approver"] == ("lena" if asked else None)
    assert last(again)["data"]["reason"] == ("the clock was 25 hours off" if asked else "")
    pay(again, session)
    drawer_of(again, on(again, "mei"), "D3", cash_count({20_00: 5}))
    assert last(again)["approver"] is None
    close(again)
