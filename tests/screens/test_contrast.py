"""What stands on the screen can be read: each word 4.5 to 1 against what is behind it, in either theme (WCAG 2, AA)."""

from __future__ import annotations

import pytest
from rich.color import ColorType

from countertui.domain.appearance import Appearance

ENOUGH = 4.5
HIGH = 7.0
"""WCAG 2, AAA."""
BASIC = [
    *[(0, 0, 0), (170, 0, 0), (0, 170, 0), (170, 85, 0), (0, 0, 170), (170, 0, 170), (0, 170, 170), (170, 170, 170)],
    *[(85, 85, 85), (255, 85, 85), (85, 255, 85), (255, 255, 85), (85, 85, 255), (255, 85, 255), (85, 255, 255)],
    (255, 255, 255),
]
"""The 16 basic colors as a text console shows them."""
LIGHT_ON_DARK = BASIC[7], BASIC[0]
DAY = ("p:10422301\n", "f5 1 0 0 enter", "p:mar", "f9", "escape", "f3", "enter", "f10", "c", "1 f9")
"""Keys that bring every look there is onto the screen: bars, labels, notices, refusals, change, hints."""
RGB = tuple[int, int, int]


def luminance(color: RGB) -> float:
    """Relative luminance, by WCAG 2."""
    parts = [part / 255 for part in color]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: RGB, other: RGB) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def shown(color, otherwise: RGB) -> RGB:
    if color is None or color.type is ColorType.DEFAULT:
        return otherwise
    return tuple(color.triplet) if color.triplet is not None else BASIC[color.number]


def words_of(app) -> dict[tuple[RGB, RGB], str]:
    """The pairs of colors on the screen, each with a word that is written in it."""
    pairs: dict[tuple[RGB, RGB], str] = {}
    for strip in app.screen._compositor.render_strips(app.size):
        for segment in strip:
            style = segment.style
            if style is None or not any(letter.isalnum() for letter in segment.text):
                continue
            assert not style.dim, f"{segment.text!r} is dim: how dim, a terminal decides"
            front, back = shown(style.color, LIGHT_ON_DARK[0]), shown(style.bgcolor, LIGHT_ON_DARK[1])
            pairs[(back, front) if style.reverse else (front, back)] = segment.text.strip()
    return pairs


def test_the_measure_is_that_of_the_standard():
    assert contrast((255, 255, 255), (0, 0, 0)) == pytest.approx(21)
    assert contrast((118, 118, 118), (255, 255, 255)) == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize(
    ("term", "theme", "enough"),
    [("linux", "", ENOUGH), ("xterm-256color", "", ENOUGH), ("xterm-256color", "high-contrast", HIGH)],
)
async def test_every_word_stands_out_from_what_is_behind_it(open_counter, monkeypatch, term, theme, enough):
    monkeypatch.setenv("TERM", term)
    pairs = {}
    async with open_counter(appearance=Appearance(theme)) as counter:
        for keys in DAY:
            await (counter.paste(keys[2:]) if keys.startswith("p:") else counter.keys(*keys.split()))
            pairs |= words_of(counter.app)
    weak = {f"{word} {front} on {back}": contrast(front, back) for (front, back), word in pairs.items()}
    assert len(weak) >= 8
    assert {word: round(ratio, 2) for word, ratio in weak.items() if ratio < enough} == {}
