"""The training city's screens: its exercises, and a task in sight."""

from __future__ import annotations

from dataclasses import replace

from screens.fake_desk import PLACE, FakeDesk
from screens.scenes import Scene, scene

DONE = {"open-drawer": [88, 100], "exact-cash": [96]}


def training() -> FakeDesk:
    return FakeDesk(place=replace(PLACE, ledger="TRAINING-1"), scores={code: [*of] for code, of in DONE.items()})


SCENES: dict[str, Scene] = {
    "exercises": scene("f10", "h", "enter", "f10", "h", "f9", desk=training),
    "exercise_under_way": scene("f10", "h", "up", "enter", desk=training),
    "exercise_done": scene("f10", "h", "up", "enter", "p:10422301\n", "f9", desk=training),
    "training_sign_on": scene(who=None, desk=training),
}
