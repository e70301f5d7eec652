"""How the counter looks at a terminal, and what a person there wants otherwise. No cent hangs on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

THEMES = ("default", "high-contrast", "16-colors")
STARTS = ("mail", "glance", "receipts", "menu")
"""The areas that work may start in, besides the payment."""


@dataclass(frozen=True, slots=True)
class Appearance:
    """A terminal's: a theme of THEMES; plain: for screen readers and braille, with the terminal's own cursor shown."""

    theme: str = THEMES[0]
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """A person's: a theme of THEMES, empty for the terminal's; where to start, of STARTS, empty for the payment."""

    theme: str = ""
    start: str = ""


def appearance_from(screen: object) -> Appearance:
    """What the table [screen] of terminal.toml says; where it says something else, as if it said nothing.

    That it does is told when the terminal is opened, by `countertui.config.terminal`.
    """
    if not isinstance(screen, Mapping):
        return Appearance()
    theme = screen.get("theme")
    return Appearance(theme if theme in THEMES else THEMES[0], screen.get("plain") is True)
