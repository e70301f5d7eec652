"""A screen as it was drawn: its text, and in each theme the colors and attributes of every cell, in a form to be read.

```
payment at 80x24, cursor 7,2          the area, the size, where the terminal's own cursor stands
 City of Alder Ford · City Hall …     the text, line by line, the same in every theme
== cells
1-2: a80                              lines 1 and 2 are 80 cells of the look a
3: b6 c1 d73
== looks: default | high-contrast | 16-colors
a  #e0e0e0 on #242f38 bold | #ffffff on #242424 bold | default on default bold
```

A letter stands for one look in all themes at once, so a picture of three themes takes hardly more than one of one.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from string import ascii_letters, digits

from rich.color import ColorType
from rich.segment import Segment
from rich.style import Style

from countertui.screens.colors import NAMES
from countertui.screens.paper_beside import PaperBeside
from screens.conftest import Counter, opened
from screens.scenes import Scene

CELLS, LOOKS = "== cells", f"== looks: {' | '.join(NAMES)}"
LETTERS = ascii_letters + digits
ATTRIBUTES = ("bold", "dim", "italic", "underline", "reverse", "strike")
SIZES = (80, 24), (132, 43)
FOLDER = Path(__file__).parent / "pictures"
Look = tuple[str, ...]
"""How a cell looks, in words, in each theme of NAMES."""
Styled = Sequence[Sequence[Segment]]
"""A screen's lines as they are drawn in one theme."""


@dataclass(frozen=True, slots=True)
class Picture:
    """`cells`: line by line, the letter of each cell's look."""

    area: str
    size: tuple[int, int]
    cursor: tuple[int, int]
    lines: tuple[str, ...]
    cells: tuple[str, ...]
    looks: dict[str, Look]

    def runs(self, line: int) -> Iterator[tuple[str, Look]]:
        """The pieces of a line that look alike, with their text."""
        at = 0
        for letter, same in groupby(self.cells[line]):
            width = len(list(same))
            yield self.lines[line][at : at + width], self.looks[letter]
            at += width


def picture_of(scene: str, size: tuple[int, int]) -> Path:
    """The file of a scene's picture."""
    return FOLDER / f"{scene}.{size[0]}x{size[1]}.txt"


def text_of(picture: Picture) -> str:
    """The picture as a file's text."""
    width, height = picture.size
    column, row = picture.cursor
    rows = [
        (n, " ".join(f"{letter}{len(list(same))}" for letter, same in groupby(letters)))
        for n, letters in enumerate(picture.cells, start=1)
    ]
    cells = []
    for runs, same_rows in groupby(rows, key=lambda row: row[1]):
        numbers = [str(number) for number, _ in same_rows]
        cells.append(f"{'-'.join(dict.fromkeys([numbers[0], numbers[-1]]))}: {runs}")
    looks = [f"{letter}  {' | '.join(look)}" for letter, look in picture.looks.items()]
    head = f"{picture.area} at {width}x{height}, cursor {column},{row}"
    return "\n".join([head, *(line.rstrip() for line in picture.lines), CELLS, *cells, LOOKS, *looks]) + "\n"


def picture_from(text: str) -> Picture:
    """The picture that `text_of` wrote."""
    lines = text.splitlines()
    head = re.fullmatch(r"(\w+) at (\d+)x(\d+), cursor (\d+),(\d+)", lines[0])
    if head is None:
        raise ValueError(f"no picture begins with {lines[0]!r}")
    width, height, column, row = map(int, head.groups()[1:])
    looks_at = lines.index(LOOKS)
    cells: list[str] = []
    for line in lines[height + 2 : looks_at]:
        numbers, runs = line.split(": ")
        first, _, last = numbers.partition("-")
        letters = "".join(run[0] * int(run[1:]) for run in runs.split())
        cells += [letters] * (int(last or first) - int(first) + 1)
    looks = {line[0]: tuple(line[3:].split(" | ")) for line in lines[looks_at + 1 :]}
    drawn = tuple(line.ljust(width) for line in lines[1 : height + 1])
    return Picture(head[1], (width, height), (column, row), drawn, tuple(cells), looks)


