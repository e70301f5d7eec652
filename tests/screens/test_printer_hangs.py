"""A printer or a drawer that never answers keeps nobody from the next customer."""

from collections.abc import Callable
from time import monotonic
from typing import Any

import pytest

from screens.fake_desk import FakeDesk

FOR_EVER = 3_600.0


class HangingDesk(FakeDesk):
    """Notes what was begun, as what hangs never ends."""

    async def _do(self, function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        begun.append(function.__name__)
        return await super()._do(function, args)


begun: list[str] = []


@pytest.mark.parametrize("hangs", ["print_waiting", "print_slips", "kick_drawer", "chips"])
async def test_keys_are_answered_and_payments_taken_while_a_device_hangs(open_counter: Any, hangs: str) -> None:
    begun.clear()
    desk = HangingDesk()
    async with open_counter(desk) as counter:
        await counter.paste("10422301\n")
        desk.delays[hangs] = FOR_EVER
        since = monotonic()
        for taken, number in ((1, "20005177"), (2, "L-2041")):
            await counter.keys("f9")
            assert len(desk.payments) == taken
            await counter.paste(f"{number}\n")
            assert number in counter.screen()
        await counter.keys("f3")
        assert "Receipts" in counter.screen()
        assert monotonic() - since < 60
        assert hangs in begun
