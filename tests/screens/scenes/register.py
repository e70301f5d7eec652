"""The register of licenses: lists, one license, its history, its fee, and what is asked before an act."""

from __future__ import annotations

from screens.register_desk import RegisterDesk
from screens.scenes import Scene, scene

OPEN = ("f10", "f", "enter")
ISSUED = ("f10", "f", "l", "down", "enter")

SCENES: dict[str, Scene] = {
    "licenses": scene("f10", "f", "l", desk=RegisterDesk),
    "license": scene(*OPEN, "down", desk=RegisterDesk),
    "license_review": scene(*OPEN, "down", "v", *"extinguishers seen", desk=RegisterDesk),
    "license_second": scene(*OPEN, "d", *"no hood", "enter", desk=RegisterDesk),
    "license_issued": scene(*ISSUED, desk=RegisterDesk),
    "license_move": scene(*ISSUED, "m", desk=RegisterDesk),
    "license_history": scene(*ISSUED, "h", desk=RegisterDesk),
    "license_as_of": scene(*ISSUED, "h", *"11/12/2026", "enter", desk=RegisterDesk),
    "license_fees": scene(*ISSUED, "f", desk=RegisterDesk),
    "license_listed": scene("f10", "f", "x", "enter", desk=RegisterDesk),
}
