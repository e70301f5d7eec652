"""Checks that the bank sent back."""

from __future__ import annotations

from screens.scenes import Scene, scene

LISTED = ("f10", "g", *"1041", "enter", *"84.17", "enter", *"NSF", "enter", *"2200", "enter", *"1275", "enter")
ASKED = (*LISTED, "f9", *"lee", "enter")
SCENES: dict[str, Scene] = {
    "returned_form": scene("f10", "g", who="tess", drawer=False),
    "returned_listed": scene(*LISTED, "pageup", who="tess", drawer=False),
    "returned_refused": scene(*LISTED, *"999", "enter", *"1", "enter", who="tess", drawer=False),
    "returned_agreed": scene(*ASKED, *"97", who="tess", drawer=False),
    "returned_done": scene(*ASKED, *"9753", "enter", who="tess", drawer=False),
}
