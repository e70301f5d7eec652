"""Every shipped exercise done on the real screens over a real store, with no key more than it says are enough."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from counter_station import PINS, on
from countertui.counter.exercise_given import read_given
from countertui.counter.exercises import end_exercise, offered
from countertui.counter.station import Station
from countertui.domain.drawers import DENOMINATIONS
from countertui.domain.exercise_list import EXERCISES, PAYOR, SHORT, handed, part
from countertui.domain.exercises import Exercise, Given
from countertui.domain.rights import Act
from countertui.screens.app import CounterApp
from countertui.screens.bursts import Bursts
from countertui.store.exercise_tries import read_tries
from countertui.widgets.tender_counts import COUNTED
from screens.conftest import QUICK_SECONDS, Counter
from screens.station_desk import StationDesk
from training_city import training_station

Keys = list[str]


def amount(cents: int) -> Keys:
    return [*f"{cents / 100:.2f}"]


def account(given: Given, n: int = 0) -> Keys:
    return [*given.bills[n].key, "enter"]


def total(given: Given) -> int:
    return sum(bill.cents for bill in given.bills)


def counted(*pieces: tuple[int, int]) -> Keys:
    """The pieces of each denomination (in cents), from the first field of the grid on."""
    of = dict(pieces)
    last = max(n for n, each in enumerate(DENOMINATIONS) if of.get(each))
    return [key for each in DENOMINATIONS[: last + 1] for key in (*(str(of[each]) if of.get(each) else ""), "enter")]


def pieces_of(cents: int) -> list[tuple[int, int]]:
    found = []
    for each in DENOMINATIONS:
        number, cents = divmod(cents, each)
        found.append((each, number))
    return found


def drawer_counted(given: Given, less: int) -> Keys:
    """What the task says is in the drawer: cash piece by piece, then each other tender's number and total."""
    of = dict(pieces_of(given.cash - less))
    others = {kind: (number, cents) for kind, number, cents in given.others}
    typed = [str(of[each] or "") for each in DENOMINATIONS]
    for kind in COUNTED:
        number, cents = others.get(kind.value, (0, 0))
        typed += [str(number), f"{cents / 100:.2f}"] if number else ["", ""]
    while not typed[-1]:
        typed.pop()
    return [key for text in typed for key in (*text, "enter")][:-1]


def approved(given: Given) -> Keys:
    return [*given.lead[0], "enter", *given.lead[1], "enter"]


SIGN_ON = {who: (*who, "enter", *PINS[who], "enter") for who in ("rosa", "tess")}
CLOSES = frozenset({"close", "close-short"})
"""How many keys these take depends on what is in the drawer."""
FUND = ((20_00, 5), (10_00, 5), (5_00, 6), (1_00, 20))
FUND_SHORT = ((20_00, 5), (10_00, 5), (5_00, 5), (1_00, 20))
DONE: dict[str, Callable[[Given], Keys]] = {
    "open-drawer": lambda _: [*"D2", "enter", "enter", *counted(*FUND), "f9"],
    "exact-cash": lambda given: [*account(given), "f9"],
    "cash-change": lambda given: [*account(given), "f5", *amount(handed(total(given))), "enter"],
    "check": lambda given: [*account(given), "f6", *given.check, "enter"],
    "one-check": lambda given: [
        *(key for n in range(3) for key in account(given, n)),
        *("f6", *given.check, "enter"),
    ],
    "fee-card": lambda given: [*"copy*3", "enter", "f7", *f"OK{given.check}", "enter"],
    "money-order": lambda given: [*account(given), "f8", *f"MO{given.check}", "enter"],
    "partial": lambda given: [*account(given), "f4", *amount(part(total(given))), "enter", "f9"],
    "split": lambda given: [*account(given), "f5", *amount(part(total(given))), "enter", "f6", *given.check, "enter"],
    "payor": lambda given: [*account(given), "ctrl+n", *PAYOR, "enter", "f9"],
    "park": lambda given: [*account(given), "ctrl+k", *account(given, 1), "f9", "ctrl+k", "f9"],
    "reprint": lambda given: [*account(given), "f9", "f3", "ctrl+r"],
    "void": lambda given: [*account(given), "f9", "f3", "enter", "v", "1", *approved(given)],
    "no-sale": lambda _: ["f10", "t", *"change", "enter"],
    "mail-batch": lambda given: [
        *("f10", "m", "1", "enter", "3", "enter", *amount(total(given)), "enter"),
        *(key for n in range(3) for key in (*account(given, n), *str(int(given.check) + n), "enter")),
        "f9",
    ],
    "paper-receipt": lambda given: ["f10", "n", "f9", *account(given), "f9"],
    "close": lambda given: ["f10", "c", *drawer_counted(given, 0), "f9", "f9"],
    "open-short": lambda given: [*"D2", "enter", "enter", *counted(*FUND_SHORT), "f9", *approved(given)],
    "close-short": lambda given: [
        *("f10", "c", *drawer_counted(given, SHORT), "f9"),
        *(*"wrong change", "enter"),
    ],
    "returned-check": lambda given: [
        *("f10", "g", *given.came_back.name, "enter", *amount(given.came_back.cents), "enter", *"NSF", "enter", "f9"),
        *approved(given),
    ],
    "seal": lambda _: ["f10", "s"],
}


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    with training_station(tmp_path) as opened:
        ids = count(0x1000)  # one after the other, as if each were drawn a millisecond later
        opened.ids = lambda: f"01a207d1-{next(ids):04x}-7000-8000-000000000000"
        yield opened


async def begun(counter: Counter, one: Exercise) -> Given:
    """Begin an exercise from the list; what its task names."""
    station = counter.app.desk.station
    n = [each.exercise for each in offered(station, counter.app.person)].index(one)
    await counter.by_hand("f10", "h", *["up"] * len(EXERCISES), *["down"] * n, "enter")
    assert f"EXERCISE {one.title}: " in counter.screen()
    assert len(counter.app.exercising.task.plain_text().splitlines()) <= 3
    return read_given(read_tries(station.store.folder)[-1].given)


async def test_a_trainees_day(station: Station) -> None:
    """Every exercise in its order, begun from the list and done by its keys; the drawer is as the others left it."""
    app = CounterApp(StationDesk(station), poll_seconds=0)
    app.bursts = Bursts(QUICK_SECONDS)
    async with app.run_test(size=(80, 24)) as pilot:
        counter = Counter(app, pilot, app.desk)
        await app.starting.opened()
        await counter.by_hand(*SIGN_ON["rosa"])
        for one in EXERCISES:
            if one.act is Act.CORRECT:
                await counter.by_hand("f10", "o", *SIGN_ON["tess"])
            given = await begun(counter, one)
            await counter.by_hand(*DONE[one.code](given))
            await app.exercising._look.done()
            await counter.settle()
            ended = read_tries(station.store.folder)[-1]
            if ended.points is None:
                verdict = end_exercise(station, app.person, app.exercising.keys)
                pytest.fail(f"{one.code}: {verdict.wrong} {counter.screen()}")
            assert (ended.exercise, ended.points, ended.wrong) == (one.code, 100, ()), counter.screen()
            assert ended.keys == one.keys or (one.code in CLOSES and ended.keys < one.keys), (
                f"{one.code}: it says how many"
            )
            assert f"EXERCISE DONE {one.title}: 100 of 100 points." in " ".join(counter.screen().split())
    done = {
        each.exercise.code for who in ("rosa", "tess") for each in offered(station, on(station, who)) if each.is_done
    }
    assert done == {one.code for one in EXERCISES}
