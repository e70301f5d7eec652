"""Bags of deposits, and the courier they go with."""

from __future__ import annotations

from screens.courier_desk import BAGS, DROP, CourierDesk
from screens.scenes import Scene, scene

LOG = ("f10", "2", "c")
TO_WHOM = (*"Loomis", "enter", *"Kim Roe", "enter", "enter", *"4471", "enter", *"16:40", "enter")

SCENES: dict[str, Scene] = {
    "bags": scene(*LOG, *["down"] * 4, who="tess", drawer=False, desk=lambda: CourierDesk(logged=[DROP, *BAGS])),
    "courier": scene(*LOG, "enter", "f9", *TO_WHOM, *"lee", "enter", *"97", who="tess", drawer=False, desk=CourierDesk),
}
