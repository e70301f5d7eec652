"""The training city's counter: TRAINING in sight on every screen, a task below it, keys counted as for budgets."""

from __future__ import annotations

from dataclasses import replace

import pytest

from counter_station import at_work
from countertui.domain.appearance import Appearance
from countertui.screens.app import CounterApp
from countertui.screens.areas import area_names
from screens.conftest import Counter
from screens.fake_desk import FakeDesk
from screens.scenes.training import training
from screens.station_desk import StationDesk
from training_city import training_station


def marks(screen: str) -> tuple[bool, bool]:
    """Whether the place and the chips say TRAINING."""
    place, chips, *_ = screen.splitlines()
    return place.rstrip().endswith("TRAINING"), "! TRAINING" in chips


async def test_every_screen_says_training_beside_the_place_and_among_the_chips(tmp_path):
    with training_station(tmp_path) as station:
        person, session = at_work(station)
        app = CounterApp(StationDesk(station), poll_seconds=0)
        async with app.run_test(size=(80, 24)) as pilot:
            counter = Counter(app, pilot, app.desk)
            await app.starting.opened()
            app.person, app.session = person, session
            for name in area_names():
                await app.go(name)
                assert marks(app.status.plain_text()) == (True, True), name
            await counter.settle()
            assert marks(counter.screen()) == (True, True)


async def test_before_anything_is_open_the_folder_says_so(open_counter):
    desk = training()
    desk.needs_passphrase = True
    async with open_counter(desk, who=None) as counter:
        assert counter.screen().splitlines()[0].rstrip().endswith("TRAINING")


async def test_who_hears_the_screen_hears_it_first(open_counter):
    async with open_counter(training(), appearance=Appearance(plain=True)) as counter:
        assert counter.screen().startswith(" TRAINING ")
        await counter.by_hand("f10", "h", "up", "enter")
        assert "EXERCISE A bill, exact cash" in counter.screen()


async def test_a_demo_says_demo_and_has_no_exercises(open_counter):
    async with open_counter(FakeDesk()) as counter:
        await counter.keys("f10")
        assert counter.screen().splitlines()[0].rstrip().endswith("DEMO")
        assert "Exercises" not in counter.screen()
        await counter.keys("h")
        assert counter.app.area.NAME == "menu"


async def test_a_task_stays_in_sight_until_it_is_done_and_keys_are_counted_without_data(open_counter):
    desk = training()
    async with open_counter(desk) as counter:
        await counter.by_hand("f10", "h", "up", "enter")
        assert "EXERCISE A bill, exact cash: Take the bill 10422301" in counter.screen()
        await counter.by_hand(*"10422301", "enter")
        assert counter.app.exercising.keys == 1, "what is typed is data"
        await counter.by_hand("f3")
        assert "EXERCISE" in counter.screen(), "on every screen"
        await counter.by_hand("f2", "f9")
        assert "EXERCISE DONE A bill, exact cash: 92 of 100 points." in counter.screen()
        await counter.by_hand("f10", "h")
        assert "Done as asked: 92 of 100 points." in counter.screen()
        assert "EXERCISE" not in counter.screen(), "it was read"
        assert desk.scores["exact-cash"] == [96, 92]


async def test_a_city_with_keys_of_its_own_is_told_those(open_counter):
    desk = training()
    desk.rules = replace(desk.rules, keys={"menu": "f12"})
    async with open_counter(desk) as counter:
        await counter.by_hand("f12", "h", "up", "enter", *"10422301", "enter", "f9")
        assert "F12, H for the next." in " ".join(counter.screen().split())


async def test_a_scan_counts_as_one_key(open_counter):
    async with open_counter(training()) as counter:
        await counter.by_hand("f10", "h", "up", "enter")
        await counter.keys(*"10422301", "enter")
        assert counter.app.exercising.keys == 1
        await counter.by_hand("f9")
        assert "EXERCISE DONE A bill, exact cash: 100 of 100 points." in counter.screen()


async def test_f9_scores_it_as_it_stands_with_what_is_wrong_in_words(open_counter):
    async with open_counter(training()) as counter:
        await counter.by_hand("f10", "h", "up", "enter", "f10", "h")
        assert "F9 Score it" in counter.screen()
        await counter.by_hand("f9")
        screen = counter.screen()
        assert "Not done as asked: 24 of 100 points." in screen
        assert "No receipt stands for 10422301." in screen
        assert "F9" not in screen
        await counter.by_hand("f9")
        assert "24 of 100" in counter.screen(), "a second F9 does nothing"


@pytest.mark.parametrize("who", ["ana"])
async def test_who_signs_on_again_goes_on_where_they_were(open_counter, who):
    desk = training()
    async with open_counter(desk) as counter:
        await counter.by_hand("f10", "h", "up", "enter", "f10", "o")
        assert counter.app.area.NAME == "sign_on"
        assert "EXERCISE" not in counter.screen(), "the next person has tasks of their own"
        await counter.by_hand(*who, "enter", *"1357", "enter")
        assert "EXERCISE A bill, exact cash" in counter.screen()


async def test_what_cannot_be_begun_says_so(open_counter):
    async with open_counter(training(), drawer=False) as counter:
        await counter.by_hand("f10", "h", "enter")
        assert "This exercise needs a drawer of yours." in counter.message
        assert counter.app.area.NAME == "exercises"
