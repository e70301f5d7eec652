"""The register of licenses: lists, one license, its history, its fee, and what is asked before an act."""

from __future__ import annotations

from screens.license_desk import LicenseDesk
from screens.scenes import Scene, scene

OPEN = ("f10", "f", "enter")
ISSUED = ("f10", "f", "l", "down", "enter")

SCENES: dict[str, Scene] = {
    "licenses": scene("f10", "f", "l", desk=LicenseDesk),
    "license": scene(*OPEN, "down", desk=LicenseDesk),
    "license_review": scene(*OPEN, "down", "v", *"extinguishers seen", desk=LicenseDesk),
    "license_second": scene(*OPEN, "a", "enter", desk=LicenseDesk),
    "license_issued": scene(*ISSUED, desk=LicenseDesk),
    "license_move": scene(*ISSUED, "m", desk=LicenseDesk),
    "license_history": scene(*ISSUED, "h", desk=LicenseDesk),
    "license_as_of": scene(*ISSUED, "h", *"11/12/2026", "enter", desk=LicenseDesk),
    "license_fees": scene(*ISSUED, "f", desk=LicenseDesk),
    "license_listed": scene("f10", "f", "x", "enter", desk=LicenseDesk),
}
