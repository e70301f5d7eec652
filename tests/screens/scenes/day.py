"""The close of the day."""

from __future__ import annotations

from countertui.counter.day_checklist import Checked
from countertui.domain.day_checklist import Step, found, not_heard
from screens.fake_desk import FakeDesk
from screens.scenes import Scene, scene

LEFT = [
    found(Step.CARTS, 2, "of ana, bo"),
    found(Step.PAPER, 3, "1 not known, T1-17, T1-18, z report"),
    found(Step.DRAWERS, 1, "D2 of bo"),
    not_heard(Step.OTHERS, "from T2, T3"),
    found(Step.UNSENT, 1_214, "1 batch waits"),
    not_heard(Step.ERRORS, "none known here; the ledger has a list"),
    not_heard(Step.BAGS, "dropped here that day: B0471, B0472, B0473, B0474"),
    found(Step.SEAL, 212, "212 records to seal"),
    found(Step.SEND, 1, "1 batch waits"),
]

SCENES: dict[str, Scene] = {
    "day_checklist": scene("f10", "1", *["down"] * 11, who="lee", drawer=False, desk=lambda: FakeDesk(day=list(LEFT))),
    "day_left_open": scene(
        *("f10", "1", "f9", *"printer is away"), who="lee", drawer=False, desk=lambda: FakeDesk(day=list(LEFT))
    ),
    "day_closed": scene(
        *("f10", "1"),
        desk=lambda: FakeDesk(
            day=[not_heard(Step.OTHERS, "from T2, T3")], day_closed=Checked("2026-11-23 17:05", "lee", 2, 0)
        ),
    ),
}
