"""Which theme a terminal can show."""

from __future__ import annotations

from collections.abc import Mapping

FEW_COLORS = ("linux", "vt", "ansi", "screen", "xterm")
"""Terminals of 16 colors by name, unless the name says 256."""


def theme_for(environment: Mapping[str, str]) -> str:
    """A theme of the 16 basic colors where the terminal's name promises no more; brighter ones come out dark there."""
    term = environment.get("TERM", "")
    more = environment.get("COLORTERM") or "256" in term or "direct" in term
    return "textual-dark" if more or not term.startswith(FEW_COLORS) else "ansi-dark"
