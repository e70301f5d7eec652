"""Scenes of an account's page, and of how its balance came about."""

from __future__ import annotations

from countertui.domain.account_flags import FlagSaid
from countertui.domain.money import Cents
from screens.fake_desk import FakeDesk
from screens.scenes import Scene, scene

FLAGS = (
    FlagSaid("shutoff", "Shut-off pending: pay 12.50 by 12/01/2026 to stay on", is_warning=True, left=Cents(12_50)),
    FlagSaid(
        "arrangement",
        "Payment arrangement: next 25.00 by 12/15/2026",
        is_warning=True,
        left=Cents(25_00),
        note="2 of 4, signed with billing; the plan ends when one is missed",
    ),
    FlagSaid("autopay", "Paid automatically", is_warning=False),
)


def flagged() -> FakeDesk:
    return FakeDesk(flags=FLAGS, account_notes=[("L-2041", "Dog in the yard: meter reader calls first.")])


SCENES: dict[str, Scene] = {
    "glance_box": scene("f10", "b", *"mart"),
    "glance": scene(*"10422301", "ctrl+a", "down", desk=flagged),
    "glance_party": scene(*"L-2041", "ctrl+a", "down", "down", "down", "space", desk=flagged),
    "glance_note": scene(*"L-2041", "ctrl+a", "n", *"Rings", desk=flagged),
    "glance_address": scene(*"10422301", "ctrl+a", "a"),
    "explain": scene(*"10422301", "ctrl+e"),
}
