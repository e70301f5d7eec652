"""A stick with another terminal's batches, taken by keys; and one that is not there."""

from __future__ import annotations

from pathlib import Path

from counter_station import at_work, close, new_folder
from countertui.counter.office_sessions import closed_sessions
from countertui.counter.seal_batch import seal_batch
from office_of_two import close_at, exported, opened, second
from screens.test_licenses import at_counter


async def test_a_stick_is_taken_by_keys_and_its_drawers_are_seen(tmp_path: Path) -> None:
    here, there = opened(new_folder(tmp_path)), opened(second(tmp_path))
    ben, session = at_work(there, "ben", "D2")
    close_at(there, ben, session)
    seal_batch(there, ben)
    stick = exported(there, tmp_path / "stick")
    close(there)
    async with at_counter(here) as counter:
        await counter.by_hand("f10", "s")
        await counter.by_hand("i", *"/nowhere", "enter")
        assert "There is no folder /nowhere." in counter.message
        counter.app.query_one("#stick").folder.set(str(stick))
        await counter.by_hand("enter")
        assert "T2: batch 1, 1 drawer, 0 receipts" in counter.screen()
        assert [one.terminal for one in closed_sessions(here).sessions] == ["T2"]
        await counter.by_hand("escape")
        assert "S seals and sends" in counter.screen()
    close(here)
