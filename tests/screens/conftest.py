"""A counter at work on a desk without a store."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from time import monotonic, process_time
from typing import Any

import pytest
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.pilot import Pilot

from countertui.counter.station import Session
from countertui.domain.appearance import Appearance
from countertui.screens.app import THE_USUAL, CounterApp
from countertui.screens.bursts import Bursts
from countertui.screens.payment import PaymentArea
from screens.fake_desk import PEOPLE, FakeDesk

ALL = os.environ.get("SCREENS") == "all"
"""Whether to go through every field, size and theme (make test-screens) or through a sample of them (make test)."""
MOMENT_SECONDS = 0.002
IDLE_SECONDS = 0.0005
QUICK_SECONDS = 0.004
"""As far apart as keys that tests send can't be: nobody waits long for a scanner's silence."""
SESSION = Session("s1", "D1", "ana", "Ana Quill", "2026-11-23", 200_00, 200_00, 2)


class Counter:
    """A running counter and ways to work it that wait for everything to be done."""

    def __init__(self, app: CounterApp, pilot: Pilot[None], desk: FakeDesk) -> None:
        self.app = app
        self.at = monotonic() - 100  # of the keys pressed by hand
        self.pilot = pilot
        self.desk = desk

    async def keys(self, *keys: str) -> None:
        """Press keys, one wholly after the other, then wait for what they began."""
        self.send(*keys)
        await self.settle()

    def send(self, *keys: str) -> None:
        """Press keys as fast as a scanner does, waiting for nothing."""
        from textual.events import Key

        for key in keys:
            letter = key if len(key) == 1 else {"space": " "}.get(key)
            self.app.post_message(Key(key, letter))

    async def by_hand(self, *keys: str, apart: float = 0.3) -> None:
        """Press keys as far from those before as hands do, and `apart` seconds from each other."""
        from textual.events import Key

        self.at += 0.3
        for key in keys:
            event = Key(key, key if len(key) == 1 else None)
            event.time = self.at
            self.at += apart
            self.app.post_message(event)
        await self.settle()

    def type(self, text: str) -> None:
        self.send(*text)

    async def paste(self, text: str) -> None:
        self.send_paste(text)
        await self.settle()

    def send_paste(self, text: str) -> None:
        from textual.events import Paste

        self.app.post_message(Paste(text))
        self.at = monotonic()

    async def settle(self) -> None:
        await self.pilot.pause()
        while self.app.bursts.waiting:
            await self.pilot.pause(QUICK_SECONDS)
        await self.app.hands.idle()
        await self.desk.idle()
        await self.pilot.pause()
        await self.app.hands.idle()

    async def until(self, come: Callable[[], bool]) -> None:
        """Wait for something that comes by itself."""
        while not come():
            await self.pilot.pause(0.01)

    @property
    def payment(self) -> PaymentArea:
        area = self.app.area
        assert isinstance(area, PaymentArea)
        return area

    @property
    def message(self) -> str:
        return self.app.message.text

    @property
    def message_shown(self) -> str:
        """The message as it stands on the screen, with the city's own keys."""
        return " ".join(self.app.message.plain_text().split())

    def screen(self) -> str:
        """What stands on the screen, line by line."""
        width, height = self.app.size
        lines = self.app.screen._compositor.render_strips(self.app.size)
        assert (width, height) == self.app.size
        return "\n".join("".join(segment.text for segment in strip) for strip in lines)


Open = Callable[..., Any]


async def idle(_least: float = 0, most: float = 1) -> None:
    """Wait until nothing is ready to run in this event loop and the process did next to nothing for a moment.

    Textual's own goes by the second alone, and so needs moments of 20 ms to be sure of it.
    """
    ready = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]
    until = monotonic() + most
    while monotonic() < until:
        before = process_time()
        await asyncio.sleep(MOMENT_SECONDS)
        if not ready and process_time() - before < IDLE_SECONDS:
            return


@pytest.fixture(autouse=True, scope="session")
def idleness_is_seen_soon() -> Iterator[None]:
    """A pilot waits for each key's end: thousands of times in these tests."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("textual.pilot.wait_for_idle", idle)
        patched.setattr("textual.app.wait_for_idle", idle)
        yield


@pytest.fixture(autouse=True, scope="session")
def a_stylesheet_is_parsed_once() -> Iterator[None]:
    """Textual keeps what it parsed for one app and one theme; here a thousand apps have the same sheets and themes."""
    parse, parsed = Stylesheet._parse_rules, {}

    def parsed_once(sheet: Stylesheet, *given: Any, **named: Any) -> list[RuleSet]:
        asked = given, frozenset(named.items()), frozenset(sheet._variables.items())
        if asked not in parsed:
            parsed[asked] = parse(sheet, *given, **named)
        return parsed[asked]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Stylesheet, "_parse_rules", parsed_once)
        yield


@pytest.fixture(autouse=True)
def a_plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Colors follow the terminal's name: the same one everywhere."""
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("COLORTERM", raising=False)


@asynccontextmanager
async def opened(
    desk: FakeDesk | None = None,
    *,
    who: str | None = "ana",
    drawer: bool = True,
    size: tuple[int, int] = (80, 24),
    appearance: Appearance = THE_USUAL,
) -> AsyncIterator[Counter]:
    """A counter: at the sign-on, or with ana signed on and a drawer open."""
    desk = desk or FakeDesk()
    app = CounterApp(desk, appearance, poll_seconds=0)
    app.bursts = Bursts(QUICK_SECONDS)
    async with app.run_test(size=size) as pilot:
        counter = Counter(app, pilot, desk)
        if who is not None:
            await app.starting.opened()
            app.person = PEOPLE[who][0]
            app.session = desk.session = SESSION if drawer else None
            app.show_status()
            await app.go_home()
        await counter.settle()
        yield counter


@pytest.fixture
def open_counter() -> Open:
    """Opens a counter."""
    return opened
