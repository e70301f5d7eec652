"""Choosing a theme and where work starts."""

from __future__ import annotations

from screens.scenes import Scene, scene

SCENES: dict[str, Scene] = {"look": scene("f10", "l", "down", "down", "enter", "down", "down", "down", "enter")}
