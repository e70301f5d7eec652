"""Scenes of an account's page, and of how its balance came about."""

from __future__ import annotations

from dataclasses import replace

from countertui.counter.account_glance import Glance, Holding
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


class OwnersDesk(FakeDesk):
    """A desk whose bakery belongs to somebody with two more licenses, under names of other parties."""

    def _glance(self, number: str) -> Glance:
        others = (
            Holding("T1-L7", "License", "Bramble Wine & Cheese LLC", "12 Market Sq", Cents(140_00)),
            Holding("BL-100128", "License", "Ida's Flower Barrow", "Mill Race Rd, at the bridge", Cents(0)),
        )
        return replace(super()._glance(number), of_owner=others if number == "L-2041" else ())


SCENES: dict[str, Scene] = {
    "glance_box": scene("f10", "b", *"mart"),
    "glance": scene(*"10422301", "ctrl+a", "down", desk=flagged),
    "glance_party": scene(*"L-2041", "ctrl+a", "down", "down", "down", "space", desk=flagged),
    "glance_owner": scene(*"L-2041", "ctrl+a", "down", "down", "down", "down", "space", desk=OwnersDesk),
    "glance_note": scene(*"L-2041", "ctrl+a", "n", *"Rings", desk=flagged),
    "glance_address": scene(*"10422301", "ctrl+a", "a"),
    "explain": scene(*"10422301", "ctrl+e"),
}
