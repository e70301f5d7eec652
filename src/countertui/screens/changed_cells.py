"""What a terminal shows, cell by cell, so that of an update only what changes is sent: a counter may be at a slow line.

Textual sends each line of a widget that changed whole, and each piece of it with its colors in full and a reset behind
(ECMA-48 SGR). Between two of its updates the terminal is as this left it; whatever else is written that may show is
passed on as it is, and what was known is forgotten. So are lines with letters two cells wide, which are sent whole.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from rich.cells import cell_len

_TOKEN = re.compile(r"\x1b\[(\d+);(\d+)H|\x1b\[([\d;]*)m|\n(?=\x1b\[\d+;\d+H|$)|([^\x00-\x1f\x7f]+)")
_UPDATE = "\x1b["
_SHOWS_NOTHING = re.compile(r"(?:\x1b\[\?(?!1049|47|1047)[\d;]*(?:[hl]|\$p)|\x1b\[[<>=]?[\d;]*u|\x07)*")
"""Modes but for the screens', the keyboard's, questions, the bell."""
_OFF = {1: 22, 2: 22, 3: 23, 4: 24, 5: 25, 6: 25, 7: 27, 8: 28, 9: 29}
_PLAIN, _UNKNOWN = "", "\x00"
"""A style: none. A cell or a style: nobody knows."""
_NOWHERE = (-1, -1)
_Step = tuple[int, int, list[str], str]
"""Line, column, cells that are put there, and in which style."""
_COLOR = {"38": 0, "48": 1}
_GAP = 6
"""So many unchanged cells are sent again sooner than the cursor is moved over them."""


class _Style(NamedTuple):
    attributes: frozenset[int]
    colors: tuple[str, str]


class ShownCells:
    """The cells of one terminal."""

    def __init__(self) -> None:
        self._columns = self._lines = 0
        self._letters: list[list[str]] = []
        self._styles: list[list[str]] = []
        self._at = _NOWHERE
        self._style = _PLAIN

    def sized(self, columns: int, lines: int) -> None:
        """Say how large the terminal is; where that changed, nothing is known of it."""
        if (columns, lines) != (self._columns, self._lines):
            self._columns, self._lines = columns, lines
            self._forget()

    def changing(self, data: str) -> str:
        """What must be sent of data for the terminal to show the same as after all of it."""
        if _SHOWS_NOTHING.fullmatch(data):
            return data
        steps = _steps(data, self._lines - 1)
        if steps is None or not all(self._is_on_screen(step) for step in steps):
            self._forget()
            return self._whole(data)
        if not data.isascii() and any(cell_len(letter) != 1 for letter in set(data) if not letter.isascii()):
            for line, *_ in steps:
                self._forget_line(line)
            return self._whole(data)
        if sum(len(letters) for _, _, letters, _ in steps) * 2 > self._columns * self._lines:
            self._forget()  # a whole screen mends whatever somebody else wrote into it
        return self._changed(steps)

    def _whole(self, data: str) -> str:
        """Data as it is, which begins in the usual style."""
        before, self._style, self._at = self._style, _UNKNOWN, _NOWHERE
        return data if before == _PLAIN else f"\x1b[m{data}"

    def _changed(self, steps: list[_Step]) -> str:
        lines = sorted({line for line, _, letters, _ in steps if letters})
        before = {line: (self._letters[line].copy(), self._styles[line].copy()) for line in lines}
        for line, column, letters, style in steps:
            end = column + len(letters)
            self._letters[line][column:end], self._styles[line][column:end] = letters, [style] * len(letters)
        sent: list[str] = []
        for run in self._in_order([run for line in lines for run in self._runs(line, *before[line])]):
            self._send(run, sent)
        line, column, letters, _ = steps[-1]
        self._move(line, min(column + len(letters), self._columns - 1), sent)
        return "".join(sent)

    def _forget(self) -> None:
        self._letters, self._styles = [], []
        for line in range(self._lines):
            self._letters.append([])
            self._styles.append([])
            self._forget_line(line)
        self._at = _NOWHERE

    def _forget_line(self, line: int) -> None:
        self._letters[line] = [_UNKNOWN] * self._columns
        self._styles[line] = [_UNKNOWN] * self._columns

    def _is_on_screen(self, step: _Step) -> bool:
        line, column, letters, _ = step
        return 0 <= line < self._lines and 0 <= column <= column + len(letters) <= self._columns

    def _runs(self, line: int, letters: list[str], styles: list[str]) -> list[_Step]:
        """The cells of a line that are others than before, near ones of one style together."""
        shown, in_style = self._letters[line], self._styles[line]
        runs: list[tuple[int, int]] = []
        for place in range(self._columns):
            if shown[place] == letters[place] and in_style[place] == styles[place]:
                continue
            start, last = runs[-1] if runs else (place, place)
            if runs and place - last <= _GAP and {*in_style[start : place + 1]} == {in_style[start]}:
                runs[-1] = start, place
            else:
                runs.append((place, place))
        return [(line, first, shown[first : last + 1], in_style[first]) for first, last in runs]

    def _in_order(self, runs: list[_Step]) -> list[_Step]:
        """By style, from the one that is in force: moving the cursor is shorter than naming colors."""
        rank = {self._style: -1}
        for _, _, _, style in runs:
            rank.setdefault(style, len(rank))
        return sorted(runs, key=lambda run: rank[run[3]])

    def _send(self, run: _Step, sent: list[str]) -> None:
        line, column, letters, style = run
        self._move(line, column, sent)
        if style != self._style:
            sent.append(_from_one_to_another(self._style, style))
            self._style = style
        sent.append("".join(letters))
        # Behind the last column terminals differ in where the cursor is.
        after = column + len(letters)
        self._at = (line, after) if after < self._columns else _NOWHERE

    def _move(self, line: int, column: int, sent: list[str]) -> None:
        if self._at != (line, column):
            sent.append(f"\x1b[{line + 1};{column + 1}H")
            self._at = (line, column)


def _steps(data: str, bottom: int) -> list[_Step] | None:
    """An update as what is put where, the last one where the cursor ends; None for what is no update."""
    if not data.startswith(_UPDATE):
        return None
    steps: list[_Step] = []
    line = column = -1
    style, end = _PLAIN, 0
    for found in _TOKEN.finditer(data):
        if found.start() != end:
            return None
        end = found.end()
        to_line, to_column, sgr, text = found.groups()
        if to_line is not None:
            line, column = int(to_line) - 1, int(to_column) - 1
            steps.append((line, column, [], style))
        elif sgr is not None:
            style = _PLAIN if sgr in {"", "0"} else sgr
        elif text is not None:
            if line < 0:
                return None
            steps.append((line, column, list(text), style))
            column += len(text)
        elif line == bottom:
            return None  # a new line there scrolls
    return steps if end == len(data) and steps else None


@cache
def _style_of(sgr: str) -> _Style:
    attributes: set[int] = set()
    colors = ["", ""]
    codes = iter(sgr.split(";")) if sgr else iter(())
    for code in codes:
        if code in _COLOR:
            how = next(codes)
            colors[_COLOR[code]] = ";".join([code, how, *(next(codes) for _ in range(3 if how == "2" else 1))])
        elif len(code) == 1:
            attributes.add(int(code))
        else:
            # 30 to 37 and 90 to 97 are colors of letters, 39 the usual one; 40 to 47, 100 to 107, 49 of what is behind.
            colors[int(code) // 10 in {4, 10}] = "" if code in {"39", "49"} else code
    return _Style(frozenset(attributes), (colors[0], colors[1]))


@cache
def _from_one_to_another(old: str, new: str) -> str:
    """The shortest that turns one style into another."""
    anew = f"\x1b[0;{new}m" if new else "\x1b[m"
    if old == _UNKNOWN:
        return anew
    was, now = _style_of(old), _style_of(new)
    gone = {_OFF[code] for code in was.attributes - now.attributes}
    kept = {code for code in was.attributes & now.attributes if _OFF[code] not in gone}
    codes = [str(code) for code in sorted(gone)] + [str(code) for code in sorted(now.attributes - kept)]
    for usual, before, after in zip(("39", "49"), was.colors, now.colors, strict=True):
        if before != after:
            codes.append(after or usual)
    return min(f"\x1b[{';'.join(codes)}m", anew, key=len)
