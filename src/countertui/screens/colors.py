"""The themes a person can choose, which of them a terminal can show, and their colors that words can be read in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from textual.theme import BUILTIN_THEMES, Theme

from countertui.domain.appearance import THEMES

DEFAULT, HIGH_CONTRAST, SIXTEEN = THEMES
NAMES: Mapping[str, str] = {DEFAULT: "textual-dark", HIGH_CONTRAST: HIGH_CONTRAST, SIXTEEN: "ansi-dark"}
"""The themes as people call them, each with the toolkit's name of it."""
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
OF_CONTRAST = {
    "quiet": "#D8D8D8",
    "good": "#6CFF9A",
    "warn": "#FFE800",
    "bad": "#FFA8A8",
    "bar": "#00267F",
    "bar-text": "#FFFFFF",
}
"""The same of high contrast: each 7 to 1 (WCAG AAA)."""
OF_FEW = {
    "quiet": "ansi_cyan",
    "good": "ansi_green",
    "warn": "ansi_bright_yellow",
    "bad": "ansi_bright_red",
    "bar": "ansi_blue",
    "bar-text": "ansi_bright_white",
}
"""The same of the 16 basic ones; dim is left out, for many terminals make it the background's color, nearly."""


def theme_for(environment: Mapping[str, str], chosen: str = "") -> str:
    """The toolkit's name of the theme chosen, by one of NAMES or none, that a terminal can show.

    Without colors (NO_COLOR, https://no-color.org), or where the terminal's name promises but 16 basic ones, it is that
    of these: brighter ones come out dark there. Where there are none, bold and reverse remain.
    """
    term = environment.get("TERM", "")
    more = environment.get("COLORTERM") or "256" in term or "direct" in term
    if not has_colors(environment) or (not more and term.startswith(FEW_COLORS)):
        return NAMES[SIXTEEN]
    return NAMES.get(chosen, NAMES[DEFAULT])


def has_colors(environment: Mapping[str, str]) -> bool:
    """Whether colors are wanted at all."""
    return "NO_COLOR" not in environment


def few_colors() -> Theme:
    """The theme of the 16 basic colors, with those that words can be read in."""
    plain = BUILTIN_THEMES["ansi-dark"]
    return replace(plain, variables={**plain.variables, **OF_FEW})


def high_contrast() -> Theme:
    """White on black, and bars that are seen."""
    return Theme(
        name=HIGH_CONTRAST,
        primary="#FFFFFF",
        secondary=OF_CONTRAST["bar"],
        warning=OF_CONTRAST["warn"],
        error=OF_CONTRAST["bad"],
        success=OF_CONTRAST["good"],
        foreground="#FFFFFF",
        background="#000000",
        surface="#000000",
        panel="#242424",
        variables=OF_CONTRAST,
    )
