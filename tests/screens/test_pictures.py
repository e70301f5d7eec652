"""What each screen looks like at 80x24 and 132x43, in every theme. `make pictures` writes the pictures anew."""

from __future__ import annotations

import pytest

from countertui.screens.areas import area_names
from countertui.screens.colors import NAMES
from screens.drawn import FOLDER, SIZES, drawn_scene, picture_from, picture_of, text_of
from screens.scenes import all_scenes

SCENES = all_scenes()


@pytest.mark.parametrize("name", SCENES)
async def test_the_screen_looks_as_its_pictures(name):
    """Red after a change that is meant: `make pictures ARGS=name`, and look at the difference."""
    for picture in await drawn_scene(SCENES[name]):
        known = picture_of(name, picture.size).read_text(encoding="utf-8")
        assert text_of(picture).splitlines() == known.splitlines()


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
