"""The application for a license: classes by plain words, what is wrong, owners, questions, the fee, the list."""

from __future__ import annotations

from screens.license_desk import LicenseDesk
from screens.scenes import Scene, scene

TRUCK = (*"license", "enter", *"taco truck", "enter")
NAMED = (*TRUCK, *"Rosas Tacos", "enter", "enter", *"12-3456789", "enter")
PLACED = (*NAMED, *"12 north market street, alder ford, wa 98001", "enter", "enter")
STARTED = (*PLACED, "n", "enter", *"12/01/2026", "enter", *"722330", "enter")
OWNED = (*STARTED, *"Rosa Ruiz", "enter", *"owner", "enter", *"123-45-6789", "enter")
ANSWERED = ("pagedown", "3", "enter", *"50000", "enter", "y", "enter", "n", "enter", "n", "enter", "y", "enter")

GARDENS = (
    *"license",
    "enter",
    *"mowing",
    "enter",
    *"Rosas Gardens",
    "tab",
    "tab",
    "tab",
    *"12 Market Sq",
    "tab",
    "tab",
)
GARDENS = (*GARDENS, "n", "tab", *"12/01/2026", "pagedown", *"Rosa Ruiz")

SCENES: dict[str, Scene] = {
    "license_form": scene(*"license", "enter", desk=LicenseDesk),
    "license_class": scene(*"license", "enter", *"food", "enter", desk=LicenseDesk),
    "license_wrong": scene(*PLACED, "y", "tab", *"02/30/2026", "enter", desk=LicenseDesk),
    "license_alike": scene(*TRUCK, *"Bramble", desk=LicenseDesk),
    "license_owners": scene(*OWNED, *"Bob", "tab", "tab", *"666", "enter", desk=LicenseDesk),
    "license_questions": scene(*OWNED, *ANSWERED[:3], *"-5", desk=LicenseDesk),
    "license_fee": scene(*OWNED, *ANSWERED, "pagedown", desk=LicenseDesk),
    "license_filed": scene(*OWNED, *ANSWERED, "f9", "f9", desk=LicenseDesk),
    "license_approving": scene(*GARDENS, *ANSWERED[:14], "f9", "f9", "f9", desk=LicenseDesk),
    "license_lacks": scene(*NAMED, "f9", "f9", desk=LicenseDesk),
    "license_forms": scene(*TRUCK, *"Rosas Tacos", "escape", desk=LicenseDesk),
}
