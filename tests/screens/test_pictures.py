"""What each screen looks like at 80x24 and 132x43, in every theme. `make pictures` writes the pictures anew.

`make test` looks at every screen at 80x24 in the usual theme, and at a tenth of them in the other size and themes, too;
`make test-screens` looks at all of them wholly.
"""

from __future__ import annotations

import re

import pytest

from countertui.domain.keymap import COMMANDS, KeyMap
from countertui.screens.areas import area_names
from countertui.screens.colors import NAMES
from countertui.widgets.lines import Lines
from screens.conftest import ALL, Counter
from screens.drawn import FOLDER, SIZES, as_in, drawn_scene, picture_from, picture_of, text_of
from screens.scenes import all_scenes

SCENES = all_scenes()
WHOLLY = frozenset(SCENES if ALL else sorted(SCENES)[::10])
"""Scenes that are drawn in each size and theme."""
USUAL = next(iter(NAMES))
SAID = {"help", "palette", "request_asked_about", "exercise_done"}
"""Scenes whose words name the keys there were when they were said."""
PROGRAMS_KEY = re.compile(r"\b(F([1-9]|1[0-2])|Ctrl\+[A-Z])\b")


@pytest.mark.parametrize("name", SCENES)
async def test_the_screen_looks_as_its_pictures(name):
    """Red after a change that is meant: `make pictures ARGS=name`, and look at the difference."""
    sizes, themes = (SIZES, tuple(NAMES)) if name in WHOLLY else (SIZES[:1], (USUAL,))
    then = None if name in SAID else names_no_key_that_a_city_took
    for picture in await drawn_scene(SCENES[name], sizes, themes, then):
        known = as_in(picture_from(picture_of(name, picture.size).read_text(encoding="utf-8")), themes)
        assert text_of(picture).splitlines() == text_of(known).splitlines()


async def names_no_key_that_a_city_took(counter: Counter) -> None:
    """In a city with a key of its own for every command, the screen names none of the program's."""
    app = counter.app
    app.keymap = KeyMap({name: f"f{n}" for n, name in enumerate(COMMANDS, 21)})
    await app.area.arrive() if app.area.NAME == "leave" else None
    for lines in app.query(Lines):
        lines.redraw()
    app.show_keys()
    await counter.pilot.pause()
    assert [line for line in counter.screen().splitlines() if PROGRAMS_KEY.search(line)] == []


def test_every_area_has_a_picture_and_every_picture_a_scene():
    assert {picture_of(name, size).name for name in SCENES for size in SIZES} == {
        path.name for path in picture_of("any", SIZES[0]).parent.iterdir()
    }
    pictures = [picture_from(picture_of(name, SIZES[0]).read_text(encoding="utf-8")) for name in SCENES]
    assert {picture.area for picture in pictures} == set(area_names())


async def test_a_picture_that_is_read_is_the_one_that_was_written():
    [picture] = await drawn_scene(SCENES["payment"], [SIZES[0]])
    assert picture_from(text_of(picture)) == picture


def test_nothing_is_told_apart_by_its_look_alone():
    """What reads alike looks alike, in every theme: no meaning is in a color, a bar or an underline only."""
    seen: dict[tuple[str, str], dict[tuple[str | None, ...], str]] = {}
    for path in sorted(FOLDER.iterdir()):
        picture = picture_from(path.read_text(encoding="utf-8"))
        for line, letters in zip(picture.lines, picture.cells, strict=True):
            text = line.rstrip()
            for n, theme in enumerate(NAMES):
                looks = [
                    None if cell == " " else front(picture.looks[letter][n])
                    for cell, letter in zip(text, letters, strict=False)
                ]
                seen.setdefault((theme, text), {}).setdefault(tuple(looks), path.name)
    assert len(seen) > 1000
    assert [(*one, *files.values()) for one, files in seen.items() if len(files) > 1] == []


def front(look: str) -> str:
    """Of a look in words the color and attributes of the letters: `#ffffff on #000000 bold` is `#ffffff bold`."""
    color, _, rest = look.partition(" on ")
    return " ".join([color, *rest.split()[1:]])
