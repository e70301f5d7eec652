"""A scan on every screen and in every field: added or refused, and never a part of it in a field or a letter a key.

By the areas themselves, so that a new one can't be forgotten.
"""

from __future__ import annotations

import pytest

from countertui.screens.areas import area_names
from countertui.screens.bursts import Bursts
from countertui.widgets.field import Field
from screens.conftest import ALL, QUICK_SECONDS
from screens.fake_desk import FakeDesk
from screens.scenes import all_scenes
from screens.test_scans import STRIPE

SCENES = all_scenes()
FAST_SECONDS = QUICK_SECONDS / 10
FIELDS = 4 if ALL else 1
"""How many fields of an area are scanned into: further ones of a grid are as these."""
SCANS = {
    "bill": (*"10422301", "enter"),
    "stub": (*"stub-10422301",),
    "misread": (*"misread1", "enter"),
    "unknown": (*"ZZ-99-XYZ-YES", "enter"),
    "stripe": (*STRIPE, "enter"),
}
ASKS = {
    "cash": ("f5",),
    "check": ("f6",),
    "card": ("f7",),
    "money order": ("f8",),
    "amount": ("f4",),
    "payor": ("ctrl+n",),
    "parts": ("f4", "tab"),
    "drop": ("escape",),
}


def texts(counter) -> dict[Field, str]:
    """What stands in every field of the program, shown or not."""
    return {field: field.value for field in counter.app.query(Field)}


async def scan_here(counter, what: str) -> None:
    """Scan something; nothing of it may stand anywhere, unless it is no scan: that is typed wholly or not at all."""
    area, before, scanned = counter.app.area, texts(counter), SCANS[what]
    await counter.by_hand(*scanned, apart=FAST_SECONDS)
    whole = "".join(key for key in scanned if len(key) == 1)
    for field, text in texts(counter).items():
        allowed = {before.get(field, ""), ""}
        if what == "unknown":
            allowed |= {whole, before.get(field, "") + whole}
        assert field.value in allowed, f"{what} left {field.value!r} in {area.NAME}"
        assert "4111" not in text
    assert "4111" not in counter.screen()
    assert all("4111" not in str(draft.texts) for draft in counter.desk.drafts.values())


@pytest.mark.parametrize("name", sorted(area_names()))
async def test_every_area_and_every_field_of_it(open_counter, name):
    desk = SCENES[name].desk() if name in SCENES else FakeDesk()
    async with open_counter(desk, drawer=name not in {"opening", "sign_on"}) as counter:
        await counter.app.go(name)
        await counter.settle()
        for n in range(max(1, len(counter.app.area.ring()))):
            for what in SCANS:
                if name != counter.app.area.NAME:
                    await counter.app.go(name)
                area, ring = counter.app.area, list(counter.app.area.ring())
                if n < len(ring):
                    area.to(ring[n])
                await scan_here(counter, what)
            if name == "sign_on" or n + 1 == FIELDS:
                break  # what is typed at the sign-on signs on
        assert counter.desk.payments == []


@pytest.mark.parametrize("asked", ASKS)
async def test_every_question_of_the_payment(open_counter, asked):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        for what in SCANS:
            await counter.by_hand("escape", "escape", "escape", "n")
            counter.payment.finding.clear()
            await counter.by_hand(*ASKS[asked])
            lines = len(counter.payment.hand.held.cart.lines)
            await scan_here(counter, what)
            assert len(counter.payment.hand.held.cart.lines) == lines
        assert counter.desk.payments == []


TWELVE_A_SECOND = 1 / 12
TYPED = {
    "cash": ("f5", *"149.10", "enter"),
    "check": ("f6", *"104233", "enter"),
    "card": ("f7", *"A1B2C3", "tab", *"084.17", "enter"),
    "its line": ("f6", *"104233", "tab", "tab", *"122105155 12345678", "enter"),
}


@pytest.mark.parametrize("typed", TYPED)
async def test_the_fastest_hands_are_never_taken_for_a_scanner(open_counter, typed):
    async with open_counter() as counter:
        counter.app.bursts = Bursts()
        await counter.paste("10422301\n")
        await counter.by_hand(*TYPED[typed], apart=TWELVE_A_SECOND)
        assert len(counter.desk.payments) == 1