def as_in(picture: Picture, themes: Sequence[str]) -> Picture:
    """The picture as it is if only these themes are looked at."""
    which = [list(NAMES).index(theme) for theme in themes]
    letters: dict[Look, str] = {}
    cells = tuple(
        "".join(
            letters.setdefault(tuple(picture.looks[letter][n] for n in which), LETTERS[len(letters)]) for letter in row
        )
        for row in picture.cells
    )
    return replace(picture, cells=cells, looks={letter: look for look, letter in letters.items()})


async def drawn_scene(
    one: Scene,
    sizes: Sequence[tuple[int, int]] = SIZES,
    themes: Sequence[str] = tuple(NAMES),
    then: Callable[[Counter], Awaitable[None]] | None = None,
) -> list[Picture]:
    """What the scene's keys lead to, in each size: the terminal is made larger, once they are pressed.

    `then` looks at the counter after that.
    """
    async with opened(one.desk(), who=one.who, drawer=one.drawer, size=sizes[0], appearance=one.appearance) as counter:
        starting = counter.app.starting
        if not counter.desk.needs_passphrase:
            await counter.until(lambda: starting.is_open or starting.stays_shut)
            await counter.settle()
        for typed, keys in groupby(one.keys, key=lambda key: len(key) == 1):
            if typed:
                await counter.by_hand(*keys)
                continue
            for key in keys:  # each may begin what the next one goes by
                await (counter.paste(key[2:]) if key.startswith("p:") else counter.by_hand(key))
        pictures = await drawn(counter, sizes, themes)
        if then is not None:
            await then(counter)
        return pictures


async def drawn(counter: Counter, sizes: Sequence[tuple[int, int]], themes: Sequence[str]) -> list[Picture]:
    """The screen as it is now, in each size, in each theme, one after the other."""
    app = counter.app
    seen: dict[tuple[int, int], list[Styled]] = {size: [] for size in sizes}
    cursors: dict[tuple[int, int], tuple[int, int]] = {}
    for n, theme in enumerate(themes):
        app.theme = NAMES[theme]
        for size in sizes if n % 2 == 0 else reversed(sizes):
            await resized(counter, size)
            cursors[size] = tuple(app.cursor_position)
            seen[size].append([list(strip) for strip in app.screen._compositor.render_strips(app.size)])
    return [_picture(app.area.NAME, size, cursors[size], dict(zip(themes, seen[size], strict=True))) for size in sizes]


async def resized(counter: Counter, size: tuple[int, int]) -> None:
    """Wait until the screen is drawn in that size."""
    if counter.app.size != size:
        await counter.pilot.resize_terminal(*size)
        for paper in counter.app.query(PaperBeside):
            await paper._look()  # else it comes and goes by the clock
        await counter.settle()
    await counter.pilot.pause()


def _picture(area: str, size: tuple[int, int], cursor: tuple[int, int], seen: dict[str, Styled]) -> Picture:
    lines = ["".join(segment.text for segment in strip) for strip in next(iter(seen.values()))]
    for theme, strips in seen.items():
        assert lines == ["".join(segment.text for segment in strip) for strip in strips], f"another text in {theme}"
    in_themes = [
        [[words for part in strip for words in [in_words(part.style)] * len(part.text)] for strip in strips]
        for strips in seen.values()
    ]
    letters: dict[Look, str] = {}
    cells = tuple(
        "".join(letters.setdefault(look, LETTERS[len(letters)]) for look in zip(*rows, strict=True))
        for rows in zip(*in_themes, strict=True)
    )
    return Picture(area, size, cursor, tuple(lines), cells, {letter: look for look, letter in letters.items()})


def in_words(style: Style | None) -> str:
    """A look in words: `#e0e0e0 on #121212 bold`."""
    if style is None:
        return "default on default"
    attributes = [name for name in ATTRIBUTES if getattr(style, name)]
    return " ".join([f"{_color(style.color)} on {_color(style.bgcolor)}", *attributes])


def _color(color) -> str:
    if color is None or color.type is ColorType.DEFAULT:
        return "default"
    return color.name if color.triplet is None else color.triplet.hex
