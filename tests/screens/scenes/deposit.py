"""A bank deposit, step by step, and the deposits made."""

from __future__ import annotations

from countertui.domain.safe_bags import SafeBag
from screens.deposit_desk import DAY, DepositDesk
from screens.scenes import Scene, scene

COUNTED = ("f10", "2", "f9", "1", "down", "4", "f9")
LOOKED_AT = (*COUNTED, *"1042", "enter", *"2201 18", "enter", *("down",) * 2)


def at_noon() -> DepositDesk:
    """One drawer is closed, two others dropped bags and are open."""
    first, *_ = DepositDesk().sessions
    bags = [
        SafeBag("T1", 1, "s4", DAY, "D4", "cy", "S-41", 40_00, ("cy",)),
        SafeBag("T2", 1, "s9", DAY, "D2", "bo", "S-20", 20_00, ("bo",)),
    ]
    return DepositDesk(sessions=[first], bags=bags)


SCENES: dict[str, Scene] = {
    "deposit": scene("f10", "2", "down", "down", "space", who="tess", desk=DepositDesk),
    "deposit_count": scene("f10", "2", "f9", "1", who="tess", desk=DepositDesk),
    "deposit_noon": scene("f10", "2", who="tess", desk=at_noon),
    "deposit_papers": scene(*LOOKED_AT, "m", *"not in the envelope", who="tess", desk=DepositDesk),
    "deposit_sign": scene(
        *(*LOOKED_AT, "m", *"not in the envelope", "enter", "f9", *"b-7", "enter", *"a note short", "enter"),
        *("y", "enter", "n", "enter", *"lee", "enter", *"97"),
        who="tess",
        desk=DepositDesk,
    ),
    "deposit_items": scene("f10", "2", "o", "l", *"not to be found", "enter", *"lee", who="tess", desk=DepositDesk),
    "deposits_made": scene("f10", "2", "b", "t", *"wrong bag", "enter", *"lee", who="tess", desk=DepositDesk),
}
