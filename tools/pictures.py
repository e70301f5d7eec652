"""The pictures of the screens that the tests compare: written anew, or one of them shown as it looks in a theme.

pictures.py [NAME ...]                write those of the scenes whose names begin so, or all
pictures.py --svg FILE NAME.80x24 [THEME]   draw a picture into a file that a browser shows
"""

from __future__ import annotations

import asyncio
import os
import sys
from io import StringIO
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
os.environ |= {"TERM": "xterm-256color", "TEXTUAL_ANIMATIONS": "none"}
for switch in ("COLORTERM", "NO_COLOR"):
    os.environ.pop(switch, None)

from rich.console import Console  # noqa: E402
from rich.style import Style  # noqa: E402
from rich.text import Text  # noqa: E402

from countertui.screens.colors import NAMES  # noqa: E402
from screens.drawn import FOLDER, SIZES, Picture, drawn_scene, picture_from, picture_of, text_of  # noqa: E402
from screens.scenes import all_scenes  # noqa: E402 - found beside the tests, after the path is set


async def write(names: list[str]) -> None:
    """Write the pictures of the scenes whose names begin with any of these; a picture of no scene goes."""
    scenes = all_scenes()
    FOLDER.mkdir(exist_ok=True)
    wanted = {picture_of(name, size) for name in scenes for size in SIZES}
    for path in set(FOLDER.iterdir()) - wanted:
        path.unlink()
    for name, scene in scenes.items():
        if not names or name.startswith(tuple(names)):
            for picture in await drawn_scene(scene):
                text, path = text_of(picture), picture_of(name, picture.size)
                if not path.exists() or path.read_text(encoding="utf-8") != text:
                    path.write_text(text, encoding="utf-8")
                    print(path.name)


def svg(picture: Picture, theme: str) -> str:
    """A picture as it looks in a theme."""
    n = list(NAMES).index(theme)
    console = Console(record=True, width=picture.size[0], height=picture.size[1], file=StringIO())
    for line in range(picture.size[1]):
        pieces = [(text, Style.parse(look[n])) for text, look in picture.runs(line)]
        console.print(Text.assemble(*pieces), soft_wrap=True)
    return console.export_svg(title=f"{picture.area}, {theme}")


def main() -> None:
    """Do what the arguments say."""
    match sys.argv[1:]:
        case ["--svg", target, name, *theme]:
            picture = picture_from((FOLDER / f"{name}.txt").read_text(encoding="utf-8"))
            Path(target).write_text(svg(picture, *theme or ["default"]), encoding="utf-8")
        case names:
            asyncio.run(write(names))


if __name__ == "__main__":
    main()
