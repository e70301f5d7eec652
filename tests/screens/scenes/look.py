"""Choosing a theme and where work starts; the plain mode."""

from __future__ import annotations

from functools import partial

from countertui.domain.appearance import Appearance
from screens.scenes import Scene, scene
from screens.scenes.counter import PAYMENT

plain = partial(scene, appearance=Appearance(plain=True))
SCENES: dict[str, Scene] = {
    "look": scene("f10", "l", "down", "down", "enter", "down", "down", "down", "enter"),
    "plain_sign_on": plain(*"an", who=None),
    "plain_payment": plain(*PAYMENT, "down"),
    "plain_menu": plain("f10", "down"),
}
