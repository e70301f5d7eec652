"""Which theme a terminal can show, and the theme's own colors that words can be read in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from textual.theme import BUILTIN_THEMES, Theme

FEW_COLORS = ("linux", "vt", "ansi", "screen", "xterm")
"""Terminals of 16 colors by name, unless the name says 256."""
OF_MANY = {
    "quiet": "#A0A0A0",  # what $text-muted is on $background; dim would be half of $foreground
    "good": "#4EBF71",  # $success
    "warn": "#FEA62B",  # $warning
    "bad": "#D17E92",  # $text-error: $error is too dark for words
    "bar": "#004578",  # $secondary: $primary is too light behind words
    "bar-text": "#E0E0E0",  # $foreground
}
"""The colors of words, and of the bars behind titles and totals: each 4.5 to 1 against what is behind it (WCAG AA)."""
OF_FEW = {
    "quiet": "ansi_cyan",
    "good": "ansi_green",
    "warn": "ansi_bright_yellow",
    "bad": "ansi_bright_red",
    "bar": "ansi_blue",
    "bar-text": "ansi_bright_white",
}
"""The same of the 16 basic ones; dim is left out, for many terminals make it the background's color, nearly."""


def theme_for(environment: Mapping[str, str]) -> str:
    """A theme of the 16 basic colors where the terminal's name promises no more; brighter ones come out dark there."""
    term = environment.get("TERM", "")
    more = environment.get("COLORTERM") or "256" in term or "direct" in term
    return "textual-dark" if more or not term.startswith(FEW_COLORS) else "ansi-dark"


def few_colors() -> Theme:
    """The theme of the 16 basic colors, with those that words can be read in."""
    plain = BUILTIN_THEMES["ansi-dark"]
    return replace(plain, variables={**plain.variables, **OF_FEW})
