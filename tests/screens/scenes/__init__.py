"""Every screen there is a picture of: the keys that lead to it. Each module has its own SCENES."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules

from countertui.domain.appearance import Appearance
from countertui.screens.app import THE_USUAL
from screens.fake_desk import FakeDesk


@dataclass(frozen=True, slots=True)
class Scene:
    """Keys from the payment on, or from the sign-on where `who` is None; `p:` stands before what is pasted.

    `desk` makes a new one each time.
    """

    keys: tuple[str, ...]
    who: str | None = "ana"
    drawer: bool = True
    desk: Callable[[], FakeDesk] = FakeDesk
    appearance: Appearance = THE_USUAL


def scene(
    *keys: str,
    who: str | None = "ana",
    drawer: bool = True,
    desk: Callable[[], FakeDesk] = FakeDesk,
    appearance: Appearance = THE_USUAL,
) -> Scene:
    """A scene of these keys."""
    return Scene(keys, who, drawer, desk, appearance)


def all_scenes() -> dict[str, Scene]:
    """Every scene by its name. Raises ValueError where two modules give one name."""
    found: dict[str, Scene] = {}
    for module in sorted(iter_modules(__path__), key=lambda module: module.name):
        scenes: dict[str, Scene] = import_module(f"{__name__}.{module.name}").SCENES
        if twice := found.keys() & scenes.keys():
            raise ValueError(f"{module.name} has scenes of another's name: {', '.join(sorted(twice))}")
        found |= scenes
    return found
