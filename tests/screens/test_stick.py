"""A stick with another terminal's batches, taken by keys; and one that is not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from counter_station import at_work, close, new_folder, run_here
from countertui.counter.office_sessions import closed_sessions
from countertui.counter.seal_batch import seal_batch
from countertui.counter.take_stick import take_folder
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


async def test_a_cashier_writes_a_stick_by_keys_and_another_terminal_takes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = opened(new_folder(tmp_path)), opened(second(tmp_path))
    monkeypatch.chdir(tmp_path)  # a name that fits the screen wherever the tests are run
    stick = Path("stick")
    there.media = lambda: [Path("other"), stick]
    async with at_counter(there) as counter:
        await counter.by_hand("f10", "s", "w")
        assert " other " in counter.screen()
        await counter.by_hand("down", "enter")
        assert f"There is no folder {stick}." in counter.message
        stick.mkdir()
        await counter.by_hand("enter")
        assert "Batch 1 is on" in counter.screen()
        assert "not sealed yet" not in counter.screen()
        await counter.by_hand("tab", *"x", "enter")
        assert "The number of a batch is typed in digits." in counter.message
        await counter.by_hand("1", "enter")
        assert "There is no batch after 1: the last is 1." in counter.message
        assert sorted(path.name for path in stick.iterdir()) == ["T2-1-1.ctb", "T2-registry.jsonl"]
    close(there)
    assert [one.batch_no for one in take_folder(here, run_here(here), stick, lambda _table, _rows: None).office] == [1]
    close(here)
