"""The register by keys, on a real station: found, reviewed, approved, charged, paid, issued; with whose credential."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from counter.test_license_deeds import SAYS, approved, filed, issued
from counter_station import at_work, close, new_folder, on, open_station
from countertui.counter.license_register import license_seen
from countertui.counter.licenses import license_here
from countertui.counter.open_drawer import session_of
from countertui.counter.station import Station
from countertui.domain.license_states import State
from countertui.screens.app import CounterApp
from countertui.screens.bursts import Bursts
from screens.conftest import QUICK_SECONDS, Counter
from screens.station_desk import StationDesk


@pytest.fixture
def station(tmp_path) -> Iterator[Station]:
    opened = open_station(new_folder(tmp_path))
    yield opened
    close(opened)


@asynccontextmanager
async def at_counter(station, who: str = "rosa") -> AsyncIterator[Counter]:
    person = on(station, "rosa")
    session = session_of(station, person) or at_work(station)[1]
    app = CounterApp(StationDesk(station), poll_seconds=0)
    app.bursts = Bursts(QUICK_SECONDS)
    async with app.run_test(size=(80, 24)) as pilot:
        counter = Counter(app, pilot, app.desk)
        await app.starting.opened()
        app.person, app.session = (person, session) if who == "rosa" else (on(station, who), None)
        await app.go_home()
        await counter.settle()
        yield counter


def state(station, number: str = "T1-L1") -> State:
    found = license_here(station, station.db, number)
    assert found is not None
    return found.state


async def mark(counter: Counter, words: str) -> None:
    """Move the cursor to the row that holds the words."""
    await counter.by_hand(*["pageup"] * 4)
    for _ in range(40):
        if any("›" in line and words in line for line in counter.screen().splitlines()):
            return
        await counter.by_hand("down")
    raise AssertionError(f"no row {words}: {counter.screen()}")


async def test_a_walk_in_by_keys(station) -> None:
    filed(station)
    async with at_counter(station) as counter:
        await counter.by_hand("f10", "f")
        assert "Applications to decide" in counter.screen()
        assert "Ana's Wine" in counter.screen()
        await counter.by_hand("enter")
        assert "T1-L1  Ana's Wine  submitted" in " ".join(counter.screen().split(" ")).replace("   ", "  ")
        for name in ("zoning", "fire"):
            await mark(counter, name)
            await counter.by_hand("v", *"inspected", "enter")
            assert "A lead decides" in counter.screen()
            await counter.by_hand(*"lena", "enter", *"5555", "enter")
            assert "has a review's result, by Lena" in counter.message
        await mark(counter, "State liquor license")
        await counter.by_hand("b")
        assert "has its documents noted, by Rosa" in counter.message
        await counter.by_hand("a", "enter", *"lena", "enter", *"5555", "enter")
        assert state(station) is State.APPROVED
        await counter.by_hand("f")
        assert "Not charged yet" in counter.screen()
        assert state(station) is State.APPROVED
        await counter.by_hand("p")
        assert "goes to the printer" in counter.message
        assert state(station) is State.APPROVED
        await counter.by_hand("f9")
        assert state(station) is State.FEES_DUE
        await counter.by_hand("i")
        assert "is unpaid" in counter.message
        await counter.by_hand("p")
        assert counter.app.area.NAME == "payment"
        await counter.by_hand("f9", "f10", "f", "d", "enter")
        await counter.by_hand("i", "enter")
        assert state(station) is State.ISSUED
        assert "The certificate of T1-L1 is written" in counter.message
        (paper,) = (station.store.path.parent / "papers").iterdir()
        assert paper.read_bytes().startswith(b"%PDF")


async def test_history_is_searched_and_seen_as_of_a_day(station) -> None:
    license_ = issued(station)
    async with at_counter(station) as counter:
        await counter.by_hand("f10", "f", "f", *license_.number, "enter", "enter")
        assert "issued" in counter.screen().splitlines()[2]
        await counter.by_hand("h")
        for words in ("issue", "assess", "approve", "file", "lena at T1", "rosa at T1"):
            assert words in counter.screen(), words
        await counter.by_hand(*"assess")
        assert "approve" not in counter.screen()
        await counter.by_hand("ctrl+u", *"11/23/2031", "enter")
        assert "expired" in counter.screen().splitlines()[2]
        assert "at the end of 11/23/2031" in counter.screen()
        await counter.by_hand("escape", *"01/01/2020", "enter")
        assert "Nothing was done" in counter.message
        await counter.by_hand("ctrl+u", *"nonsense", "enter")
        assert "That is no date" in counter.message
        await counter.by_hand("escape")
        assert "Print again" in counter.screen()


async def test_a_line_is_typed_anew_in_place_and_bad_input_keeps_the_form(station) -> None:
    filed(station)
    async with at_counter(station) as counter:
        await counter.by_hand("f10", "f", "enter")
        await mark(counter, "Starts")
        await counter.by_hand("e", *"02/30/2027", "enter")
        assert "doesn't exist" in counter.message, "at once, before it is asked why"
        assert "02/30/2027" in counter.screen()
        await counter.by_hand("ctrl+u", *"12/01/2026", "enter", *"typed wrong", "enter")
        assert "T1-L1 is changed, by Rosa" in counter.message
        assert license_seen(station, "T1-L1").license.says["starts"] == "2026-12-01"


@pytest.mark.parametrize("typed", ["asdf", "PO Box 7"])
async def test_a_move_to_no_place_is_refused_before_a_lead_is_asked(station, typed) -> None:
    number = issued(station).number
    before = license_seen(station, number).license.says["premises"]
    async with at_counter(station) as counter:
        await counter.by_hand("f10", "f", "f", *number, "enter", "enter", "m", "ctrl+u", *typed, "enter")
        assert "place of business" in counter.message or "a street and its number" in counter.message.lower()
        assert "A lead decides" not in counter.screen()
        assert license_seen(station, number).license.says["premises"] == before


async def test_what_is_half_typed_comes_back_and_what_is_recorded_does_not(station) -> None:
    filed(station)
    async with at_counter(station) as counter:
        await counter.by_hand("f10", "f", "enter", "z", *"gave it u")
    async with at_counter(station) as counter:
        await counter.by_hand("f10", "k")
        assert "License T1-L1: close" in counter.screen()
        await counter.by_hand("enter")
        assert "gave it u" in counter.screen()
        await counter.by_hand("p", "enter", *"lena", "enter", *"5555", "enter")
        assert state(station) is State.CLOSED
        await counter.by_hand("f10", "k")
        assert "License T1-L1" not in counter.screen()


async def test_a_lead_decides_alone_and_not_on_what_a_lead_wrote(station) -> None:
    approved(station)
    async with at_counter(station, "lena") as counter:
        await counter.by_hand("f10", "f", "d", "enter", "s")
        assert "Suspend" not in counter.screen()
        await counter.by_hand("z", *"gave up", "enter")
        assert state(station) is State.CLOSED


@pytest.mark.parametrize("who", ["ada", "ken"])
async def test_who_only_reads_is_shown_no_letters_of_acts(station, who: str) -> None:
    filed(station)
    async with at_counter(station, who) as counter:
        await counter.by_hand("f10", "f", "enter")
        assert "Ana's Wine" in counter.screen()
        assert "Approve" not in counter.screen()
        await counter.by_hand("a", "z", "enter")
        assert state(station) is State.SUBMITTED
        await counter.by_hand("h")
        assert "file" in counter.screen()


async def test_nothing_is_cut_on_80_columns(station) -> None:
    long = {**SAYS, "business": "B" * 200, "premises": "P" * 200}
    from countertui.counter.licenses import file_license

    file_license(station, on(station, "rosa"), None, long)
    async with at_counter(station) as counter:
        await counter.by_hand("f10", "f", "enter")
        title = counter.screen().splitlines()[2]
        assert title.rstrip().endswith("submitted")


async def test_what_a_license_is_not_ready_for_is_said_before_anybody_types(station) -> None:
    filed(station)
    async with at_counter(station) as counter:
        await counter.by_hand("f10", "f", "enter", "a")
        assert "Not brought yet: State liquor license." in counter.message
        assert "Why" not in counter.screen(), "no reason and no credential is asked for in vain"
        assert state(station) is State.SUBMITTED


async def test_the_next_letter_needs_no_row_to_be_marked_and_is_told(station) -> None:
    filed(station)
    async with at_counter(station) as counter:
        await counter.by_hand("f10", "f", "enter")
        for name, then in (("fire", "V: Passed."), ("zoning", "B: Brought.")):
            await counter.by_hand("v")
            assert f"{name} of T1-L1: passed?" in counter.screen()
            await counter.by_hand("enter", *"lena", "enter", *"5555", "enter")
            assert then in counter.message
        await counter.by_hand("b")
        assert "A: Approve." in counter.message
        await counter.by_hand("a", "enter", *"lena", "enter", *"5555", "enter")
        assert "F: Fees." in counter.message


async def test_what_an_act_said_is_read_whole_in_the_history(station) -> None:
    filed(station)
    async with at_counter(station) as counter:
        await counter.by_hand("f10", "f", "enter", "h")
        assert "…" not in counter.screen()
