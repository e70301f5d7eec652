"""How text falls on paper or a screen of fixed width: cells, wrapping, and left and right text on one line."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

NARROWEST = 16
"""Fewer cells than this hold no amount beside its words."""


def _cells(letter: str) -> int:
    if letter.isascii():
        return 1
    if unicodedata.combining(letter) or unicodedata.category(letter) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def width_of(text: str) -> int:
    """How many terminal cells a text takes: 0 for combining marks, 2 for wide East Asian letters (UAX #11)."""
    return len(text) if text.isascii() else sum(map(_cells, text))


def _split_word(word: str, width: int) -> Iterator[str]:
    if word.isascii() and len(word) <= width:
        yield word
        return
    piece, used = "", 0
    for letter in word:
        cells = _cells(letter)
        if used + cells > width:
            yield piece
            piece, used = "", 0
        piece, used = piece + letter, used + cells
    yield piece


def wrapped(text: str, width: int) -> list[str]:
    """Break a text into lines of at most `width` cells, at spaces where there are any; leading spaces are kept."""
    body = text.lstrip(" ")
    indent = " " * min(len(text) - len(body), width // 2)
    room = width - len(indent)
    if body.isascii() and len(body) <= room:
        return [indent + " ".join(body.split())]  # what most are
    lines, line = [], ""
    for word in body.split():
        for piece in _split_word(word, room):
            joined = f"{line} {piece}" if line else piece
            if width_of(joined) <= room:
                line = joined
            else:
                lines.append(indent + line)
                line = piece
    return [*lines, indent + line]


def paired(left: str, right: str, width: int) -> list[str]:
    """Put `left` and a short `right` on one line of `width` cells; where they don't fit, `left` wraps above `right`."""
    rights = wrapped(right, width)
    room = width - width_of(rights[0]) - (1 if right else 0)
    lefts = wrapped(left, width)
    if len(rights) == 1 and width_of(lefts[-1]) > room >= width // 2:
        lefts = wrapped(left, room)
    if left and (len(rights) > 1 or width_of(lefts[-1]) > room):
        lefts = [*lefts, ""]
    *lefts, left = lefts
    left += " " * (width - width_of(left) - width_of(rights[0]))
    return [*lefts, left + rights[0], *(" " * (width - width_of(line)) + line for line in rights[1:])]
