"""Trust deposits and customers' money: lists, an account, giving back, applying, drawing."""

from __future__ import annotations

from screens.scenes import Scene, scene
from screens.scenes.counter import BILL
from screens.trust_desk import TrustDesk

GIVE = ("f10", "j", "enter", "g", *"250", "enter", *"Street is done")

SCENES: dict[str, Scene] = {
    "trust": scene("f10", "j", "l", desk=TrustDesk),
    "trust_account": scene("f10", "j", "enter", desk=TrustDesk),
    "trust_give_back": scene(*GIVE, desk=TrustDesk),
    "trust_asked": scene(*GIVE, "enter", "escape", "q", "a", desk=TrustDesk),
    "apply_credit": scene("f10", "j", "u", "enter", "a", "space", "down", "space", desk=TrustDesk),
    "take_applied_back": scene(
        *("f10", "j", "u", "enter", "a", "space", "down", "space", "f9", "b", *"Wrong invoice"), desk=TrustDesk
    ),
    "draw": scene(BILL, "ctrl+t", desk=TrustDesk),
}
