"""Bags of deposits, and the courier they go with."""

from __future__ import annotations

from countertui.domain.day_checklist import Step
from screens.courier_desk import BAGS, DROP, CourierDesk
from screens.scenes import Scene, scene

STEPS = list(Step)
LOG = ("f10", "1", *["up"] * len(STEPS), *["down"] * STEPS.index(Step.BAGS), "enter")
TO_WHOM = (*"Loomis", "enter", *"Kim Roe", "enter", "enter", *"4471", "enter", *"16:40", "enter")

SCENES: dict[str, Scene] = {
    "bags": scene(*LOG, *["down"] * 4, who="tess", drawer=False, desk=lambda: CourierDesk(bags=[DROP, *BAGS])),
    "courier": scene(*LOG, "enter", "f9", *TO_WHOM, *"lee", "enter", *"97", who="tess", drawer=False, desk=CourierDesk),
}
